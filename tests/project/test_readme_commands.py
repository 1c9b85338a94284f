"""README's two commands, as printed: a stranger on a fresh machine types them, and so does CI."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from real.debian12 import Debian12, checkout

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
FIRST, SECOND = (
    next(block for block in BLOCKS if word in block) for word in ("check examples/", "-m pytest")
)


class Fresh12(Debian12):
    archive = "fresh12"


class Fresh13(Debian12):
    archive = "fresh13"


@pytest.fixture(params=[Fresh12, Fresh13])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Debian12]:
    yield request.param.unpacked(tmp_path / "system")
    subprocess.run(["rm", "-rf", tmp_path / "system"], check=True)


@pytest.mark.real
def test_the_first_command_works_on_a_fresh_system_without_package_lists(fresh: Debian12) -> None:
    assert not list((fresh.folder / "var/lib/apt/lists").glob("*Packages*"))
    refused = fresh.run("apt-get", "install", "-y", "python3-venv")
    assert "Unable to locate package python3-venv" in refused.output
    checkout(fresh.folder / "srv/pkgguard")
    done = fresh.typed(
        FIRST,
        cwd="/srv/pkgguard",
        # Wheels are taken from a folder in place of an index; a fresh system sets no locale.
        environment={"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/srv/wheels"},
    )
    assert done.returncode == 1, done.output
    assert re.search(r"\d+ packages judged, .*\d+ errors", done.output), done.output
    assert "Traceback" not in done.output


def test_the_second_command_asks_for_package_lists_first_and_installs_all_that_it_runs() -> None:
    update, install = SECOND.index("apt-get update"), SECOND.index("apt-get install")
    assert update < install
    assert SECOND.startswith("export DEBIAN_FRONTEND=noninteractive")
    installed = set(SECOND[install : SECOND.index("&&", install)].replace("\\\n", " ").split())
    needed = {"mmdebstrap", "python3-venv", "python3-pip", "apt-utils", "rpm", "dnf", "git"}
    assert needed <= installed
    for script in re.findall(r"sh (tests/\S+)", SECOND):
        assert (ROOT / script).is_file()


# ------------------------------------------------------------------ every command that installs packages

SHOWN = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
INSTALLING = re.compile(r"apt-get (?:install|build-dep) (?![A-Z])([^&`\n]*)")


def chunks(path: Path) -> list[str]:
    """Return the blocks between empty lines, with continued lines joined."""
    return re.split(r"\n\s*\n", path.read_text("utf-8").replace("\\\n", " "))


def installing() -> dict[str, list[tuple[str, re.Match[str]]]]:
    """Return each command that installs packages, with the chunk that it stands in, by the file's path."""
    every = {
        str(path.relative_to(ROOT)): chunks(path)
        for path in [*SHOWN, ROOT / "ci/Containerfile", ROOT / "ci/gitlab.yml"]
    }
    return {
        name: [(chunk, match) for chunk in some for match in INSTALLING.finditer(chunk)]
        for name, some in every.items()
    }


def test_every_command_that_installs_fetches_lists_first_and_asks_nothing() -> None:
    found = installing()
    assert {name for name, some in found.items() if some} >= {
        *("README.md", "CONTRIBUTING.md", "ci/Containerfile"),
        *("docs/ci.md", "docs/packaging-debian.md", "docs/packaging-rpm.md"),
    }
    for name, some in found.items():
        for chunk, match in some:
            before = chunk[: match.start()]
            assert "apt-get update" in before, (name, match.group())
            assert "-y" in match[1].split(), (name, match.group())
            assert "DEBIAN_FRONTEND=noninteractive" in before, (name, match.group())


@pytest.mark.real
@pytest.mark.parametrize("release", ["fresh12", "fresh13"])
def test_every_package_that_is_installed_is_in_the_release(release: str) -> None:
    wanted = {
        word
        for some in installing().values()
        for _, match in some
        for word in match[1].split()
        if re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", word)
    }
    assert {"python3-venv", "mmdebstrap", "zsh", "build-essential", "python3-pytest-xdist"} <= wanted
    archive = ROOT / f".cache/{release}.tar"
    assert archive.is_file(), f"run sh tests/real/fresh.sh {archive}, as README's test command does"
    command = ["tar", "--extract", "--to-stdout", "--file", archive, "./srv/names"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert len(listed) > 50_000
    assert wanted - set(listed) == set()


# ------------------------------------------------------------------ .ci/run


def test_ci_does_what_the_second_command_does_and_nothing_before_it() -> None:
    lines = [
        line
        for line in (ROOT / ".ci/run").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert lines[:2] == ["set -euo pipefail", 'cd "$(dirname "$0")/.."']
    taken, *run = lines[2:5]
    checks = lines[5:]
    assert run == ['[ -n "$command" ]', 'eval "$command"']
    assert taken.startswith("command=$(sed ")
    shown = subprocess.run(
        ["bash", "-c", f'{taken}\nprintf "%s\\n" "$command"'],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == SECOND
    assert [line.split()[0] for line in checks] == [
        f".venv/bin/{name}" for name in ("ruff", "ruff", "mypy", "vulture", "python")
    ]


class Commands:
    """A copy of ``.ci/run`` and README in which every program is a stub that notes its call; one may fail."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkout"
        self.programs = folder / "programs"
        self.called = folder / "called"
        (self.folder / ".ci").mkdir(parents=True)
        shutil.copy(ROOT / ".ci/run", self.folder / ".ci/run")
        self.readme(README)
        for name in ("sed", "dirname"):
            self.programs.mkdir(exist_ok=True)
            (self.programs / name).symlink_to(str(shutil.which(name)))
        for name in ("apt-get", "sh", "python3"):
            self._stub(self.programs / name)
        for name in ("pip", "python", "ruff", "mypy", "vulture"):
            self._stub(self.folder / ".venv/bin" / name)

    def readme(self, text: str) -> None:
        (self.folder / "README.md").write_text(text, "utf-8")

    def _stub(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        note = f'echo "{path.name} $*" >> "$CALLED"\n[ "$(/usr/bin/wc -l < "$CALLED")" -ne "$FAILING" ]\n'
        path.write_text(f"#!/bin/sh\n{note}")
        path.chmod(0o755)

    def run(self, failing: int) -> tuple[int, list[str]]:
        """Run it with the call of this number failing; return the exit code and the calls."""
        self.called.write_text("")
        done = subprocess.run(
            ["/bin/bash", ".ci/run"],
            cwd=self.folder,
            env={"PATH": str(self.programs), "CALLED": str(self.called), "FAILING": str(failing)},
            capture_output=True,
            check=False,
        )
        return done.returncode, self.called.read_text().splitlines()


def test_ci_ends_where_any_command_fails(tmp_path: Path) -> None:
    commands = Commands(tmp_path)
    code, called = commands.run(0)
    assert code == 0
    assert [one.split()[0] for one in called] == [
        *(
            "apt-get",
            "apt-get",
            "sh",
            "sh",
            "sh",
            "sh",
            "sh",
            "python3",
            "pip",
            "python",
            "ruff",
            "ruff",
            "mypy",
            "vulture",
            "python",
        )
    ]
    for number in range(1, len(called) + 1):
        assert commands.run(number) == (1, called[:number])


@pytest.mark.parametrize("lost", ["<!-- the tests: .ci/run takes the next block -->\n", SECOND])
def test_ci_fails_where_the_command_is_not_found(tmp_path: Path, lost: str) -> None:
    commands = Commands(tmp_path)
    assert lost in README
    commands.readme(README.replace(lost, ""))
    assert commands.run(0) == (1, [])
