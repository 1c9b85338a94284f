"""Whether a relation holds among some packages, in three values.

True and False are what rpm would find; None is for what cannot be known: the
file lists of packages, and names that may or may not be there. The rules are
those of rpm 4.18 (rpmdsCompare, unsatisfiedDepend), measured against
``rpm -i --test``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from pkgguard.budget import spend
from pkgguard.families.expression import (
    All_,
    Any_,
    Constraint,
    Expression,
    If,
    Operator,
    Unless,
    With,
    Without,
)
from pkgguard.families.rpm.rpm_facts import RPMLIB
from pkgguard.families.rpm.version import range_of
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pkgguard.families.interface import Relation

Truth: TypeAlias = bool | None
"""True, False, or None where it cannot be known."""

_ISA: Final = re.compile(r"\((?:[a-z0-9_]+-(?:32|64))\)")


def overlap(one: Constraint, other: Constraint) -> bool:
    """Return whether two bounds on one name have a version in common, by rpm's rule.

    A constraint without a bound overlaps everything. Two bounds overlap as sets
    of versions do, with a bound without a release standing for all releases;
    that is what rpmdsCompare decides case by case.
    """
    if one.operator is None or other.operator is None:
        return True
    return _ranges_meet(one.operator, one.version, other.operator, other.version)


def _ranges_meet(first: Operator, version: str, second: Operator, another: str) -> bool:
    return not range_of(first.value, version).is_disjoint(range_of(second.value, another))


def every(values: Iterable[Truth]) -> Truth:
    """Return the conjunction: False if any is False, else None if any is None."""
    result: Truth = True
    for value in values:
        if value is False:
            return False
        if value is None:
            result = None
    return result


def some(values: Iterable[Truth]) -> Truth:
    """Return the disjunction: True if any is True, else None if any is None."""
    result: Truth = False
    for value in values:
        if value is True:
            return True
        if value is None:
            result = None
    return result


def negation(value: Truth) -> Truth:
    """Return the opposite; of the unknown, the unknown."""
    return None if value is None else not value


class Holder(Protocol):
    """Something that may satisfy a constraint: a package, or the rest of the world."""

    def holds(self, constraint: Constraint) -> Truth:
        """Return whether it provides what the constraint names."""


class Provider:
    """A package whose Provides are known, and whose file list is not.

    ``label`` is its name and version, ``provides`` its Provides relations.
    """

    def __init__(self, label: str, provides: Iterable[Relation]) -> None:
        self.label = label
        self._provides: dict[str, list[Constraint]] = {}
        self._unions: dict[str, VersionSet] = {}
        for relation in provides:
            if isinstance(relation.expression, Constraint):
                self._provides.setdefault(relation.expression.name, []).append(relation.expression)

    def names(self, constraint: Constraint) -> bool:
        """Return whether it provides the name, in whatever version."""
        return constraint.name in self._provides

    def holds(self, constraint: Constraint) -> Truth:
        """Return whether one of its Provides overlaps; None for a path, which may be a file of it."""
        if self.names(constraint) and (
            constraint.operator is None
            or _touches(self._union(constraint.name), range_of(constraint.operator.value, constraint.version))
        ):
            return True
        return None if constraint.name.startswith("/") else False

    def _union(self, name: str) -> VersionSet:
        """Return all the versions in which a name is provided, worked out once."""
        if name not in self._unions:
            own = self._provides[name]
            self._unions[name] = (
                VersionSet.full()
                if any(one.operator is None for one in own)
                else VersionSet.union(
                    range_of(one.operator.value, one.version) for one in own if one.operator
                )
            )
        return self._unions[name]


def _touches(provided: VersionSet, wanted: VersionSet) -> bool:
    """Return whether a union of many intervals and a few intervals have a version in common, by bisection."""
    for low, high in wanted.intervals():
        place = bisect_right(provided.boundaries, low)
        if place % 2 or (place < len(provided.boundaries) and provided.boundaries[place] < high):
            return True
    return False


class Assumed:
    """Packages taken to be there: ``value`` is what every relation on their names finds.

    What is ``ruled_out`` is met by none of them.
    """

    def __init__(
        self, names: Collection[str], value: Truth, ruled_out: Collection[Constraint] = frozenset()
    ) -> None:
        self._names = frozenset(names)
        self._value = value
        self._ruled_out = ruled_out

    def holds(self, constraint: Constraint) -> Truth:
        """Return the value for an assumed name that is not ruled out, False for every other."""
        there = constraint.name in self._names and constraint not in self._ruled_out
        return self._value if there else False


class Elsewhere:
    """All packages that are not spoken of: they provide none of the ``known`` names, maybe any other."""

    def __init__(self, name: str, known: Collection[str]) -> None:
        self._name = name
        self._known = known

    def holds(self, constraint: Constraint) -> Truth:
        """Return False for the peer's names, None for any other."""
        own, _ = owner_of(constraint.name, self._name)
        return False if own or constraint.name in self._known else None


