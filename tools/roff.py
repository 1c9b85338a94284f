"""Text for manual pages: escaped, marked up and broken into lines (groff_char(7), man(7))."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Final

from pkgguard.cli.described import pieces
from pkgguard.escape.line import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

_WIDTH: Final = 78

# roff prints these as other characters, so a reader would copy something else; or they have a meaning in
# roff.
_SPECIAL: Final[Mapping[str, str]] = {
    "\\": r"\(rs",
    "-": r"\-",
    "'": r"\(aq",
    "`": r"\(ga",
    "^": r"\(ha",
    "~": r"\(ti",
    '"': r"\(dq",
}

_CHOICE: Final = re.compile(r"[^][|.]+")
_NAME: Final = re.compile(r"\b[A-Z][A-Z_]+\b")


def escaped(text: str) -> str:
    """Return a text on one line, with all characters escaped so that they are printed literally."""
    return "".join(
        _SPECIAL.get(sign) or (sign if sign.isascii() else f"\\[u{ord(sign):04X}]") for sign in plain(text)
    )


def protected(line: str) -> str:
    """Return an escaped line that roff reads as text, whatever its first character is."""
    return rf"\&{line}" if line.startswith((".", "'")) else line


def bold(text: str) -> str:
    """Return a text in bold, the font of literal text (man-pages(7))."""
    return rf"\fB{escaped(text)}\fR"


def italic(text: str) -> str:
    """Return a text in italics, the font of replaceable text (man-pages(7))."""
    return rf"\fI{escaped(text)}\fR"


_FONTS: Final[Mapping[str, Callable[[str], str]]] = {"plain": escaped, "literal": bold, "argument": italic}


def prose(text: str) -> str:
    """Return a marked text of ``commands.toml`` in lines that roff does not read as requests."""
    roff = "".join(_FONTS[kind](piece) for kind, piece in pieces(text))
    lines = textwrap.wrap(roff, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(map(protected, lines))


def usage(words: Collection[str]) -> str:
    """Return a usage line: options and choices are bold, replaceable names are italic."""
    return " ".join(map(_word, words))


def reference(page: str, section: str = "1") -> str:
    """Return the name of a manual page with its section."""
    return f"{bold(page)}({section})"


def _word(word: str) -> str:
    if word.startswith("-"):
        option = word.rstrip(",")
        return bold(option) + word[len(option) :]
    return _set(word, _CHOICE, bold) if "|" in word else _set(word, _NAME, italic)


def _set(text: str, pattern: re.Pattern[str], font: Callable[[str], str]) -> str:
    result, end = [], 0
    for match in pattern.finditer(text):
        result += [escaped(text[end : match.start()]), font(match[0])]
        end = match.end()
    return "".join([*result, escaped(text[end:])])
