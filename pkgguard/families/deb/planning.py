"""The input of apt's planning: the packages to unpack and configure, and their prerequisites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.families.deb.apt_order import Alternative, Clause, Step, has_order
from pkgguard.families.expression import constraints
from pkgguard.families.interface import relations_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pkgguard.families.deb.visible_names import Unit, World
    from pkgguard.families.expression import Constraint
    from pkgguard.families.interface import Package

_PLANNED: Final = ("Pre-Depends", "Depends", "Recommends", "Suggests", "Replaces", "Enhances")


def has_plan(world: World, packages: Sequence[Package]) -> bool:
    """Return whether apt finds an order in which to unpack and configure the units of a world.

    ``packages`` are the packages of the units, in the same order.
    """
    return has_order(_steps(world, packages))


def _steps(world: World, packages: Sequence[Package]) -> list[Step]:
    """Return the steps that apt plans."""
    steps = []
    numbers = {id(other): number for number, other in enumerate(world.units)}
    for unit, package in zip(world.units, packages, strict=True):
        clauses = []
        for relation in (r for name in _PLANNED for r in relations_of(package, (name,))):
            named = [*constraints(relation.expression)]
            if not any(world.met_outside(constraint) for constraint in named):
                alternatives = (_alternative(world, numbers, unit, constraint) for constraint in named)
                clauses.append(Clause(relation.field, tuple(alternatives)))
        attributes = package.attributes
        steps.append(
            Step(
                unit.name,
                tuple(clauses),
                # apt treats itself as essential, whatever its Essential field is.
                essential=attributes.get("Essential", "").lower() == "yes" or unit.name == "apt",
                priority=attributes.get("Priority", "").lower(),
                lockstep=unit.multi_arch == "same",
            )
        )
    return steps


def _alternative(world: World, numbers: Mapping[int, int], unit: Unit, constraint: Constraint) -> Alternative:
    found = [numbers[id(supplier)] for supplier in world.suppliers(unit, constraint)]
    bearers = (
        numbers[id(other)]
        for other in world.bearers(constraint.name)
        if not constraint.qualifier
        and (other.name, other.architecture) == (constraint.name, unit.architecture)
    )
    bearer = next(bearers, None)
    # A package of the name itself is tried before its providers, and later providers before earlier ones.
    return Alternative(tuple(sorted(found, key=lambda n: (n != bearer, -n))), bearer)
