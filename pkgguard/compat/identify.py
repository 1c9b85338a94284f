"""Which releases a package version carries."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.errors import UnknownReleaseError, VersionError, WrongEpochError
from pkgguard.families.irregular import irregular_versions
from pkgguard.families.upstream import divided_at_really
from pkgguard.manifest.series import series_text
from pkgguard.versions.nearest import nearest_releases
from pkgguard.versions.release import padded
from pkgguard.versions.sets import Boundary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkgguard.families.interface import Family
    from pkgguard.families.upstream import Reading
    from pkgguard.manifest.model import Component, Manifest
    from pkgguard.manifest.package_spec import PackageSpec
    from pkgguard.versions.release import Release

_NUMBERS: Final = r"[0-9]{1,18}(?:\.[0-9]{1,18}){0,3}"


class Identity(NamedTuple):
    """The releases that one version of a package carries.

    ``releases`` maps each carried component to its release. ``prerelease`` is true
    if the package is a prerelease of that release, ``below`` if its version sorts
    below it, as a prerelease's does and some backports' do. ``assumed`` is true if
    the version is unknown and treated as a listed release. ``displaced`` is true
    if the version does not sort where its release belongs.
    """

    package: PackageSpec
    version: str
    releases: Mapping[str, Release]
    prerelease: bool = False
    below: bool = False
    assumed: bool = False
    displaced: bool = False


def identify(
    manifest: Manifest,
    package: PackageSpec,
    family: Family,
    version: str,
    *,
    newest_if_unknown: bool = False,
) -> Identity:
    """Find the releases that a package version carries.

    ``version`` is the full version in the family's form. It may carry an unlisted
    release that is between listed ones and follows one of its own branch. With
    ``newest_if_unknown`` any other version counts as the newest release of each
    component, or if it is older, as the one below it in its branch. Raises
    :class:`UnknownReleaseError`, and :class:`VersionError` where the family has no
    such version.
    """
    boundary = Boundary.before(family.key(version))
    _, upstream, revision = family.split(version)
    shipping = package.shipping[family.name]
    found: dict[str, Release] = {}
    early = displaced = assumed = False
    first = manifest.components[package.numbered[0]]
    for irregular in irregular_versions(shipping, family, first.scheme):
        if boundary in irregular.versions:
            found = _same(manifest, package, irregular.release)
    for name in package.numbered:
        if name in found:
            continue
        component = manifest.components[name]
        release, reading = _release(component, family, upstream, revision, shipping.rebuilds)
        early = early or (release is not None and not release.prerelease and reading.prerelease)
        displaced = displaced or reading.displaced or _is_displaced(family, upstream, release)
        why = f"{upstream!r} {reading.why}" if reading.why else _not_listed(component, reading.release)
        if release is None:
            release = _unlisted(component, reading)
        if release is not None and not package.can_carry(release):
            why = f"{release} is not of the series {series_text(package.series)}, which its name holds"
            release = None
        if release is None and newest_if_unknown:
            release = _counted_as(package, component, upstream)
            assumed = assumed or release is not None
        if release is None:
            near = nearest_releases(upstream, component.releases)
            raise UnknownReleaseError(package.name, version, name, near, why)
        found[name] = release
    for name in package.contents:
        carried = package.content(name, found[first.name])
        if carried is None:
            at = found[first.name]
            why = f"the manifest does not say which {name} is in {package.name} {at} (published)"
            raise UnknownReleaseError(package.name, version, name, (), why)
        found[name] = carried
    below = early or any(
        family.key(upstream) < family.key(family.releases.write(found[name])) for name in package.numbered
    )
    return Identity(package, version, found, early, below, assumed, displaced)


def wrong_epoch(identity: Identity, family: Family) -> WrongEpochError | None:
    """Return the error if a package version has the wrong epoch, or None.

    An epoch of 0 means none (Debian Policy 5.6.12, rpm-version(7)).
    """
    package, version = identity.package, identity.version
    shipping = package.shipping[family.name]
    given = family.split(version)[0].lstrip("0")
    wanted = shipping.epoch_of(identity.releases[package.numbered[0]])
    if given == wanted:
        return None
    return WrongEpochError(shipping.name, version, family.name, package.name, given, wanted)


def _same(manifest: Manifest, package: PackageSpec, release: Release) -> dict[str, Release]:
    """Return the releases that are equal to one, of each component that has the package's number."""
    components = (manifest.components[name] for name in package.numbered)
    return {one.name: one.by_release[release] for one in components if release in one.by_release}


