"""The HTML page of a matrix in a real Chromium: the mouse, the keyboard, what a screen reader gets, paper."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from hostile_texts import COUNT, harmless, saying
from small_project import MANIFEST

from pkgguard import api
from pkgguard.manifest.discover import Found
from real.chromium import Chromium

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]

KATA = api.built_in()
ROWS = """[...document.querySelectorAll("#cells tbody tr")].map(
  (row) => [...row.querySelectorAll("td")].map((cell) => cell.classList[0]).join(""))"""
FOCUS = "document.activeElement.getAttribute('aria-label')"


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chromium]:
    with Chromium(tmp_path / "profile") as one:
        yield one
        assert one.complaints == []
        assert all(address.startswith(("file://", "about:")) for address in one.requests)


def written(folder: Path, found: Found | api.Manifest, **chosen: list[str]) -> str:
    project = api.Project(found)
    path = folder / "matrix.html"
    path.write_text(project.render(project.matrix(**chosen), "html"), "utf-8")
    return path.as_uri()


@pytest.fixture
def kata(tmp_path: Path, browser: Chromium) -> Chromium:
    browser.open(written(tmp_path, KATA))
    return browser


def pane(page: Chromium) -> str:
    return str(page.value("document.getElementById('pane').innerText"))


def labels(page: Chromium, side: str) -> list[str]:
    return list(
        page.value(f"[...document.querySelectorAll('#cells {side} th span')].map((e) => e.textContent)")
    )


def cell(client: str, server: str) -> str:
    """Return the expression of a cell by the labels of its row and its column."""
    return f"""(() => {{
      const at = (side, text) => [...document.querySelectorAll(`#cells ${{side}} th span`)]
        .findIndex((one) => one.textContent === text);
      const rows = document.querySelectorAll("#cells tbody tr");
      return rows[at("tbody", "{client}")].cells[at("thead", "{server}") + 1];
    }})()"""


# ------------------------------------------------------------------ the verdicts


@pytest.mark.parametrize(
    ("project", "client", "server"), [("kata", "runtime", "agent"), ("cri", "kubelet", "cri-o")]
)
def test_the_cells_are_the_verdicts_of_all_pairs(
    tmp_path: Path, browser: Chromium, project: str, client: str, server: str
) -> None:
    found = api.built_in(project)
    browser.open(written(tmp_path, found, components=[client, server]))
    browser.click('[data-level="0"]')
    clients, servers = (found.manifest.components[name].releases for name in (client, server))
    assert labels(browser, "tbody") == [one.text for one in clients]
    assert labels(browser, "thead") == [one.text for one in servers]
    shown = browser.value(ROWS)
    asked = api.Project(found)
    for row, one in enumerate(clients):
        expected = ""
        for other in servers[:: 1 if project == "kata" else 16]:
            answer = asked.compatible({client: one.text, server: other.text})
            limited = any(verdict.missing for verdict in answer.verdicts.values())
            expected += ("l" if limited else "y") if answer.compatible else "n"
        assert shown[row][:: 1 if project == "kata" else 16] == expected, one


def test_a_folded_series_has_the_verdict_of_its_pairs(kata: Chromium) -> None:
    rows = kata.value(ROWS)
    names = labels(kata, "tbody")
    assert (len(rows), names[:3], names[-1]) == (54, ["1.0.0", "1.1", "1.2"], "4.1.0")
    kata.click('[data-level="2"]')
    assert kata.value(ROWS) == ["mnnn", "nmmn", "nmmm", "nnny"]


# ------------------------------------------------------------------ the mouse and the keyboard


def test_a_click_shows_the_reasons(kata: Chromium) -> None:
    kata.value(f"{cell('3.2.0', '3.1')}.id = 'folded'")
    kata.click("#folded")
    shown = pane(kata)
    assert shown.startswith("runtime 3.2.0 with agent 3.1\n")
    assert "0 of 4 pairs work" in shown
    kata.click('[data-level="0"]')
    kata.value(f"{cell('3.2.0', '3.1.0')}.id = 'wanted'")
    kata.click("#wanted")
    shown = pane(kata)
    assert shown.startswith("runtime 3.2.0 with agent 3.1.0\n")
    assert "does not work" in shown
    verdict = api.Project(KATA).compatible({"runtime": "3.2.0", "agent": "3.1.0"})
    (answer,) = verdict.verdicts.values()
    for reason in answer.reasons:
        assert reason.because in shown
        assert reason.hits in shown
        assert all(one in shown for one in reason.see)
    assert kata.value("document.querySelectorAll('#pane ol.reasons > li').length") == len(
        (*answer.reasons, *answer.missing)
    )


def test_the_keyboard_alone_reaches_everything(kata: Chromium) -> None:
    assert kata.value("document.querySelectorAll('#cells [tabindex=\"0\"]').length") == 1
    kata.value("document.querySelector('#cells [tabindex=\"0\"]').focus()")
    kata.press("ArrowRight", "ArrowDown")
    assert kata.value(FOCUS) == "runtime 1.1 with agent 1.1: works"
    kata.press("ArrowLeft")
    assert re.fullmatch(r"runtime 1.1 with agent 1.0.0: does not work, \d+ reasons?", kata.value(FOCUS))
    assert "0 of 2 pairs work" in pane(kata)
    kata.press("Control+End")
    assert kata.value(FOCUS) == "runtime 4.1.0 with agent 4.1.0: works"
    kata.press("Home", "PageUp", "ArrowUp", "ArrowUp")
    assert kata.value(FOCUS).startswith("runtime 3.2")
    kata.press("Control+Home", "Enter")
    assert kata.value("document.activeElement.id") == "pane"
    kata.press("Escape")
    assert kata.value(FOCUS) == "runtime 1.0.0 with agent 1.0.0: works"
    kata.press("ArrowDown", "ArrowLeft")
    assert kata.value(FOCUS) == "runtime 1.1, 2 releases"
    assert kata.value("document.activeElement.getAttribute('aria-expanded')") == "false"
    kata.press("Enter")
    assert labels(kata, "tbody")[:4] == ["1.0.0", "1.1.0", "1.1.1", "1.2"]
    assert kata.value(FOCUS) == "runtime 1.1.0"
    kata.press("Backspace")
    assert labels(kata, "tbody")[:3] == ["1.0.0", "1.1", "1.2"]
    kata.press("Backspace")
    assert labels(kata, "tbody")[:2] == ["1", "2.0"]
    kata.press("1")
    assert len(kata.value(ROWS)) == 126
    kata.press("3")
    assert len(kata.value(ROWS)) == 4


def test_a_folded_pair_is_unfolded_on_both_sides(kata: Chromium) -> None:
    kata.value("document.querySelector('#cells [tabindex=\"0\"]').focus()")
    kata.press("ArrowDown", "ArrowRight", "Enter")
    assert labels(kata, "tbody")[1:3] == labels(kata, "thead")[1:3] == ["1.1.0", "1.1.1"]
    assert kata.value(FOCUS) == "runtime 1.1.0 with agent 1.1.0: works"


def test_zooming_changes_the_size_of_the_cells(kata: Chromium) -> None:
    width = "document.querySelector('#cells td').getBoundingClientRect().width"
    sizes = [kata.value(width)]
    kata.value("document.querySelector('#cells [tabindex=\"0\"]').focus()")
    for key in ("+", "+", "-", "0"):
        kata.press(key)
        sizes.append(kata.value(width))
    assert sizes[0] < sizes[1] < sizes[2] > sizes[3] > sizes[4] == sizes[0]
    kata.click('[data-zoom="-1"]')
    assert kata.value(width) < sizes[0]


def test_a_link_leads_to_a_pair(tmp_path: Path, browser: Chromium) -> None:
    address = written(tmp_path, KATA)
    browser.open(f"{address}#runtime=2.4.0&agent=2.3.3")
    assert browser.value(FOCUS).startswith("runtime 2.4.0 with agent 2.3.3: does not work, ")
    assert "statistics of a direct-assigned volume" in pane(browser)
    browser.press("ArrowRight", "Enter")
    assert browser.value("location.hash") == "#runtime=2.4.0&agent=2.4.0"
    browser.open("about:blank")
    browser.open(f"{address}#runtime=9.9.9&agent=%3Cb%3E")
    assert len(browser.value(ROWS)) == 54


# ------------------------------------------------------------------ filters


def pale(page: Chromium) -> list[str]:
    rows: list[str] = page.value(
        """[...document.querySelectorAll("#cells tbody tr")].map(
          (row) => [...row.querySelectorAll("td")]
            .map((cell) => (cell.classList.contains("d") ? "-" : "+")).join(""))"""
    )
    return rows


def test_who_is_hit_and_need_choose_reasons_and_change_no_verdict(kata: Chromium) -> None:
    kata.click('[data-level="0"]')
    before = kata.value(ROWS)
    (grid,) = api.Project(KATA).matrix().grids
    for selector, text, chosen in (
        ("#hits", "nydus snapshotter", lambda reason: reason.hits == "nydus snapshotter"),
        ("#hits", "anybody", lambda reason: True),
        ("#need", "optional", lambda reason: reason.need == "optional"),
        ("#need", "required", lambda reason: reason.need == "required"),
    ):
        kata.select(selector, text)
        assert kata.value(ROWS) == before
        if text == "anybody":
            assert "-" not in "".join(pale(kata))
            continue
        lit = {
            (row, column)
            for one in grid.reasons
            if chosen(one.reason)
            for rows, columns in product(one.clients, one.servers)
            for row, column in product(range(*rows), range(*columns))
        }
        expected = [
            "".join("+" if (row, column) in lit else "-" for column in range(126)) for row in range(126)
        ]
        assert pale(kata) == expected


def test_series_and_components_are_chosen(tmp_path: Path, browser: Chromium) -> None:
    browser.open(written(tmp_path, api.built_in("cri")))
    names = "[...document.querySelectorAll('#choice option')].map((one) => one.textContent)"
    assert browser.value(names) == [
        "kubelet with containerd", "cri-tools with containerd", "kubelet with cri-o", "cri-tools with cri-o",
    ]  # fmt: skip
    browser.select("#choice", "cri-tools with cri-o")
    assert labels(browser, "thead")[0] == "1.18"
    browser.select("#columns", "1.20")
    browser.select("#rows", "1.26")
    assert set(labels(browser, "thead")) == {"1.20"}
    assert {one.rsplit(".", 1)[0] for one in labels(browser, "tbody")} == {"1.26"}
    browser.click('[data-level="0"]')
    assert labels(browser, "thead")[0] == "1.20.0"
    browser.select("#rows", "all")
    assert len(labels(browser, "tbody")) == 24


# ------------------------------------------------------------------ eyes, ears and paper


CONTRAST = """(() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((one) => one / 255)
      .map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const style = (selector) => getComputedStyle(document.querySelector(selector));
  const page = style("body").backgroundColor;
  return {
    page,
    text: ratio(style("body").color, page),
    faint: ratio(style("#status").color, page),
    verdicts: ratio(style("#cells td.y").backgroundColor, style("#cells td.n").backgroundColor),
    sign: ratio(getComputedStyle(document.querySelector("#cells td.n"), "::before").color,
      style("#cells td.n").backgroundColor),
  };
})()"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark_are_readable(kata: Chromium, scheme: str, tmp_path: Path) -> None:
    kata.prefer(scheme)
    found = kata.value(CONTRAST)
    assert found["page"] == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 29)"}[scheme]
    assert min(found["text"], found["faint"]) >= 4.5
    assert min(found["verdicts"], found["sign"]) >= 3
    kata.screenshot(tmp_path / "shown.png")
    assert (tmp_path / "shown.png").stat().st_size > 20_000


