"""How the relations of one package judge any version of another one, if only these two are installed.

The answers are those of :func:`pkgguard.families.rpm.evaluate.coinstallable` for the
two packages, if all names that neither provides are assumed to be present. One answer
serves all packages of one profile, so many pairs are judged without evaluating each
pair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.families.expression import Constraint, Operator, constraints
from pkgguard.families.rpm.dependency_syntax import PRETRANS
from pkgguard.families.rpm.evaluate import JUDGED
from pkgguard.families.rpm.rpm_facts import isa_of
from pkgguard.families.rpm.spread import Question, Spread, Versions
from pkgguard.families.rpm.three_valued import Provider
from pkgguard.families.rpm.version import range_of
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable

    from pkgguard.families.interface import Package, Relation
    from pkgguard.families.rpm.three_valued import Truth


def profile(package: Package) -> Hashable | None:
    """Return the profile of a package, or None if each pair with it must be judged.

    That is necessary if it obsoletes another package, does not provide its own name in
    its own version, or has a relation that could not be read.
    """
    if package.malformed or any(one.field == "Obsoletes" for one in package.relations):
        return None
    own, others = _divided(package)
    if package.name not in own:
        return None
    return package.name, package.architecture, own, tuple(relation.text for relation in others)


def accepts(package: Package, other: Package) -> VersionSet | None:
    """Return the versions of ``other`` with which all of the package's own relations are met.

    Both packages must have a profile, and different names. None if a path decides,
    because only lists of files tell who owns it.
    """
    own, others = _divided(other)
    ours = [relation for relation in package.relations if relation.field == "Provides"]
    brought = own.union(
        (package.name, other.name),
        (one.name for relation in (*ours, *others) for one in constraints(relation.expression)),
    )
    itself, peer = Provider(ours), _Exactly(own, others)
    present, doubtful = _Outside(brought, True), _Outside(brought, None)
    refused: list[VersionSet] = []
    for field, expression in dict.fromkeys((one.field, one.expression) for one in package.relations):
        if field not in JUDGED:
            continue
        if field == "Conflicts":
            plain = isinstance(expression, Constraint)
            beside = (peer, doubtful) if plain else (itself, peer, doubtful)
            answer = Question(beside, features=plain).ask(expression)
            refused.append(answer.true)
        else:
            holders = () if field == PRETRANS else (itself, peer, present)
            answer = Question(holders, features=True).ask(expression)
            refused.append(answer.false)
        known = answer.true | answer.false
        if known != VersionSet.full() and any(one.name.startswith("/") for one in constraints(expression)):
            return None
    return ~VersionSet.union(refused)


def _divided(package: Package) -> tuple[frozenset[str], list[Relation]]:
    """Return the names that a package provides in its own version, and its other Provides."""
    names = (package.name, f"{package.name}({isa_of(package.architecture)})")
    itself = [Constraint(name, Operator.EQUAL, package.version) for name in names]
    provides = [relation for relation in package.relations if relation.field == "Provides"]
    own = frozenset(one.name for one in itself if any(one == relation.expression for relation in provides))
    return own, [relation for relation in provides if relation.expression not in itself]


class _Exactly(Versions):
    """A package in all of its versions; ``names`` are those that it provides in its own version."""

    def __init__(self, names: Collection[str], others: Iterable[Relation]) -> None:
        self._names = names
        self._others = Provider(others)

    def holds(self, constraint: Constraint) -> Spread:
        """Return the versions in which it meets a constraint."""
        if constraint.name in self._names:
            operator = constraint.operator
            named = VersionSet.full() if operator is None else range_of(operator.value, constraint.version)
            if named != VersionSet.full() and self._others.holds(constraint):
                named = VersionSet.full()
            return Spread(named, ~named)
        return Spread.of(self._others.holds(constraint))


class _Outside:
    """The packages that are not given; ``value`` is the result of a relation on their names."""

    def __init__(self, brought: Collection[str], value: Truth) -> None:
        self._brought = brought
        self._value = value

    def holds(self, constraint: Constraint) -> Truth:
        """Return the value for a name that no given package provides, else False."""
        return False if constraint.name in self._brought else self._value
