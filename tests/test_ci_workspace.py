"""What CI runs in a hostile workspace: no file of it is run, and the verdict is right."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import test_ci_action
import test_ci_gitlab
from ci_steps import OFFLINE, copy_checkout, environment, make_project, write_python, write_script

MODULES = (
    "click", "ensurepip", "jinja2", "json", "os", "pip", "runpy", "secrets", "semver",
    "setuptools", "sitecustomize", "subprocess", "toml", "usercustomize", "venv",
)  # fmt: skip
PROGRAMS = (
    "awk", "bash", "cat", "env", "git", "head", "mktemp", "pkgguard", "python", "python3", "sed", "sh", "tr",
    "wc",
)  # fmt: skip
# Each leads into the workspace, where a step is run; PATH does in four ways.
VARIABLES = {
    "PIP_CONFIG_FILE": "pip.conf",
    "PYTHONHOME": ".",
    "PYTHONPATH": ".",
    "PYTHONPYCACHEPREFIX": "cache",
    "PYTHONSTARTUP": "sitecustomize.py",
    "PYTHONUSERBASE": ".",
    "PYTHONWARNINGS": "error::click.Warning",
}


class Workspace:
    """A project full of traps: whatever of it is run leaves its name in ``sprung``."""

    def __init__(self, folder: Path) -> None:
        self.folder = make_project(folder / "work space")
        self.sprung = folder / "sprung"
        self.sprung.mkdir()
        self.programs = folder / "programs"
        write_python(self.programs / "python3")
        for name in MODULES:
            self._module(f"{name}.py")
        for name in ("pkgguard/__init__.py", "pkgguard/__main__.py", "setup.py", "conftest.py"):
            self._module(name)
        for place in (".", "bin"):
            for name in PROGRAMS:
                if place == "." and name == "pkgguard":
                    continue  # the folder of that name
                write_script(self.folder / place / name, self._trap(f"{place}/{name}"))
        (self.folder / "evil.pth").write_text(f"import pathlib; {self._canary('evil.pth')}\n")
        (self.folder / "pip.conf").write_text("[global]\npython = ./python3\n")
        (self.folder / "setup.cfg").write_text("[metadata]\nname = evil\n[install]\nprefix = .\n")
        backend = '[build-system]\nrequires = []\nbuild-backend = "venv"\nbackend-path = ["."]\n'
        (self.folder / "pyproject.toml").write_text(backend)
        (self.folder / ".python-version").write_text("2.7.18\n")

    def _module(self, name: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"import pathlib; {self._canary(name)}\n", "utf-8")

    def _canary(self, name: str) -> str:
        return f"pathlib.Path({str(self.sprung / name.replace('/', '.'))!r}).touch()"

    def _trap(self, name: str) -> str:
        return f": > {shlex.quote(str(self.sprung / name.replace('/', '.')))}; exit 0"

    def environment(self, path: str, **more: str) -> dict[str, str]:
        """Return variables that lead into the workspace; what a step needs is first on its PATH."""
        return {**VARIABLES, **OFFLINE, **more, "PATH": f".:bin::{self.folder}/bin:{self.programs}:{path}:"}

    def untouched(self) -> None:
        assert sorted(path.name for path in self.sprung.iterdir()) == []


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.mark.parametrize(
    ("words", "sprung"),
    [
        (["-m", "venv", "--help"], "venv.py"),
        (["-m", "pip"], "pip.py"),
        (["-c", "import secrets"], "secrets.py"),
        (["-m", "pkgguard", "--version"], "pkgguard.__init__.py"),
    ],
    ids=str,
)
def test_the_traps_are_set(workspace: Workspace, words: list[str], sprung: str) -> None:
    subprocess.run([sys.executable, *words], cwd=workspace.folder, capture_output=True, check=False)
    assert sprung in {path.name for path in workspace.sprung.iterdir()}


def test_variables_and_the_search_path_spring_the_traps(workspace: Workspace) -> None:
    env = environment(PYTHONPATH=".")
    subprocess.run([sys.executable, "-c", ""], cwd=workspace.folder, env=env, check=False)
    env = workspace.environment(environment()["PATH"])
    subprocess.run(
        ["/bin/sh", "-c", "sed --version"], cwd=workspace.folder, env=env, capture_output=True, check=False
    )
    assert {"sitecustomize.py", "..sed"} <= {path.name for path in workspace.sprung.iterdir()}


def test_the_action_runs_nothing_of_it(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_ci_action, "BASH", ["/bin/bash", *test_ci_action.BASH[1:]])
    job = test_ci_action.Job(tmp_path / "action")
    job.workspace = workspace.folder
    for path in sorted(job.commands.iterdir()):
        path.unlink()
    job.commands.rmdir()
    checkout = copy_checkout(tmp_path / "checkout")
    env = workspace.environment(environment()["PATH"], PIP_CONFIG_FILE=str(workspace.folder / "pip.conf"))
    ran = job.run(test_ci_action.INSTALL, {}, GITHUB_ACTION_PATH=str(checkout), **env)
    assert ran.code == 0, ran.log
    workspace.untouched()
    for files, code, judged in (("dist/*.deb", 0, "3 packages"), ("dist/wrong/*.deb", 1, "1 package")):
        ran = job.run(test_ci_action.CHECK, {"files": files}, **env)
        assert ran.code == code, ran.log
        assert f"{judged} judged" in ran.log
        assert ran.log.startswith("::stop-commands::")
        assert f"{judged} judged" in ran.summary
    workspace.untouched()


@pytest.mark.parametrize("shell", test_ci_gitlab.SHELLS, ids=lambda shell: shell[0])
def test_the_gitlab_job_runs_nothing_of_it(workspace: Workspace, tmp_path: Path, shell: list[str]) -> None:
    checkout = copy_checkout(tmp_path / "checkout")
    # The runner starts the shell, by whatever path it knows.
    start = [
        "/usr/bin/env",
        f"PATH={workspace.environment(environment()['PATH'])['PATH']}",
        f"/bin/{shell[0]}",
    ]
    again = 'isolated "$pkgguard_home/bin/pkgguard" check dist/wrong/*.deb || echo "again: $?"'
    done = subprocess.run(
        [*start, *shell[1:]],
        input=f"{test_ci_gitlab.SCRIPT}\n{again}\n",
        cwd=workspace.folder,
        env=environment(
            TMPDIR=str(tmp_path),
            PKGGUARD_REQUIREMENT=str(checkout),
            PKGGUARD_FILES="\tdist/*.deb \r\n",
            **{name: text for name, text in workspace.environment("").items() if name != "PATH"},
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "3 packages judged" in done.stdout
    assert done.stdout.endswith("again: 1\n")
    workspace.untouched()
