"""What a change of a manifest does: which pairs of releases become allowed or forbidden, and why."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from pkgguard.budget import spend
from pkgguard.compat.reasons import Cause, Reason
from pkgguard.versions.grid import Axis
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.compat.engine import Compatibility
    from pkgguard.manifest.model import Protocol
    from pkgguard.versions.release import Release

    _Spans = tuple[tuple[int, int], ...]


class ReleaseRange(NamedTuple):
    """Listed releases that follow each other: the first and the last of them."""

    first: Release
    last: Release

    def __str__(self) -> str:
        return str(self.first) if self.first is self.last else f"{self.first} to {self.last}"


class PairChange(NamedTuple):
    """Pairs of releases that become allowed (``allowed``), or forbidden.

    Each release of ``client`` in ``clients`` is one side, each of ``server`` in one of
    ``servers`` the other; ``pairs`` is their number. ``reasons`` are what the manifest
    that forbids them says.
    """

    client: str
    server: str
    allowed: bool
    clients: ReleaseRange
    servers: tuple[ReleaseRange, ...]
    pairs: int
    reasons: tuple[Reason, ...]


class ReleaseChange(NamedTuple):
    """The releases of a component that only one of the two manifests lists."""

    component: str
    added: tuple[Release, ...]
    removed: tuple[Release, ...]


class ManifestDifference(NamedTuple):
    """The difference between two manifests.

    ``pairs`` are about releases that both list; ``releases`` are those that one lists.
    """

    pairs: tuple[PairChange, ...]
    releases: tuple[ReleaseChange, ...]

    def total(self, *, allowed: bool) -> int:
        """Return how many pairs become allowed, or forbidden."""
        return sum(one.pairs for one in self.pairs if one.allowed is allowed)


def difference(old: Compatibility, new: Compatibility) -> ManifestDifference:
    """Return the pairs of releases whose verdict differs, in ranges; pairs that become forbidden come first.

    A pair is judged by all protocols that join its components; one without a protocol
    is allowed.
    """
    links = dict.fromkeys((*_links(old), *_links(new)))
    pairs = [change for client, server in links for change in _pairs(old, new, client, server)]
    return ManifestDifference(tuple(sorted(pairs, key=lambda one: one.allowed)), tuple(_releases(old, new)))


def _links(engine: Compatibility) -> Iterator[tuple[str, str]]:
    for protocol in engine.manifest.protocols.values():
        for client in protocol.clients:
            spend()
            yield client, protocol.server


def _releases(old: Compatibility, new: Compatibility) -> Iterator[ReleaseChange]:
    before, after = old.manifest.components, new.manifest.components
    for name in dict.fromkeys((*before, *after)):
        spend()
        listed = before[name].releases if name in before else ()
        lists = after[name].releases if name in after else ()
        one, other = frozenset(listed), frozenset(lists)
        added = tuple(release for release in lists if release not in one)
        removed = tuple(release for release in listed if release not in other)
        if added or removed:
            yield ReleaseChange(name, added, removed)


def _common(old: Compatibility, new: Compatibility, component: str) -> list[Release]:
    """Return the releases of a component that both manifests list."""
    before, after = old.manifest.components, new.manifest.components
    if component not in before or component not in after:
        return []
    listed = before[component].by_release
    return [release for release in after[component].releases if release in listed]


def _pairs(old: Compatibility, new: Compatibility, client: str, server: str) -> Iterator[PairChange]:
    rows, servers = _common(old, new, client), _common(old, new, server)
    columns = Axis([release.boundary for release in servers])
    grid = _Grid(rows, Axis([release.boundary for release in rows]), columns)
    mine, others = _Side(old, client, server), _Side(new, client, server)
    forbidden: list[_Spans] = []
    allowed: list[_Spans] = []
    for release in rows:
        spend()
        before, after = mine.allowed(release), others.allowed(release)
        same = before == after
        forbidden.append(() if same else tuple(columns.runs(before - after)))
        allowed.append(() if same else tuple(columns.runs(after - before)))
    for found, side in ((forbidden, others), (allowed, mine)):
        for spans, group in groupby(range(len(rows)), key=found.__getitem__):
            places = list(group)
            if spans:
                run = rows[places[0] : places[-1] + 1]
                yield PairChange(
                    client,
                    server,
                    found is allowed,
                    ReleaseRange(run[0], run[-1]),
                    tuple(ReleaseRange(servers[low], servers[high - 1]) for low, high in spans),
                    len(run) * sum(high - low for low, high in spans),
                    side.reasons(grid, places[0], places[-1] + 1, spans),
                )


class _Grid(NamedTuple):
    """The releases of the client that both manifests list, as rows, and those of the server, as columns."""

    clients: Sequence[Release]
    rows: Axis
    columns: Axis


def _meet(some: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]]) -> bool:
    """Return whether two lists of spans, each in order, have a place in common."""
    place = 0
    for low, high in some:
        while place < len(others) and others[place][1] <= low:
            place += 1
        if place < len(others) and others[place][0] < high:
            return True
    return False


class _Side:
    """What one manifest says of a client component and a server component."""

    def __init__(self, engine: Compatibility, client: str, server: str) -> None:
        self._engine = engine
        self._client = client
        self._protocols: list[Protocol] = [
            one
            for one in engine.manifest.protocols.values()
            if one.server == server and client in one.clients
        ]
        broken = (one.release for one in engine.manifest.broken if one.component == client)
        self._broken = frozenset(broken)

    def allowed(self, release: Release) -> VersionSet:
        """Return the server releases that every protocol allows for a client release."""
        found = VersionSet.full()
        for protocol in self._protocols:
            found &= self._engine.allowed_servers(protocol.name, self._client, release)
        return found

    def reasons(self, grid: _Grid, first: int, end: int, spans: _Spans) -> tuple[Reason, ...]:
        """Return what forbids a pair of some rows and some columns."""
        run = grid.clients[first:end]
        found: dict[Reason, None] = {}
        for protocol in self._protocols:
            for requirement in self._engine.required(protocol.name, self._client):
                spend()
                needing = requirement.clients_needing[self._client]
                rows, columns = grid.rows.spans(needing), grid.columns.spans(requirement.servers_without)
                if _meet(rows, [(first, end)]) and _meet(columns, spans):
                    component = self._engine.manifest.components[self._client]
                    found.setdefault(Reason.of(requirement, component, needing, protocol.server))
            for release in [run[0], *(release for release in run[1:] if release in self._broken)]:
                for exclusion in self._engine.servers_for(protocol.name, self._client, release):
                    spend()
                    beyond = exclusion.reason.cause is not Cause.CHANGE
                    if beyond and _meet(grid.columns.spans(exclusion.excluded), spans):
                        found.setdefault(exclusion.reason)
        return tuple(found)
