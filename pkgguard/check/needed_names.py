"""Numbered names, such as those of a binary interface, that a client needs and its server provides.

``Depends: video-abi-25`` beside a server that provides ``video-abi-26``: the server is
the package that provides the names of this series, and this one of it does not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pkgguard.families.expression import Constraint, constraints

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkgguard.check.subject import Subject
    from pkgguard.families.interface import Relation

_NUMBERED: Final = re.compile(r"(.*[a-z]-)[0-9][A-Za-z0-9.+~]*")


def series_of(relations: Iterable[Relation]) -> dict[str, frozenset[str]]:
    """Return the numbered names of relations with one alternative, by what precedes the number."""
    found: dict[str, set[str]] = {}
    for relation in relations:
        one = relation.expression
        if isinstance(one, Constraint):
            numbered = _NUMBERED.fullmatch(one.name)
            if numbered:
                found.setdefault(numbered[1], set()).add(one.name)
    return {stem: frozenset(names) for stem, names in found.items()}


def lacking_names(client: Subject, server: Subject) -> frozenset[str]:
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
