"""The laws of translation: a set of releases becomes one set of a family's versions, however it was made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import RELEASES

from pkgguard.families.lookup import family
from pkgguard.generate.release_to_version import Translation
from pkgguard.manifest.model import Policy, Prereleases
from pkgguard.manifest.package_spec import Shipping
from pkgguard.versions.lookup import parse_release
from pkgguard.versions.sets import BOTTOM, TOP, Boundary, VersionSet

ALL = tuple(sorted(map(parse_release, RELEASES)))
FINAL = tuple(one for one in ALL if not one.prerelease)

families = pytest.mark.parametrize("name", ["deb", "rpm"])
translations = st.builds(
    lambda prereleases, known: (Policy(prereleases=prereleases), known),
    st.sampled_from(Prereleases),
    st.sampled_from((ALL, FINAL)),
)
boundaries = st.one_of(
    st.sampled_from((BOTTOM, TOP)),
    st.sampled_from(ALL).map(lambda one: one.boundary),
    st.sampled_from(ALL).map(lambda one: one.opening),
)
sets = st.lists(st.tuples(boundaries, boundaries), max_size=3).map(
    lambda pairs: VersionSet.union(VersionSet.between(low, high) for low, high in pairs)
)


def translation(name: str, drawn: tuple[Policy, tuple[object, ...]]) -> Translation:
    policy, known = drawn
    return Translation(family(name), Shipping(""), (), policy, known)  # type: ignore[arg-type]


@families
@given(translations)
def test_the_boundary_below_a_release_is_one_whichever_of_its_prereleases_it_was_made_from(
    name: str, drawn: tuple[Policy, tuple[object, ...]]
) -> None:
    final, first, second = (parse_release(text) for text in ("1.1.0", "1.1.0-rc.1", "1.1.0-rc.2"))
    made = translation(name, drawn)
    for make in (VersionSet.from_, VersionSet.until):
        found = {made.versions(make(one.opening)) for one in (final, first, second)}
        assert len(found) == 1


@families
@given(drawn=translations, one=sets, other=sets)
def test_equal_sets_become_equal_sets(
    name: str, drawn: tuple[Policy, tuple[object, ...]], one: VersionSet, other: VersionSet
) -> None:
    made = translation(name, drawn)
    again = (one | other) - (other - one)
    assert again == one
    assert made.versions(again) == made.versions(one)
    assert repr(made.versions(again)) == repr(made.versions(one))


@families
@given(drawn=translations, some=sets)
def test_a_release_that_is_outside_stays_outside(
    name: str, drawn: tuple[Policy, tuple[object, ...]], some: VersionSet
) -> None:
    made = translation(name, drawn)
    versions = made.versions(some)
    for release in drawn[1]:
        held = made.positions[release.text] in versions  # type: ignore[attr-defined]
        assert not held or release.boundary in some  # type: ignore[attr-defined]


@families
def test_a_side_that_no_release_has_is_refused(name: str) -> None:
    made = Translation(family(name), Shipping(""), (), Policy(), ALL)
    after = Boundary.after(parse_release("1.1.0").key)
    for some in (VersionSet.from_(after), VersionSet.until(after)):
        with pytest.raises(ValueError, match="is not before a release"):
            made.versions(some)
