"""Whether given releases of components work together, protocol by protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pkgguard.errors import UnknownNameError, UnknownReleaseError
from pkgguard.manifest.typed_table import nearest
from pkgguard.versions.release import nearest_releases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkgguard.compat.engine import Compatibility, CompatibilityVerdict


class ReleaseVerdicts(NamedTuple):
    """Whether releases work together.

    ``releases`` maps component names to the releases that were asked about.
    ``verdicts`` has every pair of them that a protocol joins, keyed by
    (protocol, client component, server component).
    """

    releases: Mapping[str, str]
    verdicts: Mapping[tuple[str, str, str], CompatibilityVerdict]

    @property
    def compatible(self) -> bool:
        """Whether every pair works together."""
        return all(verdict.compatible for verdict in self.verdicts.values())


def release_verdicts(compatibility: Compatibility, releases: Mapping[str, str]) -> ReleaseVerdicts:
    """Return the verdict for each pair of the given releases that a protocol joins.

    Raises :class:`UnknownNameError` for an unknown component and
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
    return ReleaseVerdicts(dict(releases), verdicts)
