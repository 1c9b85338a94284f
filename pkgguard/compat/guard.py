"""The guards of a package version: which versions of each peer are allowed, and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from pkgguard.budget import spend
from pkgguard.compat.engine import allowed
from pkgguard.compat.reasons import UNKNOWN, Cause, Exclusion, Reason
from pkgguard.manifest.model import Need
from pkgguard.manifest.package_spec import Presence
from pkgguard.versions.release_sets import from_branches, series_span
from pkgguard.versions.sets import TOP, VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkgguard.compat.engine import Compatibility
    from pkgguard.compat.identify import Identity
    from pkgguard.manifest.model import Manifest, Protocol
    from pkgguard.manifest.package_spec import PackageSpec
    from pkgguard.versions.release import Release

    _Links: TypeAlias = defaultdict[str, list[tuple[Protocol, str]]]


@dataclass(frozen=True)
class Guard:
    """The releases of one peer package that a package version allows, with the reasons.

    ``as_client`` and ``as_server`` name the protocols in which the package is
    the client or the server of the peer. ``exclusions`` are the refused releases;
    those for an optional need affect recommendations only. ``known`` are the
    peer's known releases, in order. ``self_guarded`` are the peer releases whose own
    packages refuse this one where it is wrong.
    """

    identity: Identity
    peer: PackageSpec
    as_client: tuple[str, ...]
    as_server: tuple[str, ...]
    exclusions: tuple[Exclusion, ...]
    known: tuple[Release, ...]
    self_guarded: VersionSet = field(default_factory=VersionSet.empty)

    def carried(self, component: str, release: Release) -> Release:
        """Return the release of a component in the peer at a known release of its number."""
        return self.peer.content(component, release) or release

    @cached_property
    def required(self) -> tuple[Exclusion, ...]:
        """The exclusions that are not for an optional need."""
        return tuple(one for one in self.exclusions if one.reason.need is Need.REQUIRED)

    @cached_property
    def allowed(self) -> VersionSet:
        """The peer releases that may be installed with the package."""
        return self._in_series(allowed(self.required))

    @cached_property
    def unrefused(self) -> VersionSet:
        """The peer releases that relations of the package need not refuse.

        Peers that guard themselves may be refused as well. Those that do not adjoin what is
        allowed are, so that no hole comes of them.
        """
        every = self._in_series(self.allowed | (self.self_guarded - self.broken))
        if not self.self_guarded or not self.allowed:
            return every
        parts = map(VersionSet, every.intervals())
        return VersionSet.union(part for part in parts if not part.is_disjoint(self.allowed))

    @cached_property
    def recommended(self) -> VersionSet:
        """The peer releases that also satisfy the package's optional needs."""
        return self._in_series(allowed(self.exclusions))

    @cached_property
    def broken(self) -> VersionSet:
        """The peer releases that are excluded because they, or the package's release, are declared broken."""
        return VersionSet.union(one.excluded for one in self.required if one.reason.cause is Cause.BROKEN)

    def _in_series(self, releases: VersionSet) -> VersionSet:
        """Return a set as far as it is in the peer's series.

        What holds at an end of the series goes on beyond it: the package has no other
        versions, so a bound there would say nothing.
        """
        if not self.peer.series:
            return releases
        series = series_span(self.peer.series)
        inside = releases & series
        if not inside:
            return inside
        (low, high), ends = series.boundaries, inside.boundaries
        below = VersionSet.until(low) if ends[0] == low else VersionSet.empty()
        above = VersionSet.from_(high) if ends[-1] == high else VersionSet.empty()
        return inside | below | above

    @cached_property
    def by_full_version(self) -> bool:
        """Whether only the peer in the package's own full version works with it (mode ``exact``)."""
        return any(one.reason.cause is Cause.EXACT for one in self.required)

    @property
    def exact(self) -> bool:
        """Whether the package is a client that needs the peer in its own full version."""
        return bool(self.as_client) and self.by_full_version

    @cached_property
    def own_version_fits(self) -> bool:
        """Whether the peer in the package's own full version works with it, in mode ``exact``."""
        own = self.identity.releases[self.identity.package.numbered[0]]
        return self.by_full_version and self.fits_in_version(own)

    def fits_in_version(self, release: Release) -> bool:
        """Return whether a release of the peer may be installed with the package, but for mode ``exact``."""
        return not any(
            release.boundary in one.excluded for one in self.required if one.reason.cause is not Cause.EXACT
        )

    def compatible(self, release: Release) -> bool:
        """Return whether a release of the peer may be installed with the package."""
        return release.boundary in self.allowed

    def reasons_against(self, release: Release) -> tuple[Exclusion, ...]:
        """Return the exclusions that apply to a release."""
        spend()
        found = tuple(one for one in self.required if release.boundary in one.excluded)
        if not found and self.exact:  # another version of a release that is the right one
            return tuple(one for one in self.required if one.reason.cause is Cause.EXACT)
        return found