def test_verdicts_differ_in_more_than_colour(kata: Chromium) -> None:
    sign = "getComputedStyle(document.querySelector('#cells td.{}'), '::before').content"
    image = "getComputedStyle(document.querySelector('#cells td.{}')).backgroundImage"
    assert kata.value(sign.format("n")) == '"×"'
    assert kata.value(sign.format("y")) == kata.value(image.format("y")) == "none"
    assert kata.value(image.format("l")).startswith("repeating-linear-gradient")
    kata.click('[data-level="2"]')
    assert kata.value(image.format("m")).startswith("linear-gradient")


def test_a_screen_reader_gets_names(kata: Chromium) -> None:
    assert kata.named("grid") == ["runtime (rows) with agent (columns)"]
    assert {"agent 1.0.0", "agent 1.1, 2 releases", "works with agent"} <= set(kata.named("columnheader"))
    assert {"runtime 1.0.0", "runtime 1.1, 2 releases", "4.0.0 to 4.1.0"} <= set(kata.named("rowheader"))
    assert set(kata.named("gridcell")) == {"works", "limited", "does not work"}
    assert {"Components", "runtime series", "agent series", "Who is hit", "Need"} <= set(
        kata.named("combobox")
    )
    assert "Zoom in" in kata.named("button")
    assert "runtime with agent" in kata.named("heading")


