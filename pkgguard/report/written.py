"""Write a JSON document piece by piece, so that a long one is never completely in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pkgguard.budget import spend
from pkgguard.errors import LongAnswerError
from pkgguard.report.sanitize import size_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_PIECE = 1000
"""How many pieces of the encoder, or elements of a long list, are written at once."""


class LongList:
    """A list in a document; ``make`` makes its elements from ``items`` while they are written.

    Each element is one line, or indented if the list is ``pretty``, as the rest of the document.
    """

    def __init__(self, items: Iterable[Any], make: Callable[[Any], Any], *, pretty: bool = False) -> None:
        self._items = items
        self._make = make
        self.pretty = pretty

    def __iter__(self) -> Iterator[Any]:
        return map(self._make, self._items)


def written(document: dict[str, Any]) -> Iterator[str]:
    """Yield the text of a document, making the elements of each :class:`LongList` as they are written."""
    import json  # noqa: PLC0415 - a text report does without

    pretty = json.JSONEncoder(indent=2, ensure_ascii=False)
    for number, (key, value) in enumerate(document.items()):
        yield f"{',' if number else '{'}\n  {json.dumps(key, ensure_ascii=False)}: "
        if isinstance(value, LongList):
            yield from listed(value)
        else:
            # A line feed inside a string is escaped as \\n, so a real one always ends a line.
            for piece in _joined(pretty.iterencode(value), ""):
                yield piece.replace("\n", "\n  ")
    yield "\n}" if document else "{}"


def bounded(pieces: Iterable[str], most: int) -> list[str]:
    """Return the pieces; raise :class:`LongAnswerError` if they take more than ``most`` bytes."""
    found: list[str] = []
    size = 0
    for piece in pieces:
        found.append(piece)
        size += size_of(piece)
        if size > most:
            raise LongAnswerError(most)
    return found


def listed(value: LongList) -> Iterator[str]:
    """Yield the text of a list in a document."""
    import json  # noqa: PLC0415 - a text report does without

    encoder = json.JSONEncoder(indent=2 if value.pretty else None, ensure_ascii=False)
    elements = (encoder.encode(one).replace("\n", "\n    ") for one in value)
    before = "[\n    "
    for piece in _joined(elements, ",\n    "):
        yield before + piece
        before = ",\n    "
    yield "[]" if before[0] == "[" else "\n  ]"


def _joined(pieces: Iterable[str], between: str) -> Iterator[str]:
    """Yield texts, joined in groups of ``_PIECE``."""
    some: list[str] = []
    for piece in pieces:
        some.append(piece)
        if len(some) == _PIECE:
            spend()
            yield between.join(some)
            some.clear()
    if some:
        yield between.join(some)
