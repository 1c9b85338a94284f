"""The laws of encoders: what they write admits nothing that was not allowed, and says what it gives up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from version_texts import COMMON

from pkgguard.families.interface import AllowedVersions, EncodedRelations, GuardRequirements, Package, Peer
from pkgguard.families.lookup import family
from pkgguard.versions.sets import BOTTOM, TOP, Boundary, VersionSet

TARGETS = [("deb", "deb"), ("rpm", "rpm"), ("rpm", "rpm-legacy")]
with_targets = pytest.mark.parametrize(("name", "target"), TARGETS)


def ends(name: str) -> st.SearchStrategy[Boundary]:
    """Draw the ends of bounds of each operator, and so both sides of a version."""
    made = st.builds(
        family(name).range_of, st.sampled_from(("<", "<=", "=", ">=", ">")), st.sampled_from(COMMON[name])
    )
    return st.one_of(
        st.sampled_from((BOTTOM, TOP)), made.flatmap(lambda one: st.sampled_from(one.boundaries))
    )


def sets(name: str) -> st.SearchStrategy[VersionSet]:
    pairs = st.lists(st.tuples(ends(name), ends(name)), max_size=3)
    return pairs.map(lambda some: VersionSet.union(VersionSet.between(low, high) for low, high in some))


def encoded(name: str, target: str, versions: VersionSet, *, required: bool) -> EncodedRelations:
    allowed = AllowedVersions("p", versions)
    require = ((allowed,),) if required else ()
    return family(name).encode(GuardRequirements(require=require, refuse=(allowed,)), target)


def admitted(name: str, relations: EncodedRelations) -> VersionSet:
    package = Package(name, "own", "1-1", "amd64" if name == "deb" else "x86_64", relations.relations)
    return family(name).admitted(package, Peer("p"))


@with_targets
@pytest.mark.parametrize("required", [True, False])
@given(data=st.data())
def test_what_is_written_is_what_is_allowed_or_less_and_then_it_says_so(
    name: str, target: str, required: bool, data: st.DataObject
) -> None:
    versions = data.draw(sets(name))
    found = encoded(name, target, versions, required=required)
    let_in = admitted(name, found)
    assert let_in <= versions
    assert let_in == versions or found.losses


@with_targets
@pytest.mark.parametrize("own", ["1.0", "3.0", ""])
def test_what_cannot_be_said_costs_the_release_of_the_package_s_own_number_last(
    name: str, target: str, own: str
) -> None:
    """3.0 and 4.0 are more than 1.0; the hole is at 2.0."""
    kind = family(name)
    known = {text: kind.range_of(">=", text).boundaries[0] for text in ("1.0", "2.0", "3.0", "4.0")}
    hole = VersionSet.between(known["2.0"], known["3.0"])
    allowed = AllowedVersions("p", VersionSet.from_(known["1.0"]) - hole, known, own=own)
    found = kind.encode(GuardRequirements(refuse=(allowed,)), target)
    let_in = [text for text, position in known.items() if position in admitted(name, found)]
    lossless = {"rpm": ["1.0", "3.0", "4.0"]}
    assert let_in == lossless.get(target, ["1.0"] if own == "1.0" else ["3.0", "4.0"])
    assert [loss.releases for loss in found.losses] == (
        [] if target in lossless else [tuple(text for text in lossless["rpm"] if text not in let_in)]
    )


@with_targets
@given(data=st.data())
def test_equal_sets_are_written_alike(name: str, target: str, data: st.DataObject) -> None:
    kind = family(name)
    key = kind.key(data.draw(st.sampled_from(COMMON[name])))
    alike = [text for text in COMMON[name] if kind.key(text) == key]
    for operator in ("<", "<=", "=", ">=", ">"):
        one, *others = (kind.range_of(operator, text) for text in alike)
        assert all(other == one for other in others)
        texts = {
            tuple(map(str, encoded(name, target, other, required=True).relations)) for other in (one, *others)
        }
        assert len(texts) == 1


def test_some_of_the_versions_are_alike() -> None:
    for name, texts in COMMON.items():
        assert len({family(name).key(text) for text in texts}) < len(texts) - 2


@pytest.mark.parametrize(
    ("name", "operator", "positive", "negative"),
    [
        ("deb", ">", ["Depends: p (>> 1.0)"], ["Breaks: p (<= 1.0)"]),
        ("deb", "<=", ["Depends: p (<= 1.0)"], ["Breaks: p (>> 1.0)"]),
        ("rpm", ">", ["Requires: p > 1.0"], ["Conflicts: p <= 1.0"]),
        ("rpm", "<=", ["Requires: p <= 1.0"], ["Conflicts: p > 1.0"]),
    ],
)
def test_a_boundary_after_a_version_is_written_as_one(
    name: str, operator: str, positive: list[str], negative: list[str]
) -> None:
    found = encoded(name, name, family(name).range_of(operator, "1.0"), required=True)
    assert [str(one) for one in found.relations] == positive + negative


def test_a_side_that_rpm_has_no_bound_for_is_refused() -> None:
    between = VersionSet.from_(Boundary.after(family("rpm").key("1.0")))
    with pytest.raises(ValueError, match=r"no bound is between 1\.0 and its releases"):
        encoded("rpm", "rpm", between, required=True)
