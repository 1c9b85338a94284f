"""Releases of components: semantic versions, their order and their neighbours.

Releases are semver 2.0.0 versions without build metadata, which has no order
(semver.org, item 10). Sets of releases are :class:`VersionSet` over the keys given
here, so they can be unbounded and hold releases that do not exist yet.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cache
from heapq import heappop, heappush
from itertools import islice
from typing import TYPE_CHECKING, Final

from pkgguard.errors import VersionError
from pkgguard.versions.sets import Boundary, VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pkgguard.versions.sets import Key


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """One release of a component; instances compare in semver's precedence."""

    key: Key
    text: str = field(compare=False)
    major: int = field(compare=False)
    minor: int = field(compare=False)
    patch: int = field(compare=False)
    prerelease: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.text

    @property
    def boundary(self) -> Boundary:
        """The position just before this release."""
        return Boundary.before(self.key)

    @property
    def opening(self) -> Boundary:
        """The position below this release and every prerelease of it."""
        return Boundary.before((self.major, self.minor, self.patch, _BELOW_PRERELEASES))

    @property
    def final(self) -> str:
        """The text of the final release that this one is, or is a prerelease of."""
        return f"{self.major}.{self.minor}.{self.patch}"

    @property
    def next_patch(self) -> Release:
        """The least final release above this one."""
        patch = self.patch if self.prerelease else self.patch + 1
        return parse_release(f"{self.major}.{self.minor}.{patch}")

    @property
    def next_minor(self) -> Release:
        """The first release of the next minor series."""
        return parse_release(f"{self.major}.{self.minor + 1}.0")

    @property
    def next_major(self) -> Release:
        """The first release of the next major series."""
        return parse_release(f"{self.major + 1}.0.0")


_BELOW_PRERELEASES: Final = (0, ())
_FINAL: Final = (1,)
_LONGEST: Final = 128
_NUMBER: Final = r"[0-9]{1,9}"
_PLAIN: Final = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")


def parse_release(text: str) -> Release:
    """Read a semver release; raise :class:`VersionError` where it is none."""
    # semver before 3.1 takes the digits of every script, and a line's end.
    if not isinstance(text, str) or len(text) > _LONGEST or not text.isascii() or text.endswith("\n"):
        raise VersionError(str(text)[:_LONGEST], "semver", "write MAJOR.MINOR.PATCH, such as 1.2.0")
    return _parse(text)


@cache
def _parse(text: str) -> Release:
    if plain := _PLAIN.fullmatch(text):
        major, minor, patch = map(int, plain.groups())
        return Release((major, minor, patch, _FINAL), text, major, minor, patch)
    return _parse_prerelease(text)


def _parse_prerelease(text: str) -> Release:
    import semver  # noqa: PLC0415 - most releases are plain, and it takes a while to load

    try:
        parsed = semver.VersionInfo.parse(text)
    except (ValueError, TypeError) as error:
        raise VersionError(
            str(text), "semver", "write MAJOR.MINOR.PATCH, such as 1.2.0 or 1.2.0-rc1"
        ) from error
    if parsed.build:
        raise VersionError(text, "semver", "build metadata (+…) has no order; leave it out")
    prerelease = parsed.prerelease or ""
    return Release(
        (parsed.major, parsed.minor, parsed.patch, _prerelease_key(prerelease)),
        text,
        parsed.major,
        parsed.minor,
        parsed.patch,
        prerelease,
    )


def _prerelease_key(prerelease: str) -> Key:
    # A final release sorts above its prereleases; identifiers compare as semver item 11 says.
    if not prerelease:
        return _FINAL
    parts = prerelease.split(".")
    return (0, tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts))


@cache
def release_at(boundary: Boundary) -> Release:
    """Return the release that a position stands before; for :attr:`Release.opening`, the final one above it.

    Raises :class:`ValueError` for a position just after a release, which stands
    before none.
    """
    if boundary.rank or boundary.side:
        raise ValueError(f"{boundary} stands before no release")
    major, minor, patch, rest = boundary.key
    text = f"{major}.{minor}.{patch}"
    if rest not in (_FINAL, _BELOW_PRERELEASES):
        text += "-" + ".".join(str(number) if not kind else word for kind, number, word in rest[1])
    return parse_release(text)


def from_release(release: Release) -> VersionSet:
    """Return every release from this one on."""
    return VersionSet.from_(release.boundary)


def until_release(release: Release) -> VersionSet:
    """Return every release before this one."""
    return VersionSet.until(release.boundary)


def from_branches(releases: Iterable[Release]) -> VersionSet:
    """Return the releases that hold what was released in each of these first.

    The greatest is the main line: it and everything above. Each other one is a
    branch that got the same thing: from it to the end of its minor series.
    """
    ordered = sorted(releases)
    if len(ordered) == 1:
        return from_release(ordered[0])
    parts = [from_release(ordered[-1])]
    parts += [VersionSet.between(one.boundary, one.next_minor.opening) for one in ordered[:-1]]
    return VersionSet.union(parts)


def exactly(release: Release) -> VersionSet:
    """Return the set that holds one release alone."""
    return VersionSet.between(release.boundary, Boundary.after(release.key))


def span_of(release: Release, known: Sequence[Release]) -> VersionSet:
    """Return the releases that count as this one and nothing else.

    That is from it to the next known release or the next possible final one,
    whichever comes first. ``known`` is in increasing order.
    """
    end = release.next_patch
    place = bisect_right(known, release)
    if place < len(known):
        end = min(end, known[place])
    return VersionSet.between(release.boundary, end.boundary)


def nearest_releases(text: str, known: Sequence[Release], count: int = 3) -> tuple[str, ...]:
    """Return the known releases closest to the leading numbers of a text, best first.

    ``known`` is in increasing order. A major nearer is nearer whatever the minor, and
    a minor whatever the patch.
    """
    numbers = [int(part) for part in re.findall(_NUMBER, text)[:3]]
    target = (*numbers, 0, 0, 0)[:3]
    places = _by_distance(known, target, [(0, len(known))], 0)
    return tuple(known[place].text for place in islice(places, count))


def _by_distance(
    known: Sequence[Release], target: Sequence[int], spans: list[tuple[int, int]], level: int
) -> Iterator[int]:
    """Yield the places of the releases in some spans of ``known``, the nearest first, without looking at all.

    Those in a span have all numbers before ``level`` in common, and are as far from the
    target by them as those in the other spans.
    """
    if level == len(target):
        for low, high in spans:
            yield from range(low, high)
        return
    wanted = target[level]

    def number(release: Release) -> int:
        return release.key[level]  # type: ignore[no-any-return]

    # In each span the numbers at or above the wanted one are taken upwards, those below it downwards.
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
