"""The laws of the range algebra."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pkgguard.versions.sets import BOTTOM, TOP, Cut, Range, cells

NUMBERS = range(6)
cuts = st.one_of(
    st.sampled_from([BOTTOM, TOP]),
    st.builds(Cut, st.just(0), st.tuples(st.sampled_from(NUMBERS)), st.sampled_from([0, 1])),
)
ranges = st.lists(st.tuples(cuts, cuts), max_size=5).map(
    lambda pairs: Range.union(Range.between(low, high) for low, high in pairs)
)
POSITIONS = [Cut(0, (number,), side) for number in NUMBERS for side in (0, 1)] + [BOTTOM]


def members(some: Range) -> set[Cut]:
    """The positions at which an interval of the set can be found, by the definition."""
    return {
        position for position in POSITIONS if any(low <= position < high for low, high in some.intervals())
    }


def check_canonical(some: Range) -> None:
    assert len(some.cuts) % 2 == 0
    assert list(some.cuts) == sorted(set(some.cuts))


@given(ranges, ranges)
def test_operations_are_those_of_sets(one: Range, other: Range) -> None:
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
def test_relations_are_those_of_sets(one: Range, other: Range) -> None:
    assert (one <= other) == (members(one) <= members(other))
    assert (one >= other) == (members(one) >= members(other))
    assert one.is_disjoint(other) == members(one).isdisjoint(members(other))
    assert bool(one) == bool(members(one))
    assert (one == other) == (members(one) == members(other))


@given(ranges)
def test_holds_is_membership(some: Range) -> None:
    assert {position for position in POSITIONS if some.holds(position)} == members(some)


@given(ranges)
def test_complement_is_its_own_inverse(some: Range) -> None:
    assert ~~some == some
    assert some & ~some == Range.nothing()
    assert some | ~some == Range.everything()


@given(ranges)
def test_hull_and_gaps_make_up_the_set(some: Range) -> None:
    holes = Range.union(Range.between(*gap) for gap in some.gaps())
    assert some.hull() - holes == some
    assert holes.is_disjoint(some)


@given(st.lists(cuts))
def test_cells_divide_everything(some: list[Cut]) -> None:
    parts = cells(some)
    assert Range.union(parts) == Range.everything()
    assert all(one.is_disjoint(other) for one in parts for other in parts if one is not other)
    assert all(len(part.cuts) == 2 for part in parts)


@given(ranges)
def test_mapping_by_an_order_keeping_function_keeps_the_set(some: Range) -> None:
    def doubled(cut: Cut) -> Cut:
        return Cut(0, (cut.key[0] * 2,), cut.side)

    mapped = some.map(doubled, doubled)
    check_canonical(mapped)
    for low, high in some.intervals():
        for position in POSITIONS[:-1]:
            if low <= position < high:
                assert mapped.holds(doubled(position))


def test_a_range_is_hashable_and_immutable() -> None:
    assert len({Range.nothing(), Range.everything(), Range.nothing()}) == 2
