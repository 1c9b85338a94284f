"""What to call a release, from the changes that it brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pkgguard.budget import spend
from pkgguard.errors import UnknownNameError, UnknownReleaseError
from pkgguard.evolution.events import events_of
from pkgguard.evolution.policies import Level
from pkgguard.evolution.simulate import highest
from pkgguard.manifest.typed_table import nearest
from pkgguard.versions.nearest import nearest_releases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pkgguard.compat.engine import Compatibility
    from pkgguard.evolution.events import Event
    from pkgguard.evolution.policies import Effect, VersionPolicy
    from pkgguard.manifest.model import Component, Manifest
    from pkgguard.versions.release import Release


class Ground(NamedTuple):
    """A change that a release brings, its effect by the policy, and the level that it requires."""

    event: Event
    effect: Effect
    level: Level


class VersionAdvice(NamedTuple):
    """What to call the next release of a component, or the protocol in it.

    ``since`` and ``until`` are the releases whose difference counts; those of a protocol
    are its server's. ``version`` is the present version, ``advised`` the next one.
    ``grounds`` begin with the highest level.
    """

    name: str
    is_protocol: bool
    since: Release
    until: Release
    level: Level
    version: str
    advised: str
    grounds: tuple[Ground, ...]


class ReleaseAdvice(NamedTuple):
    """What a policy advises for each component, and for each protocol that has a version of its own."""

    policy: VersionPolicy
    versions: tuple[VersionAdvice, ...]


def advise(
    engine: Compatibility, policy: VersionPolicy, since: Mapping[str, str], until: Mapping[str, str]
) -> ReleaseAdvice:
    """Return what to call the release that follows ``since`` and has the changes up to ``until``.

    Both map components to releases; the key ``""`` stands for every component that lists
    the release. Without an entry in ``until``, a component's newest release counts.
    Components without a release in ``since`` get no advice. Raises
    :class:`UnknownNameError` for an unknown component, and :class:`UnknownReleaseError`
    for a release that is not listed, or that is older than where it begins.
    """
    manifest = engine.manifest
    events = events_of(manifest)
    begins, ends = _named(manifest, since), _named(manifest, until)
    steps = {
        name: (begin, _end(manifest.components[name], begin, ends.get(name)))
        for name, begin in begins.items()
    }
    found = []
    for name, (begin, end) in steps.items():
        grounds = _grounds(policy, events.components.get(name, ()), begin, end)
        level = highest((one.level for one in grounds), Level.PATCH)
        found.append(VersionAdvice(name, False, begin, end, level, str(begin), _next(begin, level), grounds))
    for protocol in manifest.protocols.values():
        if policy.protocol is not None and protocol.server in steps:
            begin, end = steps[protocol.server]
            grounds = _grounds(policy, events.protocols.get(protocol.name, ()), begin, end)
            level = highest((one.level for one in grounds), Level.NONE)
            major, minor = engine.protocol_version(protocol.name, begin)
            following = {Level.MAJOR: (major + 1, 0), Level.MINOR: (major, minor + 1)}
            next_major, next_minor = following.get(level, (major, minor))
            present, advised = f"{major}.{minor}", f"{next_major}.{next_minor}"
            found.append(VersionAdvice(protocol.name, True, begin, end, level, present, advised, grounds))
    return ReleaseAdvice(policy, tuple(found))


def _named(manifest: Manifest, releases: Mapping[str, str]) -> dict[str, Release]:
    """Return the release of each component, in the order of the manifest."""
    known = manifest.components
    for name in releases:
        if name and name not in known:
            raise UnknownNameError("component", name, tuple(known), nearest(name, known))
    found: dict[str, Release] = {}
    for name, component in known.items():
        spend()
        text = releases.get(name, releases.get(""))
        release = component.find(text) if text is not None else None
        if release is not None:
            found[name] = release
        elif name in releases:
            raise _unlisted(component, releases[name])
    if "" in releases and not found:
        raise _unlisted(next(iter(known.values())), releases[""])
    return found


def _unlisted(component: Component, text: str) -> UnknownReleaseError:
    near = nearest_releases(text, component.releases)
    why = "is not a release that the manifest lists"
    return UnknownReleaseError(component.name, text, component.name, near, why)


def _end(component: Component, begin: Release, end: Release | None) -> Release:
    if end is None:
        return component.newest
    if end < begin:
        why = f"is older than {begin}, where the changes to judge begin"
        raise UnknownReleaseError(component.name, str(end), component.name, (), why)
    return end


def _grounds(
    policy: VersionPolicy, events: Sequence[Event], begin: Release, end: Release
) -> tuple[Ground, ...]:
    found = []
    for event in events:
        spend()
        if (step := event.between(begin, end)) is not None:
            changes = step.change_class
            effect = policy.effect(changes, step.side)
            found.append(Ground(step, effect, policy.level(changes, step.side)))
    return tuple(_highest_first(found))


def _highest_first(grounds: Iterable[Ground]) -> list[Ground]:
    return sorted(grounds, key=lambda one: -one.level.rank)


def _next(release: Release, level: Level) -> str:
    following = {Level.MAJOR: release.next_major, Level.MINOR: release.next_branch}
    return str(following.get(level, release.next_patch))
