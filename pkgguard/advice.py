"""What a valid manifest says that its author may not have meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pkgguard.check.finding import Severity
from pkgguard.compatibility import Cause, allowed
from pkgguard.guard import are_peers, known_releases
from pkgguard.manifest.model import Kind, Mode, Need

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.compatibility import Compatibility, Exclusion
    from pkgguard.manifest.model import Protocol
    from pkgguard.versions.release import Release


@dataclass(frozen=True, slots=True)
class Advice:
    """One doubtful statement of a manifest; ``line`` is where it stands (0: the whole)."""

    id: str
    severity: Severity
    line: int
    message: str
    mend: str


def advise(compatibility: Compatibility) -> tuple[Advice, ...]:
    """Find what is doubtful in a manifest, by line."""
    found = [
        *_broken_promises(compatibility),
        *_lonely_releases(compatibility),
        *_same_release(compatibility),
        *_unshipped(compatibility),
        *_unexplained(compatibility),
    ]
    return tuple(sorted(found, key=lambda one: (one.line, one.id, one.message)))


def _broken_promises(compatibility: Compatibility) -> Iterator[Advice]:
    manifest = compatibility.manifest
    if manifest.policy.mode is not Mode.WINDOW:
        return
    for protocol, client in _contracts(compatibility):
        broken: dict[tuple[str, str], tuple[Release, Release, Exclusion]] = {}
        for release in manifest.components[client].releases:
            exclusions = compatibility.servers_for(protocol.name, client, release)
            promised = allowed(one for one in exclusions if one.reason.cause is Cause.WINDOW)
            for server in manifest.components[protocol.server].releases:
                if promised.holds(server.cut):
                    for one in exclusions:
                        if (
                            one.reason.cause is Cause.CHANGE
                            and one.reason.need is Need.REQUIRED
                            and one.excluded.holds(server.cut)
                        ):
                            series = (f"{release.major}.{release.minor}", f"{server.major}.{server.minor}")
                            broken.setdefault(series, (release, server, one))
        for (mine, theirs), (release, server, one) in broken.items():
            yield Advice(
                "window-promise-broken",
                Severity.WARNING,
                one.reason.change.line if one.reason.change is not None else 0,
                f"the window promises that {client} {mine}.x works with {protocol.server} {theirs}.x,"
                f" but {client} {release} does not with {server}: {one.reason.sentence}",
                'the guards keep this pair apart all the same; say so upstream, or use mode = "protocol"',
            )


def _lonely_releases(compatibility: Compatibility) -> Iterator[Advice]:
    manifest = compatibility.manifest
    for protocol, client in _contracts(compatibility):
        servers = manifest.components[protocol.server].releases
        lonely = [
            release
            for release in manifest.components[client].releases
            if not any(_works(compatibility, protocol, client, release, server) for server in servers)
        ]
        if lonely:
            yield Advice(
                "release-fits-nothing",
                Severity.WARNING,
                0,
                f"no known {protocol.server} release works with {client} {', '.join(map(str, lonely))}",
                "see the changes that need more than any server offers, or list the missing release",
            )


def _same_release(compatibility: Compatibility) -> Iterator[Advice]:
    manifest = compatibility.manifest
    for protocol, client in _contracts(compatibility):
        servers = manifest.components[protocol.server].by_text
        for release in manifest.components[client].releases:
            server = servers.get(release.text)
            if server is not None and not _works(compatibility, protocol, client, release, server):
                reason = compatibility.verdict(protocol.name, client, release, server).reasons[0]
                if reason.cause is Cause.BROKEN:
                    continue
                yield Advice(
                    "same-release-incompatible",
                    Severity.WARNING,
                    reason.change.line if reason.change is not None else 0,
                    f"{client} and {protocol.server} {release} do not work together: {reason.sentence}",
                    "check the bounds of this change, unless upstream really released such a pair",
                )


def _unshipped(compatibility: Compatibility) -> Iterator[Advice]:
    manifest = compatibility.manifest
    carried = {name for package in manifest.packages.values() for name in package.carries}
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
        if not known_releases(manifest, package):
            yield Advice(
                "package-without-release",
                Severity.WARNING,
                0,
                f"what {package.name} carries ({', '.join(package.carries)}) has no release in common",
                "a package's version stands for one release of each component that it carries",
            )
        unmet = [peer for peer in package.peers or () if not are_peers(package, manifest.packages[peer])]
        for peer in unmet:
            yield Advice(
                "one-sided-peer",
                Severity.WARNING,
                0,
                f"{package.name} names {peer} among its peers, but {peer} does not name {package.name}",
                f'add "{package.name}" to the peers of {peer}',
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


def _contracts(compatibility: Compatibility) -> Iterator[tuple[Protocol, str]]:
    for protocol in compatibility.manifest.protocols.values():
        for client in protocol.clients:
            yield protocol, client


def _works(
    compatibility: Compatibility, protocol: Protocol, client: str, release: Release, server: Release
) -> bool:
    return compatibility.allowed_servers(protocol.name, client, release).holds(server.cut)