def test_paper_has_the_grid_and_all_texts(kata: Chromium) -> None:
    kata.prefer(media="print")
    shown = "getComputedStyle(document.querySelector('{}')).display"
    assert kata.value(shown.format("#controls")) == kata.value(shown.format("#keys")) == "none"
    assert kata.value(shown.format("#pane")) == "none"
    assert kata.value(shown.format("#cells")) == "table"
    assert kata.value("getComputedStyle(document.querySelector('#frame')).overflow") == "visible"
    printed = kata.pdf()
    assert printed.startswith(b"%PDF-")
    assert printed.count(b"/Type /Page\n") > 3


def test_without_a_script_the_ranges_are_there(tmp_path: Path, browser: Chromium) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(written(tmp_path, KATA))
    names = browser.named("rowheader")
    assert "1.0.0" in names
    assert "4.0.0 to 4.1.0" in names
    assert browser.named("grid") == []


# ------------------------------------------------------------------ what is hostile, and what is large


HOSTILE = (
    "<script>window.canary = 1</script>",
    "</script><script>window.canary = 1</script>",
    "<img src=x onerror='window.canary = 1'>",
    '"><svg onload="window.canary = 1">',
    "<!--<script>",
    "javascript:window.canary=1",
    "https://example.org/'onmouseover='window.canary=1",
    "{{ 7 * 7 }} {% raw %} ${canary = 1}",
    "&lt;b&gt; &#0; &amp;",
    "\u202etxet \u2066\u05e9\u05dc\u05d5\u05dd",
    "a\x00b\x1b[31mc\u2028d",
    "__proto__",
)


