"""The places in a TOML document: the path of a table or key, and its line."""

from __future__ import annotations

from typing import TypeAlias

Place: TypeAlias = tuple["str | int", ...]
"""A table's path; an element of an array of tables is a name followed by its index."""


class Places:
    """Finds the line of a table or key; ``lines`` are the known ones."""

    def __init__(self, lines: dict[Place, int]) -> None:
        self.lines = lines

    def line(self, place: Place, key: str = "") -> int:
        """Return the line of a key of a table, or else of the nearest table around it."""
        wanted = (*place, key) if key else place
        while wanted and wanted not in self.lines:
            wanted = wanted[:-1]
        return self.lines.get(wanted, 1)
