"""Holding a promise about versions against the history: which pairs of releases break it?

The promise is a window: releases of the same major work together if they are at most so
many minors apart. A statement of the manifest breaks it only for the client releases
whose window contains one of the server releases concerned. They are one run of the
client's releases for each part of the statement, so the work grows with what is broken,
and not with all pairs that are promised.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from pkgguard.budget import spend
from pkgguard.compat.difference import ReleaseRange
from pkgguard.compat.reasons import Reason
from pkgguard.compat.statements import statements
from pkgguard.manifest.model import Window
from pkgguard.versions.grid import Axis

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pkgguard.compat.engine import Compatibility
    from pkgguard.compat.statements import Statement
    from pkgguard.manifest.model import Component, Protocol

    _Span = tuple[int, int]


class BrokenPromise(NamedTuple):
    """Pairs of releases that are promised to work together, but do not.

    Each release in ``clients`` is one side, each in one of ``servers`` the other;
    ``pairs`` is their number. ``reasons`` are what the manifest says of them.
    """

    clients: ReleaseRange
    servers: tuple[ReleaseRange, ...]
    pairs: int
    reasons: tuple[Reason, ...]


class PromiseAudit(NamedTuple):
    """The audit of one client and its server: how many pairs are promised, and those that break it."""

    protocol: str
    client: str
    server: str
    window: Window
    promised: int
    broken: tuple[BrokenPromise, ...]

    @property
    def pairs(self) -> int:
        """How many pairs break the promise."""
        return sum(one.pairs for one in self.broken)


class Audit(NamedTuple):
    """The audits of all clients of all protocols."""

    contracts: tuple[PromiseAudit, ...]

    @property
    def pairs(self) -> int:
        """How many pairs break the promise."""
        return sum(one.pairs for one in self.contracts)


def audit(engine: Compatibility, older: int | None = None, newer: int | None = None) -> Audit:
    """Return the pairs of listed releases that a window promises, but that do not work together.

    A client may be up to ``older`` minors older than its server and ``newer`` minors
    newer; by default, these are the numbers of the manifest.
    """
    return Audit(
        tuple(
            _audited(engine, protocol, client, older, newer)
            for protocol in engine.manifest.protocols.values()
            for client in protocol.clients
        )
    )


def _audited(
    engine: Compatibility, protocol: Protocol, client: str, older: int | None, newer: int | None
) -> PromiseAudit:
    own = engine.manifest.window(protocol)
    window = Window(own.older if older is None else older, own.newer if newer is None else newer)
    clients = engine.manifest.components[client]
    servers = engine.manifest.components[protocol.server]
    windows = _windows(clients, servers, window)
    required = engine.required(protocol.name, clients.name)
    found = list(statements(required, engine.manifest.broken, protocol, clients, servers))
    rows = _broken_rows(clients, servers, windows, found)
    return PromiseAudit(
        protocol.name,
        client,
        protocol.server,
        window,
        sum(end - first for first, end in windows),
        tuple(_promises(clients, servers, rows, found)),
    )


def _windows(clients: Component, servers: Component, window: Window) -> list[_Span]:
    """Return the places of the server releases that the window promises to each client release."""
    cuts = [release.boundary for release in servers.releases]
    found = []
    for release in clients.releases:
        spend()
        ((low, high),) = release.branches(window.newer, window.older).intervals()
        found.append((bisect_left(cuts, low), bisect_left(cuts, high)))
    return found


def _broken_rows(
    clients: Component, servers: Component, windows: Sequence[_Span], statements: Sequence[Statement]
) -> list[tuple[tuple[_Span, ...], tuple[int, ...]]]:
    """Return, for each client release, the broken part of its window and the statements that break it."""
    rows = Axis([release.boundary for release in clients.releases])
    columns = Axis([release.boundary for release in servers.releases])
    ends, firsts = [end for _, end in windows], [first for first, _ in windows]
    begins: defaultdict[int, list[tuple[int, _Span]]] = defaultdict(list)
    stops: defaultdict[int, list[tuple[int, _Span]]] = defaultdict(list)
    for number, (_, needing, without) in enumerate(statements):
        held = rows.runs(needing)
        for span in columns.runs(without):
            # Windows move forward from one release to the next, so those that meet a span are one run.
            lowest, highest = bisect_left(ends, span[0] + 1), bisect_left(firsts, span[1])
            for first, end in held:
                spend()
                if (begin := max(first, lowest)) < (stop := min(end, highest)):
                    begins[begin].append((number, span))
                    stops[stop].append((number, span))
    active: set[tuple[int, _Span]] = set()
    found = []
    for place, window in enumerate(windows):
        active.difference_update(stops.get(place, ()))
        active.update(begins.get(place, ()))
        spend()
        broken = _joined((max(low, window[0]), min(high, window[1])) for _, (low, high) in active)
        found.append((broken, tuple(sorted({number for number, _ in active}))))
    return found


def _joined(spans: Iterable[_Span]) -> tuple[_Span, ...]:
    """Return spans in order, with those joined that meet or overlap."""
    found: list[_Span] = []
    for low, high in sorted(spans):
        spend()
        if low >= high:
            continue
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def _promises(
    clients: Component,
    servers: Component,
    rows: Sequence[tuple[tuple[_Span, ...], tuple[int, ...]]],
    statements: Sequence[Statement],
) -> Iterator[BrokenPromise]:
    for (spans, numbers), run in groupby(range(len(rows)), key=rows.__getitem__):
        places = list(run)
        if spans:
            yield BrokenPromise(
                ReleaseRange(clients.releases[places[0]], clients.releases[places[-1]]),
                tuple(ReleaseRange(servers.releases[low], servers.releases[high - 1]) for low, high in spans),
                len(places) * sum(high - low for low, high in spans),
                tuple(statements[number][0] for number in numbers),
            )
