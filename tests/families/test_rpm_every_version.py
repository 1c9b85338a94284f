"""The versions of a peer that a package admits, against the same rules asked of one version at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from pkgguard.families.expression import Constraint, Operator, constraints
from pkgguard.families.interface import Peer
from pkgguard.families.lookup import family
from pkgguard.families.rpm.three_valued import Elsewhere, Provider, Truth, World, owner_of
from pkgguard.families.rpm.version import range_of
from pkgguard.versions.sets import BOTTOM, TOP, Boundary

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pkgguard.families.interface import Package, Relation

RPM = family("rpm")
NAMES = st.sampled_from(["p", "p(x86-64)", "v", "w", "me", "rpmlib(FileDigests)"])
BOUND = st.tuples(st.sampled_from(["<", "<=", "=", ">=", ">"]), st.sampled_from(["1", "2-1", "2~", "3"]))


class Position:
    """A peer at one position of its order.

    ``name`` is the peer's name, ``at`` the position, ``provides`` its Provides
    there, ``known`` every name that is known to be the peer's or provided by it.
    """

    def __init__(self, name: str, at: Boundary, provides: Iterable[Relation], known: Collection[str]) -> None:
        self._name = name
        self._at = at
        self._static = Provider(provides)
        self._known = known

    def holds(self, constraint: Constraint) -> Truth:
        """Return whether the peer provides it; None for names of which nothing is known.

        A ``name(isa)`` is provided in the peer's own version or, by a package
        of another architecture, not at all.
        """
        own, isa = owner_of(constraint.name, self._name)
        if own and (constraint.operator is None or self._within(constraint)):
            return None if isa else True
        if self._static.holds(constraint):
            return True
        return False if own or constraint.name in self._known else None

    def _within(self, constraint: Constraint) -> bool:
        operator = constraint.operator or Operator.EQUAL
        return self._at in range_of(operator.value, constraint.version)


@st.composite
def plain(draw: st.DrawFn) -> str:
    name = draw(NAMES)
    return f"{name} {' '.join(draw(BOUND))}" if draw(st.booleans()) else name


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    word = st.sampled_from(["or", "and", "with", "without", "if", "unless"])
    chosen = st.tuples(inner, inner, inner).map(lambda of: f"({of[0]} if {of[1]} else {of[2]})")
    return st.tuples(inner, word, inner).map(lambda of: f"({' '.join(of)})") | chosen


CLAUSE = plain() | st.recursive(plain(), joined, max_leaves=5)


def slowly(package: Package, peer: Peer, position: Boundary) -> bool:
    """Return whether the package lets the peer in at one position, by asking each relation there."""
    known = {peer.name} | {
        one.name for _, said in peer.provides for clause in said for one in constraints(clause.expression)
    }
    there = [clause for versions, said in peer.provides if position in versions for clause in said]
    own = Provider([one for one in package.relations if one.field == "Provides"])
    holders = {
        "own": own,
        "peer": Position(peer.name, position, there, known),
        "elsewhere": Elsewhere(peer.name, known),
    }
    world = World(holders, holders, transaction=False)
    for relation in package.relations:
        if relation.field == "Requires" and world.requirement(relation.expression) is False:
            return False
        if relation.field == "Conflicts" and world.conflict(relation.expression, "own") is True:
            return False
    return True


@given(
    st.lists(CLAUSE, max_size=3),
    st.lists(CLAUSE, max_size=3),
    st.lists(st.tuples(BOUND, st.sampled_from(["v", "v = 2", "v = 3-1", "w"])), max_size=2),
    st.sampled_from(["v", "v = 2-1", "w = 1"]),
)
def test_a_peer_is_let_in_at_each_version_as_when_that_version_is_asked(
    requires: list[str], conflicts: list[str], provides: list[tuple[tuple[str, str], str]], own: str
) -> None:
    package = RPM.compose(
        "me", "1-1", "x86_64", {"Requires": requires, "Conflicts": conflicts, "Provides": [own]}
    )
    peer = Peer("p", tuple((range_of(*bound), RPM.parse("Provides", text)) for bound, text in provides))
    admitted = RPM.admitted(package, peer)
    boundaries = {
        boundary
        for relation in package.relations
        for one in constraints(relation.expression)
        if one.operator is not None
        for boundary in range_of(one.operator.value, one.version).boundaries
    }
    boundaries |= {boundary for versions, _ in peer.provides for boundary in versions.boundaries}
    for position in (boundaries | {BOTTOM}) - {TOP}:
        assert (position in admitted) is slowly(package, peer, position)
