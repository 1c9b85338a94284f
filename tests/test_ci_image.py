"""The Containerfile: what it names exists, and its shell is sound."""

from __future__ import annotations

import json
import re
import shlex
from fnmatch import fnmatch
from pathlib import Path

import pytest
from ci_steps import shellcheck

ROOT = Path(__file__).parent.parent
PATH = "ci/Containerfile"
BASE = "docker.io/library/debian:12-slim"


def instructions(text: str) -> list[tuple[str, str]]:
    """Give each instruction of a Containerfile and what follows it, lines joined."""
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
    """Say whether .containerignore leaves a file out: a name is one of the top, with **/ one anywhere."""
    for pattern in (ROOT / ".containerignore").read_text("utf-8").split():
        anywhere, name = pattern.startswith("**/"), pattern.removeprefix("**/")
        assert "/" not in name
        if any(fnmatch(part, name) for part in (path.parts if anywhere else path.parts[:1])):
            return True
    return False


def test_the_context_has_what_is_built_and_nothing_else() -> None:
    for folder in ("pkgguard", "templates", "tests", "examples", "docs", "debian"):
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
