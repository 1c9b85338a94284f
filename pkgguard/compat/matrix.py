"""Which releases of two components work together: the whole grid, as ranges with reasons.

The grid has the client's releases as rows and the server's as columns. It is never
stored cell by cell: every reason has the rows and the columns that it concerns, and
every run of equal rows has its columns. So its size grows with the statements of the
manifest and the releases, not with the pairs.
"""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from pkgguard.budget import spend
from pkgguard.compat.difference import ReleaseRange
from pkgguard.compat.reasons import Reason
from pkgguard.compat.statements import statements
from pkgguard.manifest.model import Need
from pkgguard.versions.grid import Axis
from pkgguard.versions.release_sets import exactly
from pkgguard.versions.sets import VersionSet
from pkgguard.versions.sweep import Sweep

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from pkgguard.compat.engine import Compatibility
    from pkgguard.compat.statements import Statement
    from pkgguard.manifest.model import Component, Protocol
    from pkgguard.versions.release import Release

Spans: TypeAlias = tuple[tuple[int, int], ...]
"""Ranges of places in order, each as the first place and the place after the last."""


class MatrixReason(NamedTuple):
    """A reason, and the pairs that it concerns: each of ``clients`` with each of ``servers``.

    Both are spans of the grid's releases: the first place and the place after the last.
    A reason of an optional need makes a pair limited, and any other one incompatible.
    """

    reason: Reason
    clients: Spans
    servers: Spans


class MatrixRow(NamedTuple):
    """Client releases that follow each other and work with the same server releases.

    They are those from the place ``first`` to just before ``end``. They work with
    ``compatible``, spans of the server releases. ``limited`` are the parts of it that
    lack something that the client optionally uses.
    """

    first: int
    end: int
    compatible: Spans
    limited: Spans


class ReleaseGrid(NamedTuple):
    """All releases of a client component with all releases of a server component.

    A pair works if every one of ``protocols`` allows it. ``rows`` cover ``clients`` in
    order.
    """

    client: str
    server: str
    protocols: tuple[str, ...]
    clients: tuple[Release, ...]
    servers: tuple[Release, ...]
    rows: tuple[MatrixRow, ...]
    reasons: tuple[MatrixReason, ...]

    @property
    def pairs(self) -> int:
        """The number of all pairs."""
        return len(self.clients) * len(self.servers)

    @property
    def compatible(self) -> int:
        """The number of pairs that work."""
        return sum((row.end - row.first) * _length(row.compatible) for row in self.rows)

    @property
    def limited(self) -> int:
        """The number of pairs that work, but lack something optional."""
        return sum((row.end - row.first) * _length(row.limited) for row in self.rows)

    def client_range(self, first: int, end: int) -> ReleaseRange:
        """Return the client releases from a place to just before another one."""
        return ReleaseRange(self.clients[first], self.clients[end - 1])

    def server_range(self, first: int, end: int) -> ReleaseRange:
        """Return the server releases from a place to just before another one."""
        return ReleaseRange(self.servers[first], self.servers[end - 1])


class MatrixBlock(NamedTuple):
    """Pairs with the same reasons: a range of client releases with a range of server releases.

    ``reasons`` of required needs and releases come first, then those of optional needs.
    """

    clients: tuple[int, int]
    servers: tuple[int, int]
    reasons: tuple[Reason, ...]

    @property
    def verdict(self) -> str:
        """``no``, ``limited`` if only optional needs are not met, or ``yes``."""
        if not self.reasons:
            return "yes"
        return "no" if self.reasons[0].need is Need.REQUIRED else "limited"


class ReleaseMatrix(NamedTuple):
    """Which releases work together: a grid for each client and server that a protocol joins."""

    grids: tuple[ReleaseGrid, ...]


def _length(spans: Spans) -> int:
    return sum(high - low for low, high in spans)


def release_matrix(
    engine: Compatibility, *, protocols: Collection[str] = (), components: Collection[str] = ()
) -> ReleaseMatrix:
    """Return the grids of a manifest.

    ``protocols`` are the protocols that decide, by default all of them. A grid must
    have each of ``components`` as its client or its server.
    """
    links: dict[tuple[str, str], list[Protocol]] = {}
    for protocol in engine.manifest.protocols.values():
        for client in protocol.clients if not protocols or protocol.name in protocols else ():
            spend()
            if {client, protocol.server} >= set(components):
                links.setdefault((client, protocol.server), []).append(protocol)
    return ReleaseMatrix(tuple(_grid(engine, *link, joining) for link, joining in links.items()))


