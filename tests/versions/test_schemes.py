"""Release schemes: found by name, and a project's own numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgguard.errors import VersionError
from pkgguard.families.lookup import family
from pkgguard.versions.lookup import make_scheme, names, scheme_class
from pkgguard.versions.release import SchemeSettings
from pkgguard.versions.release_sets import from_branches, span_of

NUMBERS = scheme_class("numbers")
numbers = st.lists(st.integers(0, 30), min_size=1, max_size=4).map(lambda some: ".".join(map(str, some)))
padded = st.lists(st.sampled_from(["0", "1", "01", "3", "03", "10", "010"]), min_size=1, max_size=4).map(
    ".".join
)
words = st.sampled_from(["", "rc1", "rc2", "rc10", "beta3", "p1", "p2", "k"])


def test_schemes_are_found_by_being_there() -> None:
    assert names() == ("numbers", "semver")
    assert all(scheme_class(name).name == name for name in names())


@given(padded)
def test_zeros_before_and_after_make_no_difference(text: str) -> None:
    scheme = NUMBERS()
    plain = ".".join(str(int(number)) for number in text.split("."))
    assert scheme.parse(text) == scheme.parse(plain) == scheme.parse(f"{plain}{'.0' * (3 - text.count('.'))}")
    assert str(scheme.parse(text)) == text


@pytest.mark.parametrize("kind", ["deb", "rpm"])
@given(numbers, words, numbers, words)
def test_the_order_of_releases_is_that_of_their_versions(
    kind: str, one: str, word: str, other: str, another: str
) -> None:
    """Two texts of one release are two versions, so they are left out."""
    scheme, releases = NUMBERS(), family(kind).releases
    first, second = scheme.parse(one + word), scheme.parse(other + another)
    keys = [family(kind).key(releases.write(release)) for release in (first, second)]
    if first.numbers != second.numbers or one == other:
        assert (first < second) == (keys[0] < keys[1])


@given(numbers, words)
def test_a_release_is_found_again_by_its_key(text: str, word: str) -> None:
    scheme = NUMBERS()
    release = scheme.parse(text + word)
    assert scheme.release_at(release.boundary) == release
    assert scheme.release_at(release.opening).final == scheme.with_key(release.key).final
    assert release < release.next_patch
    scheme.know([release])
    assert scheme.release_at(release.boundary).text == text + word


@pytest.mark.parametrize(
    "text",
    ["", "1.2.3.4.5", "1.", ".1", "v1", "1..2", "9.2-p1", "1_", "1.0\n", "\u0661.0", f"1.{'9' * 19}", "p1"],
)
def test_what_is_no_release_is_refused(text: str) -> None:
    with pytest.raises(VersionError):
        NUMBERS().parse(text)


@pytest.mark.parametrize(
    ("releases", "branch", "names_branch"),
    [
        (["252", "253"], 0, 1),
        (["15.4", "15.20"], 0, 1),
        (["23.03.1"], 0, 2),
        (["0.6.5.9"], 0, 2),
        (["0.6.5.9"], 3, 3),
        (["9.2p1"], 0, 1),
    ],
)
def test_a_branch_is_named_by_all_numbers_but_the_last_and_two_at_most(
    releases: list[str], branch: int, names_branch: int
) -> None:
    assert make_scheme("numbers", SchemeSettings(branch), releases).branch == names_branch


def test_branches_end_where_their_numbers_rise() -> None:
    scheme = make_scheme("numbers", SchemeSettings(), ["14.2", "15.4"])
    held = from_branches(map(scheme.parse, ["14.2", "16.1"]))
    texts = ("14.1", "14.2", "14.99", "15", "15.9", "16", "16.1", "17")
    assert [text for text in texts if scheme.parse(text).boundary in held] == [
        "14.2",
        "14.99",
        "16.1",
        "17",
    ]


def test_a_window_is_between_branches() -> None:
    scheme = make_scheme("numbers", SchemeSettings(), ["14.2", "15.4"])
    held = scheme.parse("15.4").branches(1, 1)
    texts = ("13.9", "14.0", "15.99", "16.5", "17")
    assert [text for text in texts if scheme.parse(text).boundary in held] == ["14.0", "15.99", "16.5"]


def test_the_span_of_a_release_ends_at_the_next_possible_one() -> None:
    scheme = make_scheme("numbers", SchemeSettings(), ["15.4", "15.20"])
    known = [scheme.parse(text) for text in ("15.4", "15.20")]
    assert str(known[1].next_patch) == "15.21"
    assert scheme.parse("15.4.1").boundary in span_of(known[0], known)
    assert scheme.parse("15.5").boundary not in span_of(known[0], known)


def test_a_project_has_words_of_its_own() -> None:
    scheme = make_scheme("numbers", SchemeSettings(0, ("test",), ("lts",)), ["1.2"])
    assert scheme.parse("1.2test1") < scheme.parse("1.2")
    assert NUMBERS().parse("1.2test1") > NUMBERS().parse("1.2")
