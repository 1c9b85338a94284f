"""Text in a manual page (groff_char(7), man(7))."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.escape.line import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

# roff sets these as other signs, so that a reader would copy something else; or they are its own.
_SPECIAL: Final[Mapping[str, str]] = {
    "\\": r"\(rs",
    "-": r"\-",
    "'": r"\(aq",
    "`": r"\(ga",
    "^": r"\(ha",
    "~": r"\(ti",
    '"': r"\(dq",
}


def escaped(text: str) -> str:
    """Return a text, on one line, all of whose signs are printed as they are."""
    return "".join(
        _SPECIAL.get(sign) or (sign if sign.isascii() else f"\\[u{ord(sign):04X}]") for sign in plain(text)
    )


def protected(line: str) -> str:
    """Return an escaped line that roff takes for text, whatever it begins with."""
    return rf"\&{line}" if line.startswith((".", "'")) else line
