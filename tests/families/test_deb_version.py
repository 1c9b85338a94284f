"""deb-version(7), held against dpkg itself where it is at hand."""

from __future__ import annotations

import random
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgguard.errors import VersionError
from pkgguard.families.deb.version import key, split

DPKG = shutil.which("dpkg")
needs_dpkg = pytest.mark.skipif(DPKG is None, reason="dpkg is not installed")

RISING = (
    "0~~",
    "0~",
    "0",
    "1.0~~",
    "1.0~",
    "1.0~rc1-1",
    "1.0~rc2",
    "1.0~rc10",
    "1.0-0~",
    "1.0",
    "1.0-1~bpo12+1",
    "1.0-1",
    "1.0-1ubuntu1",
    "1.0-1+b1",
    "1.0-1.1",
    "1.0-2",
    "1.0-10",
    "1.0a-1",
    "1.0+dfsg-1",
    "1.0-1-1",
    "1.0.0-1",
    "1.0.1",
    "1.1",
    "1.10",
    "1:0.1",
    "1:1:0",
    "2:0",
)
EQUAL = (
    ("1.0", "1.0-0"),
    ("1.0", "0:1.0"),
    ("1.0", "00:1.00-00"),
    ("1.0-a", "1.0-a0"),
    ("1.0~rc", "1.0~rc0"),
    ("1.", "1.0"),
)
REFUSED = (
    ("", "empty"),
    ("1.0-", "revision"),
    ("~1", "digit"),
    ("+1", "digit"),
    ("a1", "digit"),
    (".1", "digit"),
    ("1:a", "digit"),
    ("1:", "upstream version is empty"),
    (":1", "epoch"),
    ("x:1", "epoch"),
    ("-1:1", "epoch"),
    ("1-a:1", "epoch"),
    ("2147483648:1", "epoch"),
    ("9" * 5000 + ":1", "epoch"),
    ("1_1", "may contain only"),
    ("1.0-1_1", "may contain only"),
    ("1 2", "may contain only"),
    ("1\n", "may contain only"),
    ("1-1\n", "may contain only"),
    ("\u0661", "digit"),
    ("\u0661:1", "epoch"),
    ("1\u00e9", "may contain only"),
    ("-1", "upstream version is empty"),
)
# dpkg takes these, apt reads them differently.
TOLERATED_BY_DPKG = (" 1", "1 ", "+1:2")

versions = st.builds(
    lambda epoch, head, body, revision: epoch + head + body + revision,
    st.sampled_from(("", "0:", "1:", "02:")),
    st.sampled_from("019"),
    st.text("0019aZ.+~-", max_size=6),
    st.one_of(st.just(""), st.builds("-{}".format, st.text("019a.+~", min_size=1, max_size=4))),
).filter(lambda version: not version.endswith("-"))


def test_rising_versions_rise():
    keys = [key(version) for version in RISING]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_equal_versions_have_equal_keys(one, other):
    assert key(one) == key(other)
    assert hash(key(one)) == hash(key(other))


@pytest.mark.parametrize(("version", "rule"), REFUSED)
def test_what_dpkg_refuses_is_refused_with_the_rule(version, rule):
    with pytest.raises(VersionError, match=rule) as caught:
        key(version)
    assert caught.value.order == "deb"
    assert caught.value.version == version


@pytest.mark.parametrize("version", TOLERATED_BY_DPKG)
def test_what_dpkg_and_apt_read_differently_is_refused(version):
    with pytest.raises(VersionError):
        key(version)


@pytest.mark.parametrize(
    ("version", "parts"),
    [
        ("1.0", ("", "1.0", "")),
        ("1.0-1", ("", "1.0", "1")),
        ("2:1.0-rc-1", ("2", "1.0-rc", "1")),
        ("1:1:1", ("1", "1:1", "")),
    ],
)
def test_split(version, parts):
    assert split(version) == parts


def test_long_numbers_are_compared_as_numbers():
    assert key("1" + "0" * 10000) > key("9" * 10000)


@given(versions, versions, versions)
def test_the_order_is_total(a, b, c):
    low, middle, high = sorted(map(key, (a, b, c)))
    assert low <= middle <= high
    assert low <= high


@given(versions)
def test_a_tilde_sorts_below_and_a_letter_above(version):
    assert key(version + "~") < key(version)
    assert key(version + "a") > key(version)


@needs_dpkg
@pytest.mark.parametrize("version", [version for version, _ in REFUSED if version and version[0] != "-"])
def test_dpkg_refuses_them_too(version):
    assert subprocess.run([DPKG, "--validate-version", version], capture_output=True, check=False).returncode


@needs_dpkg
def test_the_order_is_that_of_dpkg():
    # A fixed sample: pairs that differ in one character, where the orders of a careless reader differ.
    source = random.Random(20)  # noqa: S311 - a sample, not a secret
    for _ in range(150):
        one = source.choice(RISING)
        place = source.randrange(1, len(one) + 1)
        other = one[:place] + source.choice("0~1a+.-") + one[place:]
        try:
            key(other)
        except VersionError:
            assert subprocess.run(
                [DPKG, "--validate-version", other], capture_output=True, check=False
            ).returncode
            continue
        for word, holds in (("lt", key(one) < key(other)), ("eq", key(one) == key(other))):
            told = subprocess.run([DPKG, "--compare-versions", one, word, other], check=False).returncode == 0
            assert told == holds, (one, word, other)
