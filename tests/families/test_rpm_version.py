"""The order of rpm versions; expected results are those of rpm 4.18's labelCompare."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pkgguard.errors import VersionError
from pkgguard.families.rpm.version import HIGH, LOW, key, range_of, split
from pkgguard.versions.sets import Boundary

SEGMENT = st.sampled_from(
    ["0", "1", "2", "10", "01", "9", "a", "b", "rc", "Z", ".", "_", "+", "~", "^", "^git"]
)
PART = st.lists(SEGMENT, min_size=1, max_size=6).map("".join).map(lambda text: re.sub(r"\.{2,}", ".", text))
VERSION = st.builds(
    lambda epoch, upstream, release: epoch + upstream + release,
    st.sampled_from(["", "", "0:", "1:", "01:"]),
    PART,
    st.one_of(st.just(""), PART.map("-{}".format)),
)
OPERATORS = ["<", "<=", "=", ">=", ">"]


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("1.0", "1.1"),
        ("1.9", "1.10"),
        ("1.0~rc1", "1.0"),
        ("1.0~~", "1.0~"),
        ("1.0~", "1.0~rc1"),
        ("1.0", "1.0^git1"),
        ("1.0^git1", "1.0.1"),
        ("1.0^git1~pre", "1.0^git1"),
        ("1.0^", "1.0a"),
        ("1.a", "1.1"),
        ("1", "1a"),
        ("Z", "a"),
        ("1.0.1", "1.0.1.0"),
        ("1.0", "1:0.9"),
        ("1.0-1", "1.0-1.fc39"),
        ("1.0-9", "1.0-10"),
        ("1.0", "1.0-0~~"),
        ("9" * 5000, "1" + "0" * 5000),
    ],
)
def test_order(lower, higher):
    assert key(lower) < key(higher)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.0", "1_0"),
        ("1.0", "1.00"),
        ("1.0", "1.0."),
        ("1.0-1", "0:1.0-1"),
        ("007:1", "7:1"),
        ("a.b", "a+b"),
        (":1", "1"),
    ],
)
def test_equal(one, other):
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "empty"),
        ("1.0-1-2", "more than one '-'"),
        ("1:2:3", "more than one ':'"),
        ("a:1", "unsigned integer"),
        ("1-2:3", "unsigned integer"),
        ("1 .0", "white space"),
        ("1.0\n", "white space"),
        ("1..0", "'..'"),
        ("1.0@2", "'@'"),
        ("1.0é", "'é'"),
        ("%{version}", "macro"),
        ("-1", "is empty"),
        ("1:", "is empty"),
        ("1" * 4001 + ":1", "digits"),
    ],
)
def test_invalid(text, rule):
    with pytest.raises(VersionError, match=re.escape(rule)) as caught:
        key(text)
    assert caught.value.version == text
    assert caught.value.order == "rpm"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1:2.0-3", ("1", "2.0", "3")),
        ("2.0", ("", "2.0", "")),
        ("2.0-3.fc39", ("", "2.0", "3.fc39")),
        ("0:2.0~rc1", ("0", "2.0~rc1", "")),
        ("2.0-", ("", "2.0", "")),
    ],
)
def test_split(text, parts):
    assert split(text) == parts


@pytest.mark.parametrize(
    ("operator", "bound", "inside", "outside"),
    [
        (">=", "1.0.1", ["1.0.1-0", "1.0.1-1", "1.0.1^g-1", "1:0-1"], ["1.0.1~rc1-1", "1.0.0-9"]),
        (">=", "1.0.1~", ["1.0.1~rc1-1", "1.0.1~-0"], ["1.0.1~~-1", "1.0.0-1"]),
        ("<=", "1.0.1", ["1.0.1-99", "1.0.1~rc1-1"], ["1.0.1^g-1", "1.0.1.1-1"]),
        ("=", "1.0.1", ["1.0.1-0~", "1.0.1-99.fc39"], ["1.0.1~rc1-1", "1.0.1^g-1"]),
        ("=", "1.0.1-1", ["1.0.1-1"], ["1.0.1-1.fc39", "1.0.1-0"]),
        ("<", "1.0.1", ["1.0.1~-1", "1.0.0-1"], ["1.0.1-0~"]),
        (">", "1.0.1", ["1.0.1^g-1", "1.0.1.0-1"], ["1.0.1-99"]),
        (">", "1.0.1-1", ["1.0.1-1.fc39", "1.0.1-2"], ["1.0.1-1"]),
        ("<=", "1.0.1-1", ["1.0.1-1", "1.0.1-0"], ["1.0.1-1.fc39"]),
    ],
)
def test_range_of(operator, bound, inside, outside):
    versions = range_of(operator, bound)
    assert all(Boundary.before(key(one)) in versions for one in inside)
    assert not any(Boundary.before(key(one)) in versions for one in outside)


def test_range_of_refuses_an_unknown_operator():
    with pytest.raises(ValueError, match="!="):
        range_of("!=", "1")


@given(VERSION, VERSION, VERSION)
def test_order_is_total_and_transitive(one, two, three):
    try:
        first, second, third = sorted([key(one), key(two), key(three)])
    except VersionError:
        assume(False)
    assert first <= second <= third
    assert first <= third


@given(VERSION, st.sampled_from(OPERATORS), VERSION)
def test_bounds_agree_with_the_order(bound, operator, version):
    """rpm-version(7): a bound without a release compares epoch and version alone."""
    try:
        mine, other = key(version), key(bound)
    except VersionError:
        assume(False)
    assume(mine[2] != LOW)
    if other[2] == LOW:
        mine, other = mine[:2], other[:2]
    expected = {
        "<": mine < other,
        "<=": mine <= other,
        "=": mine == other,
        ">=": mine >= other,
        ">": mine > other,
    }
    assert (Boundary.before(key(version)) in range_of(operator, bound)) == expected[operator]


@given(VERSION)
def test_release_stands_between_low_and_high(version):
    try:
        found = key(version)
    except VersionError:
        assume(False)
    assert LOW <= found[2] < HIGH
