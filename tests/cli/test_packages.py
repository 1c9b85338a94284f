"""Packages with full versions, and package files, as compatible, generate and explain take them."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from runner import run
from small_project import GUARDED, MANIFEST, deb

from pkgguard import api

SCHEMA = json.loads(files("pkgguard.report").joinpath("schema.json").read_text("utf-8"))
BOTH = (
    MANIFEST.replace("component.agent", "component.kata-image")
    .replace('carries = ["agent"]', 'carries = ["kata-image"]')
    .replace('server = "agent"', 'server = "kata-image"')
)
"""A manifest in which a component and the package that carries it have the same name."""
RPM = Path(__file__).parents[2] / "examples/pause-container/packages"


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine.toml"
    path.write_text(MANIFEST, "utf-8")
    return path


def answers(*words: object) -> tuple[int, dict[str, Any]]:
    result = run("compatible", *words, "--format", "json")
    found: dict[str, Any] = json.loads(result.stdout)
    jsonschema.validate(found, SCHEMA)
    return result.exit_code, found


@pytest.mark.parametrize(
    ("runtime", "image", "family", "code"),
    [
        ("1.1.0-1", "1.0.0-29", "deb", 1),
        ("1.1.0-1", "1.1.0-29", "deb", 0),
        ("1.0.0-1", "1.1.0", "deb", 0),
        ("1.1.0~rc1-1+b1", "1.0.0+ds-1~bpo12+1", "deb", 1),
        ("1.1.0-3.fc40", "1.0.0-1.fc40", "rpm", 1),
    ],
)
def test_names_with_full_versions(mine: Path, runtime: str, image: str, family: str, code: int) -> None:
    words = (f"kata-runtime={runtime}", f"kata-image={image}", "--family", family, "--manifest", mine)
    result = run("compatible", *words)
    assert result.exit_code == code, result.stderr
    assert f"kata-runtime {runtime} (runtime 1." in result.stdout
    assert f"kata-image {image} (agent 1." in result.stdout
    found = answers(*words)[1]
    (verdict,) = found["verdicts"]
    assert (found["compatible"], verdict["compatible"]) == (not code, not code)
    assert (verdict["client_package"]["version"], verdict["server_package"]["version"]) == (runtime, image)
    assert [one["releases"] for one in found["packages"]] == [
        {"runtime": runtime[:5]}, {"agent": image[:5]},
    ]  # fmt: skip


def test_the_built_in_manifest_is_found_by_the_packages() -> None:
    result = run("compatible", "kata-runtime=1.1.0-1", "kata-containers-image=1.0.0-29")
    assert result.exit_code == 1
    assert "no: kata-runtime 1.1.0-1 (runtime 1.1.0) with kata-containers-image 1.0.0-29 (agent 1.0.0)" in (
        result.stdout
    )
    assert "PauseContainer" in result.stdout


def test_a_package_and_a_component(mine: Path) -> None:
    for words, code in (
        (["kata-runtime=1.1.0-1", "agent=1.0.0"], 1),
        (["agent=1.1.0", "kata-runtime=1.1.0-1"], 0),
    ):
        assert run("compatible", *words, "--manifest", mine).exit_code == code
        (verdict,) = answers(*words, "--manifest", mine)[1]["verdicts"]
        assert verdict["client_package"]["name"] == "kata-runtime"
        assert verdict["server_package"] is None


def test_files_are_answered_as_check_answers_them(mine: Path, tmp_path: Path) -> None:
    runtime = deb(tmp_path, "kata-runtime", "1.1.0-1", GUARDED)
    for version, code in (("1.0.0-1", 1), ("1.1.0-1", 0)):
        image = deb(tmp_path, "kata-image", version)
        assert answers(runtime, image, "--manifest", mine)[0] == code
        checked = json.loads(run("check", runtime, image, "--manifest", mine, "--format", "json").stdout)
        assert [one["compatible"] for one in checked["pairs"]] == [not code]
        assert run("compatible", runtime, f"agent={version[:5]}", "--manifest", mine).exit_code == code
        assert run("compatible", runtime, f"kata-image={version}", "--manifest", mine).exit_code == code


def test_a_name_that_is_both_is_the_component_if_the_release_is_listed(mine: Path) -> None:
    mine.write_text(BOTH, "utf-8")

    def server(value: str) -> Any:
        (verdict,) = answers("runtime=1.0.0", f"kata-image={value}", "--manifest", mine)[1]["verdicts"]
        return verdict["server_package"]

    assert server("1.1.0") is None
    assert server("1.1.0-1")["version"] == "1.1.0-1"
    result = run("compatible", "runtime=1.0.0", "kata-image=1.7.0", "--manifest", mine)
    assert result.exit_code == 2
    assert "1.7.0 is not a kata-image release in the manifest" in result.stderr
    assert (
        "kata-image is a component and a package; it is the component if the manifest lists the release"
        in (result.stderr)
    )


def test_mode_exact_wants_the_same_full_version(mine: Path, tmp_path: Path) -> None:
    mine.write_text(f'{MANIFEST}[policy]\nmode = "exact"\n', "utf-8")
    for runtime, image, code in (
        ("1.1.0-1", "1.1.0-1", 0),
        ("1.1.0-1", "1.1.0-1+b1", 0),
        ("1.1.0-1", "1.1.0-2", 1),
        ("1.1.0-1", "1.0.0-1", 1),
    ):
        names = (f"kata-runtime={runtime}", f"kata-image={image}", "--manifest", mine)
        files = (
            deb(tmp_path, "kata-runtime", runtime),
            deb(tmp_path, "kata-image", image),
            "--manifest",
            mine,
        )
        assert answers(*names)[0] == answers(*files)[0] == code
        checked = json.loads(run("check", *files, "--format", "json").stdout)
        assert [one["compatible"] for one in checked["pairs"]] == [not code]
        if code:
            assert "works only with the same full version of agent (mode)" in run("compatible", *names).stdout


def test_packages_that_peers_leaves_out_are_answered_and_told(mine: Path) -> None:
    mine.write_text(MANIFEST.replace('["runtime"]\n[', '["runtime"]\npeers = []\n[', 1), "utf-8")
    words = ("kata-runtime=1.1.0-1", "kata-image=1.1.0-1", "--manifest", mine)
    assert "(agent protocol; not peers in the manifest)" in run("compatible", *words).stdout
    assert [one["peers"] for one in answers(*words)[1]["verdicts"]] == [False]


def test_a_package_with_both_sides_is_nobodys_peer(mine: Path) -> None:
    everything = '[package.kata-all]\ncarries = ["runtime", "agent"]\n'
    mine.write_text(MANIFEST.replace("[protocol", f"{everything}[protocol", 1), "utf-8")
    result = run("compatible", "kata-all=1.1.0-1", "kata-image=1.0.0-1", "--manifest", mine)
    assert result.exit_code == 2
    assert "no protocol joins kata-all and kata-image" in result.stderr


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (
            ["kata-runtim=1.1.0-1", "agent=1.0.0"],
            2,
            "no component or package is called 'kata-runtim'; did you",
        ),
        (["kata-runtime=1.7.0-1", "agent=1.0.0"], 2, "nearest known: 1.1.0"),
        (["kata-runtime=1.1.0 1", "agent=1.0.0"], 2, "is not a valid deb version"),
        (["kata-runtime=1.1.0-1", "kata-runtime=1.0.0-1"], 2, "kata-runtime is given twice"),
        (["a.deb", "agent=1.0.0"], 3, "a.deb: it cannot be read"),
        (["package0.deb", "kata-runtime=1.1.0-1"], 2, "the package kata-runtime is given twice"),
        (["package0.deb", "package0.deb"], 2, "the package kata-runtime is given twice"),
        (["package0.deb", "agent=1.0.0", "--family", "rpm"], 2, "packages of deb, not of rpm"),
        (["package1.deb", "agent=1.0.0"], 2, "no package is called 'qemu'"),
        (["package0.txt", "agent=1.0.0"], 2, "'package0.txt' is neither NAME=VERSION"),
    ],
)
def test_misused(mine: Path, tmp_path: Path, words: list[str], code: int, part: str) -> None:
    deb(tmp_path, "kata-runtime", "1.1.0-1")
    deb(tmp_path, "qemu", "1.1.0-1")
    result = run("compatible", *words, "--manifest", mine)
    assert (result.exit_code, result.stdout) == (code, "")
    assert part in result.stderr


def test_files_of_two_families_are_refused(mine: Path) -> None:
    one = sorted(RPM.glob("*.deb"))[0]
    other = sorted(RPM.glob("*.rpm"))[0]
    result = run("compatible", one, other, "--manifest", mine)
    assert result.exit_code == 2
    assert "packages of different families are never installed together" in result.stderr


@pytest.mark.parametrize("command", ["generate", "explain"])
def test_generate_and_explain_take_them_too(mine: Path, tmp_path: Path, command: str) -> None:
    more = ("--manifest", mine)
    expected = run(command, "kata-runtime", "1.1.0-1", *more)
    assert expected.exit_code == 0
    assert run(command, "kata-runtime=1.1.0-1", *more).stdout == expected.stdout
    assert run(command, deb(tmp_path, "kata-runtime", "1.1.0-1"), *more).stdout == expected.stdout
    for words, part in (
        (["kata-runtime=1.1.0-1", "1.1.0-1"], "has its version already"),
        (["kata-runtime="], "is neither NAME=VERSION"),
        (["package0.deb", "--family", "rpm"], "packages of deb, not of rpm"),
    ):
        refused = run(command, *words, *more)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert part in refused.stderr


def test_generate_without_a_version_says_what_to_add(mine: Path) -> None:
    result = run("generate", "kata-runtime", "--manifest", mine)
    assert result.exit_code == 2
    assert "kata-runtime has no version; add it, as in kata-runtime 1.1.0-1" in result.stderr


def test_the_api_answers_of_packages(mine: Path) -> None:
    project = api.Project(api.read_manifest(mine))
    asked = [
        api.PackageRef("deb", "kata-runtime", "1.1.0-1", "amd64"),
        api.PackageRef("deb", "kata-image", "1.0.0-1", ""),
    ]
    result = project.compatible(packages=asked)
    assert not result.compatible
    (pair,) = result.pairs
    assert (pair.client.package, pair.server.package) == tuple(asked)
    assert "PauseContainer" not in project.render(result, "text")
    assert "no: kata-runtime 1.1.0-1 (runtime 1.1.0)" in project.render(result, "text")
