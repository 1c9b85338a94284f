"""The pre-commit hook: the real pre-commit picks the files and runs the hook's own entry on them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ci_steps import documented, environment, install_commands

ROOT = Path(__file__).parents[2]
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
RIGHT = (ROOT / "examples/pause-container/pkgguard.toml").read_text("utf-8")
WRONG = RIGHT.replace('"added"', '"addd"')
DOUBTFUL = RIGHT.replace('mode = "protocol"', 'mode = "window"')
PRE_COMMIT = [sys.executable, "-m", "pre_commit"]


class Repository:
    """A git repository that uses the hook, installed already instead of by pip."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "repository"
        self.folder.mkdir()
        install_commands(folder / "bin")
        self.env = environment(PRE_COMMIT_HOME=str(folder / "cache"), GIT_CONFIG_GLOBAL="/dev/null")
        self.env["PATH"] = f"{folder / 'bin'}:{self.env['PATH']}"
        self.run("git", "init", "--quiet")

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=self.folder, env=self.env, capture_output=True, text=True, check=words[0] == "git"
        )

    def hook(self, contents: dict[str, str], **settings: object) -> subprocess.CompletedProcess[str]:
        for name, content in contents.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
        hook = HOOK | {"language": "system"} | settings
        config = {"repos": [{"repo": "local", "hooks": [hook]}]}
        (self.folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), "utf-8")
        self.run("git", "add", "--all")
        return self.run(*PRE_COMMIT, "run", "--all-files", "--verbose", "--color=never")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_pre_commit_takes_it(tmp_path: Path) -> None:
    def valid(path: Path) -> bool:
        done = subprocess.run([*PRE_COMMIT, "validate-manifest", path], capture_output=True, check=False)
        return done.returncode == 0

    assert valid(ROOT / ".pre-commit-hooks.yaml")
    wrong = tmp_path / "hooks.yaml"
    wrong.write_text((ROOT / ".pre-commit-hooks.yaml").read_text().replace("entry:", "entri:"))
    assert not valid(wrong)


def test_its_entry_is_a_command_that_a_checkout_installs() -> None:
    command, *words = HOOK["entry"].split()
    assert command in (ROOT / "setup.cfg").read_text().split("console_scripts =")[1].split()
    done = subprocess.run(
        [sys.executable, "-m", "pkgguard", *words, "--help"], capture_output=True, text=True, check=True
    )
    assert "[FILE]..." in done.stdout
    assert HOOK["language"] == "python"


def test_a_right_manifest_passes(repository: Repository) -> None:
    done = repository.hook({"pkgguard.toml": RIGHT, "a b/debian/pkgguard.toml": RIGHT, "x.toml": WRONG})
    assert done.returncode == 0, done.stdout
    assert "valid: 1 change, 0 pieces of advice" in done.stdout
    assert "manifest: pkgguard.toml (named" in done.stdout
    assert "manifest: a b/debian/pkgguard.toml (named" in done.stdout


@pytest.mark.parametrize("name", ["pkgguard.toml", "debian/pkgguard.toml", "some/where/pkgguard.toml"])
def test_a_wrong_manifest_does_not(repository: Repository, name: str) -> None:
    done = repository.hook({name: WRONG, "right/pkgguard.toml": RIGHT})
    assert done.returncode == 1
    assert f"pkgguard: {name}: 1 mistake in the manifest" in done.stdout
    assert "exit code: 1" in done.stdout


@pytest.mark.parametrize("name", ["mypkgguard.toml", "pkgguard.toml.bak", "pkgguard_toml", "pkgguard.toml/x"])
def test_other_files_are_let_alone(repository: Repository, name: str) -> None:
    done = repository.hook({name: WRONG})
    assert done.returncode == 0
    assert "(no files to check)" in done.stdout


def test_it_can_be_widened_as_documented(repository: Repository) -> None:
    plain, wider = (
        yaml.safe_load(text)["repos"][0]["hooks"][0] for text in documented(".pre-commit-config.yaml")
    )
    assert plain == {"id": HOOK["id"]}
    assert wider.pop("id") == HOOK["id"]
    names = ["pkgguard.toml", "debian/kata.pkgguard.toml", "debian/manifests/kata.toml"]
    done = repository.hook(dict.fromkeys(names, DOUBTFUL) | {"other.toml": WRONG})
    assert done.returncode == 0
    done = repository.hook({}, **wider)
    assert done.returncode == 1
    for name in names:
        assert re.search(
            rf"^{re.escape(name)}:\d+: warning: window-promise-broken", done.stdout, re.MULTILINE
        )
    assert "other.toml" not in done.stdout


def test_the_documented_configurations_are_ones(tmp_path: Path) -> None:
    for text in documented(".pre-commit-config.yaml"):
        path = tmp_path / "config.yaml"
        path.write_text(text, "utf-8")
        subprocess.run([*PRE_COMMIT, "validate-config", path], check=True)
    pattern = HOOK["files"].replace("|", "\\|")
    assert f"`{pattern}`" in (ROOT / "docs/ci.md").read_text("utf-8")
