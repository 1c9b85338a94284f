"""Whether a relation holds with a peer, for all versions of the peer at once.

:class:`~pkgguard.families.rpm.three_valued.World` answers the same for one version.
This module has the same rules, but computes with sets of versions, so a relation with
many bounds costs little more than sorting them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from pkgguard.budget import spend
from pkgguard.families.expression import (
    All_,
    Any_,
    Constraint,
    Expression,
    If,
    Unless,
    With,
    Without,
)
from pkgguard.families.rpm.three_valued import feature, overlap, owner_of
from pkgguard.families.rpm.version import range_of
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pkgguard.families.interface import Peer
    from pkgguard.families.rpm.three_valued import Holder, Truth


class Spread(NamedTuple):
    """The versions for which something is true and those for which it is false; for others it is unknown."""

    true: VersionSet
    false: VersionSet

    @classmethod
    def of(cls, truth: Truth) -> Spread:
        """Return the spread of one value for every version."""
        return _CONSTANT[truth]

    def opposite(self) -> Spread:
        """Return the negation."""
        return Spread(self.false, self.true)


def _intersection(ranges: Iterable[VersionSet]) -> VersionSet:
    return ~VersionSet.union(~one for one in ranges)


def every(values: Iterable[Spread]) -> Spread:
    """Return the conjunction."""
    listed = list(values)
    return Spread(_intersection(one.true for one in listed), VersionSet.union(one.false for one in listed))


def some(values: Iterable[Spread]) -> Spread:
    """Return the disjunction."""
    listed = list(values)
    return Spread(VersionSet.union(one.true for one in listed), _intersection(one.false for one in listed))


class Versions:
    """A peer in all of its versions; ``known`` are its own and its provided names."""

    def __init__(self, peer: Peer, known: Collection[str]) -> None:
        self._name = peer.name
        self._known = known
        self._provides: dict[str, list[tuple[VersionSet, Constraint]]] = {}
        for versions, clauses in peer.provides:
            for clause in clauses:
                if isinstance(clause.expression, Constraint):
                    provided = self._provides.setdefault(clause.expression.name, [])
                    provided.append((versions, clause.expression))

    def holds(self, constraint: Constraint) -> Spread:
        """Return the versions in which the peer meets a constraint.

        A ``name(isa)`` is provided in the peer's own version or, by a package of
        another architecture, not at all.
        """
        own, isa = owner_of(constraint.name, self._name)
        named = VersionSet.empty()
        if own:
            operator = constraint.operator
            named = VersionSet.full() if operator is None else range_of(operator.value, constraint.version)
        provided = VersionSet.union(
            versions
            for versions, provide in self._provides.get(constraint.name, ())
            if overlap(provide, constraint)
        )
        known = own or constraint.name in self._known
        any_of_them = named | provided if provided else named
        true = provided - named if isa else any_of_them
        return Spread(true, ~any_of_them if known else VersionSet.empty())


_Side: TypeAlias = "Versions | Holder"


class Question:
    """Evaluates an expression with holders; ``features`` is whether rpm's own features count."""

    def __init__(self, holders: Sequence[_Side], *, features: bool) -> None:
        self._holders = holders
        self._features = features

    def ask(self, expression: Expression) -> Spread:
        """Return the versions of the peer for which an expression holds."""
        spend()
        match expression:
            case Constraint(name):
                if self._features and name.startswith("rpmlib("):
                    return Spread.of(feature(expression))
                return self._provided(expression)
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

    def _provided(self, constraint: Constraint) -> Spread:
        """Return the disjunction over the holders; only the peer's answer depends on its version."""
        unknown = False
        spread = _CONSTANT[False]
        for holder in self._holders:
            if isinstance(holder, Versions):
                spread = holder.holds(constraint)
                continue
            truth = holder.holds(constraint)
            if truth:
                return _CONSTANT[True]
            unknown |= truth is None
        return Spread(spread.true, VersionSet.empty()) if unknown else spread

    def _choose(
        self, condition: Expression, here: Expression | None, there: Expression | None, *, default: bool
    ) -> Spread:
        asked = self.ask(condition)
        one, other = (Spread.of(default) if each is None else self.ask(each) for each in (here, there))
        return Spread(
            VersionSet.union((asked.true & one.true, asked.false & other.true, one.true & other.true)),
            VersionSet.union((asked.true & one.false, asked.false & other.false, one.false & other.false)),
        )

    def _member(self, expression: Expression, holder: _Side) -> Spread:
        spend()
        match expression:
            case Constraint(name):
                if self._features and name.startswith("rpmlib("):
                    return Spread.of(False)
                return _said(holder, expression)
            case With(of):
                return every(self._member(part, holder) for part in of)
            case Without(keep, drop):
                return every((self._member(keep, holder), self._member(drop, holder).opposite()))
            case Any_(of):
                return some(self._member(part, holder) for part in of)
        return Spread.of(False)


def _said(holder: _Side, constraint: Constraint) -> Spread:
    if isinstance(holder, Versions):
        return holder.holds(constraint)
    return Spread.of(holder.holds(constraint))


_CONSTANT: Final[dict[Truth, Spread]] = {
    True: Spread(VersionSet.full(), VersionSet.empty()),
    False: Spread(VersionSet.empty(), VersionSet.full()),
    None: Spread(VersionSet.empty(), VersionSet.empty()),
}
