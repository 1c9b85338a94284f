"""Which releases of two components are compatible, and the reasons if they are not.

A client release and a server release are compatible if the server offers
every capability that the client requires, neither is broken, and the policy
covers them. Everything is computed as sets of releases of the other side, so
the cost of one query grows with the number of changes, not with the number of
pairs of releases.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.compat.reasons import Cause, Exclusion, Reason
from pkgguard.manifest.history import incompatibilities
from pkgguard.manifest.limits import manifest_budget
from pkgguard.manifest.model import Horizon, Kind, Mode, Need, Past, Window
from pkgguard.versions.release import Release
from pkgguard.versions.release_sets import exactly, from_release, span_of, until_release
from pkgguard.versions.sets import Boundary, VersionSet
from pkgguard.versions.sweep import Sweep

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pkgguard.manifest.history import Incompatibility
    from pkgguard.manifest.model import Broken, Component, Manifest, Protocol


class CompatibilityVerdict(NamedTuple):
    """Whether two releases are compatible; ``missing`` lists optional needs that are not satisfied."""

    compatible: bool
    reasons: tuple[Reason, ...] = ()
    missing: tuple[Reason, ...] = ()


def allowed(exclusions: Iterable[Exclusion]) -> VersionSet:
    """Return the releases that no exclusion contains."""
    return ~VersionSet.union(exclusion.excluded for exclusion in exclusions)


def engine_of(manifest: Manifest) -> Compatibility:
    """Return the engine of a manifest, with its cached results.

    The last few engines are kept. Raises :class:`ManifestLimitError` if the manifest
    takes too much CPU time.
    """
    for engine in tuple(_engines):
        if engine.manifest is manifest:
            return engine
    engine = Compatibility(manifest)
    with manifest_budget(manifest.path):
        engine.prepare()
    _engines.append(engine)
    del _engines[:-_KEPT_ENGINES]
    return engine


class Compatibility:
    """Computes from one manifest which releases of two components are compatible."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.servers_for = lru_cache(maxsize=4096)(self._servers_for)
        self.clients_for = lru_cache(maxsize=4096)(self._clients_for)
        self._sweep = cache(self._make_sweep)
        self._steps = cache(self._make_steps)
        self._cuts = cache(self._make_cuts)

    def prepare(self) -> None:
        """Compute what depends on the manifest alone."""
        _ = self._incompatibilities_by_client, self._broken_by_component

    @cached_property
    def incompatibilities(self) -> Mapping[str, tuple[Incompatibility, ...]]:
        """The incompatibilities of each protocol."""
        found: dict[str, list[Incompatibility]] = {name: [] for name in self.manifest.protocols}
        for incompatibility in incompatibilities(self.manifest.changes, self.manifest.protocols):
            found[incompatibility.protocol].append(incompatibility)
        return {name: tuple(some) for name, some in found.items()}

    @cached_property
    def _incompatibilities_by_client(self) -> Mapping[tuple[str, str], list[Incompatibility]]:
        found: defaultdict[tuple[str, str], list[Incompatibility]] = defaultdict(list)
        for some in self.incompatibilities.values():
            for incompatibility in some:
                for client in incompatibility.clients_needing:
                    found[incompatibility.protocol, client].append(incompatibility)
        return found

    @cached_property
    def _broken_by_component(self) -> Mapping[str, list[tuple[int, Broken, VersionSet]]]:
        """The broken releases of each component: the position in the manifest, the entry, the span."""
        found: defaultdict[str, list[tuple[int, Broken, VersionSet]]] = defaultdict(list)
        for place, broken in enumerate(self.manifest.broken):
            span = span_of(broken.release, self.manifest.components[broken.component].releases)
            found[broken.component].append((place, broken, span))
        return found

    def required(self, protocol: str, client: str) -> tuple[Incompatibility, ...]:
        """Return the incompatibilities between a client and its servers, without those of optional needs."""
        some = self.involved(protocol, client)
        return tuple(one for one in some if one.change.need is Need.REQUIRED)

    def barriers(self, protocol: str, client: str) -> list[tuple[VersionSet, VersionSet]]:
        """Return what changes and broken releases make incompatible, as (client releases, server releases).

        Those of :meth:`required` come first, in the same order.
        """
        server = self.manifest.protocols[protocol].server
        found = [
            (incompatibility.clients_needing[client], incompatibility.servers_without)
            for incompatibility in self.required(protocol, client)
        ]
        for _, broken, _ in self._broken_by_component.get(client, ()):
            found.append((exactly(broken.release), VersionSet.full()))
        for _, _, span in self._broken_by_component.get(server, ()):
            found.append((VersionSet.full(), span))
        return found

    def has_release(self, component: str, held: VersionSet, before: Release) -> bool:
        """Return whether a set contains a known release of a component that is below another release."""
        boundaries = self._cuts(component)
        for low, high in held.intervals():
            place = bisect_left(boundaries, low)
            if place < len(boundaries) and boundaries[place] < min(high, before.boundary):
                return True
        return False

    def promised(self, protocol: str, component: str, release: Release, other: str) -> VersionSet:
        """Return the releases of ``other`` that the policy allows with a release, regardless of changes."""
        exclusion = self.excluded_by_policy(protocol, component, release, other)
        return ~exclusion.excluded if exclusion is not None else VersionSet.full()

    def excluded_by_policy(
        self, protocol: str, component: str, release: Release, other: str
    ) -> Exclusion | None:
        """Return the releases of ``other`` that the mode excludes for a release of a component, if any."""
        return self._kept_by_policy(self.manifest.protocols[protocol], component, release, other)

    def involved(self, protocol: str, client: str) -> Sequence[Incompatibility]:
        """Return the incompatibilities between a client and its servers, also those of optional needs."""
        return self._incompatibilities_by_client.get((protocol, client), ())

    def _servers_for(self, protocol: str, client: str, release: Release) -> tuple[Exclusion, ...]:
        """Return the server releases that are excluded for a client release, required needs first.

        ``client`` is the client component, ``release`` its release. The ``need`` of the
        reason tells whether an exclusion comes from an optional need.
        """
        contract = self.manifest.protocols[protocol]
        found = [
            Exclusion(
                Reason.of(
                    incompatibility, self.manifest.components[client], exactly(release), contract.server
                ),
                incompatibility.servers_without,
            )
            for incompatibility in self._incompatibilities_by_client.get((protocol, client), ())
            if release.boundary in incompatibility.clients_needing[client]
        ]
        found += self._beyond_changes(contract, client, release, contract.server)
        return _required_first(found)

    def _clients_for(self, protocol: str, release: Release, client: str) -> tuple[Exclusion, ...]:
        """Return the releases of a client component that are excluded for a server release."""
        contract = self.manifest.protocols[protocol]
        server = contract.server
        found = [
            Exclusion(
                Reason.of(
                    incompatibility,
                    self.manifest.components[client],
                    incompatibility.clients_needing[client],
                    server,
                ),
                incompatibility.clients_needing[client],
            )
            for incompatibility in self._incompatibilities_by_client.get((protocol, client), ())
            if release.boundary in incompatibility.servers_without
        ]
        found += self._beyond_changes(contract, server, release, client)
        return _required_first(found)

    def allowed_servers(self, protocol: str, client: str, release: Release) -> VersionSet:
        """Return the server releases that are allowed for a client release, without reasons.

        The total cost for all releases of a component is linear in the number of
        releases and changes.
        """
        contract = self.manifest.protocols[protocol]
        peer = self.manifest.components[contract.server]
        beyond = [one.excluded for one in self.unknown(contract, peer)]
        policy = self._kept_by_policy(contract, client, release, contract.server)
        if policy is not None:
            beyond.append(policy.excluded)
        return ~VersionSet.union([self._sweep(protocol, client).at(release.boundary), *beyond])

    def verdict(
        self, protocol: str, client: str, client_release: Release, server_release: Release
    ) -> CompatibilityVerdict:
        """Return whether a client release and a server release work together."""
        hit = [
            exclusion.reason
            for exclusion in self.servers_for(protocol, client, client_release)
            if server_release.boundary in exclusion.excluded
        ]
        reasons = tuple(reason for reason in hit if reason.need is Need.REQUIRED)
        missing = tuple(reason for reason in hit if reason.need is Need.OPTIONAL)
        return CompatibilityVerdict(not reasons, reasons, missing)

    def protocol_version(self, protocol: str, server: Release) -> tuple[int, int]:
        """Return the protocol's version in a server release, as (major, minor).

        A server release in which something is removed or changed starts a new major;
        otherwise, one in which something is added starts a new minor. The first
        version is 1.0.
        """
        releases, versions = self._steps(protocol)
        return versions[bisect_right(releases, server)]

    def provided(self, protocol: str, server: Release) -> tuple[str, str] | None:
        """Return the name that a server release's package provides for a protocol, and the name's version.

        A name that upstream chose has no version. None if the release provides nothing.
        """
        contract = self.manifest.protocols[protocol]
        if contract.provides:
            major, minor = self.protocol_version(protocol, server)
            return f"{contract.provides}-{major}", f"{major}.{minor}"
        place = bisect_right(contract.names, server, key=lambda one: one[0])
        return (contract.names[place - 1][1], "") if place else None

    def _make_steps(self, protocol: str) -> tuple[list[Release], list[tuple[int, int]]]:
        steps: dict[Release, bool] = {}
        for change in self.manifest.changes:
            if change.protocol == protocol and change.kind is not Kind.COMPATIBLE:
                newest = change.server[-1]
                steps[newest] = steps.get(newest, False) or change.kind is not Kind.ADDED
        major, minor = 1, 0
        versions = [(major, minor)]
        for newest in sorted(steps):
            major, minor = (major + 1, 0) if steps[newest] else (major, minor + 1)
            versions.append((major, minor))
        return sorted(steps), versions

    def _make_cuts(self, component: str) -> list[Boundary]:
        return [release.boundary for release in self.manifest.components[component].releases]

    def _make_sweep(self, protocol: str, client: str) -> Sweep:
        return Sweep(self.barriers(protocol, client))

    def _beyond_changes(
        self, protocol: Protocol, component: str, release: Release, other: str
    ) -> list[Exclusion]:
        found = self._broken(protocol, component, release, other)
        policy = self._kept_by_policy(protocol, component, release, other)
        if policy is not None:
            found.append(policy)
        return found + self.unknown(protocol, self.manifest.components[other])

    def _kept_by_policy(
        self, protocol: Protocol, component: str, release: Release, other: str
    ) -> Exclusion | None:
        mode = self.manifest.mode(protocol)
        if mode in (Mode.LOCKSTEP, Mode.EXACT):
            cause = Cause.EXACT if mode is Mode.EXACT else Cause.LOCKSTEP
            same = span_of(release, self.manifest.components[other].releases)
            reason = Reason(cause, protocol.name, component, exactly(release), other, scheme=release.scheme)
            return Exclusion(reason, ~same)
        if mode is Mode.WINDOW:
            window = self.manifest.window(protocol)
            if component != protocol.server:  # how far its server may be from a client
                window = Window(older=window.newer, newer=window.older)
            inside = release.branches(window.older, window.newer)
            reason = Reason(
                Cause.WINDOW,
                protocol.name,
                component,
                exactly(release),
                other,
                window=window,
                scheme=release.scheme,
            )
            return Exclusion(reason, ~inside)
        return None

    def _broken(self, protocol: Protocol, component: str, release: Release, other: str) -> list[Exclusion]:
        found = []
        for place, broken, _ in self._broken_by_component.get(component, ()):
            if broken.release == release:
                found.append((place, Exclusion(Reason.of_broken(broken, protocol.name), VersionSet.full())))
        for place, broken, span in self._broken_by_component.get(other, ()):
            found.append((place, Exclusion(Reason.of_broken(broken, protocol.name), span)))
        return [exclusion for _, exclusion in sorted(found, key=lambda one: one[0])]

    def unknown(self, protocol: Protocol, peer: Component) -> list[Exclusion]:
        """Return what keeps away the releases of a component of which the manifest says nothing."""
        oldest, newest = peer.releases[0], peer.newest
        before = until_release(oldest)
        unlisted = Reason(Cause.UNLISTED, protocol.name, peer.name, before, bound=oldest, scheme=peer.scheme)
        found = [Exclusion(unlisted, before)] if self.manifest.policy.past is not Past.OLDEST else []
        end = {
            Horizon.NONE: newest.next_patch,
            Horizon.PATCH: newest.next_branch,
            Horizon.MINOR: newest.next_major,
            Horizon.MAJOR: None,
        }[self.manifest.policy.horizon]
        if end is not None:
            reason = Reason(
                Cause.HORIZON, protocol.name, peer.name, exactly(newest), bound=end, scheme=peer.scheme
            )
            found.append(Exclusion(reason, from_release(end)))
        return found


def _required_first(exclusions: list[Exclusion]) -> tuple[Exclusion, ...]:
    return tuple(sorted(exclusions, key=lambda exclusion: exclusion.reason.need is Need.OPTIONAL))


_KEPT_ENGINES: Final = 8
_engines: Final[list[Compatibility]] = []