def guards(compatibility: Compatibility, identity: Identity) -> tuple[Guard, ...]:
    """Return a package version's guards, one for each peer package, by name.

    A package that carries both sides of a protocol is one atomic set: it is
    nobody's peer for that protocol and needs no guard for it.
    """
    manifest = compatibility.manifest
    as_client, as_server = _links(manifest, identity.package)
    return tuple(
        _guard(compatibility, identity, manifest.packages[name], as_client[name], as_server[name])
        for name in sorted({*as_client, *as_server})
        if are_peers(identity.package, manifest.packages[name])
        and known_releases(manifest, manifest.packages[name])
    )


def guard_against(compatibility: Compatibility, identity: Identity, peer: PackageSpec) -> Guard | None:
    """Return a package version's guard against one other package, or None if no protocol joins the two.

    The ``peers`` of the manifest are not looked at. A peer without a release has none either.
    """
    as_client, as_server = _links(compatibility.manifest, identity.package)
    if not known_releases(compatibility.manifest, peer):
        return None
    if peer.name not in as_client and peer.name not in as_server:
        return None
    return _guard(compatibility, identity, peer, as_client[peer.name], as_server[peer.name])


def joined_to(manifest: Manifest, package: PackageSpec) -> frozenset[str]:
    """Return the packages that share a protocol with a package, even if ``peers`` leaves them out."""
    as_client, as_server = _links(manifest, package)
    return frozenset((*as_client, *as_server))


def _guard(
    compatibility: Compatibility,
    identity: Identity,
    peer: PackageSpec,
    to_servers: list[tuple[Protocol, str]],
    to_clients: list[tuple[Protocol, str]],
) -> Guard:
    exclusions: list[Exclusion] = []
    for protocol, client in to_servers:
        found = compatibility.servers_for(protocol.name, client, identity.releases[client])
        exclusions += _by_number(compatibility, protocol, peer, protocol.server, found)
    for protocol, client in to_clients:
        found = compatibility.clients_for(protocol.name, identity.releases[protocol.server], client)
        exclusions += _by_number(compatibility, protocol, peer, client, found)
    known = known_releases(compatibility.manifest, peer)
    names = (_names(to_servers), _names(to_clients))
    guarding = VersionSet.empty() if to_servers else _self_guarded(to_clients)
    return Guard(identity, peer, *names, tuple(exclusions), known, guarding)


def _self_guarded(to_clients: list[tuple[Protocol, str]]) -> VersionSet:
    """Return the releases of a client package that refuse wrong servers in every protocol."""
    return ~VersionSet.union(
        ~from_branches(since) if (since := protocol.guarded_since.get(client)) else VersionSet.full()
        for protocol, client in to_clients
    )


def _by_number(
    compatibility: Compatibility,
    protocol: Protocol,
    peer: PackageSpec,
    component: str,
    exclusions: tuple[Exclusion, ...],
) -> Iterable[Exclusion]:
    """Return exclusions of a component's releases as exclusions of the releases that number its package."""
    if component not in peer.contents:
        return exclusions
    steps = peer.contents[component]
    starts = [start.boundary for start, _ in steps]
    spans = [VersionSet.between(low, high) for low, high in zip(starts, [*starts[1:], TOP], strict=True)]
    found = [
        Exclusion(
            exclusion.reason,
            VersionSet.union(
                span
                for span, (_, release) in zip(spans, steps, strict=True)
                if release.boundary in exclusion.excluded
            ),
        )
        for exclusion in exclusions
        if exclusion.reason.cause not in UNKNOWN
    ]
    numbered = compatibility.manifest.components[peer.numbered[0]]
    found += compatibility.unknown(protocol, numbered)
    unsaid = VersionSet.until(starts[0])
    reason = Reason(
        Cause.UNLISTED, protocol.name, numbered.name, unsaid, bound=steps[0][0], scheme=numbered.scheme
    )
    return [*found, Exclusion(reason, unsaid)]


