"""Numbered names that a client needs and its server provides with another number.

``Depends: video-abi-25`` beside a server that provides ``video-abi-26``: the server is
the package that provides the names of this series, but this version of it provides
another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.families.expression import constraints

if TYPE_CHECKING:
    from pkgguard.check.judged_package import JudgedPackage


def lacking_names(client: JudgedPackage, server: JudgedPackage) -> frozenset[str]:
    """Return the names that a client needs and that nothing meets beside a server.

    These are numbered names of which the server provides another number, where no
    other package of the manifest carries what the server serves.
    """
    needed, provided = client.needed_series, server.provided_series
    stems = needed.keys() & provided.keys() if needed and provided else ()
    lacking = {name for stem in stems for name in needed[stem] - provided[stem]}
    manifest = client.compatibility.manifest
    lacking -= {client.package.name, server.package.name}
    lacking -= {one.name for relation in client.provided for one in constraints(relation.expression)}
    if not lacking or any(len(manifest.carriers[name]) > 1 for name in server.identity.package.carries):
        return frozenset()
    family = client.family.name
    return frozenset(name for name in lacking if manifest.package_named(family, name) is None)
