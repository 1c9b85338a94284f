"""Which releases a package version carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pkgguard.errors import UnknownReleaseError, WrongEpochError
from pkgguard.manifest.series import series_text
from pkgguard.versions.release import nearest_releases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkgguard.families.interface import Family
    from pkgguard.manifest.model import Component, Manifest, PackageSpec
    from pkgguard.versions.release import Release


class Identity(NamedTuple):
    """The releases that one version of a package carries.

    ``releases`` maps each carried component to its release. ``prerelease`` is true
    if the package is a prerelease of that release, ``below`` if its version sorts
    below it, as a prerelease's does and some backports' do. ``assumed`` is true if
    the version is unknown and treated as the newest release.
    """

    package: PackageSpec
    version: str
    releases: Mapping[str, Release]
    prerelease: bool = False
    below: bool = False
    assumed: bool = False


def identify(
    manifest: Manifest,
    package: PackageSpec,
    family: Family,
    version: str,
    *,
    newest_if_unknown: bool = False,
) -> Identity:
    """Find the releases that a package version carries.

    ``version`` is the full version as the family writes it. With
    ``newest_if_unknown``, a version that belongs to no known release is treated as
    the newest release of each component. Raises :class:`UnknownReleaseError`, and
    :class:`VersionError` if the version is not valid in the family.
    """
    family.key(version)
    _, upstream, revision = family.split(version)
    found: dict[str, Release] = {}
    early = False
    for name in package.carries:
        component = manifest.components[name]
        release, prerelease, why = _release(component, family, upstream, revision)
        early = early or prerelease
        if release is not None and not package.can_carry(release):
            why = f"{release} is not of the series {series_text(package.series)}, which its name holds"
            release = None
        if release is not None:
            found[name] = release
        elif newest_if_unknown:
            newest = {one: _newest(package, manifest.components[one]) for one in package.carries}
            return Identity(package, version, newest, assumed=True)
        else:
            near = nearest_releases(upstream, component.releases)
            raise UnknownReleaseError(package.name, version, name, near, why)
    below = early or any(
        family.key(upstream) < family.key(family.releases.write(release)) for release in found.values()
    )
    return Identity(package, version, found, early, below)


def _newest(package: PackageSpec, component: Component) -> Release:
    """Return the newest release of a component that a package can carry."""
    return next(filter(package.can_carry, reversed(component.releases)), component.newest)


def wrong_epoch(package: PackageSpec, family: Family, version: str) -> WrongEpochError | None:
    """Return the error if a package version has the wrong epoch, or None.

    An epoch of 0 means none (Debian Policy 5.6.12, rpm-version(7)).
    """
    shipping = package.shipping[family.name]
    given = family.split(version)[0].lstrip("0")
    if given == shipping.epoch:
        return None
    return WrongEpochError(shipping.name, version, family.name, package.name, given, shipping.epoch)


def _release(
    component: Component, family: Family, upstream: str, revision: str
) -> tuple[Release | None, bool, str]:
    listed = _listed_prerelease(component, family, upstream)
    if listed is not None:
        return listed, False, ""
    reading = family.releases.read(upstream, revision, component.scheme)
    if reading.why:
        return None, False, f"{upstream!r} {reading.why}"
    release = (component.find(reading.exact) if reading.exact else None) or component.find(reading.release)
    if release is None:
        return None, False, f"{reading.release} is not a {component.name} release in the manifest"
    return release, reading.prerelease, ""


def _listed_prerelease(component: Component, family: Family, upstream: str) -> Release | None:
    # A prerelease that the manifest lists, such as 1.3.0-rc1, is a release of its own.
    fitting = [
        release
        for release in component.releases
        if release.prerelease
        and any(family.releases.is_written_as(upstream, form) for form in family.releases.writings(release))
    ]
    return max(fitting, key=lambda release: len(release.text), default=None)
