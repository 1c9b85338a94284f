"""``pkgguard matrix``: its formats, exit codes and errors."""

from __future__ import annotations

import csv
import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from runner import run
from small_project import MANIFEST

from pkgguard import api

SCHEMA = json.loads(files("pkgguard.report").joinpath("schema.json").read_text("utf-8"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pkgguard.toml").write_text(MANIFEST, "utf-8")
    return tmp_path


@pytest.mark.usefixtures("here")
def test_text() -> None:
    result = run("matrix")
    assert result.exit_code == 0
    assert result.stdout == (
        "manifest: pkgguard.toml (found here), project mine\n"
        "runtime with agent: 3 of 4 pairs work (protocol agent)\n"
        "  runtime 1.0.0  agent 1.0.0 to 1.1.0\n"
        "  runtime 1.1.0  agent 1.1.0\n"
    )
    assert run("matrix", "--quiet").stdout == result.stdout.split("\n", 1)[1]


def test_text_of_releases_that_are_limited_or_work_with_nothing(here: Path) -> None:
    optional = MANIFEST + 'need = "optional"\n'
    broken = '[[broken]]\ncomponent = "runtime"\nrelease = "1.0.0"\nbecause = "crashes"\n'
    (here / "pkgguard.toml").write_text(optional + broken, "utf-8")
    assert run("matrix", "--quiet").stdout == (
        "runtime with agent: 2 of 4 pairs work, 1 of them limited (protocol agent)\n"
        "  runtime 1.0.0  no release\n"
        "  runtime 1.1.0  agent 1.0.0 to 1.1.0 (limited with 1.0.0)\n"
    )
    rows = list(csv.reader(run("matrix", "--format", "csv").stdout.splitlines()))
    assert [row[4] for row in rows] == ["verdict", "no", "no", "limited", "yes"]
    assert rows[1][5] == "runtime 1.0.0 is declared broken: crashes"


@pytest.mark.usefixtures("here")
def test_json() -> None:
    found = json.loads(run("matrix", "--format", "json").stdout)
    jsonschema.validate(found, SCHEMA)
    (grid,) = found["grids"]
    assert grid["client_releases"] == grid["server_releases"] == ["1.0.0", "1.1.0"]
    assert grid["summary"] == {"pairs": 4, "compatible": 3, "limited": 0}
    one = {"first": "1.1.0", "last": "1.1.0"}
    assert grid["ranges"][1] == {"clients": one, "compatible": [one], "limited": []}
    (reason,) = grid["reasons"]
    assert (reason["because"], reason["clients"]) == ("docker pause", [one])
    assert reason["servers"] == [{"first": "1.0.0", "last": "1.0.0"}]


@pytest.mark.parametrize("project", ["kata", "cri"])
def test_each_pair_of_csv_is_a_verdict(project: str) -> None:
    found = api.built_in(project)
    names = {"kata": "runtime", "cri": "kubelet"}
    titles, *rows = csv.reader(
        run("matrix", "--component", names[project], "--format", "csv").stdout.splitlines()
    )
    assert titles == ["client", "client_release", "server", "server_release", "verdict", "reasons"]
    asked = api.Project(found)
    for client, release, server, other, verdict, reasons in rows[::97]:
        answer = asked.compatible({client: release, server: other})
        missing = any(one.missing for one in answer.verdicts.values())
        expected = ("limited" if missing else "yes") if answer.compatible else "no"
        assert (verdict, bool(reasons)) == (expected, expected != "yes")
    counted = api.Project(found).matrix(components=[names[project]]).grids
    assert len(rows) == sum(grid.pairs for grid in counted)
    assert sum(row[4] != "no" for row in rows) == sum(grid.compatible for grid in counted)


def test_many_reasons_are_counted() -> None:
    rows = csv.reader(run("matrix", "--format", "csv").stdout.splitlines())
    cells = [row[5] for row in rows]
    assert max(cell.count(" | ") for cell in cells) == 3
    assert any(cell.endswith(" | and 58 more") for cell in cells)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--component", "runtme"), "no component is called 'runtme'; did you mean 'runtime'?"),
        (("--protocol", "agnet"), "no protocol is called 'agnet'; did you mean 'agent'?"),
        (("--manifest", "nowhere.toml"), "nowhere.toml"),
    ],
)
def test_names_that_do_not_exist(words: tuple[str, ...], said: str) -> None:
    result = run("matrix", *words)
    assert result.exit_code == (2 if said.startswith("no ") else 3)
    assert said in result.stderr


def test_components_that_no_protocol_joins() -> None:
    result = run("matrix", "--component", "kubelet", "--component", "cri-tools")
    assert result.exit_code == 2
    assert (
        "no protocol joins kubelet and cri-tools (cri-containerd: kubelet, cri-tools calls" in result.stderr
    )


@pytest.mark.parametrize("words", [("--component", "crio"), ("--protocol", "cri-cri-o")])
def test_a_name_of_another_built_in_manifest_chooses_it(words: tuple[str, ...]) -> None:
    result = run("matrix", *words)
    chosen = "kata.toml" if words[1] == "crio" else "cri.toml"
    assert (result.exit_code, result.stdout.startswith("manifest: cri.toml")) == (
        (2, False) if chosen == "kata.toml" else (0, True)
    )


def test_a_grid_that_is_too_large_for_csv(here: Path) -> None:
    listed = ", ".join(f'"1.{minor}.{patch}"' for minor in range(100) for patch in range(20))
    (here / "pkgguard.toml").write_text(MANIFEST.replace('"1.0.0", "1.1.0"', listed), "utf-8")
    result = run("matrix", "--format", "csv")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "the answer has more than" in result.stderr or "seconds" in result.stderr
    assert run("matrix").stdout.endswith("  runtime 1.1.0 to 1.99.19  agent 1.1.0 to 1.99.19\n")
