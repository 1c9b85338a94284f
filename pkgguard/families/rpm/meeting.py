"""What one package's relations make of another at any of its versions, where the two are alone.

The answers are those of :func:`pkgguard.families.rpm.evaluate.coinstallable` for
the two packages, with every name that neither brings taken to be there. One
answer serves all packages of one profile, so that many packages are judged two
by two without evaluating each two anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.families.expression import Constraint, Operator, constraints
from pkgguard.families.rpm.evaluate import JUDGED, is_refused, names_path
from pkgguard.families.rpm.features import isa_of
from pkgguard.families.rpm.version import range_of
from pkgguard.families.rpm.world import Provider, World
from pkgguard.versions.ranges import Range, cells

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable

    from pkgguard.families.interface import Package, Relation
    from pkgguard.families.rpm.world import Holder, Truth
    from pkgguard.versions.ranges import Cut


def profile(package: Package) -> Hashable | None:
    """Return what of a package decides beside its version, or None if it must be judged pair by pair.

    That is so where it obsoletes another one, does not provide its own name in
    its own version, or has a relation that could not be read.
    """
    if package.malformed or any(one.field == "Obsoletes" for one in package.relations):
        return None
    own, others = _divided(package)
    if package.name not in own:
        return None
    return package.name, package.architecture, own, tuple(relation.text for relation in others)


def accepts(package: Package, other: Package) -> Range | None:
    """Return the versions of ``other`` beside which all of the package's own relations are met.

    Both packages must have a profile, and different names. None where a path
    decides, of which only the lists of files can tell.
    """
    own, others = _divided(other)
    ours = [relation for relation in package.relations if relation.field == "Provides"]
    brought = {package.name, other.name} | {
        one.name for relation in (*ours, *others) for one in constraints(relation.expression)
    }
    brought |= own
    itself = Provider(package.name, ours)
    judged = [relation for relation in package.relations if relation.field in JUDGED]
    cuts = {
        cut
        for relation in judged
        for one in constraints(relation.expression)
        if one.name in own and one.operator is not None
        for cut in range_of(one.operator.value, one.version).cuts
    }
    kept = []
    for cell in cells(cuts):
        peer = _At(own, cell.cuts[0], others)
        here: dict[object, Holder] = {id(package): itself, "peer": peer}
        present: dict[object, Holder] = {**here, "outside": _Outside(brought, True)}
        doubtful: dict[object, Holder] = {**here, "outside": _Outside(brought, None)}
        world = World(present, doubtful, transaction=True)
        found = {_answer(world, relation, id(package)) for relation in judged}
        if None in found:
            return None
        if True not in found:
            kept.append(cell)
    return Range.union(kept)


def _answer(world: World, relation: Relation, owner: object) -> Truth:
    """Return whether a relation keeps its package out; None only where a path decides."""
    refused = is_refused(world, relation, owner)
    return None if refused is None and names_path(relation) else bool(refused)


def _divided(package: Package) -> tuple[frozenset[str], list[Relation]]:
    """Return the names that a package provides in its own version, and its other Provides."""
    names = (package.name, f"{package.name}({isa_of(package.architecture)})")
    itself = [Constraint(name, Operator.EQUAL, package.version) for name in names]
    provides = [relation for relation in package.relations if relation.field == "Provides"]
    own = frozenset(one.name for one in itself if any(one == relation.expression for relation in provides))
    return own, [relation for relation in provides if relation.expression not in itself]


class _At:
    """A package at one position of its order: ``names`` are those that it provides in its own version."""

    def __init__(self, names: Collection[str], at: Cut, others: Iterable[Relation]) -> None:
        self._names = names
        self._at = at
        self._others = Provider("", others)

    def holds(self, constraint: Constraint) -> Truth:
        """Return whether it provides what the constraint names."""
        if constraint.name in self._names and (
            constraint.operator is None
            or range_of(constraint.operator.value, constraint.version).holds(self._at)
        ):
            return True
        return self._others.holds(constraint)


class _Outside:
    """The packages that are not given; ``value`` is what a relation on their names finds."""

    def __init__(self, brought: Collection[str], value: Truth) -> None:
        self._brought = brought
        self._value = value

    def holds(self, constraint: Constraint) -> Truth:
        """Return the value for a name that no given package brings, else False."""
        return False if constraint.name in self._brought else self._value
