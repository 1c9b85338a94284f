"""The Containerfile: what it names exists, its shell is sound, and its steps make what they should.

Its steps are run in Debian 12 in the order that a builder runs them, without a builder and without a network.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from fnmatch import fnmatch
from pathlib import Path

import pytest
from ci_steps import make_project, shellcheck
from real.debian12 import Debian12
from real.tools import Outcome

ROOT = Path(__file__).parents[2]
PATH = "ci/Containerfile"
BASE = "docker.io/library/debian:12-slim"


def instructions(text: str) -> list[tuple[str, str]]:
    """Return each instruction of a Containerfile and what follows it, lines joined."""
    lines = "\n".join(line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return [
        (word, rest) for word, rest in (one.split(None, 1) for one in lines.replace("\\\n", "").split("\n"))
    ]


FOUND = instructions((ROOT / PATH).read_text("utf-8"))


def given(instruction: str) -> list[str]:
    return [rest for word, rest in FOUND if word == instruction]


def test_both_stages_are_the_same_debian() -> None:
    assert given("FROM") == [f"{BASE} AS build", BASE]


@pytest.mark.parametrize("script", given("RUN"))
def test_its_shell_is_sound(script: str) -> None:
    assert shellcheck("#!/bin/sh\n" + script + "\n", "sh") == ""
    assert not re.search(r"[;|]", script), "a failing command would be passed over"


def test_what_is_copied_exists() -> None:
    whole, package = (shlex.split(one) for one in given("COPY"))
    (source, target) = whole
    assert source == "."
    assert given("WORKDIR")[0] == target
    stage, built, _ = package
    assert stage == "--from=build"
    # dpkg-buildpackage leaves the packages beside the source.
    assert built == f"{Path(target).parent}/pkgguard_*.deb"


def left_out(path: Path) -> bool:
    """Return whether .containerignore leaves a file out: a name is one of the top, with **/ one anywhere."""
    for pattern in (ROOT / ".containerignore").read_text("utf-8").split():
        anywhere, name = pattern.startswith("**/"), pattern.removeprefix("**/")
        assert "/" not in name
        if any(fnmatch(part, name) for part in (path.parts if anywhere else path.parts[:1])):
            return True
    return False


def test_the_context_has_what_is_built_and_nothing_else() -> None:
    for folder in ("pkgguard", "templates", "tests", "tools", "examples", "docs", "debian"):
        for path in (ROOT / folder).rglob("*"):
            made = "__pycache__" in path.parts
            assert left_out(path.relative_to(ROOT)) == made, path
    assert not any(left_out(Path(name)) for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"))
    assert all(left_out(Path(name)) for name in (".git/config", ".venv/bin/python", "build/lib/x.py"))


def test_it_runs_pkgguard_and_not_as_root() -> None:
    assert [json.loads(one) for one in given("ENTRYPOINT")] == [["pkgguard"]]
    (user,) = given("USER")
    uid, _ = user.split(":")
    assert int(uid) > 0
    assert f"--uid {uid} " in given("RUN")[-1]
    words = [word for word, _ in FOUND]
    assert words.index("USER") > max(index for index, word in enumerate(words) if word in {"RUN", "COPY"})


def test_its_labels_are_those_of_the_project() -> None:
    labels = dict(one.split("=", 1) for one in shlex.split(given("LABEL")[0]))
    assert {name.removeprefix("org.opencontainers.image.") for name in labels} == {
        "title", "description", "licenses",
    }  # fmt: skip
    licence = f"license = {labels['org.opencontainers.image.licenses']}\n"
    assert licence in (ROOT / "setup.cfg").read_text("utf-8")


def test_the_documentation_builds_this_one() -> None:
    text = (ROOT / "docs/ci.md").read_text("utf-8")
    command = next(line for line in text.splitlines() if line.startswith("podman build"))
    assert shlex.split(command)[-3:] == ["-f", PATH, "."]
    assert command in (ROOT / PATH).read_text("utf-8")
    assert BASE in text


@pytest.mark.parametrize(
    "path", [PATH, "action.yml", "ci/gitlab.yml", ".pre-commit-hooks.yaml", "docs/ci.md"]
)
def test_nothing_points_at_a_place_that_does_not_exist(path: str) -> None:
    text = (ROOT / path).read_text("utf-8")
    hosts = set(re.findall(r"https?://([^/\s`]+)", text))
    assert hosts <= {"YOUR-HOST"}
    images = set(re.findall(r"docker\.io/\S+?(?=[\s`]|$)", text))
    assert images <= {BASE, "docker.io/library/python:3.13"}
    assert not re.search(r"pip install (--\S+ )*pkgguard|\w+/pkgguard@v?\d", text)


class Stage:
    """A stage of the Containerfile as far as it is built; knows the instructions that this one has."""

    def __init__(self, folder: Path, earlier: dict[str, Stage]) -> None:
        self.system = Debian12.unpacked(folder)
        # As Debian's own images have it.
        (folder / "etc/dpkg/dpkg.cfg.d/docker-apt-speedup").write_text("force-unsafe-io\n", "utf-8")
        self.earlier = earlier
        self.environment: dict[str, str] = {}
        self.place, self.user, self.entry = "/", "0:0", [""]

    def do(self, word: str, rest: str) -> None:
        if word == "RUN":
            self.system.run("sh", "-c", rest, cwd=self.place, environment=self.environment).checked()
        elif word == "COPY":
            self.copy(*shlex.split(rest))
        elif word == "ENV":
            self.environment |= dict(one.split("=", 1) for one in shlex.split(rest))
        elif word == "WORKDIR":
            self.place = rest
            (self.system.folder / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif word == "USER":
            self.user = rest
        elif word == "ENTRYPOINT":
            self.entry = json.loads(rest)
        else:
            assert word == "LABEL"

    def copy(self, *words: str) -> None:
        *stage, source, target = words
        if not stage:
            assert source == "."
            for path in ROOT.rglob("*"):
                inside = path.relative_to(ROOT)
                if path.is_file() and not left_out(inside):
                    self.system.copy_in(path, f"{target}/{inside}")
            return
        assert target.endswith("/")
        from_folder = self.earlier[stage[0].removeprefix("--from=")].system.folder
        matches = list(from_folder.glob(source.lstrip("/")))
        assert matches
        for path in matches:
            self.system.copy_in(path, target + path.name)

    def container(self, *words: str) -> Outcome:
        """Run the entry point with these words, as the user and in the folder of the image."""
        command = [*self.entry, *words]
        drop = ["setpriv", f"--reuid={self.user.split(':')[0]}", f"--regid={self.user.split(':')[1]}"]
        return self.system.run(*drop, "--clear-groups", *command, cwd=self.place)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("image")
    stages: dict[str, Stage] = {}
    for word, rest in FOUND:
        if word == "FROM":
            name = rest.partition(" AS ")[2] or "last"
            stages[name] = Stage(folder / name, stages)
        else:
            list(stages.values())[-1].do(word, rest)
    shutil.rmtree(stages["build"].system.folder)
    return stages["last"]


@pytest.mark.real
def test_its_steps_make_an_image_that_checks(image: Stage) -> None:
    work = make_project(image.system.folder / "work")
    assert image.container("--version").checked().output.startswith("pkgguard, version ")
    assert image.container("check", "dist/kata-runtime_1.0.0-1_amd64.deb").checked()
    outcome = image.container("check", "dist/wrong/kata-runtime_1.1.0-1_amd64.deb")
    assert outcome.returncode == 1
    assert "manifest: pkgguard.toml (found here)" in outcome.output
    assert "error: admits-incompatible-peer" in outcome.output
    assert not list(work.rglob("*.pyc"))
    assert not list((image.system.folder / "tmp").iterdir())
    assert image.system.run("dpkg", "--audit").checked().output == ""
    assert not image.system.run("dpkg", "--status", "build-essential")
