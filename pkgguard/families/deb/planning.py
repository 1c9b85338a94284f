"""What apt plans with: the packages to unpack and configure, and what each needs to be there before."""

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

    ``packages`` are those of the units, in their order.
    """
    return has_order(_steps(world, packages))


def _steps(world: World, packages: Sequence[Package]) -> list[Step]:
    """Return what apt plans with."""
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
                # apt counts itself as essential whatever its field says.
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
    # A package of the name itself is tried before those that provide it, of which the last given is first.
    return Alternative(tuple(sorted(found, key=lambda n: (n != bearer, -n))), bearer)
