"""The releases that the versions in the source of packages show, and their epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pkgguard.budget import spend
from pkgguard.errors import VersionError
from pkgguard.families.expression import Operator
from pkgguard.families.lookup import family
from pkgguard.versions.lookup import DEFAULT, make_scheme, names
from pkgguard.versions.release import SchemeSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pkgguard.integrations.adopted import AdoptedSource, Bound
    from pkgguard.versions.release import Release, Scheme

_STRANGE = 12
"""Versions without a release that are listed."""


class ListedReleases(NamedTuple):
    """The releases of the packages of a source, sorted, in a scheme.

    ``scheme_name`` is empty for the default one. ``epochs`` has each epoch with the
    first release that has it, and is empty if there never was one. ``strange`` are
    versions that show no release. ``elsewhere`` are the releases of packages of other
    sources that bounds name.
    """

    family: str
    scheme: Scheme
    scheme_name: str
    releases: tuple[Release, ...]
    epochs: tuple[tuple[str, int], ...]
    strange: tuple[str, ...]
    elsewhere: Mapping[str, tuple[Release, ...]]

    def of(self, version: str) -> Release | None:
        """Return the release that the version of a bound shows, or None; 1.2 shows 1.2.0."""
        return _of_bound(self.family, self.scheme, version)


def listed_releases(source: AdoptedSource) -> ListedReleases:
    """Return the releases that the versions of a source show, in the scheme that reads most of them."""
    schemes = [
        (name, make_scheme(name, SchemeSettings(), ())) for name in sorted(names(), key=_default_first)
    ]
    counted = [(len(_strange(source, scheme)), number) for number, (_, scheme) in enumerate(schemes)]
    name, scheme = schemes[min(counted)[1]]
    found: dict[Release, int] = {}
    for version in source.versions:
        release, _ = _release(source.family, scheme, version)
        if release is not None:
            found.setdefault(release, int(family(source.family).split(version)[0] or 0))
    strange = [*_strange(source, scheme), *_numbered_before(found)]
    own = {one.name for one in source.packages}
    elsewhere: dict[str, set[Release]] = {}
    mentioned: set[Release] = set()
    for bound in _lower(source):
        release = _of_bound(source.family, scheme, bound.version)
        if release is not None:
            (mentioned if bound.peer in own else elsewhere.setdefault(bound.peer, set())).add(release)
    return ListedReleases(
        source.family,
        scheme,
        "" if name == DEFAULT else name,
        tuple(sorted({*found, *mentioned})),
        _epochs(found),
        tuple(strange[:_STRANGE]),
        {peer: tuple(sorted(some)) for peer, some in elsewhere.items()},
    )


def _default_first(name: str) -> tuple[bool, str]:
    return name != DEFAULT, name


def _release(family_name: str, scheme: Scheme, version: str) -> tuple[Release | None, bool]:
    """Return the final release that a version shows, or None; and whether the version is a strange one."""
    spend()
    versions = family(family_name)
    try:
        _, upstream, revision = versions.split(version)
        reading = versions.releases.read(upstream, revision, scheme)
        if reading.why:
            return None, True
        return (None if reading.prerelease else scheme.parse(reading.release)), False
    except VersionError:
        return None, True


def _of_bound(family_name: str, scheme: Scheme, version: str) -> Release | None:
    """Return the release at which a bound begins; its version may be shorter than a release."""
    versions = family(family_name)
    try:
        _, upstream, _ = versions.split(version.rstrip("~"))
    except VersionError:
        return None
    for text in (version.rstrip("~"), f"{upstream.rstrip('~')}.0", f"{upstream.rstrip('~')}.0.0"):
        release, _ = _release(family_name, scheme, text)
        if release is not None:
            return release
    return None


def _strange(source: AdoptedSource, scheme: Scheme) -> tuple[str, ...]:
    return tuple(one for one in source.versions if _release(source.family, scheme, one)[1])


def _lower(source: AdoptedSource) -> Iterable[Bound]:
    """Yield the bounds whose versions exist: those that a peer must have, or must be above."""
    negative = family(source.family).traits.negative_fields
    for package in source.packages:
        for bound in package.bounds:
            start = (Operator.LESS, Operator.LESS_EQUAL) if bound.field in negative else (
                Operator.GREATER, Operator.GREATER_EQUAL, Operator.EQUAL,
            )  # fmt: skip
            if bound.operator in start:
                yield bound


def _numbered_before(found: dict[Release, int]) -> list[str]:
    """Remove the releases that were numbered in another way before the epoch changed, and return them."""
    highest = 0
    before = []
    for release in sorted(found):
        if found[release] < highest:
            before.append(release.text)
            del found[release]
        else:
            highest = found[release]
    return before


def _epochs(found: Mapping[Release, int]) -> tuple[tuple[str, int], ...]:
    steps: list[tuple[str, int]] = []
    for release in sorted(found):
        if not steps or steps[-1][1] != found[release]:
            steps.append((release.text, found[release]))
    return tuple(steps) if any(epoch for _, epoch in steps) else ()
