"""Choosing the peer version that a finding shows as its witness.

A given package is preferred, because its verdict is known. A made-up version must
not equal a given package with another verdict: versions are compared by the family's
key, so ``0:1.0.0-1`` equals ``1.0.0-1``.
"""

from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING, NamedTuple

from pkgguard.compat.identify import identify
from pkgguard.diagnostics import Outcome, PackageRef
from pkgguard.errors import UnknownReleaseError, VersionError
from pkgguard.versions.sets import Boundary, VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.check.subject import Meeting, PeerView
    from pkgguard.generate.release_to_version import Translation
    from pkgguard.versions.release import Release
    from pkgguard.versions.sets import Key


class Example(NamedTuple):
    """A package of a peer, and the release that it stands for."""

    release: Release
    ref: PackageRef


def example(
    view: PeerView, releases: Sequence[Release], within: VersionSet, outcome: Outcome, *, given: bool = True
) -> Example | None:
    """Return a package of the peer that carries one of some releases and has the given outcome.

    ``releases`` begin with the most instructive one; ``within`` is the set that must
    contain the version. Given packages are used only if ``given``. Returns None if the
    only candidates are given packages with another verdict.
    """
    denied = _denied(view, outcome)
    real = [
        (release, meeting.peer)
        for release in releases
        for meeting in view.given(release)
        # An installable package is accepted even if its unusual version is outside of the set.
        if _agrees(meeting, outcome) and (outcome.installable or Boundary.before(meeting.peer.key) in within)
    ]
    if real and given:
        # A reader could confuse two packages with the same version if only one of them is an example.
        release, peer = next((candidate for candidate in real if candidate[1].key not in denied), real[0])
        return Example(release, peer.ref)
    for release in releases:
        version = _version(view, release, within, denied)
        if version is not None:
            return Example(release, _ref(view, version))
    return None


def prerelease_example(view: PeerView, release: Release, outcome: Outcome) -> Example | None:
    """Return a prerelease of a release of the peer with the given outcome; see :func:`example`."""
    for meeting in view.given(release):
        if meeting.peer.identity.prerelease and _agrees(meeting, outcome):
            return Example(release, meeting.peer.ref)
    denied = _denied(view, outcome)
    plain, releases = view.translation.version(release), view.subject.family.releases
    forms = (releases.candidate(plain, number) for number in count(1))
    for version in islice(forms, len(denied) + 1):
        key = view.subject.family.key(version)
        if key not in denied and (Boundary.before(key) in view.admitted) == outcome.installable:
            return Example(release, _ref(view, version))
    return None


def _version(view: PeerView, release: Release, within: VersionSet, denied: frozenset[Key]) -> str | None:
    """Return a version that carries a release and is in a set, and is not denied."""
    family = view.subject.family
    plain = view.translation.version(release)
    passed_over = False
    for space in (view.span(release) & within, view.translation.reach(release) & within):
        for version in candidates(plain, space, view.translation, len(denied)):
            try:
                key = family.key(version)
            except VersionError:
                continue
            if Boundary.before(key) not in space or not view.translation.stands_for_release(version):
                continue
            if family.traits.always_revised and not family.split(version)[2]:
                continue  # in such a family every package has a revision
            if key not in denied and not _carries_another(view, release, version):
                return version
            passed_over = True
    if family.traits.always_revised:
        plain = next(family.releases.builds(plain, 1))
    return None if passed_over or family.key(plain) in denied else plain


def candidates(plain: str, space: VersionSet, translation: Translation, further: int) -> Iterator[str]:
    """Yield candidate versions in a set, the most ordinary first, then ``further`` revisions."""
    family = translation.family
    yield from family.releases.builds(plain, further + 1)
    yield plain
    epoch, upstream, _ = family.split(plain)
    for boundary in space.boundaries:
        if not boundary.rank:
            bound = translation.spelled(boundary)
            other = family.split(bound)[0]
            if other != epoch:
                # Only versions with the same epoch as the bound are close to it.
                yield from family.releases.builds(family.join(other, upstream, ""), further + 1)
            yield from family.releases.near(bound, further)


def _carries_another(view: PeerView, release: Release, version: str) -> bool:
    """Return whether a version stands for a listed release other than the intended one."""
    manifest = view.subject.compatibility.manifest
    try:
        identity = identify(manifest, view.guard.peer, view.subject.family, version)
    except UnknownReleaseError:
        return False
    return release not in identity.releases.values()


def _agrees(one: Meeting, outcome: Outcome) -> bool:
    return one.installable is outcome.installable and one.compatible is outcome.compatible


def _denied(view: PeerView, outcome: Outcome) -> frozenset[Key]:
    """Return the keys of the given versions with another outcome."""
    return frozenset().union(*(keys for other, keys in view.outcomes.items() if other != outcome))


def _ref(view: PeerView, version: str) -> PackageRef:
    package = view.subject.package
    return PackageRef(package.family, view.name, version, package.architecture)
