"""Which manifest a command uses, and what it says of one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_project import document
from runner import both, run, said
from small_project import MANIFEST, deb


@pytest.mark.parametrize(
    "command",
    [
        ["compatible", "runtime=1.0.0", "agent=1.0.0"],
        ["explain", "kata-runtime", "1.0.0-1"],
        ["generate", "kata-runtime", "1.0.0-1"],
        ["manifest", "show"],
        ["manifest", "check"],
    ],
    ids=" ".join,
)
def test_the_manifest_that_is_used_is_the_first_there_is_and_is_said(here: Path, command: list[str]) -> None:
    def named(project: str, path: str) -> Path:
        (here / path).parent.mkdir(exist_ok=True)
        (here / path).write_text(MANIFEST.replace('"mine"', f'"{project}"'), "utf-8")
        return here / path

    assert said(run(*command)) == "manifest: kata.toml (built in), project kata-containers"
    named("packaging", "debian/pkgguard.toml")
    assert said(run(*command)) == "manifest: debian/pkgguard.toml (found here), project packaging"
    named("local", "pkgguard.toml")
    assert said(run(*command)) == (
        "manifest: pkgguard.toml (found here; debian/pkgguard.toml is not used), project local"
    )
    variable = named("variable", "v.toml")
    env = {"PKGGUARD_MANIFEST": str(variable)}
    by_name = "named by PKGGUARD_MANIFEST"
    assert said(run(*command, env=env)) == (
        f"manifest: {variable} ({by_name}; pkgguard.toml and debian/pkgguard.toml are not used),"
        " project variable"
    )
    same = {"PKGGUARD_MANIFEST": "./pkgguard.toml"}
    assert said(run(*command, env=same)) == (
        f"manifest: pkgguard.toml ({by_name}; debian/pkgguard.toml is not used), project local"
    )
    option = named("option", "o.toml")
    assert said(run(*command, "--manifest", option, env=env)) == (
        f"manifest: {option} (named on the command line), project option"
    )
    assert said(run(*command, env={"PKGGUARD_MANIFEST": ""})).endswith("project local")


def test_check_says_its_manifest_in_text_and_in_json(here: Path, mine: Path) -> None:
    path = deb(here, "qemu", "1")
    assert said(run("check", "--manifest", mine, path)).endswith("project mine")
    assert said(run("check", path)).endswith("(built in), project kata-containers")
    found = document(run("check", "--format", "json", "--manifest", mine, path))
    assert found["manifest"] == {"project": "mine", "path": str(mine), "origin": "named on the command line"}


WRONG_MANIFESTS = {
    "bad": (MANIFEST.replace('"added"', '"addd"').encode(), "'added'"),
    "no toml": (b"manifest = ", "TOML"),
    "empty": (b"", "is missing"),
    "not utf-8": (b"\xff\xfe", "UTF-8"),
    "nested": (MANIFEST.replace('server = "1.1.0"', 'server = [["1.1.0"]]').encode(), "semantic version"),
}


@pytest.mark.parametrize("kind", WRONG_MANIFESTS)
@pytest.mark.parametrize(
    "command",
    [
        ["compatible", "runtime=1.0.0", "agent=1.0.0"],
        ["explain", "kata-runtime", "1.0.0-1"],
        ["generate", "kata-runtime", "1.0.0-1"],
        ["check", "some.deb"],
        ["manifest", "show"],
    ],
    ids=" ".join,
)
def test_a_wrong_manifest_stops_every_command(here: Path, kind: str, command: list[str]) -> None:
    content, part = WRONG_MANIFESTS[kind]
    (here / "pkgguard.toml").write_bytes(content)
    result = run(*command)
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "pkgguard.toml" in result.stderr
    assert part in result.stderr


@pytest.mark.parametrize("kind", WRONG_MANIFESTS)
@pytest.mark.parametrize("form", ["text", "json"])
def test_manifest_check_tells_what_is_wrong(here: Path, kind: str, form: str) -> None:
    content, part = WRONG_MANIFESTS[kind]
    (here / "m.toml").write_bytes(content)
    result = run("manifest", "check", "--format", form, "m.toml")
    assert result.exit_code == 1
    assert part in both(result)
    if form == "json":
        document(result)
    else:
        assert "line " in both(result)


@pytest.mark.parametrize("command", [["manifest", "check"], ["manifest", "show"]], ids=" ".join)
@pytest.mark.parametrize("path", ["missing.toml", "."])
def test_a_manifest_that_cannot_be_opened(here: Path, command: list[str], path: str) -> None:
    result = run(*command, path)
    assert result.exit_code == 3
    assert path in result.stderr
    assert run(*command, "--manifest", path).exit_code == 3
    assert run(*command, env={"PKGGUARD_MANIFEST": path}).exit_code == 3


@pytest.mark.parametrize("command", [["manifest", "check"], ["manifest", "show"]], ids=" ".join)
def test_two_manifests_are_a_misuse(mine: Path, command: list[str]) -> None:
    assert run(*command, mine, "--manifest", "other.toml").exit_code == 2
    assert run(*command, mine, "--manifest", mine).exit_code == 0
    assert run(*command, mine, mine, "--manifest", mine).exit_code == 2
