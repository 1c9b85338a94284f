"""Text for manual pages: escaped, marked up and broken into lines (groff_char(7), man(7))."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Final

from pkgguard.escape.roff import escaped, protected

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

__all__ = ["bold", "escaped", "filled", "italic", "marked", "protected", "usage"]

_WIDTH: Final = 78

_TYPED: Final = re.compile(r"`([^`]+)`|(?<![\w-])(--?[a-z][a-z-]*)|\b([a-z][\w.+-]*)(?=\([1-9]\))")
_CHOICE: Final = re.compile(r"([^][|.]+)")
_NAME: Final = re.compile(r"\b([A-Z][A-Z_]+)\b")


def bold(text: str) -> str:
    """Return a text in bold, the font of literal text (man-pages(7))."""
    return rf"\fB{escaped(text)}\fR"


def italic(text: str) -> str:
    """Return a text in italics, the font of replaceable text (man-pages(7))."""
    return rf"\fI{escaped(text)}\fR"


def marked(text: str, arguments: Collection[str] = ()) -> str:
    """Return prose with literal text in bold and a command's ``arguments`` in italics.

    Text in backquotes, options and names of manual pages are literal.
    """

    def named(rest: str) -> str:
        return _set(rest, _NAME, lambda name: italic(name) if name in arguments else escaped(name), escaped)

    return _set(text, _TYPED, bold, named)


def usage(pieces: Collection[str]) -> str:
    """Return a usage line: options and choices are bold, replaceable names are italic."""
    return " ".join(map(_piece, pieces))


def filled(text: str) -> str:
    """Break an escaped text into lines, none of which roff takes for a request."""
    lines = textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(map(protected, lines))


def _piece(piece: str) -> str:
    if piece.startswith("-"):
        option = piece.rstrip(",")
        return bold(option) + piece[len(option) :]
    if "|" in piece:
        return _set(piece, _CHOICE, bold, escaped)
    return _set(piece, _NAME, italic, escaped)


def _set(
    text: str, pattern: re.Pattern[str], font: Callable[[str], str], between: Callable[[str], str]
) -> str:
    result, end = [], 0
    for match in pattern.finditer(text):
        result += [between(text[end : match.start()]), font(match[match.lastindex or 0])]
        end = match.end()
    return "".join([*result, between(text[end:])])
