"""Relations that keep older versions of a peer away because files of it have moved into the package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.budget import spend
from pkgguard.families.expression import Constraint
from pkgguard.families.interface import relations_of
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from pkgguard.families.interface import Family, Package, Relation


def move_relations(family: Family, package: Package) -> tuple[Relation, ...]:
    """Return the relations of a package that together move files from peers to it.

    A negative relation is one of them where every other field that belongs to a move
    names at least the same versions of the same package (Debian Policy 7.6.1).
    """
    traits = family.traits
    others = [_versions(family, package, field) for field in traits.moving_fields - traits.negative_fields]
    if not others or not all(others):
        return ()
    refusing: list[Relation] = []
    names: set[str] = set()
    for relation in package.relations:
        spend()
        constraint = relation.expression
        if relation.field in traits.moving_fields & traits.negative_fields and isinstance(
            constraint, Constraint
        ):
            own = _range(family, constraint)
            if not constraint.qualifier and all(
                own <= said.get(constraint.name, VersionSet.empty()) for said in others
            ):
                refusing.append(relation)
                names.add(constraint.name)
    fields = traits.moving_fields - traits.negative_fields
    return (*refusing, *(relation for relation in relations_of(package, fields) if _named(relation) in names))


def _named(relation: Relation) -> str:
    return relation.expression.name if isinstance(relation.expression, Constraint) else ""


def _versions(family: Family, package: Package, field: str) -> dict[str, VersionSet]:
    """Return the versions that a field names, by the name of the package."""
    found: dict[str, list[VersionSet]] = {}
    for relation in package.relations:
        one = relation.expression
        if relation.field == field and isinstance(one, Constraint):
            found.setdefault(one.name, []).append(_range(family, one))
    return {name: VersionSet.union(parts) for name, parts in found.items()}


def _range(family: Family, one: Constraint) -> VersionSet:
    if one.operator is None:
        return VersionSet.full()
    return family.range_of(one.operator.value, one.version)
