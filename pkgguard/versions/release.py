"""Releases of components: their order and their neighbours.

A component's scheme (:mod:`pkgguard.versions.scheme`) reads its releases. Sets of
releases are :class:`VersionSet` over their keys, so they can be unbounded and contain
releases that do not exist yet.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import islice
from typing import TYPE_CHECKING, Final

from pkgguard.versions.sets import Boundary, VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pkgguard.versions.scheme import Scheme
    from pkgguard.versions.sets import Key


POSITIONS: Final = 4
"""The count of numbers in the key of a release; absent ones are 0."""

FINAL: Final = (1,)
"""The end of the key of a final release; with a word after the numbers, the end sorts above it."""

BELOW_PRERELEASES: Final = (0, ())
"""The end of a key that sorts below every prerelease of a release."""

_NUMBER: Final = r"[0-9]{1,9}"


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """One release of a component; instances compare by their keys. ``text`` is its form upstream."""

    key: Key
    text: str = field(compare=False)
    scheme: Scheme = field(compare=False, repr=False)
    prerelease: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.text

    @property
    def numbers(self) -> tuple[int, ...]:
        """Its numbers, with zeros for absent ones."""
        return self.key[:POSITIONS]

    @property
    def major(self) -> int:
        """Its first number."""
        return self.numbers[0]

    @property
    def minor(self) -> int:
        """Its second number."""
        return self.numbers[1]

    @property
    def patch(self) -> int:
        """Its third number."""
        return self.numbers[2]

    @property
    def branch(self) -> tuple[int, ...]:
        """The numbers that name its branch."""
        return self.key[: self.scheme.branch]

    @property
    def boundary(self) -> Boundary:
        """The position just before this release."""
        return Boundary.before(self.key)

    @property
    def opening(self) -> Boundary:
        """The position below this release and all its prereleases."""
        if len(self.key[POSITIONS]) > 1 and not self.prerelease:
            return self.boundary  # a word that is not a prerelease follows its numbers
        return Boundary.before((*self.numbers, BELOW_PRERELEASES))

    @property
    def final(self) -> str:
        """The text of this release if it is final, or else of its final release."""
        return self.scheme.with_key((*self.numbers, FINAL)).text if self.prerelease else self.text

    @property
    def shortest(self) -> Release:
        """The form of this release that sorts lowest, such as 252 for 252.0."""
        return Release(self.key, self.scheme.shortest(self), self.scheme, self.prerelease)

    @property
    def next_patch(self) -> Release:
        """The lowest final release above this one in its scheme."""
        if self.prerelease:
            return self.scheme.with_key((*self.numbers, FINAL))
        return self._raised(self.scheme.last_position)

    @property
    def next_branch(self) -> Release:
        """The first release of the next branch."""
        return self._raised(self.scheme.branch)

    @property
    def next_major(self) -> Release:
        """The first release of the next major."""
        return self._raised(1)

    def branches(self, below: int, above: int) -> VersionSet:
        """Return the releases of its branch and the nearest branches with the same numbers before."""
        *series, last = self.branch
        low, high = ((*series, number) for number in (max(0, last - below), last + above + 1))
        return VersionSet.between(_opening(low), _opening(high))

    def _raised(self, position: int) -> Release:
        numbers = (*self.key[: position - 1], self.key[position - 1] + 1)
        return self.scheme.with_key((*padded(numbers), FINAL))


def padded(numbers: Iterable[int]) -> tuple[int, ...]:
    """Return numbers with zeros up to :data:`POSITIONS`."""
    return (*numbers, *(0,) * POSITIONS)[:POSITIONS]


def _opening(numbers: Iterable[int]) -> Boundary:
    return Boundary.before((*padded(numbers), BELOW_PRERELEASES))


def parse_release(text: str) -> Release:
    """Return a release of the default scheme; raise :class:`VersionError` if the text is not one."""
    return _default_scheme().parse(text)


def release_at(boundary: Boundary, scheme: Scheme | None = None) -> Release:
    """Return the release just after a position; for :attr:`Release.opening`, the final one above it.

    The default is the default scheme. Raises :class:`ValueError` for a position just
    after a release.
    """
    return (scheme or _default_scheme()).release_at(boundary)


def _default_scheme() -> Scheme:
    from pkgguard.versions.scheme import default_scheme  # noqa: PLC0415 - schemes make releases

    return default_scheme()


def from_release(release: Release) -> VersionSet:
    """Return every release from this one on."""
    return VersionSet.from_(release.boundary)


def until_release(release: Release) -> VersionSet:
    """Return every release before this one."""
    return VersionSet.until(release.boundary)


def from_branches(releases: Iterable[Release]) -> VersionSet:
    """Return the releases that contain a change that was first released in these.

    From the highest of them, the main line has the change. The others are branches that
    got it too: each from that release to the end of its branch.
    """
    ordered = sorted(releases)
    if len(ordered) == 1:
        return from_release(ordered[0])
    parts = [from_release(ordered[-1])]
    parts += [
        VersionSet.between(one.boundary, _opening((*one.branch[:-1], one.branch[-1] + 1)))
        for one in ordered[:-1]
    ]
    return VersionSet.union(parts)


def series_span(numbers: Sequence[int]) -> VersionSet:
    """Return all releases that begin with these numbers, with their prereleases."""
    *rest, last = numbers
    return VersionSet.between(_opening(numbers), _opening((*rest, last + 1)))


def exactly(release: Release) -> VersionSet:
    """Return the set of one release."""
    return VersionSet.between(release.boundary, Boundary.after(release.key))


def span_of(release: Release, known: Sequence[Release]) -> VersionSet:
    """Return the releases that count as this one.

    They are from this release to the next known one or the next possible final one,
    whichever is lower. ``known`` is in increasing order.
    """
    end = release.next_patch
    place = bisect_right(known, release)
    if place < len(known):
        end = min(end, known[place])
    return VersionSet.between(release.boundary, end.boundary)


def nearest_releases(text: str, known: Sequence[Release], count: int = 3) -> tuple[str, ...]:
    """Return the known releases closest to the leading numbers of a text, best first.

    ``known`` is in increasing order. The distance of the majors decides first, then
    that of the minors, then that of the patches.
    """
    numbers = [int(part) for part in re.findall(_NUMBER, text)[:POSITIONS]]
    target = padded(numbers)
    places = _by_distance(known, target, [(0, len(known))], 0)
    return tuple(known[place].text for place in islice(places, count))


def _by_distance(
    known: Sequence[Release], target: Sequence[int], spans: list[tuple[int, int]], level: int
) -> Iterator[int]:
    """Yield the places of the releases in some spans of ``known``, the nearest first, without visiting all.

    The releases of a span have the same numbers before ``level``. By these numbers, all
    spans are equally far from the target.
    """
    if level == len(target):
        for low, high in spans:
            yield from range(low, high)
        return
    wanted = target[level]

    def number(release: Release) -> int:
        return release.key[level]  # type: ignore[no-any-return]

    # In each span, the numbers from the wanted one on are visited upwards, the lower ones downwards.
    waiting: list[tuple[int, int, int, bool]] = []

    def wait(low: int, high: int, *, upwards: bool) -> None:
        if low < high:
            nearest = number(known[low] if upwards else known[high - 1])
            heappush(waiting, (abs(nearest - wanted), low, high, upwards))

    for low, high in spans:
        middle = bisect_left(known, wanted, low, high, key=number)
        wait(low, middle, upwards=False)
        wait(middle, high, upwards=True)
    while waiting:
        gap = waiting[0][0]
        tied: list[tuple[int, int]] = []
        while waiting and waiting[0][0] == gap:
            _, low, high, upwards = heappop(waiting)
            if upwards:
                end = bisect_right(known, number(known[low]), low, high, key=number)
                tied.append((low, end))
                wait(end, high, upwards=True)
            else:
                start = bisect_left(known, number(known[high - 1]), low, high, key=number)
                tied.append((start, high))
                wait(low, start, upwards=False)
        yield from _by_distance(known, target, sorted(tied), level + 1)