def owner_of(name: str, package: str) -> tuple[bool, bool]:
    """Return whether a name is that of the package, plainly or with an isa, and whether with an isa."""
    if not name.startswith(package):
        return False, False
    isa = _ISA.fullmatch(name, len(package)) is not None
    return isa or name == package, isa


class World:
    """Everything that may satisfy a relation, and how rpm asks it.

    ``positive`` are the holders for requirements, ``negative`` those for
    Conflicts, ``transaction`` says whether all of them arrive in one
    transaction, in which a ``Requires(pretrans)`` is met by none.
    """

    def __init__(
        self, positive: Mapping[object, Holder], negative: Mapping[object, Holder], *, transaction: bool
    ) -> None:
        self._positive = positive
        self._negative = negative
        self._transaction = transaction

    def requirement(self, expression: Expression, *, pretrans: bool = False) -> Truth:
        """Return whether a requirement is satisfied."""
        holders = () if pretrans and self._transaction else tuple(self._positive.values())
        return _Question(holders, features=True).ask(expression)

    def conflict(self, expression: Expression, owner: object) -> Truth:
        """Return whether a Conflicts of ``owner`` is triggered.

        rpm keeps a package out of its own plain Conflicts, but not out of its
        rich ones: a package that provides ``slot`` cannot be installed at all
        if it says ``Conflicts: (slot or x)``.
        """
        plain = isinstance(expression, Constraint)
        holders = tuple(holder for name, holder in self._negative.items() if not (plain and name == owner))
        return _Question(holders, features=plain).ask(expression)


class _Question:
    def __init__(self, holders: tuple[Holder, ...], *, features: bool) -> None:
        self._holders = holders
        self._features = features

    def ask(self, expression: Expression) -> Truth:
        spend()
        match expression:
            case Constraint(name):
                if self._features and name.startswith("rpmlib("):
                    return feature(expression)
                return some(holder.holds(expression) for holder in self._holders)
            case All_(of):
                return every(self.ask(part) for part in of)
            case Any_(of):
                return some(self.ask(part) for part in of)
            case With() | Without():
                return some(self._member(expression, holder) for holder in self._holders)
            case If(then, condition, otherwise):
                return self._choose(condition, then, otherwise, default=True)
            case Unless(then, condition, otherwise):
                return self._choose(condition, otherwise, then, default=False)

    def _choose(
        self, condition: Expression, here: Expression | None, there: Expression | None, *, default: bool
    ) -> Truth:
        """Return ``here`` where the condition holds, else ``there``; an absent one is the default."""
        asked = self.ask(condition)
        if asked is not None:
            chosen = here if asked else there
            return default if chosen is None else self.ask(chosen)
        either = [default if one is None else self.ask(one) for one in (here, there)]
        return either[0] if either[0] == either[1] else None

    def _member(self, expression: Expression, holder: Holder) -> Truth:
        """Return whether one package is in the set that an expression describes."""
        match expression:
            case Constraint(name):
                if self._features and name.startswith("rpmlib("):
                    return False
                return holder.holds(expression)
            case With(of):
                return every(self._member(part, holder) for part in of)
            case Without(keep, drop):
                return every((self._member(keep, holder), negation(self._member(drop, holder))))
            case Any_(of):
                return some(self._member(part, holder) for part in of)
        # rpm's set mode knows no other operator and finds the empty set.
        return False


def feature(constraint: Constraint) -> bool:
    """Return whether rpm itself has the feature that a constraint on ``rpmlib(...)`` asks for."""
    version = RPMLIB.get(constraint.name)
    return version is not None and overlap(Constraint(constraint.name, Operator.EQUAL, version), constraint)
