"""Sets of releases: those from a release on, those of a branch or series, and those that count as one."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from pkgguard.versions.release import opening
from pkgguard.versions.sets import Boundary, VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pkgguard.versions.release import Release


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
        VersionSet.between(release.boundary, opening((*release.branch[:-1], release.branch[-1] + 1)))
        for release in ordered[:-1]
    ]
    return VersionSet.union(parts)


def series_span(numbers: Sequence[int]) -> VersionSet:
    """Return all releases that begin with these numbers, with their prereleases."""
    *rest, last = numbers
    return VersionSet.between(opening(numbers), opening((*rest, last + 1)))


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
