"""What one package version must say about each of its peers, with every reason."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pkgguard.compatibility import Exclusion, allowed
from pkgguard.manifest.model import Need, Presence

if TYPE_CHECKING:
    from pkgguard.compatibility import Compatibility
    from pkgguard.identify import Identity
    from pkgguard.manifest.model import Manifest, PackageEntry, Protocol
    from pkgguard.versions.ranges import Range
    from pkgguard.versions.release import Release


@dataclass(frozen=True)
class Guard:
    """What a package version must say about one peer package.

    ``as_client`` and ``as_server`` name the protocols in which the package is
    the client or the server of the peer. ``exclusions`` keep releases out;
    those whose reason is an optional need only matter to a recommendation.
    ``known`` are the peer's known releases, in order.
    """

    identity: Identity
    peer: PackageEntry
    as_client: tuple[str, ...]
    as_server: tuple[str, ...]
    exclusions: tuple[Exclusion, ...]
    known: tuple[Release, ...]

    @cached_property
    def required(self) -> tuple[Exclusion, ...]:
        """The exclusions that hold, whatever is optional."""
        return tuple(one for one in self.exclusions if one.reason.need is Need.REQUIRED)

    @cached_property
    def allowed(self) -> Range:
        """The peer releases that may be installed beside the package."""
        return allowed(self.required)

    @cached_property
    def recommended(self) -> Range:
        """The peer releases that also meet the package's optional needs."""
        return allowed(self.exclusions)

    def compatible(self, release: Release) -> bool:
        """Say whether a release of the peer may be installed beside the package."""
        return self.allowed.holds(release.cut)

    def reasons_against(self, release: Release) -> tuple[Exclusion, ...]:
        """Give the exclusions that keep one release out."""
        return tuple(one for one in self.required if one.excluded.holds(release.cut))


def guards(compatibility: Compatibility, identity: Identity) -> tuple[Guard, ...]:
    """Give a package version's guards, one for each peer package, by name.

    A package that carries both sides of a protocol is one atomic set: it is
    nobody's peer for that protocol and needs no guard for it.
    """
    packages = sorted(compatibility.manifest.packages.values(), key=lambda package: package.name)
    found = (
        guard_against(compatibility, identity, peer) for peer in packages if are_peers(identity.package, peer)
    )
    return tuple(guard for guard in found if guard is not None)


def guard_against(compatibility: Compatibility, identity: Identity, peer: PackageEntry) -> Guard | None:
    """Return a package version's guard against one other package, or None if no protocol joins the two.

    The ``peers`` of the manifest are not looked at.
    """
    manifest = compatibility.manifest
    ours, theirs = _links(manifest, identity.package, peer), _links(manifest, peer, identity.package)
    if not ours and not theirs:
        return None
    exclusions = [
        exclusion
        for protocol, client, _ in ours
        for exclusion in compatibility.servers_for(protocol.name, client, identity.releases[client])
    ]
    exclusions += [
        exclusion
        for protocol, client, server in theirs
        for exclusion in compatibility.clients_for(protocol.name, identity.releases[server], client)
    ]
    as_client = tuple(dict.fromkeys(protocol.name for protocol, _, _ in ours))
    as_server = tuple(dict.fromkeys(protocol.name for protocol, _, _ in theirs))
    known = known_releases(manifest, peer)
    return Guard(identity, peer, as_client, as_server, tuple(exclusions), known)


def required_groups(manifest: Manifest, found: tuple[Guard, ...]) -> tuple[tuple[Guard, ...], ...]:
    """Give the sets of guards of which one peer must be present, by protocol.

    A client needs one of the packages that carry the server; those whose
    presence is optional are not pulled in.
    """
    groups: dict[frozenset[str], tuple[Guard, ...]] = {}
    for name in manifest.protocols:
        group = tuple(
            guard for guard in found if name in guard.as_client and guard.peer.presence is Presence.REQUIRED
        )
        if group:
            groups.setdefault(frozenset(guard.peer.name for guard in group), group)
    return tuple(groups.values())


def known_releases(manifest: Manifest, package: PackageEntry) -> tuple[Release, ...]:
    """Give the releases at which a package can be shipped: those that all it carries have."""
    first, *rest = (manifest.components[name].releases for name in package.carries)
    common = {release.text for release in first}
    for releases in rest:
        common &= {release.text for release in releases}
    return tuple(release for release in first if release.text in common)


def are_peers(package: PackageEntry, other: PackageEntry) -> bool:
    """Say whether neither package's own list of peers leaves the other out."""
    return (
        package.name != other.name
        and (package.peers is None or other.name in package.peers)
        and (other.peers is None or package.name in other.peers)
    )


def _links(
    manifest: Manifest, client_side: PackageEntry, server_side: PackageEntry
) -> list[tuple[Protocol, str, str]]:
    if client_side.name == server_side.name:
        return []
    return [
        (protocol, client, protocol.server)
        for protocol in manifest.protocols.values()
        for client in protocol.clients
        if client in client_side.carries
        and protocol.server in server_side.carries
        and not is_bundle(client_side, protocol)
        and not is_bundle(server_side, protocol)
    ]


def is_bundle(package: PackageEntry, protocol: Protocol) -> bool:
    """Say whether a package carries both sides of a protocol."""
    return protocol.server in package.carries and any(
        client in package.carries for client in protocol.clients
    )
