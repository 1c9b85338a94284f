"""Lines of text for a person: wrapped and coloured for a terminal only, and free of control characters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.errors import LongAnswerError
from pkgguard.report.sanitize import plain, size_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from pkgguard.diagnostics import Statement

_COLOURS: Final = {
    "error": "red",
    "warning": "yellow",
    "info": "cyan",
    "good": "green",
    "dim": "bright_black",
    "bold": "bold",
}
_LABEL: Final = 10


class Page:
    """Lines of text for one terminal or file.

    ``width`` is the terminal's width in columns, or 0 for no wrapping. ``paint`` is
    called with a text and a colour, and returns the text to print. A page that grows
    beyond ``most`` bytes raises :class:`LongAnswerError`; 0 means no limit.
    """

    def __init__(self, width: int, paint: Callable[[str, str], str], most: int = 0) -> None:
        self._width = width
        self._most = most
        self._size = 0
        self._paint = paint
        self._lines: list[str] = []

    def line(
        self, text: str = "", *, indent: int = 0, hang: int = 0, colour: str = "", wrap: bool = True
    ) -> None:
        """Add a line; if it is wrapped, its continuation is indented by ``hang`` more columns.

        A line to paste is not wrapped.
        """
        spend()
        safe = plain(text)
        self._size += size_of(safe)
        if 0 < self._most < self._size:
            raise LongAnswerError(self._most)
        pieces = [" " * indent + safe]
        if wrap and self._width and len(safe) + indent > self._width:
            import textwrap  # noqa: PLC0415 - only a terminal has a width

            pieces = textwrap.wrap(
                safe,
                self._width,
                initial_indent=" " * indent,
                subsequent_indent=" " * (indent + hang),
                break_long_words=False,
                break_on_hyphens=False,
            )
        for piece in pieces:
            self._lines.append(self._paint(piece, _COLOURS[colour]) if colour else piece)

    def item(self, label: str, text: str, *, indent: int = 4, wrap: bool = True) -> None:
        """Add a line with a label, unless the text is empty."""
        if text:
            self.line(f"{label:<{_LABEL}}{text}", indent=indent, hang=_LABEL, wrap=wrap)

    def text(self) -> str:
        """Return the whole page, without empty lines at its top."""
        return "".join(f"{line}\n" for line in self._lines).lstrip("\n")


def reason_lines(page: Page, reason: Statement, *, indent: int = 4, label: str = "because") -> None:
    """Add a statement of the manifest, with its own words for it below."""
    page.item(label, reason.sentence, indent=indent)
    inner = indent + 2
    if reason.because and reason.because not in reason.sentence:
        page.item("why", reason.because, indent=inner)
    page.item("hits", reason.hits, indent=inner)
    page.item("symptom", reason.symptom, indent=inner)
    page.item("see", ", ".join(reason.see), indent=inner)
    if reason.position.inherited:
        page.item("from", str(reason.position), indent=inner)


def counted(number: int, thing: str) -> str:
    """Return a number with a noun, in the plural if necessary."""
    return f"{number} {thing}{'s' if number != 1 else ''}"