def test_hostile_texts_of_a_manifest_stay_texts(tmp_path: Path, browser: Chromium) -> None:
    said = [f"{HOSTILE[number % len(HOSTILE)]} {number}" for number in range(COUNT)]
    address = written(tmp_path, Found(saying(harmless(), said), said[22], said[3]))
    browser.open(address)
    assert browser.value("document.querySelectorAll('script').length") == 2
    assert browser.value("document.querySelectorAll('img, svg, iframe').length") == 0
    assert browser.value("[...document.links].map((one) => one.getAttribute('href'))") == ["#ranges"]
    assert browser.value("document.title").startswith(HOSTILE[0])
    text = browser.value("document.body.innerText")
    assert HOSTILE[8] in text
    assert "a\ufffdb\ufffd[31mc\ufffdd" in text
    hits = browser.value("[...document.querySelectorAll('#hits option')].map((one) => one.textContent)")
    for one in hits[1:]:
        browser.select("#hits", one)
    copied = 0
    for row, column in product(range(1, 4), range(2, 5)):
        browser.click(f"#cells tbody tr:nth-child({row}) td:nth-child({column})")
        copied += browser.value("document.querySelectorAll('#pane li').length")
    assert copied > 3
    assert browser.value("typeof window.canary") == "undefined"
    assert browser.value("document.querySelectorAll('script').length") == 2


def test_an_injected_script_would_be_stopped_by_the_policy(tmp_path: Path, browser: Chromium) -> None:
    path = tmp_path / "matrix.html"
    written(tmp_path, KATA)
    path.write_text(
        path.read_text("utf-8").replace("<main>", "<main><script>window.canary = 1</script>"), "utf-8"
    )
    browser.open(path.as_uri())
    assert browser.value("typeof window.canary") == "undefined"
    assert [one for one in browser.complaints if "Content Security Policy" in one]
    browser.complaints.clear()


def releases(minors: int, patches: int) -> str:
    return ", ".join(f'"1.{minor}.{patch}"' for minor in range(minors) for patch in range(patches))


def test_a_large_grid_is_folded(tmp_path: Path, browser: Chromium) -> None:
    manifest = MANIFEST.replace('"1.0.0", "1.1.0"', releases(40, 25))
    browser.open(written(tmp_path, api.parse_manifest(manifest)))
    assert len(browser.value(ROWS)) == 40
    browser.click('[data-level="0"]')
    assert len(browser.value(ROWS)) == 40
    assert "not all pairs can be drawn at once" in browser.value(
        "document.getElementById('status').innerText"
    )


MAJORS = ", ".join(['"1.0.0", "1.1.0"', *(f'"{major}.0.0"' for major in range(2, 300))])


@pytest.mark.parametrize("listed", [releases(100, 25), MAJORS], ids=["pairs", "majors"])
def test_a_grid_that_cannot_be_drawn_has_its_ranges(tmp_path: Path, browser: Chromium, listed: str) -> None:
    manifest = MANIFEST.replace('"1.0.0", "1.1.0"', listed)
    browser.open(written(tmp_path, api.parse_manifest(manifest)))
    assert "too many pairs to draw" in browser.value("document.getElementById('status').innerText")
    assert browser.named("grid") == []
    assert any(name.startswith("1.1.0 to ") for name in browser.named("rowheader"))
    browser.click('[data-level="0"]')
    browser.click('[data-zoom="1"]')


def test_the_page_is_one_file(tmp_path: Path, browser: Chromium) -> None:
    address = written(tmp_path, KATA)
    browser.open(address)
    assert browser.requests == [address]
    assert json.loads(browser.value("document.getElementById('data').textContent"))
