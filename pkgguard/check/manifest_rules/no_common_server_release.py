"""no-common-server-release: two clients of one release do not work with a common server release."""

from __future__ import annotations

from bisect import bisect_left
from itertools import combinations
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.check.manifest_subject import listed
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity
from pkgguard.manifest.package_spec import Presence
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.check.manifest_subject import ManifestSubject
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.versions.release import Release
    from pkgguard.versions.sets import Boundary


def check(subject: ManifestSubject) -> Iterator[Diagnostic]:
    """Two clients of one release need the same server package, and no release of it works with both."""
    for server, contracts in _shared_servers(subject).items():
        for (one, other), releases in _apart(subject, server, contracts).items():
            yield subject.report(
                RULE,
                f"no {server} release works with both {one} and {other} of release {listed(releases)}",
                releases=releases,
            )


def _shared_servers(subject: ManifestSubject) -> dict[str, list[tuple[str, str]]]:
    """Return the protocols and clients of each server that they need on their machine, of one package."""
    manifest = subject.manifest
    found: dict[str, list[tuple[str, str]]] = {}
    for protocol, client in subject.contracts:
        carriers = manifest.carriers.get(protocol.server, [])
        if (
            len(carriers) == 1
            and carriers[0].presence is Presence.REQUIRED
            and client not in carriers[0].carries
            and client in manifest.carriers
            and protocol.same_machine
            and not protocol.role
        ):
            found.setdefault(protocol.server, []).append((protocol.name, client))
    return {server: contracts for server, contracts in found.items() if len(contracts) > 1}


def _apart(
    subject: ManifestSubject, server: str, contracts: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], list[Release]]:
    """Return, for each two clients, the releases of which no server release works with both."""
    components = subject.manifest.components
    known = [release.boundary for release in components[server].releases]
    by_release: dict[str, dict[str, VersionSet]] = {}
    for protocol, client in contracts:
        for release in components[client].releases:
            spend()
            allowed = subject.compatibility.allowed_servers(protocol, client, release)
            clients = by_release.setdefault(release.text, {})
            clients[client] = clients[client] & allowed if client in clients else allowed
    found: dict[tuple[str, str], list[Release]] = {}
    for text, clients in by_release.items():
        fitting = {client: allowed for client, allowed in clients.items() if _holds(allowed, known)}
        if _holds(~VersionSet.union(~allowed for allowed in fitting.values()), known):
            continue
        for one, other in combinations(fitting, 2):
            spend()
            if not _holds(fitting[one] & fitting[other], known):
                found.setdefault((one, other), []).append(components[one].by_text[text])
    return found


def _holds(versions: VersionSet, known: Sequence[Boundary]) -> bool:
    """Return whether a set holds one of some releases, which are sorted."""
    for low, high in versions.intervals():
        spend()
        place = bisect_left(known, low)
        if place < len(known) and known[place] < high:
            return True
    return False


RULE: Final = Rule(
    id="no-common-server-release",
    severity=Severity.WARNING,
    title="Two clients of one release do not work with a common server release",
    explanation=(
        "Both clients need the same server package, and each works with some releases of it, but no release"
        " works with both. Packages of these client releases cannot be installed together."
    ),
    help="Check the changes that keep them apart, or set same_machine = false if they run on other machines.",
    references=("docs/manifest.md",),
    order=590,
    group="manifest",
    check_manifest=check,
)
