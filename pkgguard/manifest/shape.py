"""The shape of a TOML text, looked at before the text is parsed.

tomllib cannot be interrupted. Its time grows faster than the text with the parts
of a dotted key only, and its memory most with the tables. These and the values are
counted here, in time that grows with the text. Strings and comments are told apart as tomllib
does it, up to the first place where tomllib refuses the text.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from pkgguard.errors import ManifestLimitError
from pkgguard.manifest.limits import KEY_PARTS, TABLES, VALUES, WORD
from pkgguard.manifest.mistakes import TOO_LARGE, mistake

# Every alternative takes what it has begun, ended or not: looking again from the next character would
# take the square of the time.
_QUOTED: Final = (
    r'"""[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+(?:"{3,5})?'
    r"|'''[^']*+(?:'(?!'')[^']*+)*+(?:'{3,5})?"
    r'|"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+"?'
    r"|'[^'\n]*+'?"
    r"|\#[^\n]*+"
)
_PART: Final = "[A-Za-z0-9_-]"


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    dotted = rf"(?<!{_PART}){_PART}++(?:[ \t]*+\.[ \t]*+{_PART}++){{{KEY_PARTS}}}"
    header = re.compile(r"^[ \t]*+\[", re.MULTILINE)
    return (
        re.compile(_QUOTED, re.DOTALL),
        re.compile(dotted),
        header,
        re.compile(rf"(?<![\w+-])[\w+-]{{{WORD + 1}}}"),
    )


def check_shape(text: str, shown: str) -> None:
    """Raise :class:`ManifestLimitError` where a text has too long a key, or too many of anything.

    ``shown`` is how messages name the manifest.
    """
    quoted, dotted, header, word = _patterns()
    bare = quoted.sub(_bare, text)
    if sum(map(bare.count, "=,.[")) > VALUES:
        reason = f"has more than {VALUES} keys and values"
        raise ManifestLimitError(shown, mistake(TOO_LARGE, 0, reason, "split it by protocol"))
    if long := dotted.search(bare):
        line = bare.count("\n", 0, long.start()) + 1
        reason = f"has a key of too many parts: more than {KEY_PARTS}"
        raise ManifestLimitError(shown, mistake(TOO_LARGE, line, reason, "shorten it"))
    if endless := word.search(bare):
        line = bare.count("\n", 0, endless.start()) + 1
        reason = f"has a key or a number of more than {WORD} characters"
        raise ManifestLimitError(shown, mistake(TOO_LARGE, line, reason, "shorten it"))
    for number, found in enumerate(header.finditer(bare), 1):
        if number > TABLES:
            line = bare.count("\n", 0, found.start()) + 1
            reason = f"has more than {TABLES} tables"
            raise ManifestLimitError(shown, mistake(TOO_LARGE, line, reason, "split it by protocol"))


def _bare(quoted: re.Match[str]) -> str:
    """Return a replacement for a string or a comment, of as many lines; for a string, a letter."""
    text = quoted.group()
    return ("" if text[0] == "#" else "s") + "\n" * text.count("\n")
