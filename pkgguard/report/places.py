"""Where a diagnostic is shown: in a file that a person edits, if one is known."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Place(NamedTuple):
    """A line of a file, or the whole file if ``line`` is 0; ``what`` is the statement or relation in it."""

    path: str
    line: int = 0
    what: str = ""


def ordered(places: Iterable[Place]) -> tuple[Place, ...]:
    """Return places without duplicates, those in the current folder first and relative to it."""
    here = os.getcwd()
    found = dict.fromkeys(one._replace(path=_shortened(one.path, here)) for one in places if one.path)
    return tuple(sorted(found, key=lambda one: not _is_below(one.path)))


def _shortened(path: str, here: str) -> str:
    if os.path.isabs(path):
        below = os.path.relpath(path, here)
        return below if _is_below(below) else path
    return path.removeprefix("./")


def _is_below(path: str) -> bool:
    return not os.path.isabs(path) and path.split("/", 1)[0] != ".."