def blocks(grid: ReleaseGrid) -> Iterator[list[MatrixBlock]]:
    """Yield the blocks of each run of client releases that have the same reasons, in order."""
    begins, ends = _events([one.clients for one in grid.reasons])
    active: set[int] = set()
    places = sorted({0, len(grid.clients), *begins, *ends})
    for first, end in pairwise(places):
        active = active - set(ends.get(first, ())) | set(begins.get(first, ()))
        yield [
            MatrixBlock((first, end), servers, tuple(grid.reasons[number].reason for number in numbers))
            for servers, numbers in _divided(grid, sorted(active))
        ]


def _divided(grid: ReleaseGrid, active: Sequence[int]) -> Iterator[tuple[tuple[int, int], list[int]]]:
    """Yield the ranges of server releases for which the same reasons apply, with their numbers."""
    begins, ends = _events([grid.reasons[number].servers for number in active])
    covering: set[int] = set()
    for low, high in pairwise(sorted({0, len(grid.servers), *begins, *ends})):
        spend()
        covering = covering - set(ends.get(low, ())) | set(begins.get(low, ()))
        yield (low, high), [active[number] for number in sorted(covering)]


def _events(listed: Sequence[Spans]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Return which of the numbered spans begin and end at each place."""
    begins: dict[int, list[int]] = {}
    ends: dict[int, list[int]] = {}
    for number, spans in enumerate(listed):
        spend()
        for low, high in spans:
            begins.setdefault(low, []).append(number)
            ends.setdefault(high, []).append(number)
    return begins, ends


def _grid(engine: Compatibility, client: str, server: str, protocols: Sequence[Protocol]) -> ReleaseGrid:
    clients, servers = (engine.manifest.components[name] for name in (client, server))
    rows, columns = (Axis([one.boundary for one in some.releases]) for some in (clients, servers))
    reasons = [
        MatrixReason(reason, where, excluded)
        for protocol in protocols
        for reason, needing, without in _statements(engine, protocol, clients, servers)
        if (where := tuple(rows.runs(needing))) and (excluded := tuple(columns.runs(without)))
    ]
    return ReleaseGrid(
        client,
        server,
        tuple(one.name for one in protocols),
        clients.releases,
        servers.releases,
        tuple(_rows(engine, protocols, clients, columns)),
        tuple(sorted(reasons, key=lambda one: one.reason.need is Need.OPTIONAL)),
    )


def _statements(
    engine: Compatibility, protocol: Protocol, clients: Component, servers: Component
) -> Iterator[Statement]:
    """Yield each reason of a protocol, with the client releases and the server releases that it concerns."""
    involved = engine.involved(protocol.name, clients.name)
    yield from statements(involved, engine.manifest.broken, protocol, clients, servers)
    for release in clients.releases:
        spend()
        policy = engine.excluded_by_policy(protocol.name, clients.name, release, servers.name)
        if policy is not None:
            yield policy.reason, exactly(release), policy.excluded
    for unknown in engine.unknown(protocol, servers):
        yield unknown.reason, VersionSet.full(), unknown.excluded


def _rows(
    engine: Compatibility, protocols: Sequence[Protocol], clients: Component, columns: Axis
) -> Iterator[MatrixRow]:
    """Yield the runs of client releases with the same servers."""
    limits = Sweep(
        (one.clients_needing[clients.name], one.servers_without)
        for protocol in protocols
        for one in engine.involved(protocol.name, clients.name)
        if one.change.need is Need.OPTIONAL
    )

    def servers(place: int) -> tuple[Spans, Spans]:
        spend()
        release = clients.releases[place]
        allowed = VersionSet.full()
        for protocol in protocols:
            allowed &= engine.allowed_servers(protocol.name, clients.name, release)
        limited = allowed & limits.at(release.boundary)
        return tuple(columns.runs(allowed)), tuple(columns.runs(limited))

    for (compatible, limited), run in groupby(range(len(clients.releases)), key=servers):
        places = list(run)
        yield MatrixRow(places[0], places[-1] + 1, compatible, limited)
