"""README's two commands, as printed: a stranger on a fresh machine types them, and so does CI."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from real.debian12 import Debian12, checkout

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
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
    done = fresh.run(
        "sh",
        "-c",
        FIRST,
        cwd="/srv/pkgguard",
        # Wheels are taken from a folder in place of an index; a fresh system says nothing of a locale.
        environment={"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/srv/wheels", "LC_ALL": "C"},
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


def test_ci_does_what_the_second_command_does_and_nothing_before_it() -> None:
    lines = [
        line
        for line in (ROOT / ".ci/run").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert lines[:2] == ["set -euo pipefail", 'cd "$(dirname "$0")/.."']
    taken, run, *checks = lines[2:]
    assert run == 'eval "$command"'
    assert taken.startswith("command=$(sed ")
    shown = subprocess.run(
        ["bash", "-c", f'{taken}\nprintf "%s\\n" "$command"'],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == SECOND
    assert [line.split()[0] for line in checks] == [".venv/bin/ruff", ".venv/bin/ruff", ".venv/bin/mypy"]
