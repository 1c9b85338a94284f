"""What ``pkgguard init`` finds in the source of packages: versions, and relations to one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pkgguard.errors import RelationError
from pkgguard.families.expression import Operator, constraints
from pkgguard.families.lookup import family

if TYPE_CHECKING:
    from collections.abc import Iterator


class Bound(NamedTuple):
    """A relation that names a package, as its source has it.

    ``operator`` is None if it has no version. ``place`` is its file and line.
    """

    field: str
    peer: str
    operator: Operator | None
    version: str
    text: str
    place: str


class AdoptedPackage(NamedTuple):
    """A package that a source builds; ``version`` is the full version of the newest build."""

    name: str
    version: str
    bounds: tuple[Bound, ...]


class AdoptedSource(NamedTuple):
    """A source of packages: ``versions`` are its full versions, the newest first.

    ``files`` are those that were read. ``unread`` says what in them was not understood.
    """

    family: str
    project: str
    files: tuple[str, ...]
    packages: tuple[AdoptedPackage, ...]
    versions: tuple[str, ...]
    unread: tuple[str, ...]


def wanted_fields(family_name: str) -> frozenset[str]:
    """Return the fields whose relations say what a package works with."""
    traits = family(family_name).traits
    return traits.positive_fields | traits.negative_fields | {traits.recommending_field}


def bounds_in(family_name: str, field: str, clause: str, place: str) -> Iterator[Bound]:
    """Yield the bounds of some clauses of a field; raise :class:`RelationError` if they cannot be read."""
    for relation in family(family_name).parse(field, clause):
        for one in constraints(relation.expression):
            yield Bound(relation.field, one.name, one.operator, one.version, str(relation), place)


def try_bounds(family_name: str, field: str, clause: str, place: str) -> tuple[list[Bound], str]:
    """Return the bounds of some clauses, or else why they cannot be read."""
    try:
        return list(bounds_in(family_name, field, clause, place)), ""
    except RelationError as error:
        return [], f"{place}: {error}"
