"""Setting rules, advice and losses in the manifest and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_project import ROOT
from runner import both, run
from small_project import MANIFEST, deb


def test_a_rule_can_be_set_on_the_command_line_and_in_the_manifest(here: Path, mine: Path) -> None:
    path = deb(here, "kata-runtime", "1.1.0-1", "Depends: kata-image\n")
    rule = "admits-incompatible-peer"
    assert run("check", "--manifest", mine, "--rule", f"{rule}=off", path).exit_code == 0
    assert run("check", "--manifest", mine, "--rule", f"{rule}=warning", path).exit_code == 0
    assert (
        run("check", "--manifest", mine, "--rule", f"{rule}=warning", "--fail-on", "warning", path).exit_code
        == 1
    )
    mine.write_text(MANIFEST + f'[rules]\n{rule} = "off"\n', "utf-8")
    assert run("check", "--manifest", mine, path).exit_code == 0
    assert run("check", "--manifest", mine, "--rule", f"{rule}=error", path).exit_code == 1
    for wrong in ("admits-incompatible-per=off", f"{rule}=none", rule, "=off", f"{rule}="):
        assert run("check", "--manifest", mine, "--rule", wrong, path).exit_code == 2


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ('admits-incompatible-per = "off"', "admits-incompatible-peer"),
        ('admits-incompatible-peer = "of"', "'off'"),
    ],
)
def test_a_rule_that_does_not_exist_is_a_mistake_in_the_manifest(
    here: Path, mine: Path, line: str, part: str
) -> None:
    mine.write_text(f"{MANIFEST}[rules]\n{line}\n", "utf-8")
    number = MANIFEST.count("\n") + 2
    for command in (["manifest", "check"], ["check", deb(here, "qemu", "1")]):
        result = run(*command, "--manifest", mine)
        assert result.exit_code == (1 if command[0] == "manifest" else 3)
        assert f"line {number}: [rules] " in both(result)
        assert part in both(result)


HOLE = ("kata-runtime", "1.1.0-1", "--family", "rpm", "--target", "rpm-legacy")


def with_hole(tmp_path: Path, level: str) -> Path:
    """Return a manifest whose hole rpm-legacy cannot express, with the level of that loss."""
    text = (ROOT / "tests/rules/manifests/hole.toml").read_text("utf-8")
    path = tmp_path / "hole.toml"
    path.write_text(f'{text}\n[rules]\nhole-refused = "{level}"\n', "utf-8")
    return path


@pytest.mark.parametrize(("level", "code"), [("off", 0), ("info", 0), ("warning", 0), ("error", 1)])
@pytest.mark.parametrize("quiet", [(), ("--quiet",)])
def test_a_loss_has_the_severity_that_the_manifest_gives_it(
    tmp_path: Path, level: str, code: int, quiet: tuple[str, ...]
) -> None:
    result = run("generate", *HOLE, "--manifest", with_hole(tmp_path, level), *quiet)
    assert result.exit_code == code, result.output
    said = f"{level}: hole-refused: " in result.stderr
    assert said is (level == "error" or (level != "off" and not quiet))


@pytest.mark.parametrize(("level", "code"), [("off", 0), ("info", 0), ("warning", 0), ("error", 1)])
def test_a_loss_has_the_severity_that_the_command_gives_it(tmp_path: Path, level: str, code: int) -> None:
    manifest = with_hole(tmp_path, "warning")
    result = run("generate", *HOLE, "--manifest", manifest, "--rule", f"hole-refused={level}")
    assert result.exit_code == code, result.output
    assert (f"{level}: hole-refused: " in result.stderr) is (level != "off")


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("all=off", "no rule about a loss is called 'all'"),
        ("pinned-revision=off", "no rule about a loss is called 'pinned-revision'"),
        ("unused-substvar=off", "no rule about a loss is called 'unused-substvar'"),
        ("hole-refused=of", "'of'"),
    ],
)
def test_generate_sets_only_losses(tmp_path: Path, setting: str, said: str) -> None:
    result = run("generate", *HOLE, "--manifest", with_hole(tmp_path, "warning"), "--rule", setting)
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr


def test_a_loss_has_its_relations_and_reasons(tmp_path: Path) -> None:
    manifest = with_hole(tmp_path, "warning")
    result = json.loads(run("generate", *HOLE, "--manifest", manifest, "--format", "json").stdout)
    (loss,) = (one for one in result["losses"] if one["id"] == "hole-refused")
    lines = [(relation["field"], relation["relation"]) for relation in result["relations"]]
    written = {f"{field}: {text}" for field, text in lines if text.startswith(loss["peer"])}
    assert set(loss["relations"]) == written != set()
    assert loss["reasons"]
    assert [reason["releases"] for reason in loss["reasons"]] == ["1.1.0"]


def test_all_does_not_reach_losses(tmp_path: Path) -> None:
    manifest = with_hole(tmp_path, "warning")
    text = manifest.read_text("utf-8").replace('hole-refused = "warning"', 'all = "off"')
    manifest.write_text(text, "utf-8")
    assert "warning: hole-refused: " in run("generate", *HOLE, "--manifest", manifest).stderr


def test_a_command_sets_only_the_rules_that_it_applies() -> None:
    package = next((ROOT / "examples/pause-container/packages").glob("*.deb"))
    manifest = ROOT / "tests/rules/manifests/pause.toml"
    for rule in ("component-in-no-package", "hole-refused"):
        assert run("check", "--rule", f"{rule}=off", package).exit_code == 2
    assert run("manifest", "check", manifest, "--rule", "pinned-revision=off").exit_code == 2


def test_advice_can_be_set(tmp_path: Path) -> None:
    manifest = tmp_path / "one.toml"
    text = (ROOT / "tests/rules/manifests/pause.toml").read_text("utf-8")
    manifest.write_text(text + '\n[component.alone]\nreleases = ["1.0.0"]\n', "utf-8")
    assert "warning: component-in-no-package: " in run("manifest", "check", manifest).stdout
    assert run("manifest", "check", manifest, "--rule", "component-in-no-package=error").exit_code == 1
    silent = run("manifest", "check", manifest, "--rule", "component-in-no-package=off")
    assert "component-in-no-package" not in silent.stdout
    assert run("manifest", "check", manifest, "--rule", "component=off").exit_code == 2


def test_a_mistyped_rule_names_the_nearest_and_not_all(here: Path) -> None:
    for words in (["explain", "epoch-forgoten"], ["check", "--rule", "epoch-forgoten=off", "x.deb"]):
        result = run(*words)
        assert result.exit_code == 2
        said = "no rule is called 'epoch-forgoten'; did you mean 'epoch-forgotten'?"
        assert result.stderr.endswith(f"{said}; pkgguard rules lists every rule\n")
    (line,) = run("explain", "zzzz").stderr.splitlines()
    assert line.endswith("no rule is called 'zzzz'; pkgguard rules lists every rule")
