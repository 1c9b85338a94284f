"""Adding a release to the text of a manifest."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unified_diff import patched

from pkgguard.editing.releases import groups, with_release
from pkgguard.editing.text import ManifestText, difference, edited
from pkgguard.errors import EditError, VersionError
from pkgguard.manifest.read import parse_manifest

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = "manifest = 1\nproject = 'p'\n"
REST = """
[package.kata-runtime]
carries = ["runtime"]
[package.kata-image]
carries = ["agent"]
[protocol.agent]
client = ["runtime"]
server = "agent"
"""
RELAXED = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))


def source_of(runtime: str, agent: str = 'releases_of = "runtime"', end: str = "\n") -> ManifestText:
    text = f"{HEAD}[component.runtime]\n{runtime}\n[component.agent]\n{agent}\n{REST}"
    text = text.replace("\n", end)
    return ManifestText("m.toml", text, parse_manifest(text, "m.toml"))


def added(source: ManifestText, text: str, components: Sequence[str] = ("runtime",)) -> ManifestText:
    insertions, wanted = with_release(source, components, text)
    new = edited(source, insertions, wanted)
    assert patched(source.text, list(difference(source, insertions))) == new.text
    assert with_release(new, components, text)[0] == []
    return new


LAYOUTS = {
    "one line": ('releases = ["1.0.0", "1.1.0"]  # all', 'releases = ["1.0.0", "1.1.0", "1.2.0"]  # all'),
    "no spaces": ('releases=["1.0.0"]', 'releases=["1.0.0", "1.2.0"]'),
    "a comma at the end": ('releases = ["1.0.0",]', 'releases = ["1.0.0", "1.2.0",]'),
    "a text": ('releases = "1.0.0"', 'releases = ["1.0.0", "1.2.0"]'),
    "a text that is newer": ('releases = "1.3.0"', 'releases = ["1.2.0", "1.3.0"]'),
    "single quotes": ("releases = ['1.0.0', '1.3.0']", "releases = ['1.0.0', '1.2.0', '1.3.0']"),
    "between others": ('releases = ["1.1.0", "1.3.0"]', 'releases = ["1.1.0", "1.2.0", "1.3.0"]'),
    "the oldest": ('releases = ["1.3.0", "1.4.0"]', 'releases = ["1.2.0", "1.3.0", "1.4.0"]'),
    "the newest first": ('releases = ["1.3.0", "1.1.0"]', 'releases = ["1.3.0", "1.2.0", "1.1.0"]'),
    "the newest first, and this is it": (
        'releases = ["1.1.0", "1.0.0"]', 'releases = ["1.2.0", "1.1.0", "1.0.0"]',
    ),
    "the newest first, and this is the oldest": (
        'releases = ["1.4.0", "1.3.0"]', 'releases = ["1.4.0", "1.3.0", "1.2.0"]',
    ),
    "branches apart": (
        'releases = ["1.1.0", "1.0.0", "1.3.0"]', 'releases = ["1.1.0", "1.2.0", "1.0.0", "1.3.0"]',
    ),
    "a line each": (
        'releases = [\n  "1.0.0",\n  "1.1.0",  # the first\n  # the end\n]',
        'releases = [\n  "1.0.0",\n  "1.1.0",  # the first\n  "1.2.0",\n  # the end\n]',
    ),
    "a line each, no comma": (
        'releases = [\n\t"1.0.0",\n\t"1.1.0"  # x\n]',
        'releases = [\n\t"1.0.0",\n\t"1.1.0",  # x\n\t"1.2.0"\n]',
    ),
    "a line each, nothing after it": (
        'releases = [\n  "1.0.0",\n  "1.1.0"\n]', 'releases = [\n  "1.0.0",\n  "1.1.0",\n  "1.2.0"\n]',
    ),
    "a line each, the newest first": (
        'releases = [\n  "1.1.0",  # x\n  "1.0.0",\n]',
        'releases = [\n  "1.2.0",\n  "1.1.0",  # x\n  "1.0.0",\n]',
    ),
    "a line of one, closed there": ('releases = [\n  "1.1.0"]', 'releases = [\n  "1.1.0", "1.2.0"]'),
    "several in a line": (
        'releases = [\n  "1.0.0", "1.0.1",\n  "1.1.0", "1.1.1",\n]',
        'releases = [\n  "1.0.0", "1.0.1",\n  "1.1.0", "1.1.1", "1.2.0",\n]',
    ),
    "a quoted key": ('"releases" = ["1.0.0"]', '"releases" = ["1.0.0", "1.2.0"]'),
    "a comment with brackets": (
        'releases = [ # ] "\n"1.0.0", "1.1.0" ]', 'releases = [ # ] "\n"1.0.0", "1.1.0", "1.2.0" ]',
    ),
}  # fmt: skip


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_layout_stays(layout: str, end: str) -> None:
    before, after = LAYOUTS[layout]
    assert added(source_of(before, end=end), "1.2.0").text == source_of(after, end=end).text


def test_a_full_line_is_followed_by_another() -> None:
    many = ", ".join(f'"1.{number}.0"' for number in range(11))
    before = f"releases = [\n  {many},\n]"
    assert added(source_of(before), "1.11.0").text == source_of(f'{before[:-1]}  "1.11.0",\n]').text


def test_each_list_gets_it_once_and_a_shared_one_too() -> None:
    new = added(source_of('releases = ["1.0.0"]', 'releases = ["1.0.0"]'), "1.1.0", ["agent", "runtime"])
    assert new.text.count('["1.0.0", "1.1.0"]') == 2
    shared = added(source_of('releases = ["1.0.0"]'), "1.1.0", ["agent", "runtime"])
    assert shared.text.count('"1.1.0"') == 1
    assert [str(one) for one in shared.manifest.components["agent"].releases] == ["1.0.0", "1.1.0"]


def test_an_equal_release_in_another_form_is_there_already() -> None:
    own = 'scheme = "numbers"\nreleases = ["23.3.1"]'
    assert with_release(source_of(own), ["agent"], "23.03.1")[0] == []


def test_a_list_that_is_not_below_a_header_is_left_alone() -> None:
    text = HEAD + "[component]\nruntime = { releases = ['1.0.0'] }\nagent.releases_of = 'runtime'\n" + REST
    source = ManifestText("m.toml", text, parse_manifest(text))
    with pytest.raises(EditError, match=r'add "1\.1\.0" by hand'):
        with_release(source, ["runtime"], "1.1.0")


def test_a_dotted_key_is_found() -> None:
    keys = "component.runtime.releases = ['1.0.0']\ncomponent.agent.releases_of = 'runtime'\n"
    text = HEAD + keys + REST
    new = added(ManifestText("m.toml", text, parse_manifest(text)), "1.1.0")
    assert "releases = ['1.0.0', '1.1.0']" in new.text


@pytest.mark.parametrize("text", ["1.2", "v1.2.0", "", '1.2.0", "x'])
def test_what_is_not_a_release_is_refused(text: str) -> None:
    with pytest.raises(VersionError):
        with_release(source_of('releases = ["1.0.0"]'), ["runtime"], text)


def test_components_are_grouped_by_their_lists() -> None:
    source = source_of('releases = ["1.0.0", "1.1.0"]', 'releases = ["1.1.0", "1.0.0"]')
    assert groups(source.manifest) == [("runtime", "agent")]
    source = source_of('releases = ["1.0.0", "1.1.0"]', 'releases = ["1.0.0"]')
    assert groups(source.manifest) == [("runtime",), ("agent",)]


BREAKS = st.sampled_from(["", " ", "\n  ", "\n", " # , \" ] '\n  ", "\n\n\t"])


@st.composite
def lists(draw: st.DrawFn) -> str:
    """Draw a list of releases in any layout."""
    found = draw(st.lists(st.integers(0, 30), min_size=1, max_size=12, unique=True))
    pieces = []
    for number in found:
        quote = draw(st.sampled_from("\"'"))
        pieces.append(f"{draw(BREAKS)}{quote}1.{number}.0{quote}{draw(BREAKS)}")
    tail = draw(st.sampled_from(["", ","])) + draw(BREAKS)
    return f"releases = [{','.join(pieces)}{tail}]"


@given(text=lists(), number=st.integers(0, 30), end=st.sampled_from(["\n", "\r\n"]))
@RELAXED
def test_in_any_layout_one_release_is_added_and_nothing_is_lost(text: str, number: int, end: str) -> None:
    source = source_of(text, end=end)
    release = f"1.{number}.0"
    before = tomllib.loads(source.text)["component"]["runtime"]["releases"]
    insertions, wanted = with_release(source, ["runtime"], release)
    if release in before:
        assert not insertions
        return
    try:
        new = edited(source, insertions, wanted)
    except EditError:
        pytest.fail(f"{source.text!r} cannot be edited")
    assert patched(source.text, list(difference(source, insertions))) == new.text
    after = tomllib.loads(new.text)["component"]["runtime"]["releases"]
    assert [one for one in after if one != release] == before
    assert new.text.count("#") == source.text.count("#")
