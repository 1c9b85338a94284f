"""Over-restricting what a family cannot say: which part of a set to keep.

Sound first: what is kept is always a subset of what was allowed, so nothing
incompatible is admitted; what is given up is named.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from typing import TYPE_CHECKING

from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from pkgguard.families.interface import AllowedVersions


def keep_one_interval(allowed: AllowedVersions) -> tuple[AllowedVersions, tuple[str, ...]]:
    """Keep the interval with the package's own release, else the one with the most known releases.

    Of equally large ones the newest is kept. Returns what is kept, and the known
    releases that were allowed and are not kept.
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
    return replace(allowed, versions=kept), excluded_releases(allowed, kept)


def excluded_releases(allowed: AllowedVersions, kept: VersionSet) -> tuple[str, ...]:
    """Name the known releases that are allowed but not kept."""
    lost = allowed.versions - kept
    return tuple(release for release, position in allowed.known.items() if position in lost)
