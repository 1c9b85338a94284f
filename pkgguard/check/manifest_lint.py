"""What a valid manifest says that its author may not have meant."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.check.finding import Advice, Severity
from pkgguard.check.levels import renamed
from pkgguard.compat.guard import known_releases
from pkgguard.compat.reasons import Reason
from pkgguard.manifest.model import Kind, Mode
from pkgguard.manifest.typed_table import nearest
from pkgguard.versions.grid import Axis, runs
from pkgguard.versions.release import exactly

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.compat.engine import Compatibility
    from pkgguard.manifest.history import Incompatibility
    from pkgguard.manifest.model import Protocol
    from pkgguard.versions.grid import Coverage
    from pkgguard.versions.release import Release

_LISTED: Final = 100


def advise(compatibility: Compatibility) -> tuple[Advice, ...]:
    """Find what is doubtful in a manifest, by line."""
    found = [
        *_broken_promises(compatibility),
        *_unmet(compatibility),
        *_unshipped(compatibility),
        *_lone_roles(compatibility),
        *_unexplained(compatibility),
        *_renamed(compatibility),
    ]
    return tuple(sorted(found, key=lambda one: (one.line, one.id, one.message)))


def _broken_promises(compatibility: Compatibility) -> Iterator[Advice]:
    manifest = compatibility.manifest
    for protocol, client in _contracts(compatibility):
        if manifest.mode(protocol) is not Mode.WINDOW:
            continue
        broken = _broken_series(compatibility, protocol, client)
        for (mine, theirs), (release, server, incompatibility) in broken.items():
            sentence = Reason.of(
                incompatibility, manifest.components[client], exactly(release), protocol.server
            ).sentence
            yield Advice(
                "window-promise-broken",
                Severity.WARNING,
                incompatibility.change.line,
                f"the window promises that {client} {mine}.x works with {protocol.server} {theirs}.x,"
                f" but {client} {release} does not with {server}: {sentence}",
                'the guards keep this pair apart all the same; say so upstream, or use mode = "protocol"',
            )


def _broken_series(
    compatibility: Compatibility, protocol: Protocol, client: str
) -> dict[tuple[str, str], tuple[Release, Release, Incompatibility]]:
    """Return, for each two minor series in one window, the first pair that a change keeps apart."""
    manifest = compatibility.manifest
    servers = manifest.components[protocol.server].releases
    rows, columns = _axis(manifest.components[client].releases), _axis(servers)
    starts = [
        place
        for place, server in enumerate(servers)
        if not place or _series(server) != _series(servers[place - 1])
    ]
    incompatibilities = compatibility.required(protocol.name, client)
    found: dict[tuple[str, str], tuple[Release, Release, Incompatibility]] = {}
    apart = runs(
        rows,
        columns,
        [
            (incompatibility.clients_needing[client], incompatibility.servers_without)
            for incompatibility in incompatibilities
        ],
    )
    for first, end, coverage in apart:
        for release in manifest.components[client].releases[first:end]:
            promise = compatibility.promised(protocol.name, client, release, protocol.server)
            for low, high in columns.spans(promise):
                for number in range(bisect_left(starts, low), bisect_left(starts, high)):
                    spend()
                    start, stop = starts[number], [*starts[number + 1 : number + 2], len(servers)][0]
                    series = (_series(release), _series(servers[start]))
                    place = None if series in found else next(coverage.covered(start, stop), None)
                    if place is not None:
                        found[series] = (release, servers[place], incompatibilities[coverage.first(place)])
    return found


def _unmet(compatibility: Compatibility) -> Iterator[Advice]:
    """Find the releases that fit none of the other side, or not the one that is the same."""
    manifest = compatibility.manifest
    for protocol, client in _contracts(compatibility):
        mine, servers = manifest.components[client], manifest.components[protocol.server].releases
        incompatibilities = compatibility.required(protocol.name, client)
        lonely: list[Release] = []
        columns = _axis(servers)
        for first, end, coverage in runs(
            _axis(mine.releases), columns, compatibility.barriers(protocol.name, client)
        ):
            run = mine.releases[first:end]
            lonely += _lonely(compatibility, protocol, client, run, columns, coverage)
            for place in coverage.covered(bisect_left(servers, run[0]), bisect_right(servers, run[-1])):
                spend()
                release, number = mine.by_release.get(servers[place]), coverage.first(place)
                if release is not None and number < len(incompatibilities):
                    incompatibility = incompatibilities[number]
                    reason = Reason.of(incompatibility, mine, exactly(release), protocol.server)
                    yield Advice(
                        "same-release-incompatible",
                        Severity.WARNING,
                        incompatibility.change.line,
                        f"{client} and {protocol.server} {release} do not work together: {reason.sentence}",
                        "check the bounds of this change, unless upstream really released such a pair",
                    )
        if lonely:
            yield Advice(
                "release-fits-nothing",
                Severity.WARNING,
                0,
                f"no known {protocol.server} release works with {client} {_listed(lonely)}",
                "see the changes that need more than any server offers, or list the missing release",
            )


def _lonely(
    compatibility: Compatibility,
    protocol: Protocol,
    client: str,
    run: Sequence[Release],
    columns: Axis,
    coverage: Coverage,
) -> Iterator[Release]:
    """Yield the releases of a run that fit none of the other side."""
    if compatibility.manifest.mode(protocol) is Mode.PROTOCOL:
        if coverage.is_full(0, len(columns)):
            yield from run
        return
    for release in run:
        spend()
        promise = compatibility.promised(protocol.name, client, release, protocol.server)
        if all(coverage.is_full(*span) for span in columns.spans(promise)):
            yield release


def _listed(releases: Sequence[Release]) -> str:
    """Name releases; of more than can be read, the first ones."""
    more = len(releases) - _LISTED
    tail = f" and {more} more" if more > 0 else ""
    return f"{', '.join(map(str, releases[:_LISTED]))}{tail}"


def _unshipped(compatibility: Compatibility) -> Iterator[Advice]:
    manifest = compatibility.manifest
    carried = {name for package in manifest.packages.values() for name in package.carries}
    known: dict[frozenset[str], bool] = {}
    peers = {package.name: frozenset(package.peers or ()) for package in manifest.packages.values()}
    for name in manifest.components:
        if name not in carried:
            yield Advice(
                "component-in-no-package",
                Severity.WARNING,
                0,
                f"no package carries the component {name}, so nothing can be guarded against it",
                f'add it to the carries of a package, as in carries = ["{name}"]',
            )
    for package in manifest.packages.values():
        spend()
        carries = frozenset(package.carries)
        if carries not in known:
            known[carries] = bool(known_releases(manifest, package))
        if not known[carries]:
            yield Advice(
                "package-without-release",
                Severity.WARNING,
                0,
                f"what {package.name} carries ({', '.join(package.carries)}) has no release in common",
                "a package's version stands for one release of each component that it carries",
            )
        for peer in package.peers or ():
            if manifest.packages[peer].peers is None or package.name in peers[peer]:
                continue
            yield Advice(
                "one-sided-peer",
                Severity.WARNING,
                0,
                f"{package.name} names {peer} among its peers, but {peer} does not name {package.name}",
                f'add "{package.name}" to the peers of {peer}',
            )


def _lone_roles(compatibility: Compatibility) -> Iterator[Advice]:
    roles: defaultdict[str, list[str]] = defaultdict(list)
    for protocol in compatibility.manifest.protocols.values():
        if protocol.role:
            roles[protocol.role].append(protocol.name)
    for role, (name, *others) in roles.items():
        if not others:
            near = nearest(role, [one for one in roles if one != role])
            yield Advice(
                "role-of-one-protocol",
                Severity.WARNING,
                0,
                f"{name} is the only protocol with the role {role}, so its server has no alternative",
                f"did you mean {near!r}?" if near else "give the other server's protocol the same role",
            )


def _unexplained(compatibility: Compatibility) -> Iterator[Advice]:
    for change in compatibility.manifest.changes:
        if change.kind is not Kind.COMPATIBLE and change.client and not change.because:
            yield Advice(
                "change-without-reason",
                Severity.INFO,
                change.line,
                f"the change of {', '.join(change.what)} does not say why",
                'add because = "…": it stands beside every relation that follows from the change',
            )


def _renamed(compatibility: Compatibility) -> Iterator[Advice]:
    levels = compatibility.manifest.rules
    for old, new in renamed(levels).items():
        yield Advice(
            "renamed-rule",
            Severity.INFO,
            levels[old][1],
            f"the rule {old} is now called {new}",
            f"write {new} in [rules]; the old name goes on working",
        )


def _contracts(compatibility: Compatibility) -> Iterator[tuple[Protocol, str]]:
    for protocol in compatibility.manifest.protocols.values():
        for client in protocol.clients:
            yield protocol, client


def _axis(releases: Sequence[Release]) -> Axis:
    return Axis([release.boundary for release in releases])


def _series(release: Release) -> str:
    return ".".join(release.final.split(".")[: release.scheme.branch])
