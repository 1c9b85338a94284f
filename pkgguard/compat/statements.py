"""What a manifest says of two components: the statements that make some of their releases incompatible."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pkgguard.budget import spend
from pkgguard.compat.reasons import Reason
from pkgguard.versions.release_sets import exactly, span_of
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pkgguard.manifest.history import Incompatibility
    from pkgguard.manifest.model import Broken, Component, Protocol

Statement: TypeAlias = tuple[Reason, VersionSet, VersionSet]
"""A reason, and the client releases and the server releases that it concerns."""


def statements(
    incompatibilities: Iterable[Incompatibility],
    broken: Sequence[Broken],
    protocol: Protocol,
    clients: Component,
    servers: Component,
) -> Iterator[Statement]:
    """Yield the statements of some changes of a protocol, and of the releases that are broken."""
    for one in incompatibilities:
        spend()
        needing = one.clients_needing[clients.name]
        yield Reason.of(one, clients, needing, servers.name), needing, one.servers_without
    for release in broken:
        spend()
        if release.component == clients.name:
            yield Reason.of_broken(release, protocol.name), exactly(release.release), VersionSet.full()
        if release.component == servers.name:
            span = span_of(release.release, servers.releases)
            yield Reason.of_broken(release, protocol.name), VersionSet.full(), span
