"""The releases on the two sides of a protocol that do not work together, for the rules for manifests."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

from pkgguard.budget import spend
from pkgguard.compat.reasons import Reason
from pkgguard.manifest.model import Mode
from pkgguard.versions.grid import Axis, runs
from pkgguard.versions.release_sets import exactly

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.compat.engine import Compatibility
    from pkgguard.manifest.history import Incompatibility
    from pkgguard.manifest.model import Component, Protocol
    from pkgguard.versions.grid import Coverage
    from pkgguard.versions.release import Release


class Apart(NamedTuple):
    """A client release and a server release that a change makes incompatible."""

    client: Release
    server: Release
    reason: Reason


class Unmet(NamedTuple):
    """The releases of a client that do not work with those of its server.

    ``lonely`` are the client releases that work with no server release,
    ``same_release`` the releases whose client does not work with their server.
    """

    lonely: tuple[Release, ...]
    same_release: tuple[Apart, ...]


class ReleasePairs:
    """The incompatible releases of one manifest; each answer is computed once."""

    def __init__(self, compatibility: Compatibility) -> None:
        self._compatibility = compatibility
        self._unmet: dict[tuple[str, str], Unmet] = {}

    def broken_series(self, protocol: Protocol, client: str) -> dict[tuple[str, str], Apart]:
        """Return the first incompatible pair of each two minor series in one window."""
        components = self._compatibility.manifest.components
        servers = components[protocol.server].releases
        rows, columns = _axis(components[client].releases), _axis(servers)
        starts = [
            place
            for place, server in enumerate(servers)
            if not place or _series(server) != _series(servers[place - 1])
        ]
        incompatibilities = self._compatibility.required(protocol.name, client)
        found: dict[tuple[str, str], Apart] = {}
        apart = runs(
            rows,
            columns,
            [
                (incompatibility.clients_needing[client], incompatibility.servers_without)
                for incompatibility in incompatibilities
            ],
        )
        for first, end, coverage in apart:
            for release in components[client].releases[first:end]:
                promise = self._compatibility.promised(protocol.name, client, release, protocol.server)
                for low, high in columns.spans(promise):
                    for number in range(bisect_left(starts, low), bisect_left(starts, high)):
                        spend()
                        start, stop = starts[number], [*starts[number + 1 : number + 2], len(servers)][0]
                        series = (_series(release), _series(servers[start]))
                        place = None if series in found else next(coverage.covered(start, stop), None)
                        if place is not None:
                            cause = incompatibilities[coverage.first(place)]
                            found[series] = _apart(
                                cause, protocol, components[client], release, servers[place]
                            )
        return found

    def unmet(self, protocol: Protocol, client: str) -> Unmet:
        """Return the client releases that work with no server, and those that fail with their own server."""
        key = (protocol.name, client)
        if key not in self._unmet:
            self._unmet[key] = self._find_unmet(protocol, client)
        return self._unmet[key]

    def _find_unmet(self, protocol: Protocol, client: str) -> Unmet:
        components = self._compatibility.manifest.components
        mine, servers = components[client], components[protocol.server].releases
        incompatibilities = self._compatibility.required(protocol.name, client)
        lonely: list[Release] = []
        same: list[Apart] = []
        columns = _axis(servers)
        for first, end, coverage in runs(
            _axis(mine.releases), columns, self._compatibility.barriers(protocol.name, client)
        ):
            run = mine.releases[first:end]
            lonely += self._lonely(protocol, client, run, columns, coverage)
            for place in coverage.covered(bisect_left(servers, run[0]), bisect_right(servers, run[-1])):
                spend()
                release, number = mine.by_release.get(servers[place]), coverage.first(place)
                if release is not None and number < len(incompatibilities):
                    same.append(_apart(incompatibilities[number], protocol, mine, release, release))
        return Unmet(tuple(lonely), tuple(same))

    def _lonely(
        self, protocol: Protocol, client: str, run: Sequence[Release], columns: Axis, coverage: Coverage
    ) -> Iterator[Release]:
        """Yield the releases of a run that work with none of the other side."""
        if self._compatibility.manifest.mode(protocol) is Mode.PROTOCOL:
            if coverage.is_full(0, len(columns)):
                yield from run
            return
        for release in run:
            spend()
            promise = self._compatibility.promised(protocol.name, client, release, protocol.server)
            if all(coverage.is_full(*span) for span in columns.spans(promise)):
                yield release


def _apart(
    incompatibility: Incompatibility,
    protocol: Protocol,
    client: Component,
    release: Release,
    server: Release,
) -> Apart:
    reason = Reason.of(incompatibility, client, exactly(release), protocol.server)
    return Apart(release, server, reason)


def _axis(releases: Sequence[Release]) -> Axis:
    return Axis([release.boundary for release in releases])


def _series(release: Release) -> str:
    return ".".join(release.final.split(".")[: release.scheme.branch])