def _release(
    component: Component, family: Family, upstream: str, revision: str, rebuilds: tuple[str, ...]
) -> tuple[Release | None, Reading]:
    reading = family.releases.read(upstream, revision, component.scheme, rebuilds)
    listed = _listed_prerelease(component, family, upstream, revision, reading)
    if listed is not None:
        return listed, reading
    if reading.why:
        return None, reading
    return (component.find(reading.exact) if reading.exact else None) or component.find(
        reading.release
    ), reading


def _parsed(component: Component, reading: Reading) -> Release | None:
    """Return the release that was read, listed or not, or None if the scheme has no such release."""
    try:
        return component.scheme.parse(reading.release)
    except VersionError:
        return None


def _unlisted(component: Component, reading: Reading) -> Release | None:
    """Return an unlisted final release in whose branch a lower one is listed, but none above the newest.

    The changes hold for it as they do for the listed one below it.
    """
    given = None if reading.prerelease else _parsed(component, reading)
    if given is None or given > component.newest or _lower(component, given.numbers) is None:
        return None
    return given


def _counted_as(package: PackageSpec, component: Component, upstream: str) -> Release | None:
    """Return the listed release that an unknown version counts as: the newest, or that of its branch."""
    newest = next(filter(package.can_carry, reversed(component.releases)), component.newest)
    numbers = re.search(_NUMBERS, divided_at_really(upstream)[2])
    if numbers is None:
        return newest
    given = padded(map(int, numbers[0].split(".")))
    lower = newest if given > newest.numbers else _lower(component, given)
    return lower if lower is not None and package.can_carry(lower) else None


def _lower(component: Component, numbers: tuple[int, ...]) -> Release | None:
    """Return the newest listed release of the branch of some numbers that is not above them, or None."""
    place = bisect_right(component.releases, numbers, key=lambda release: release.numbers)
    lower = component.releases[place - 1] if place else None
    return lower if lower is not None and lower.branch == numbers[: component.scheme.branch] else None


def _not_listed(component: Component, release: str) -> str:
    return f"{release} is not a {component.name} release in the manifest"


def _listed_prerelease(
    component: Component, family: Family, upstream: str, revision: str, reading: Reading
) -> Release | None:
    """Return the prerelease that the manifest lists, such as 1.3.0-rc1, and a version shows in some form."""
    listed = [release for release in component.releases if release.prerelease]
    fitting = [
        release
        for release in listed
        if any(family.releases.is_written_as(upstream, form) for form in family.releases.writings(release))
    ]
    if not fitting and listed and reading.prerelease and (final := _parsed(component, reading)):
        fitting = [
            release
            for release in listed
            if release.numbers == final.numbers and _shows(release.prerelease, reading.suffix, revision)
        ]
    return max(fitting, key=lambda release: len(release.text), default=None)


def _shows(prerelease: str, suffix: str, revision: str) -> bool:
    """Return whether a version has the word of a prerelease, with any separators, after its numbers."""
    runs = re.findall(r"[0-9]+|[A-Za-z]+", prerelease)
    if not runs:
        return False
    word = "[._-]?".join(runs) + ("(?![0-9A-Za-z])" if runs[-1].isdigit() else "(?![._-]?[0-9]|[A-Za-z])")
    return (
        re.match(rf"[~._-]?{word}(?!\.[0-9])", suffix) is not None
        or re.search(rf"(?<![0-9A-Za-z]){word}", revision) is not None
    )


def _is_displaced(family: Family, upstream: str, release: Release | None) -> bool:
    """Return whether a version of a listed prerelease sorts outside of the versions of that prerelease."""
    if release is None or not release.prerelease:
        return False
    plain = family.releases.write(release)
    return not family.key(plain) <= family.key(upstream) < family.key(family.releases.above(plain))
