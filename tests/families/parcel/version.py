"""The order of parcels: semver's, and then the number of the build, as in ``1.3.0-rc.1+2``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pkgguard.errors import VersionError
from pkgguard.families.upstream import Reading
from pkgguard.versions.sets import Boundary, VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.versions.release import Release, Scheme
    from pkgguard.versions.sets import Key

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+(\d+))?")


def key(version: str) -> Key:
    """Turn a version into its key."""
    match = _VERSION.fullmatch(version)
    if match is None:
        raise VersionError(version, "parcel", "write it as 1.2.3, 1.2.3-rc.1 or 1.2.3+1")
    numbers = tuple(map(int, match.group(1, 2, 3)))
    parts = tuple((0, int(one), "") if one.isdigit() else (1, 0, one) for one in (match[4] or "").split("."))
    return (*numbers, (0, parts) if match[4] else (1, ()), int(match[5] or 0))


def version_of(key: Key) -> str:
    """Return the version that a key stands for."""
    major, minor, patch, (final, parts), build = key
    prerelease = "" if final else "-" + ".".join(word or str(number) for _, number, word in parts)
    return f"{major}.{minor}.{patch}{prerelease}{f'+{build}' if build else ''}"


def split(version: str) -> tuple[str, str, str]:
    """Divide a version into its epoch, which is always empty, its upstream version and its build."""
    upstream, _, build = version.partition("+")
    return "", upstream, build


def join(epoch: str, upstream: str, revision: str) -> str:
    """Return the version with these parts; parcels have no epoch."""
    del epoch
    return f"{upstream}+{revision}" if revision else upstream


def range_of(operator: str, version: str) -> VersionSet:
    """Return the versions that a bound admits."""
    before, after = Boundary.before(key(version)), Boundary.after(key(version))
    return {
        "<": VersionSet.until(before),
        "<=": VersionSet.until(after),
        "=": VersionSet.between(before, after),
        ">=": VersionSet.from_(before),
        ">": VersionSet.from_(after),
    }[operator]


class ParcelReleases(NamedTuple):
    """How parcels are numbered; ``least`` is what a version ends in that sorts below all prereleases."""

    least: str = "-0"

    def write(self, release: Release) -> str:
        """Return a release as parcels write it."""
        return release.text

    def writings(self, release: Release) -> frozenset[str]:
        """Return every way in which parcels write a release."""
        return frozenset((release.text,))

    def is_written_as(self, upstream: str, form: str) -> bool:
        """Return whether an upstream version is a way of writing a release."""
        return upstream == form

    def read(self, upstream: str, revision: str, scheme: Scheme, rebuilds: tuple[str, ...] = ()) -> Reading:
        """Return what a version says of the release that it stands for."""
        del revision, scheme, rebuilds
        final, _, suffix = upstream.partition("-")
        return Reading(final, suffix, prerelease=bool(suffix))

    def series(self, release: Release) -> None:
        """Return None, since no parcel is numbered by its series alone."""
        del release

    def below(self, upstream: str) -> str | None:
        """Return what sorts below every prerelease of an upstream version."""
        return f"{upstream}{'.' if '-' in upstream else ''}{self.least}" if self.least else None

    def above(self, upstream: str) -> str:
        """Return what sorts above an upstream version."""
        return f"{upstream}.0"

    def candidate(self, upstream: str, number: int) -> str:
        """Return a version of a candidate, as an example."""
        return f"{upstream}-rc.{number}+1"

    def backport(self, version: str) -> str | None:
        """Return None, since parcels have no backports."""
        del version
        return None

    def builds(self, upstream: str, count: int) -> Iterator[str]:
        """Yield versions of the first builds, as examples."""
        return (f"{upstream}+{number + 1}" for number in range(count))

    def near(self, bound: str, further: int) -> Iterator[str]:
        """Yield versions near a bound, as examples."""
        return self.builds(bound.partition("+")[0].removesuffix("-0"), further + 1)
