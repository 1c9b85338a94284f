"""CSV: no text becomes a formula, and every cell stays one."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hostile_texts import COUNT, SEEDS, harmless, saying, texts
from hypothesis import given, settings
from hypothesis import strategies as st

from pkgguard import api
from pkgguard.escape.csv import csv_cell
from pkgguard.manifest.discover import Found

FORMULAS = [
    '=cmd|" /C calc"!A0',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    " =1",
    "'=1",
    "\u200b=1",
    "\uff1d1",
    "\t=1",
    "\r=1",
]


@pytest.mark.parametrize("said", FORMULAS)
def test_a_formula_becomes_a_text(said: str) -> None:
    cell = csv_cell(said)
    assert not re.match(r"[\s'\"]*(?<!')[=+@\uff1d-]", cell)
    assert cell.replace("'", "").endswith(said.lstrip("\t\r'")[1:].replace("'", ""))


def test_an_ordinary_text_stays_as_it_is() -> None:
    for said in ("runtime", "1.0.0-rc.1", "a = b", "from 1.1.0 on; and more", "<b>", "x@y"):
        assert csv_cell(said) == said


@given(said=st.text())
@settings(deadline=None)
def test_any_text_is_one_cell(said: str) -> None:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow([csv_cell(said), "end"])
    assert len(stream.getvalue().splitlines()) == 1
    ((cell, end),) = csv.reader([stream.getvalue()])
    assert (cell, end) == (csv_cell(said), "end")
    for delimiter in ",;|":
        for piece in stream.getvalue().split(delimiter):
            assert not re.match(r"[\s\"]*[=+@-]", piece)


@given(seed=SEEDS)
@settings(deadline=None, max_examples=30)
def test_a_hostile_manifest_has_the_rows_of_a_harmless_one(seed: int) -> None:
    calm, said = harmless(), texts(seed, COUNT)
    rows = []
    for manifest in (calm, saying(calm, said)):
        project = api.Project(Found(manifest, "x", "here"))
        rows.append([row[:5] for row in csv.reader(project.render(project.matrix(), "csv").split("\n"))])
    assert rows[0] == rows[1]
