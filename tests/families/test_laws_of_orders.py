"""The laws of orders: a key is turned back into one text for all versions that are equal."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import RELEASES
from version_texts import COMMON, TEXTS, versions

from pkgguard.families.lookup import family
from pkgguard.versions.lookup import parse_release, release_at
from pkgguard.versions.sets import BOTTOM, TOP, Boundary, digits_at, number

FAMILIES = tuple(TEXTS)
DPKG = shutil.which("dpkg")


@pytest.mark.parametrize("name", FAMILIES)
@given(data=st.data())
def test_a_key_is_turned_into_a_version_with_that_key(name: str, data: st.DataObject) -> None:
    order = family(name)
    key = order.key(data.draw(versions(name)))
    text = order.version_of(key)
    assert order.key(text) == key
    assert order.version_of(order.key(text)) == text


@pytest.mark.parametrize("name", FAMILIES)
@given(data=st.data())
def test_equal_versions_are_written_alike_and_different_ones_apart(name: str, data: st.DataObject) -> None:
    order = family(name)
    one, other = (
        order.key(data.draw(st.one_of(versions(name), st.sampled_from(COMMON[name])))) for _ in "ab"
    )
    assert (one == other) == (order.version_of(one) == order.version_of(other))


@pytest.mark.parametrize("name", FAMILIES)
@given(data=st.data())
def test_a_version_is_joined_from_its_parts(name: str, data: st.DataObject) -> None:
    order = family(name)
    version = data.draw(st.one_of(versions(name), st.sampled_from(COMMON[name])))
    epoch, upstream, revision = order.split(version)
    assert order.key(order.join(epoch, upstream, revision)) == order.key(version)
    without = order.split(order.join("", upstream, revision))
    assert (without[0].strip("0"), *without[1:]) == ("", upstream, revision)


@pytest.mark.parametrize(
    ("name", "text", "written"),
    [
        ("deb", "0:1.00-0", "1.0"),
        ("deb", "2.0.0~", "2.0.0~"),
        ("deb", "1.1.0~rc.1", "1.1.0~rc.1"),
        ("deb", "1.0.0-29", "1.0.0-29"),
        ("deb", "0:1:2-0", "0:1:2"),
        ("deb", "1-2-0", "1-2-0"),
        ("deb", "1.0+dfsg-01", "1.0+dfsg-1"),
        ("rpm", "0:1_00", "1.0"),
        ("rpm", "2.0.0~", "2.0.0~"),
        ("rpm", "1.1.0~rc1", "1.1.0~rc.1"),
        ("rpm", "1.0.0-1.fc38", "1.0.0-1.fc38"),
        ("rpm", "1.0^20240101.gitabc", "1.0^20240101.gitabc"),
        ("rpm", "_-_", "_-_"),
    ],
)
def test_the_one_text_is_the_usual_one(name: str, text: str, written: str) -> None:
    assert family(name).version_of(family(name).key(text)) == written


@pytest.mark.skipif(DPKG is None, reason="dpkg is not installed")
@given(version=versions("deb"))
def test_dpkg_takes_the_one_text_for_equal(version: str) -> None:
    order = family("deb")
    written = order.version_of(order.key(version))
    assert (
        subprocess.run([str(DPKG), "--compare-versions", version, "eq", written], check=False).returncode == 0
    )


@given(st.integers(0, 10**40), st.text("ab~", max_size=3), st.integers(0, 3))
def test_a_number_is_read_back_wherever_it_stands(value: int, around: str, zeros: int) -> None:
    written = number("0" * zeros + (str(value) if value else ""))
    assert digits_at(around + written + around, len(around)) == (str(value), len(around) + len(written))


@given(st.sampled_from(RELEASES))
def test_a_position_before_a_release_is_turned_into_it(text: str) -> None:
    release = parse_release(text)
    assert release_at(release.boundary) == release
    assert release_at(release.boundary).text == text
    assert release_at(release.opening).text == release.final


@pytest.mark.parametrize("text", RELEASES)
def test_a_position_before_no_release_is_turned_into_none(text: str) -> None:
    for boundary in (Boundary.after(parse_release(text).key), BOTTOM, TOP):
        with pytest.raises(ValueError, match="not before a release"):
            release_at(boundary)


@given(st.sampled_from(RELEASES), st.sampled_from(RELEASES))
def test_every_release_of_one_final_opens_at_one_boundary(one: str, other: str) -> None:
    first, second = parse_release(one), parse_release(other)
    assume(one != other)
    assert (first.opening == second.opening) == (first.final == second.final)
    assert first.opening < first.boundary
