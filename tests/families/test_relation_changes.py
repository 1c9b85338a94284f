"""The difference between two lists of relations, applied to the old list, gives the new one."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pkgguard.families.interface import Relation
from pkgguard.families.lookup import family
from pkgguard.families.relation_changes import RelationChange, relation_changes

CLAUSES = ("a", "a (>= 1)", "a (>= 2)", "a (<< 3)", "b", "b (>= 1) | a", "a | b")
LISTS = st.lists(
    st.builds(
        lambda field, text: family("deb").parse(field, text)[0],
        st.sampled_from(("Depends", "Recommends")),
        st.sampled_from(CLAUSES),
    ),
    max_size=8,
)


def applied(old: list[Relation], changes: tuple[RelationChange, ...]) -> Counter[Relation]:
    found = Counter(old)
    for one in changes:
        if one.old is not None:
            assert found[one.old] > 0
            found[one.old] -= 1
        if one.new is not None:
            found[one.new] += 1
    return +found


@given(old=LISTS, new=LISTS)
def test_applied_to_the_old_relations_it_gives_the_new_ones(old: list[Relation], new: list[Relation]) -> None:
    changes = relation_changes(old, new)
    assert applied(old, changes) == Counter(new)
    for one in changes:
        assert one.old is None or one.new is None or one.old.field == one.new.field == one.field


@given(some=LISTS, data=st.data())
def test_another_order_is_no_change(some: list[Relation], data: st.DataObject) -> None:
    assert relation_changes(some, data.draw(st.permutations(some))) == ()


def test_another_bound_on_the_same_package_is_one_change() -> None:
    old = family("deb").parse("Depends", "a (>= 1), c")
    new = family("deb").parse("Depends", "b, a (>= 2)")
    assert [tuple(part and str(part) for part in one) for one in relation_changes(old, new)] == [
        ("Depends: a (>= 1)", "Depends: a (>= 2)"),
        ("Depends: c", None),
        (None, "Depends: b"),
    ]


def test_another_spelling_is_no_change() -> None:
    assert relation_changes(*(family("deb").parse("Depends", text) for text in ("a(>=1)", "a (>= 1)"))) == ()
