"""The laws of sets of versions: their algebra, and what a boundary is."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from pkgguard.versions.sets import BOTTOM, TOP, Boundary, VersionSet

NUMBERS = range(6)
boundaries = st.one_of(
    st.sampled_from([BOTTOM, TOP]),
    st.builds(Boundary, st.just(0), st.tuples(st.sampled_from(NUMBERS)), st.sampled_from([0, 1])),
)
ranges = st.lists(st.tuples(boundaries, boundaries), max_size=5).map(
    lambda pairs: VersionSet.union(VersionSet.between(low, high) for low, high in pairs)
)
POSITIONS = [Boundary(0, (number,), side) for number in NUMBERS for side in (0, 1)] + [BOTTOM]


def members(some: VersionSet) -> set[Boundary]:
    """The positions at which an interval of the set can be found, by the definition."""
    return {
        position for position in POSITIONS if any(low <= position < high for low, high in some.intervals())
    }


def check_canonical(some: VersionSet) -> None:
    assert len(some.boundaries) % 2 == 0
    assert list(some.boundaries) == sorted(set(some.boundaries))


@given(ranges, ranges)
def test_operations_are_those_of_sets(one: VersionSet, other: VersionSet) -> None:
    everything = set(POSITIONS)
    for result, expected in (
        (one & other, members(one) & members(other)),
        (one | other, members(one) | members(other)),
        (one - other, members(one) - members(other)),
        (one ^ other, members(one) ^ members(other)),
        (~one, everything - members(one)),
    ):
        check_canonical(result)
        assert members(result) == expected


@given(ranges, ranges)
def test_relations_are_those_of_sets(one: VersionSet, other: VersionSet) -> None:
    assert (one <= other) == (members(one) <= members(other))
    assert (one >= other) == (members(one) >= members(other))
    assert one.is_disjoint(other) == members(one).isdisjoint(members(other))
    assert bool(one) == bool(members(one))
    assert (one == other) == (members(one) == members(other))


@given(ranges)
def test_holds_is_membership(some: VersionSet) -> None:
    assert {position for position in POSITIONS if position in some} == members(some)


@given(ranges)
def test_complement_is_its_own_inverse(some: VersionSet) -> None:
    assert ~~some == some
    assert some & ~some == VersionSet.empty()
    assert some | ~some == VersionSet.full()


@given(ranges)
def test_hull_and_gaps_make_up_the_set(some: VersionSet) -> None:
    holes = VersionSet.union(VersionSet.between(*gap) for gap in some.holes())
    assert some.span() - holes == some
    assert holes.is_disjoint(some)


@given(ranges)
def test_mapping_by_an_order_keeping_function_keeps_the_set(some: VersionSet) -> None:
    def doubled(boundary: Boundary) -> Boundary:
        return Boundary(0, (boundary.key[0] * 2,), boundary.side)

    mapped = some.map(doubled, doubled)
    check_canonical(mapped)
    for low, high in some.intervals():
        for position in POSITIONS[:-1]:
            if low <= position < high:
                assert doubled(position) in mapped


def test_a_range_is_hashable_and_immutable() -> None:
    assert len({VersionSet.empty(), VersionSet.full(), VersionSet.empty()}) == 2


def test_nothing_of_a_boundary_is_left_out_of_its_comparison() -> None:
    """Two that are equal cannot differ in anything, and so neither can two equal sets."""
    assert Boundary._fields == ("rank", "key", "side")
    assert len({Boundary(0), Boundary(1), Boundary(0, (1,)), Boundary(0, (), 1)}) == 4
    assert all(one.compare for one in fields(VersionSet))


@given(ranges, ranges)
def test_equal_sets_are_made_of_equal_parts(one: VersionSet, other: VersionSet) -> None:
    again = (one | other) - (other - one)
    assert again == one
    assert (hash(again), repr(again)) == (hash(one), repr(one))


@given(boundaries, boundaries)
def test_a_boundary_knows_its_version_and_its_side(one: Boundary, other: Boundary) -> None:
    assert (one == other) == ((one.rank, one.key, one.side) == (other.rank, other.key, other.side))
    if one.rank == other.rank == 0 and one.key == other.key:
        assert (one < other) == (one.side < other.side)
