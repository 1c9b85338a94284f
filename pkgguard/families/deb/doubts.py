"""Reasons why it is not known whether packages can be installed together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.families.deb.visible_names import ANY, REFUSING, REQUIRING
from pkgguard.families.expression import constraints

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.families.deb.visible_names import Unit, World
    from pkgguard.families.expression import Constraint
    from pkgguard.families.interface import InstallabilityVerdict, Package


def malformed(packages: Sequence[Package]) -> Iterator[str]:
    """Yield the fields and relations that could not be read."""
    for package in packages:
        for field, text, reason in package.malformed:
            yield f"{package.ref}: {field}: {text!r} cannot be read: {reason}"


def unsettled(world: World) -> Iterator[str]:
    """Yield the relations whose result in apt depends on the order of the given files."""
    for unit in world.units:
        for relation in unit.relations:
            if (relation.field in REQUIRING or relation.field in REFUSING) and any(
                is_unsettled(world, constraint) for constraint in constraints(relation.expression)
            ):
                reason = (
                    "':all' means the native architecture in dpkg, but apt decides by the order"
                    " of the given files"
                )
                yield f"{unit.ref}: {relation}: {reason}"


def is_unsettled(world: World, constraint: Constraint) -> bool:
    """Return whether a constraint names a present package with the qualifier ``all``."""
    return constraint.qualifier == "all" and any(True for _ in world.bearers(constraint.name))


def possibly_refused(verdict: InstallabilityVerdict) -> Iterator[str]:
    """Yield why it is not known whether packages outside the set can meet the needs for a name."""
    for problem in verdict.problems:
        yield f"{problem.reason}, but perhaps not in another architecture or under a provided version"


def are_qualified(packages: Sequence[Package], fields: Sequence[str]) -> bool:
    """Return whether some fields of packages have an architecture qualifier."""
    return any(
        constraint.qualifier
        for package in packages
        for relation in package.relations
        if relation.field in fields
        for constraint in constraints(relation.expression)
    )


def asks_by_architecture(units: Sequence[Unit]) -> bool:
    """Return whether a relation of the units has an architecture qualifier other than ``any``."""
    return any(
        constraint.qualifier not in ("", ANY)
        for unit in units
        for relation in unit.relations
        for constraint in constraints(relation.expression)
    )
