"""The picture of a finding is what check prints."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from runner import run

from tools import finding_picture

ROOT = Path(__file__).parents[2]
TEXT = "{http://www.w3.org/2000/svg}text"


@pytest.fixture(autouse=True)
def in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_the_picture_in_the_docs_is_up_to_date() -> None:
    drawn = (ROOT / "docs/finding.svg").read_text("utf-8")
    assert drawn == finding_picture.picture(), "run python -m tools.finding_picture"


def test_the_picture_shows_every_word_that_check_prints() -> None:
    printed = run(*finding_picture.command().split()[1:]).stdout
    shown = [line.text or "" for line in ET.fromstring(finding_picture.picture()).iter(TEXT)]  # noqa: S314
    words = " ".join(shown[2:]).split()
    folder = f"{finding_picture.EXAMPLE}/"
    assert words == printed.replace(f"{folder}packages/", "").replace(folder, "").split()
    assert "admits-incompatible-peer:" in words


def test_a_finding_and_its_fix_have_colours_of_their_own() -> None:
    colours = {
        (line.text or "").split(":")[0].strip(): line.get("fill")
        for line in ET.fromstring(finding_picture.picture()).iter(TEXT)  # noqa: S314
    }
    assert len({colours["error"], colours["fix"], colours["Reasons"]}) == 3


def test_no_line_is_wider_than_the_picture() -> None:
    lines = [line.text or "" for line in ET.fromstring(finding_picture.picture()).iter(TEXT)]  # noqa: S314
    assert max(map(len, lines)) <= 100
