"""Immutable sets of versions: unions of intervals over one total order.

A set is stored as the sorted boundaries at which membership changes. A boundary is
just before or just after a version, so open and closed ends, the end of an rpm bound
without a release, and the unbounded ends are handled alike, and every operation
merges two sorted lists.

Two sets can be combined only if their keys come from the same order.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Key: TypeAlias = tuple[Any, ...]
"""The key of a version in an order; keys of one order compare as the versions do."""


_DIGITS: Final = 2**20
"""The number of lengths that one character can express in :func:`number`."""


def number(digits: str) -> str:
    """Return a text for digits, maybe none, that compares as their number does.

    It begins with the length, as two characters. It is not an integer, because Python
    may refuse long ones.
    """
    significant = digits.lstrip("0")
    high, low = divmod(len(significant), _DIGITS)
    return f"{chr(high)}{chr(low)}{significant}"


def digits_at(text: str, start: int) -> tuple[str, int]:
    """Return the digits that :func:`number` wrote at a place, 0 for none, and the place after them."""
    begin = start + 2
    end = begin + ord(text[start]) * _DIGITS + ord(text[start + 1])
    return text[begin:end] or "0", end


class Boundary(NamedTuple):
    """A position in an order: just before (``side`` 0) or just after (1) a version.

    ``rank`` is -1 below everything, 1 above everything, else 0. ``key`` is the version
    in its order, which can turn it back into text. The original text is not kept, so
    equal sets have equal results everywhere.
    """

    rank: int
    key: Key = ()
    side: int = 0

    @classmethod
    def before(cls, key: Key) -> Boundary:
        """Return the position just before the version with this key."""
        return cls(0, key, 0)

    @classmethod
    def after(cls, key: Key) -> Boundary:
        """Return the position just after the version with this key."""
        return cls(0, key, 1)


BOTTOM: Final = Boundary(-1)
TOP: Final = Boundary(1)


@dataclass(frozen=True, slots=True)
class VersionSet:
    """A set of versions of one order.

    ``boundaries`` is strictly increasing and of even length; the set is the union of
    the half-open intervals from the first boundary to the second, from the third to the
    fourth, and so on. Build one with the class methods, not with the constructor.
    """

    boundaries: tuple[Boundary, ...] = ()

    @classmethod
    def empty(cls) -> VersionSet:
        """Return the empty set."""
        return _EMPTY

    @classmethod
    def full(cls) -> VersionSet:
        """Return the set of all versions."""
        return _FULL

    @classmethod
    def between(cls, low: Boundary, high: Boundary) -> VersionSet:
        """Return the interval from ``low`` to ``high``; it is empty if they cross."""
        return cls((low, high)) if low < high else _EMPTY

    @classmethod
    def from_(cls, low: Boundary) -> VersionSet:
        """Return all versions above a position."""
        return cls.between(low, TOP)

    @classmethod
    def until(cls, high: Boundary) -> VersionSet:
        """Return all versions below a position."""
        return cls.between(BOTTOM, high)

    @classmethod
    def union(cls, ranges: Iterable[VersionSet]) -> VersionSet:
        """Return the union of any number of sets, in time n log n of their boundaries."""
        return cls._from_intervals(interval for one in ranges for interval in one.intervals())

    @classmethod
    def _from_intervals(cls, intervals: Iterable[tuple[Boundary, Boundary]]) -> VersionSet:
        merged: list[Boundary] = []
        for low, high in sorted(intervals):
            if merged and low <= merged[-1]:
                merged[-1] = max(high, merged[-1])
            else:
                merged += (low, high)
        return cls(tuple(merged))

    def intervals(self) -> Iterator[tuple[Boundary, Boundary]]:
        """Yield the disjoint intervals in increasing order, as pairs of boundaries."""
        return zip(self.boundaries[::2], self.boundaries[1::2], strict=True)

    def holes(self) -> Iterator[tuple[Boundary, Boundary]]:
        """Yield the holes between the intervals; the versions outside the span are not a hole."""
        return zip(self.boundaries[1:-1:2], self.boundaries[2:-1:2], strict=True)

    def span(self) -> VersionSet:
        """Return the smallest interval that contains the set."""
        return VersionSet((self.boundaries[0], self.boundaries[-1])) if self.boundaries else self

    def __invert__(self) -> VersionSet:
        boundaries = self.boundaries
        boundaries = boundaries[1:] if boundaries[:1] == (BOTTOM,) else (BOTTOM, *boundaries)
        return VersionSet(boundaries[:-1] if boundaries[-1:] == (TOP,) else (*boundaries, TOP))

    def __or__(self, other: VersionSet) -> VersionSet:
        return VersionSet.union((self, other))

    def __and__(self, other: VersionSet) -> VersionSet:
        result: list[Boundary] = []
        if not self.boundaries or not other.boundaries:
            return _EMPTY
        low, high = (
            max(self.boundaries[0], other.boundaries[0]),
            min(self.boundaries[-1], other.boundaries[-1]),
        )
        if len(self.boundaries) == len(other.boundaries) == 2:  # most sets are intervals
            return VersionSet.between(low, high)
        mine, others = self._within(low, high), other._within(low, high)
        i = j = 0
        while i < len(mine) and j < len(others):
            low = max(mine[i][0], others[j][0])
            high = min(mine[i][1], others[j][1])
            if low < high:
                result += (low, high)
            if mine[i][1] < others[j][1]:
                i += 1
            else:
                j += 1
        return VersionSet(tuple(result))

    def _within(self, low: Boundary, high: Boundary) -> list[tuple[Boundary, Boundary]]:
        """Return the intervals that may reach into a window, found by bisection."""
        first = bisect_right(self.boundaries, low) // 2 * 2
        end = (bisect_left(self.boundaries, high) + 1) // 2 * 2
        return list(zip(self.boundaries[first:end:2], self.boundaries[first + 1 : end : 2], strict=True))

    def __sub__(self, other: VersionSet) -> VersionSet:
        return self & ~other

    def __xor__(self, other: VersionSet) -> VersionSet:
        return (self - other) | (other - self)

    def __bool__(self) -> bool:
        return bool(self.boundaries)

    def __le__(self, other: VersionSet) -> bool:
        """Return whether this set is a subset of the other."""
        return not self - other

    def __ge__(self, other: VersionSet) -> bool:
        """Return whether this set is a superset of the other."""
        return not other - self

    def is_disjoint(self, other: VersionSet) -> bool:
        """Return whether the two sets have no version in common.

        The cost is that of the smaller set, times a logarithm of the larger one.
        """
        few, many = self.boundaries, other.boundaries
        if len(few) > len(many):
            few, many = many, few
        for low, high in zip(few[::2], few[1::2], strict=True):
            first = bisect_right(many, low)
            if first % 2 or (first < len(many) and many[first] < high):
                return False
        return True

    def __contains__(self, position: Boundary) -> bool:
        """Return whether the version that starts at a position is in the set.

        For a version ``v``, this is ``Boundary.before(key(v)) in versions``.
        """
        return bisect_right(self.boundaries, position) % 2 == 1

    def map(self, low: Callable[[Boundary], Boundary], high: Callable[[Boundary], Boundary]) -> VersionSet:
        """Return the set in another order, by mapping its ends.

        ``low`` maps the lower ends and ``high`` the upper ends; the unbounded
        ends map to themselves. Intervals that become empty are dropped and
        intervals that come to overlap are merged.
        """
        pairs = [
            (low(start) if start.rank == 0 else start, high(end) if end.rank == 0 else end)
            for start, end in self.intervals()
        ]
        if len(pairs) == 1:
            return VersionSet.between(*pairs[0])
        return VersionSet._from_intervals((start, end) for start, end in pairs if start < end)


_EMPTY: Final = VersionSet()
_FULL: Final = VersionSet((BOTTOM, TOP))
