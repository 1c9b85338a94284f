"""Finding the pairs of two ordered lists that barriers cover, without visiting every pair.

One list is the rows of a grid, the other its columns. A barrier covers the rows in one
set and the columns in another. The rows are visited once, in runs with the same
coverage, and a tree over the columns records their coverage. So the cost grows with the
barriers, the rows and the columns (times a logarithm), not with their product.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from heapq import heappop, heappush
from itertools import pairwise
from typing import TYPE_CHECKING

from pkgguard.budget import spend

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.versions.sets import Boundary, VersionSet


class Axis:
    """An ordered list of versions, given by the positions at which they start."""

    def __init__(self, boundaries: Sequence[Boundary]) -> None:
        self._cuts = boundaries

    def __len__(self) -> int:
        return len(self._cuts)

    def spans(self, held: VersionSet) -> list[tuple[int, int]]:
        """Return the spans of the list in a set, as the first place and the place after the last."""
        ends = (
            (bisect_left(self._cuts, low), bisect_left(self._cuts, high)) for low, high in held.intervals()
        )
        return [(low, high) for low, high in ends if low < high]

    def runs(self, held: VersionSet) -> list[tuple[int, int]]:
        """Return the same as :meth:`spans`, with adjacent spans joined."""
        found: list[tuple[int, int]] = []
        for low, high in self.spans(held):
            if found and found[-1][1] == low:
                found[-1] = (found[-1][0], high)
            else:
                found.append((low, high))
        return found


class Coverage:
    """The numbered spans that cover each of some columns."""

    def __init__(self, columns: int) -> None:
        # A node represents the columns below it; node 1 is the root, the leaves begin at ``_size``.
        self._size = 1 << max(0, columns - 1).bit_length()
        self._numbers: defaultdict[int, set[int]] = defaultdict(set)
        self._least: defaultdict[int, list[int]] = defaultdict(list)
        self._full = bytearray(2 * self._size)  # whether every column below a node is covered
        self._some = bytearray(2 * self._size)  # whether any column is

    def add(self, low: int, high: int, number: int) -> None:
        """Cover the columns from ``low`` to just before ``high``."""
        for node in self._nodes(low, high):
            self._numbers[node].add(number)
            heappush(self._least[node], number)
            self._renew(node)
        self._update(low, high)

    def remove(self, low: int, high: int, number: int) -> None:
        """Remove a span that was added."""
        for node in self._nodes(low, high):
            self._numbers[node].discard(number)
            self._renew(node)
        self._update(low, high)

    def first(self, column: int) -> int:
        """Return the lowest number that covers a column, which must be covered."""
        found: list[int] = []
        node = column + self._size
        while node:
            if numbers := self._numbers.get(node):
                least = self._least[node]
                while least[0] not in numbers:
                    heappop(least)
                found.append(least[0])
            node >>= 1
        return min(found)

    def is_full(self, low: int, high: int) -> bool:
        """Return whether every column from ``low`` to just before ``high`` is covered."""
        return self._is_full(1, 0, self._size, low, high)

    def covered(self, low: int, high: int) -> Iterator[int]:
        """Yield the covered columns from ``low`` to just before ``high``."""
        waiting = [(1, 0, self._size)]
        while waiting:
            node, left, right = waiting.pop()
            if high <= left or right <= low or not self._some[node]:
                continue
            if self._numbers.get(node):
                yield from range(max(left, low), min(right, high))
                continue
            middle = (left + right) // 2
            waiting += ((2 * node + 1, middle, right), (2 * node, left, middle))

    def _is_full(self, node: int, left: int, right: int, low: int, high: int) -> bool:
        if high <= left or right <= low or self._full[node]:
            return True
        if low <= left and right <= high:
            return False
        middle = (left + right) // 2
        return self._is_full(2 * node, left, middle, low, high) and self._is_full(
            2 * node + 1, middle, right, low, high
        )

    def _nodes(self, low: int, high: int) -> Iterator[int]:
        """Yield the fewest nodes that represent the columns from ``low`` to just before ``high``."""
        low += self._size
        high += self._size
        while low < high:
            if low % 2:
                yield low
                low += 1
            if high % 2:
                high -= 1
                yield high
            low //= 2
            high //= 2

    def _update(self, low: int, high: int) -> None:
        for leaf in (low + self._size, high - 1 + self._size):
            node = leaf // 2
            while node:
                self._renew(node)
                node //= 2

    def _renew(self, node: int) -> None:
        if self._numbers[node]:
            self._full[node] = self._some[node] = 1
        elif node >= self._size:
            self._full[node] = self._some[node] = 0
        else:
            left, right = 2 * node, 2 * node + 1
            self._full[node] = self._full[left] and self._full[right]
            self._some[node] = self._some[left] or self._some[right]


def runs(
    rows: Axis, columns: Axis, barriers: Sequence[tuple[VersionSet, VersionSet]]
) -> Iterator[tuple[int, int, Coverage]]:
    """Yield the runs of rows with the same coverage, and the coverage of their columns.

    A run has its first row and the row after its last. ``barriers`` are pairs of (rows,
    columns); the number of a span is the place of its barrier among them. A yielded
    coverage is valid only until the next run.
    """
    coverage = Coverage(len(columns))
    spans: list[list[tuple[int, int]]] = []
    begins: defaultdict[int, list[int]] = defaultdict(list)
    ends: defaultdict[int, list[int]] = defaultdict(list)
    for number, (where, kept_out) in enumerate(barriers):
        spend()
        spans.append(columns.spans(kept_out))
        for low, high in rows.spans(where):
            begins[low].append(number)
            ends[high].append(number)
    for first, end in pairwise(sorted({0, len(rows), *begins, *ends})):
        for number in ends.get(first, ()):
            for span in spans[number]:
                spend()
                coverage.remove(*span, number)
        for number in begins.get(first, ()):
            for span in spans[number]:
                spend()
                coverage.add(*span, number)
        yield first, end, coverage
