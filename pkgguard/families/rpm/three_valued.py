"""Whether a relation holds among some packages: True, False or unknown.

True and False are rpm's results. None means unknown, because of the file lists of
packages or of names that may be present or absent. The rules are those of rpm 4.18
(rpmdsCompare, unsatisfiedDepend), measured against ``rpm -i --test``.
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
"""True, False, or None if it is not known."""

_ISA: Final = re.compile(r"\((?:[a-z0-9_]+-(?:32|64))\)")


def overlap(one: Constraint, other: Constraint) -> bool:
    """Return whether two bounds on one name have a version in common, as in rpm.

    A constraint without a bound overlaps everything. Two bounds overlap as sets of
    versions do, and a bound without a release covers all releases. rpmdsCompare decides
    the same case by case.
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
    """Return the opposite; None stays None."""
    return None if value is None else not value


class Holder(Protocol):
    """Something that may satisfy a constraint: a package, or the rest of the world."""

    def holds(self, constraint: Constraint) -> Truth:
        """Return whether it meets the constraint."""


class Provider:
    """A package with known Provides and an unknown file list."""

    def __init__(self, provides: Iterable[Relation]) -> None:
        self._provides: dict[str, list[Constraint]] = {}
        self._unions: dict[str, VersionSet] = {}
        for relation in provides:
            if isinstance(relation.expression, Constraint):
                self._provides.setdefault(relation.expression.name, []).append(relation.expression)

    def names(self, constraint: Constraint) -> bool:
        """Return whether it provides the name, in any version."""
        return constraint.name in self._provides

    def holds(self, constraint: Constraint) -> Truth:
        """Return whether one of its Provides overlaps; None for a path, which may be one of its files."""
        if self.names(constraint) and (
            constraint.operator is None
            or _touches(self._union(constraint.name), range_of(constraint.operator.value, constraint.version))
        ):
            return True
        return None if constraint.name.startswith("/") else False

    def _union(self, name: str) -> VersionSet:
        """Return all the versions in which a name is provided, computed once."""
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
    """Return whether many intervals and a few intervals have a version in common, by bisection."""
    for low, high in wanted.intervals():
        place = bisect_right(provided.boundaries, low)
        if place % 2 or (place < len(provided.boundaries) and provided.boundaries[place] < high):
            return True
    return False


class Assumed:
    """Packages that are assumed to be present; ``value`` is the result of every relation on their names.

    They do not meet the constraints in ``ruled_out``.
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
    """All other packages: they provide none of the ``known`` names, but maybe any other name."""

    def __init__(self, name: str, known: Collection[str]) -> None:
        self._name = name
        self._known = known

    def holds(self, constraint: Constraint) -> Truth:
        """Return False for the peer's names, None for any other."""
        own, _ = owner_of(constraint.name, self._name)
        return False if own or constraint.name in self._known else None


def owner_of(name: str, package: str) -> tuple[bool, bool]:
    """Return whether a name is that of the package, with or without an isa, and whether it has an isa."""
    if not name.startswith(package):
        return False, False
    isa = _ISA.fullmatch(name, len(package)) is not None
    return isa or name == package, isa


class World:
    """Everything that may satisfy a relation, and rpm's rules for it.

    ``positive`` are the holders for requirements, ``negative`` those for Conflicts.
    ``transaction`` is whether all of them are installed in one transaction, so that
    none of them meets a ``Requires(pretrans)``.
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

        In rpm, a package is exempt from its own plain Conflicts, but not from its rich
        ones: a package that provides ``slot`` cannot be installed at all with
        ``Conflicts: (slot or x)``.
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
        """Return ``here`` if the condition holds, else ``there``; an absent branch is the default."""
        asked = self.ask(condition)
        if asked is not None:
            chosen = here if asked else there
            return default if chosen is None else self.ask(chosen)
        either = [default if one is None else self.ask(one) for one in (here, there)]
        return either[0] if either[0] == either[1] else None

    def _member(self, expression: Expression, holder: Holder) -> Truth:
        """Return whether a single package satisfies an expression."""
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
        # rpm's set mode does not know other operators, and returns the empty set.
        return False


def feature(constraint: Constraint) -> bool:
    """Return whether rpm itself has the feature that a constraint on ``rpmlib(...)`` requires."""
    version = RPMLIB.get(constraint.name)
    return version is not None and overlap(Constraint(constraint.name, Operator.EQUAL, version), constraint)
