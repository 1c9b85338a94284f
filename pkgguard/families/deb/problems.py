"""Reasons why packages cannot be installed together: unmet relations, and packages of one name."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from pkgguard.budget import spend
from pkgguard.families.deb.doubts import is_unsettled
from pkgguard.families.deb.visible_names import REFUSING, REQUIRING
from pkgguard.families.expression import constraints
from pkgguard.families.interface import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from pkgguard.diagnostics import PackageRef
    from pkgguard.families.deb.visible_names import Unit, World
    from pkgguard.families.expression import Constraint
    from pkgguard.families.interface import Relation


def same_name(units: Sequence[Unit]) -> Iterator[Problem]:
    """Yield the problems of packages of one name: only Multi-Arch: same allows two of them."""
    by_name: dict[str, list[Unit]] = {}
    for unit in units:
        by_name.setdefault(unit.name, []).append(unit)
    for unit, other in (pair for same in by_name.values() for pair in combinations(same, 2)):
        spend()
        if unit.architecture == other.architecture:
            reason = "one package cannot be installed twice in one architecture"
        elif not (unit.multi_arch == other.multi_arch == "same"):
            reason = "one package can be installed in two architectures only if both are Multi-Arch: same"
        elif unit.position != other.position:
            reason = "a Multi-Arch: same package must have one version in every architecture"
        else:
            continue
        yield Problem(unit.ref, None, (other.ref,), reason)


def problems_of(world: World) -> Iterator[Problem]:
    """Yield the relations that are not met."""
    for unit in world.units:
        for relation in unit.relations:
            spend()
            named = [*constraints(relation.expression)]
            if relation.field in REQUIRING:
                if not any(
                    world.met_outside(each) or is_unsettled(world, each) or any(world.suppliers(unit, each))
                    for each in named
                ):
                    yield _refused_outside(world, unit, relation, named) or _unmet(
                        world, unit, relation, {constraint.name for constraint in named}
                    )
            elif relation.field in REFUSING:
                for constraint in named:
                    if not world.free(constraint.name):
                        for other in world.refused(unit, relation.field, constraint):
                            reason = f"{unit.ref} has '{relation}', which refuses {other.ref}"
                            yield Problem(unit.ref, relation, (other.ref,), reason)


def _refused_outside(
    world: World, unit: Unit, relation: Relation, named: Sequence[Constraint]
) -> Problem | None:
    """Return the refuser of all packages outside the set that could meet a relation, or None."""
    refuser = next((world.ruled_out[one] for one in named if one in world.ruled_out), None)
    return None if refuser is None else refuser.problem(unit.ref, relation)


def _unmet(world: World, unit: Unit, relation: Relation, names: Collection[str]) -> Problem:
    bearers = {id(other) for name in names for other in world.bearers(name)}
    near = tuple(other.ref for other in world.units if other is not unit and id(other) in bearers)
    lacking = (
        f"{', '.join(map(str, near))} {'do' if len(near) > 1 else 'does'} not satisfy"
        if near
        else "no given package satisfies"
    )
    reason = f"{unit.ref} has '{relation}', which {lacking}"
    return Problem(unit.ref, relation, near, reason)


def out_of_order(world: World) -> Iterator[Problem]:
    """Yield the Pre-Depends on a cycle, or every Pre-Depends if apt fails for another reason."""
    after: dict[PackageRef, set[PackageRef]] = {unit.ref: set() for unit in world.units}
    found: list[tuple[Unit, Relation, set[PackageRef]]] = []
    for unit in world.units:
        for relation in unit.relations:
            if relation.field in REQUIRING:
                named = constraints(relation.expression)
                suppliers = {s.ref for constraint in named for s in world.suppliers(unit, constraint)}
                after[unit.ref] |= suppliers
                if relation.field == "Pre-Depends":
                    found.append((unit, relation, suppliers))
    for middle, reached in after.items():
        for behind in after.values():
            if middle in behind:
                behind.update(reached)
    cyclic = [each for each in found if any(each[0].ref in {s, *after[s]} for s in each[2])]
    for unit, relation, suppliers in cyclic or found:
        reason = (
            f"{unit.ref} has '{relation}', and what must be configured before it is unpacked"
            " waits for it, or for itself, in turn"
        )
        yield Problem(unit.ref, relation, tuple(sorted(suppliers)), reason)
