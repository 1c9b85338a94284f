"""Checking the shape of a TOML text before it is parsed.

tomllib cannot be interrupted. Only the parts of a dotted key make its time grow faster
than the text, and tables take most of its memory. These and the values are counted
here, in linear time. Strings and comments are recognised as in tomllib, up to the first
place where tomllib refuses the text.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from pkgguard.errors import ManifestLimitError
from pkgguard.manifest.limits import KEY_PARTS, TABLES, VALUES, WORD
from pkgguard.manifest.mistakes import TOO_LARGE, mistake

# Every alternative consumes what it has begun, even if it does not end: starting again at the next character
# would take quadratic time.
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


class Shape(NamedTuple):
    """How large a text is: its characters, its keys and values, and its tables."""

    size: int
    values: int
    tables: int


def check_shape(text: str, shown: str) -> Shape:
    """Return how large a text is.

    Raises :class:`ManifestLimitError` if it has too long a key, or too many elements.

    ``shown`` is the manifest's name in messages.
    """
    quoted, dotted, header, word = _patterns()
    bare = quoted.sub(_bare, text)
    values = sum(map(bare.count, "=,.["))
    if values > VALUES:
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
    number = 0
    for number, found in enumerate(header.finditer(bare), 1):
        if number > TABLES:
            line = bare.count("\n", 0, found.start()) + 1
            reason = f"has more than {TABLES} tables"
            raise ManifestLimitError(shown, mistake(TOO_LARGE, line, reason, "split it by protocol"))
    return Shape(len(text), values, number)


def _bare(quoted: re.Match[str]) -> str:
    """Return a replacement for a string or a comment, of as many lines; for a string, with a letter."""
    text = quoted.group()
    return ("" if text[0] == "#" else "s") + "\n" * text.count("\n")
