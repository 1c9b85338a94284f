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
    "awk", "bash", "cat", "env", "git", "head", "mktemp", "mv", "pkgguard", "python", "python3", "rm", "sed",
    "sh", "tr", "wc",
)  # fmt: skip
# Each leads into the workspace, where a step is run; PATH does in seven ways.
VARIABLES = {
    "BASH_ENV": "start.sh",
    "ENV": "start.sh",
    "LD_LIBRARY_PATH": "/no/where:",
    "LD_PRELOAD": "./libc.so.6",
    "OPENSSL_CONF": "openssl.cnf",
    "PIP_CACHE_DIR": "cache",
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
                write_script(self.folder / place / name, self.trap(f"{place}/{name}"))
        (self.folder / "start.sh").write_text(f"{self.trap('start.sh').removesuffix('; exit 0')}\n")
        # Not a library: what the loader takes it for one cannot start.
        (self.folder / "libc.so.6").write_text("no library")
        (self.folder / "libssl.so.3").write_text("no library")
        (self.folder / "openssl.cnf").write_text("no configuration [")
        (self.programs.parent / "link").symlink_to(self.folder / "bin")
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

    def trap(self, name: str) -> str:
        return f": > {shlex.quote(str(self.sprung / name.replace('/', '.')))}; exit 0"

    def environment(self, path: str, **more: str) -> dict[str, str]:
        """Return variables that lead into the workspace; what a step needs is first on its PATH."""
        other = f"{self.folder.parent}/link:{self.folder}/../{self.folder.name}/bin:/{self.folder}//bin"
        places = f".:bin::{self.folder}/bin:{other}:{self.programs}:{path}:"
        return {**VARIABLES, **OFFLINE, **more, "PATH": places}

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
    env = workspace.environment(environment()["PATH"], LD_LIBRARY_PATH="", LD_PRELOAD="")
    subprocess.run(
        ["/bin/sh", "-c", "sed --version"], cwd=workspace.folder, env=env, capture_output=True, check=False
    )
    env = environment(BASH_ENV="start.sh")
    subprocess.run(["/bin/bash", "-c", ":"], cwd=workspace.folder, env=env, check=False)
    assert {"sitecustomize.py", "..sed", "start.sh"} <= {path.name for path in workspace.sprung.iterdir()}
    for name, code in (("LD_LIBRARY_PATH", 127), ("LD_PRELOAD", 0)):
        env = environment(**{name: VARIABLES[name]})
        done = subprocess.run(
            ["/bin/bash", "-c", ":"],
            cwd=workspace.folder,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code
        assert "libc.so.6" in done.stderr


def test_the_action_runs_nothing_of_it(workspace: Workspace, tmp_path: Path) -> None:
    job = test_ci_action.Job(tmp_path / "action")
    job.workspace = workspace.folder
    for path in sorted(job.commands.iterdir()):
        path.unlink()
    job.commands.rmdir()
    checkout = copy_checkout(tmp_path / "checkout")
    env = workspace.environment(environment()["PATH"], PIP_CONFIG_FILE=str(workspace.folder / "pip.conf"))
    env["BASH_FUNC_dirname%%"] = env["BASH_FUNC_sed%%"] = f"() {{ {workspace.trap('function')}; }}"
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
            **{name: text for name, text in workspace.environment("").items() if name != "PATH"}
            | test_ci_gitlab.JOB["variables"],
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "3 packages judged" in done.stdout
    assert done.stdout.endswith("again: 1\n")
    workspace.untouched()


def test_the_loader_keeps_what_lies_outside(workspace: Workspace, tmp_path: Path) -> None:
    (kept := tmp_path / "libraries").mkdir()
    given = f":{kept}:.:{workspace.folder}:{workspace.folder}/../libraries;{tmp_path}/link:"
    wanted = f"<{kept}:{workspace.folder}/../libraries>"
    job = test_ci_action.Job(tmp_path / "action")
    job.workspace = workspace.folder
    write_script(job.commands / "pkgguard", 'echo "<$LD_LIBRARY_PATH>"')
    assert wanted in job.run(test_ci_action.CHECK, {"files": "dist/*.deb"}, LD_LIBRARY_PATH=given).log
    for shell in test_ci_gitlab.SHELLS:
        other = test_ci_gitlab.Job(tmp_path / shell[0])
        other.project = workspace.folder
        other.script += "\nisolated sh -c 'echo \"<$LD_LIBRARY_PATH>\"'"
        done = other.run(
            shell,
            PKGGUARD_REQUIREMENT="./x",
            PKGGUARD_FILES="dist/*.deb",
            LD_LIBRARY_PATH=f"{kept}:/no/where",
        )
        assert f"<{kept}>" in done.stdout, done.stderr
