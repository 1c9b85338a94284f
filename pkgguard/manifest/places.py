"""The places in a TOML document: the path of a table or key, and its position in a file."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from pkgguard.diagnostics import Position

if TYPE_CHECKING:
    from collections.abc import Iterable

Place: TypeAlias = tuple["str | int", ...]
"""A table's path; an element of an array of tables is a name followed by its index."""


class Places:
    """Finds the line of a table or key of one file; ``lines`` are the known ones."""

    def __init__(self, lines: dict[Place, int], path: str = "") -> None:
        self.lines = lines
        self.path = path

    @property
    def paths(self) -> tuple[str, ...]:
        """The files: that of the manifest, and then those that it extends, the nearest first."""
        return (self.path,)

    def exact(self, place: Place) -> Position | None:
        """Return the position of a table or key, or None if it has none of its own."""
        line = self.lines.get(place)
        return Position(self.path, line) if line is not None else None

    def every(self, place: Place) -> tuple[Position, ...]:
        """Return all positions of a table or key: a sum of manifests may have several."""
        found = self.exact(place)
        return (found,) if found is not None else ()

    def below(self, place: Place) -> tuple[Position, ...]:
        """Return the positions of a table or key, and of everything in it.

        ``place`` has one or two parts, such as ``("component", "runtime")``.
        """
        return tuple(position for one in self._inside.get(place, ()) for position in self.every(one))

    @cached_property
    def _inside(self) -> dict[Place, list[Place]]:
        found: dict[Place, list[Place]] = {}
        for one in self.known():
            for parts in (1, 2):
                if len(one) >= parts:
                    found.setdefault(one[:parts], []).append(one)
        return found

    def known(self) -> Iterable[Place]:
        """Return the places that have a position of their own."""
        return self.lines

    def where(self, place: Place, key: str = "", item: str = "") -> Position:
        """Return the position of a key of a table, or else of the nearest table around it.

        ``item`` is the element of a list that is meant.
        """
        wanted = (*place, key) if key else place
        if item and (found := self.exact((*wanted, item))) is not None:
            return found
        while True:
            found = self.exact(wanted)
            if found is not None:
                return found
            if not wanted:
                return Position(self.path, 1)
            wanted = wanted[:-1]

    def rank(self, position: Position) -> tuple[int, int]:
        """Return a key to sort positions by: the manifest's own file comes first."""
        paths = self.paths
        return (paths.index(position.path) if position.path in paths else len(paths), position.line)


class PlacesOfSum(Places):
    """Finds the position of a table or key in the sum of a manifest and those that it extends.

    ``positions`` are the known ones. ``further`` has those of tables and lists that
    stand in several files. An element of a list is a key below the list.
    """

    def __init__(
        self,
        positions: dict[Place, Position],
        further: dict[Place, tuple[Position, ...]],
        paths: tuple[str, ...],
    ) -> None:
        super().__init__({}, paths[0])
        self._positions = positions
        self._further = further
        self._paths = paths

    @property
    def paths(self) -> tuple[str, ...]:
        """The files: that of the manifest, and then those that it extends, the nearest first."""
        return self._paths

    def exact(self, place: Place) -> Position | None:
        """Return the position of a table or key, or None if it has none of its own."""
        return self._positions.get(place)

    def known(self) -> Iterable[Place]:
        """Return the places that have a position of their own."""
        return self._positions

    def every(self, place: Place) -> tuple[Position, ...]:
        """Return all positions of a table or key."""
        return (*super().every(place), *self._further.get(place, ()))
