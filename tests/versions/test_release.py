"""Releases: semver's precedence, neighbours and branches."""

from __future__ import annotations

import pytest
import semver
from hypothesis import given
from hypothesis import strategies as st

from pkgguard.errors import VersionError
from pkgguard.versions.lookup import parse_release
from pkgguard.versions.nearest import nearest_releases
from pkgguard.versions.release_sets import from_branches, span_of

numbers = st.integers(0, 12)
identifiers = st.sampled_from(["alpha", "beta", "rc1", "rc10", "rc2", "1", "2", "10", "x-y"])
releases = st.builds(
    lambda major, minor, patch, pre: f"{major}.{minor}.{patch}" + (f"-{'.'.join(pre)}" if pre else ""),
    numbers,
    numbers,
    numbers,
    st.lists(identifiers, max_size=3),
)


@given(releases, releases)
def test_order_is_semver_precedence(one: str, other: str) -> None:
    expected = semver.VersionInfo.parse(one).compare(other)
    ours = parse_release(one), parse_release(other)
    assert (ours[0] > ours[1]) - (ours[0] < ours[1]) == expected


@pytest.mark.parametrize(
    "text", ["1.0", "v1.0.0", "1.0.0+build", "01.0.0", "", "1.0.0-", "1.0.0\n", "1\u0661.0.0", None]
)
def test_what_is_no_release_is_refused(text: object) -> None:
    with pytest.raises(VersionError):
        parse_release(text)  # type: ignore[arg-type]


def test_branches_end_with_their_minor_series() -> None:
    held = from_branches(map(parse_release, ["1.2.0", "1.0.5"]))
    inside = [text for text in ("1.0.4", "1.0.5", "1.0.9", "1.1.0", "1.1.9", "1.2.0", "2.0.0")
              if parse_release(text).boundary in held]  # fmt: skip
    assert inside == ["1.0.5", "1.0.9", "1.2.0", "2.0.0"]


def test_between_a_branch_and_the_main_line_that_follows_lie_prereleases_only() -> None:
    held = from_branches(map(parse_release, ["1.1.0", "1.0.5"]))
    ((low, high),) = held.holes()
    assert (low, high) == (parse_release("1.1.0").opening, parse_release("1.1.0").boundary)
    assert parse_release("1.1.0-rc1").boundary not in held


def test_the_span_of_a_release_ends_at_the_next() -> None:
    known = [parse_release(text) for text in ("1.0.0", "1.0.1-rc1", "1.0.1")]
    span = span_of(known[0], known)
    assert known[0].boundary in span
    assert known[1].boundary not in span
    assert parse_release("1.0.2").boundary not in span_of(known[2], known)


@pytest.mark.parametrize(
    ("text", "best"), [("1.1.7", "1.1.0"), ("3", "2.0.0"), ("1.0.9~rc1", "1.0.0"), ("nonsense", "1.0.0")]
)
def test_the_nearest_release_is_near(text: str, best: str) -> None:
    known = [parse_release(one) for one in ("1.0.0", "1.1.0", "2.0.0")]
    assert nearest_releases(text, known)[0] == best
