"""``python -m tools.check``, and the hooks of this repository."""

from __future__ import annotations

import fnmatch
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tools import branch_coverage, check

ROOT = Path(__file__).parents[2]


def test_every_module_that_is_left_out_exists() -> None:
    assert all((ROOT / "tests" / path).is_file() for path in check.LEFT_OUT)


def test_every_pattern_that_the_coverage_leaves_out_fits_a_module_and_most_modules_are_run() -> None:
    every = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
    for name in branch_coverage.LEFT_OUT:
        assert fnmatch.filter(every, f"test_{name}"), name
    run = {Path(path).stem for path in branch_coverage.files()}
    assert {"test_rules", "test_deb_tar", "test_compatibility"} <= run < every
    assert len(run) > len(every) / 2


def test_a_failing_check_is_named_and_the_others_still_run(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def steps() -> dict[str, list[str]]:
        return {
            "bad": [sys.executable, "-c", "raise SystemExit(3)"],
            "good": [sys.executable, "-c", "print('ran')"],
        }

    monkeypatch.setattr(check, "steps", steps)
    assert check.main([]) == 1
    output = capfd.readouterr().out
    assert "ran" in output
    assert output.endswith("failed: bad\n")
    assert check.main(["good"]) == 0
    assert check.main(["other"]) == 2


def test_the_checks_use_this_checkout(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    show = "import os, pkgguard; print(os.getcwd(), pkgguard.__file__)"
    monkeypatch.setattr(check, "steps", lambda: {"show": [sys.executable, "-c", show]})
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    assert check.main([]) == 0
    assert f"{ROOT} {ROOT}/pkgguard/__init__.py" in capfd.readouterr().out


def test_an_unknown_check_is_refused_by_the_command() -> None:
    command = [sys.executable, "-m", "tools.check", "rufff"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "there is no check 'rufff'; the checks are lint, format, types, dead-code, tests\n"


def test_the_hooks_run_the_static_checks_without_a_network() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    (repository,) = config["repos"]
    assert repository["repo"] == "local"
    assert {hook["language"] for hook in repository["hooks"]} == {"system"}
    entries = {hook["entry"] for hook in repository["hooks"]}
    assert entries == {f"python -m tools.check {name}" for name in check.steps() if name != "tests"}
