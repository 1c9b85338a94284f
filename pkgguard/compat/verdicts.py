"""Whether given releases of components, and given packages, work together, protocol by protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pkgguard.budget import spend
from pkgguard.compat.guard import are_peers, is_bundle
from pkgguard.compat.reasons import Cause
from pkgguard.errors import UnknownNameError, UnknownReleaseError
from pkgguard.families.lookup import family
from pkgguard.families.same_source import built_from
from pkgguard.manifest.model import Mode
from pkgguard.manifest.typed_table import nearest
from pkgguard.versions.nearest import nearest_releases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pkgguard.compat.engine import Compatibility, CompatibilityVerdict
    from pkgguard.compat.identify import Identity
    from pkgguard.diagnostics import PackageRef
    from pkgguard.manifest.model import Protocol
    from pkgguard.versions.release import Release


class Side(NamedTuple):
    """One side of a pair: a release of a component, and the package that carries it, if one was given."""

    component: str
    release: Release
    package: PackageRef | None = None

    def __str__(self) -> str:
        carried = f"{self.component} {self.release}"
        return f"{self.package} ({carried})" if self.package is not None else carried


class PairVerdict(NamedTuple):
    """Whether two sides work together in one protocol; a package carries at least one of them.

    ``peers`` is False if ``peers`` in the manifest leaves one of the packages out, so
    that neither is guarded against the other.
    """

    protocol: str
    client: Side
    server: Side
    verdict: CompatibilityVerdict
    peers: bool = True


class ReleaseVerdicts(NamedTuple):
    """Whether releases work together.

    ``releases`` maps component names to the releases that were asked about.
    ``verdicts`` has every pair of them that a protocol joins, keyed by
    (protocol, client component, server component). ``packages`` are the packages
    that were asked about, each with what it carries, and ``pairs`` the pairs with a
    release that one of them carries.
    """

    releases: Mapping[str, str]
    verdicts: Mapping[tuple[str, str, str], CompatibilityVerdict]
    packages: tuple[tuple[PackageRef, Identity], ...] = ()
    pairs: tuple[PairVerdict, ...] = ()

    @property
    def compatible(self) -> bool:
        """Whether every pair works together."""
        found = (*self.verdicts.values(), *(pair.verdict for pair in self.pairs))
        return all(verdict.compatible for verdict in found)


def release_verdicts(
    compatibility: Compatibility,
    releases: Mapping[str, str],
    packages: Sequence[tuple[PackageRef, Identity]] = (),
) -> ReleaseVerdicts:
    """Return the verdict for each pair of the given releases and packages that a protocol joins.

    A package that carries both sides of a protocol is nobody's peer for it. Raises
    :class:`UnknownNameError` for an unknown component and
    :class:`UnknownReleaseError` for an unlisted release.
    """
    manifest = compatibility.manifest
    found = {}
    for name, text in releases.items():
        if name not in manifest.components:
            known = tuple(manifest.components)
            raise UnknownNameError("component", name, known, nearest(name, known))
        component = manifest.components[name]
        release = component.find(text)
        if release is None:
            near = nearest_releases(text, component.releases)
            raise UnknownReleaseError(name, text, name, near, "is not a release that the manifest lists")
        found[name] = release
    verdicts = {
        (protocol.name, client, protocol.server): compatibility.verdict(
            protocol.name, client, found[client], found[protocol.server]
        )
        for protocol in manifest.protocols.values()
        for client in protocol.clients
        if client in found and protocol.server in found
    }
    pairs = tuple(_pairs(compatibility, found, packages))
    return ReleaseVerdicts(dict(releases), verdicts, tuple(packages), pairs)


def _pairs(
    compatibility: Compatibility,
    releases: Mapping[str, Release],
    packages: Sequence[tuple[PackageRef, Identity]],
) -> Iterator[PairVerdict]:
    """Yield the verdict for each pair with a release that a package carries."""
    specs = {ref: identity.package for ref, identity in packages}
    for protocol in compatibility.manifest.protocols.values():
        sides = list(_sides(protocol, releases, packages))
        servers = [side for side in sides if side.component == protocol.server]
        for client in sides:
            for server in servers if client.component in protocol.clients else ():
                spend()
                one, other = client.package, server.package
                if one != other:
                    peers = one is None or other is None or are_peers(specs[one], specs[other])
                    verdict = _verdict(compatibility, protocol, client, server)
                    yield PairVerdict(protocol.name, client, server, verdict, peers)


def _verdict(
    compatibility: Compatibility, protocol: Protocol, client: Side, server: Side
) -> CompatibilityVerdict:
    """Return the verdict for two sides; in mode ``exact``, two packages must have the same full version."""
    verdict = compatibility.verdict(protocol.name, client.component, client.release, server.release)
    if compatibility.manifest.mode(protocol) is not Mode.EXACT:
        return verdict
    if client.package is None or server.package is None:
        return verdict
    others = tuple(reason for reason in verdict.reasons if reason.cause is not Cause.EXACT)
    order = family(client.package.family)
    own, theirs = (built_from(ref.version, order) for ref in (client.package, server.package))
    if order.key(own) == order.key(theirs):
        return verdict._replace(compatible=not others, reasons=others)
    if not verdict.compatible:
        return verdict
    exclusions = compatibility.servers_for(protocol.name, client.component, client.release)
    reasons = tuple(exclusion.reason for exclusion in exclusions if exclusion.reason.cause is Cause.EXACT)
    return verdict._replace(compatible=False, reasons=reasons)


def _sides(
    protocol: Protocol, releases: Mapping[str, Release], packages: Sequence[tuple[PackageRef, Identity]]
) -> Iterator[Side]:
    """Yield what takes part in a protocol: the given releases, and those that the packages carry."""
    members = {protocol.server, *protocol.clients}
    for name, release in releases.items():
        if name in members:
            yield Side(name, release)
    for ref, identity in packages:
        spend()
        if not is_bundle(identity.package, protocol):
            for name in identity.package.carries:
                if name in members:
                    yield Side(name, identity.releases[name], ref)