def required_groups(manifest: Manifest, found: tuple[Guard, ...]) -> tuple[tuple[Guard, ...], ...]:
    """Return, for each role, the guards of the server packages of which a client needs one.

    A protocol without a role is a role of its own. The packages are in the order of
    the manifest, but optional ones come last; where all are optional, the client needs none.
    """
    order = {
        name: (package.presence is Presence.OPTIONAL, place)
        for place, (name, package) in enumerate(manifest.packages.items())
    }
    by_role: dict[tuple[str, bool], dict[str, Guard]] = {}
    for protocol in manifest.protocols.values():
        spend()
        by_role.setdefault(role_of(protocol), {})
    for guard in found:
        for name in guard.as_client:
            by_role[role_of(manifest.protocols[name])][guard.peer.name] = guard
    groups: dict[frozenset[str], tuple[Guard, ...]] = {}
    for members in by_role.values():
        spend()
        group = sorted(members.values(), key=lambda one: order[one.peer.name])
        if group and group[0].peer.presence is Presence.REQUIRED:
            groups.setdefault(frozenset(members), tuple(group))
    return tuple(groups.values())


def role_of(protocol: Protocol) -> tuple[str, bool]:
    """Return what the servers of a protocol have in common: its role, or else the protocol itself."""
    return (protocol.role, True) if protocol.role else (protocol.name, False)


def known_releases(manifest: Manifest, package: PackageSpec) -> tuple[Release, ...]:
    """Return the releases of a package: those that all components it carries have in common."""
    return manifest.releases_of(package)


def peers_without_release(manifest: Manifest, package: PackageSpec) -> tuple[PackageSpec, ...]:
    """Return the peers of a package that have no guard, since their components share no release."""
    return tuple(
        peer
        for name in sorted(joined_to(manifest, package))
        for peer in (manifest.packages[name],)
        if are_peers(package, peer) and not known_releases(manifest, peer)
    )


def are_peers(package: PackageSpec, other: PackageSpec) -> bool:
    """Return whether neither package leaves the other out of its ``peers``."""
    return (
        package.name != other.name
        and (package.peers is None or other.name in package.peers)
        and (other.peers is None or package.name in other.peers)
    )


def _links(manifest: Manifest, package: PackageSpec) -> tuple[_Links, _Links]:
    """Return the protocols that join a package to others, as their client and as their server.

    Each maps the name of the other package to pairs of a protocol and its client component.
    """
    own = frozenset(package.carries)
    as_client: _Links = defaultdict(list)
    as_server: _Links = defaultdict(list)
    for protocol in manifest.protocols.values():
        if not protocol.same_machine:
            continue
        serves = protocol.server in own
        clients = [client for client in protocol.clients if client in own]
        if serves == bool(clients):  # neither side, or both (an atomic set)
            continue
        servers = manifest.carriers.get(protocol.server, ())
        for client in clients:
            for peer in servers:
                if not is_bundle(peer, protocol):
                    as_client[peer.name].append((protocol, client))
        for client in protocol.clients if serves else ():
            for peer in manifest.carriers.get(client, ()):
                spend()
                if not is_bundle(peer, protocol):
                    as_server[peer.name].append((protocol, client))
    return as_client, as_server


def _names(links: list[tuple[Protocol, str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(protocol.name for protocol, _ in links))


def is_bundle(package: PackageSpec, protocol: Protocol) -> bool:
    """Return whether a package carries both sides of a protocol."""
    return protocol.server in package.carries and not set(package.carries).isdisjoint(protocol.clients)
