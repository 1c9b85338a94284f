"""The format svg: its structure, its scale, and hostile texts."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from histories import manifest_of
from hostile_texts import COUNT, SEEDS, harmless, saying, texts
from hypothesis import given, settings

from pkgguard import api
from pkgguard.escape.line import plain
from pkgguard.manifest.discover import Found
from pkgguard.manifest.model import Manifest

SVG = "{http://www.w3.org/2000/svg}"
CALM = [f"calm {number}" for number in range(COUNT)]


def drawn(manifest: Manifest, *policies: str) -> ElementTree.Element:
    project = api.Project(Found(manifest, "x", "here"))
    text = project.render(project.simulate(policies), "svg")
    assert text == project.render(project.simulate(policies), "svg")
    return ElementTree.fromstring(text.encode("utf-8"))  # noqa: S314 - our own


def said(root: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in root.iter(f"{SVG}text")]


def test_each_history_has_a_chart_with_axes_and_a_line_for_each_policy() -> None:
    root = drawn(api.built_in().manifest)
    charts = root.findall(f"{SVG}g")
    assert [len(chart.findall(f"{SVG}polyline")) for chart in charts] == [4, 4, 3]
    texts = said(charts[0])
    assert {"runtime: 126 releases", "major", "release, as it is numbered", "1.0.0", "4.1.0"} <= set(texts)
    assert "pair: 22.1.0" in texts
    assert "21 majors; at this rate, release 594 reaches 100" in texts


def test_lines_stay_inside_the_chart() -> None:
    root = drawn(api.built_in().manifest)
    for line in root.iter(f"{SVG}polyline"):
        for corner in line.attrib["points"].split():
            x, y = map(float, corner.split(","))
            assert 64 <= x <= 564
            assert 44 <= y <= 264


@pytest.mark.parametrize("first", ["1.0.0", "99.0.0", "20240101.0.0", f"{'9' * 100}.0.0"])
@pytest.mark.parametrize("majors", [0, 1, 30, 300])
def test_any_scale(first: str, majors: int) -> None:
    major = int(first.split(".", maxsplit=1)[0])
    releases = [f"{major + step}.0.0" for step in range(majors + 1)]
    changes = [
        {"server": one, "client": one, "what": [f"thing {place}"]} for place, one in enumerate(releases[1:])
    ]
    root = drawn(manifest_of(*changes, releases=releases), "pair")
    chart = root.findall(f"{SVG}g")[0]
    (line,) = chart.findall(f"{SVG}polyline")
    corners = [tuple(map(float, corner.split(","))) for corner in line.attrib["points"].split()]
    assert all(44 <= y <= 264 for _, y in corners)
    assert (corners[0][1] > corners[-1][1]) is (majors > 0)
    assert 2 <= sum(one.attrib.get("text-anchor") == "end" for one in chart.iter(f"{SVG}text")) <= 8


@given(seed=SEEDS)
@settings(deadline=None, max_examples=40)
def test_a_hostile_manifest_adds_nothing(seed: int) -> None:
    hostile = texts(seed, COUNT)
    root, calm = drawn(saying(harmless(), hostile)), drawn(saying(harmless(), CALM))
    assert [one.tag for one in root.iter()] == [one.tag for one in calm.iter()]
    assert [sorted(one.attrib) for one in root.iter()] == [sorted(one.attrib) for one in calm.iter()]
    (title,) = root.iter(f"{SVG}title")
    assert title.text == plain(title.text or "")


@given(seed=SEEDS)
@settings(deadline=None, max_examples=40)
def test_hostile_texts_are_only_texts_of_the_other_formats(seed: int) -> None:
    def lines(manifest: Manifest) -> list[int]:
        project = api.Project(Found(manifest, "x", "here"))
        begins = {name: str(one.releases[0]) for name, one in manifest.components.items()}
        results = (project.simulate(), project.audit(), project.release_advice(begins))
        return [len(project.render(one, form).splitlines()) for one in results for form in ("text", "json")]

    hostile = [text or "x" for text in texts(seed, COUNT)]
    found, expected = lines(saying(harmless(), hostile)), lines(saying(harmless(), CALM))
    assert found[1::2] == expected[1::2]
    assert found[0] == expected[0]
