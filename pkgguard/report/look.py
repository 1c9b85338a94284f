"""How a reader wants an answer to look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


def unpainted(text: str, colour: str) -> str:
    """Return a text without colour."""
    del colour
    return text


class Look(NamedTuple):
    """How a reader wants an answer to look; each format uses what applies to it.

    ``width`` is the terminal's width in columns, or 0 for no wrapping. ``paint`` is
    called with a text and a colour, and returns the text to print. A ``quiet`` answer
    contains only findings and errors, a ``verbose`` one everything that is known.
    ``fail_on`` is the lowest severity that makes the command fail, or ``never``.
    """

    width: int = 0
    paint: Callable[[str, str], str] = unpainted
    quiet: bool = False
    fail_on: str = "error"
    verbose: bool = False


PLAIN: Final = Look()
"""Neither wrapped nor coloured."""
