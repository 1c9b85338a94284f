"""A protocol and its releases in a manifest, by the names that a user gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.errors import UnknownNameError
from pkgguard.manifest.typed_table import nearest

if TYPE_CHECKING:
    from pkgguard.manifest.model import Manifest, Protocol
    from pkgguard.versions.release import Release


def protocol_named(manifest: Manifest, name: str) -> Protocol:
    """Return a protocol by its name, or the only one; raise :class:`UnknownNameError`."""
    known = tuple(manifest.protocols)
    if not name and len(known) == 1:
        name = known[0]
    if name not in manifest.protocols:
        raise UnknownNameError("protocol", name, known, nearest(name, known), "name one with --protocol")
    return manifest.protocols[name]


def listed_release(manifest: Manifest, protocol: Protocol, text: str) -> Release:
    """Return a release of a protocol's server by its text; raise :class:`UnknownNameError`."""
    component = manifest.components[protocol.server]
    found = component.find(text)
    if found is None:
        known = tuple(release.text for release in component.releases)
        help = f"add it to the releases of [component.{component.name}] first"
        raise UnknownNameError(f"release of {component.name}", text, known, nearest(text, known), help)
    return found
