"""Computing the exclusions at every position of an order at once.

Each pair has the set of positions where it applies and the set that it excludes. The
result is the union of exclusions for each position. The positions at which it can
change divide the order into cells. The cells form a binary tree, and each pair is
merged into the few blocks that it covers completely, so the cost grows with the pairs
and the cells (times a logarithm), not with their product.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from pkgguard.budget import spend
from pkgguard.versions.sets import BOTTOM, VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkgguard.versions.sets import Boundary

_Part = tuple[int, int, VersionSet]


class Sweep:
    """The union of exclusions for every position.

    ``pairs`` are (where, what): two sets of different orders.
    """

    def __init__(self, pairs: Iterable[tuple[VersionSet, VersionSet]]) -> None:
        listed = [(where, what) for where, what in pairs if where and what]
        self._starts: list[Boundary] = sorted(
            {BOTTOM, *(boundary for where, _ in listed for boundary in where.boundaries)}
        )
        self._kept_out: list[VersionSet] = [VersionSet.empty()] * len(self._starts)
        places = {boundary: number for number, boundary in enumerate(self._starts)}
        parts = [
            (places[low], places[high], what) for where, what in listed for low, high in where.intervals()
        ]
        self._fill(0, len(self._starts), parts, VersionSet.empty())

    def at(self, position: Boundary) -> VersionSet:
        """Return the exclusions at a position."""
        return self._kept_out[bisect_right(self._starts, position) - 1]

    def _fill(self, first: int, end: int, parts: list[_Part], outer: VersionSet) -> None:
        spend()
        whole = [what for low, high, what in parts if low <= first and end <= high]
        kept_out = VersionSet.union([outer, *whole]) if whole else outer
        rest = [part for part in parts if not (part[0] <= first and end <= part[1])]
        if not rest:
            self._kept_out[first:end] = [kept_out] * (end - first)
            return
        middle = (first + end) // 2
        self._fill(first, middle, [part for part in rest if part[0] < middle], kept_out)
        self._fill(middle, end, [part for part in rest if part[1] > middle], kept_out)
