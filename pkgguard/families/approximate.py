"""Restricting a set of versions to a part that a family can express.

The part is always a subset, so nothing incompatible is admitted. The releases that it
excludes are named.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from pkgguard.families.interface import AllowedVersions


def keep_one_interval(allowed: AllowedVersions) -> tuple[AllowedVersions, tuple[str, ...]]:
    """Return the interval with the package's own release, or else the one with the most known releases.

    Of equally large intervals, it is the newest. Also returns the known releases that
    were allowed but are not in it.
    """
    intervals = list(allowed.versions.intervals())
    if len(intervals) < 2:
        return allowed, ()
    positions = sorted(allowed.known.values())
    own = allowed.known.get(allowed.own) if allowed.own else None
    ranks = [
        (own is not None and low <= own < high, bisect_left(positions, high) - bisect_left(positions, low))
        for low, high in intervals
    ]
    best = max(range(len(intervals)), key=lambda index: (ranks[index], index))
    kept = VersionSet(intervals[best])
    return allowed._replace(versions=kept), excluded_releases(allowed, kept)


def excluded_releases(allowed: AllowedVersions, kept: VersionSet) -> tuple[str, ...]:
    """Return the known releases that are allowed but not kept."""
    lost = allowed.versions - kept
    return tuple(release for release, position in allowed.known.items() if position in lost)
