"""``generate``, ``explain``, ``rules`` and ``compatible``."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_project import document
from runner import run
from small_project import deb

from pkgguard import api


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["1.1.0-1"], ["Depends:", "kata-image (>= 1.1.0", "Breaks:", "# "]),
        (["1.1.0-1", "--format", "control"], ["Depends:", "kata-image (>= 1.1.0"]),
        (["1.1.0-1", "--format", "substvars"], ["Depends=", "kata-image (>= 1.1.0"]),
        (["1.1.0-1", "--family", "rpm"], ["Requires: (kata-image >= 1.1.0 with kata-image < 2.0.0~)", "# "]),
        (["1.1.0-1", "--family", "rpm", "--format", "spec"], ["Requires:", "Conflicts: kata-image < 1.1.0"]),
        (
            ["1.1.0-1", "--family", "rpm", "--target", "rpm-legacy"],
            ["Requires: kata-image >= 1.1.0", "Conflicts: kata-image < 1.1.0"],
        ),
    ],
    ids=lambda one: " ".join(one) if one and one[0].startswith("1") else "",
)
def test_generate_writes_relations(mine: Path, arguments: list[str], parts: list[str]) -> None:
    result = run("generate", "kata-runtime", *arguments, "--manifest", mine)
    assert result.exit_code == 0
    for part in parts:
        assert part in result.stdout
    assert "manifest:" in result.stderr
    assert "manifest:" not in result.stdout
    assert "with" not in result.stdout.split("Conflicts")[0] or "--target" not in arguments
    again = run("generate", "kata-runtime", *arguments, "--manifest", mine, "--quiet")
    assert again.stdout == result.stdout
    assert again.stderr == ""


@pytest.mark.parametrize("family", ["deb", "rpm"])
def test_what_is_generated_checks_clean(here: Path, mine: Path, family: str) -> None:
    found = document(
        run("generate", "kata-runtime", "1.1.0-1", "--family", family, "--format", "json", "--manifest", mine)
    )
    relations = [(one["field"], one["relation"]) for one in found["relations"]]
    assert relations
    if family == "deb":
        lines = "".join(
            f"{field}: {', '.join(text for name, text in relations if name == field)}\n"
            for field in dict.fromkeys(field for field, _ in relations)
        )
        path = deb(here, "kata-runtime", "1.1.0-1", lines)
        assert run("check", "--manifest", mine, "--fail-on", "info", path).exit_code == 0
    else:
        text = "Name: kata-runtime\nVersion: 1.1.0\nRelease: 1\nBuildArch: noarch\n"
        text += "".join(f"{field}: {text}\n" for field, text in relations)
        package = api.describe_package("rpm", text)
        assert api.Project(api.read_manifest(mine)).check_packages([package]).findings == ()


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["kata-runtme", "1.1.0-1"], 2, "did you mean 'kata-runtime'"),
        (["kata-runtime", "9.9.9-1"], 3, "nearest known: 1.1.0"),
        (["kata-runtime", "no version"], 2, "not a valid deb version"),
        (["kata-runtime", "1.1.0-1", "--target", "rpm-legacy"], 2, "no target of deb"),
        (["kata-runtime", "1.1.0-1", "--format", "spec"], 2, "deb has no format"),
        (["kata-runtime", "1.1.0-1", "--family", "rpm", "--format", "control"], 2, "rpm has no format"),
        (["kata-runtime", "1.1.0-1", "--family", "apk"], 2, "apk"),
        (["kata-runtime"], 2, "VERSION"),
        ([], 2, "PACKAGE"),
    ],
)
def test_generate_misused(mine: Path, arguments: list[str], code: int, part: str) -> None:
    result = run("generate", *arguments, "--manifest", mine)
    assert result.exit_code == code
    assert result.stdout == ""
    assert part in result.stderr


def test_generate_for_the_newest_where_that_is_asked(mine: Path) -> None:
    result = run("generate", "kata-runtime", "9.9.9-1", "--newest-if-unknown", "--manifest", mine)
    assert result.exit_code == 0
    assert "kata-image (>= 1.1.0" in result.stdout


@pytest.mark.parametrize("family", ["deb", "rpm"])
def test_explain_gives_each_bound_with_what_is_behind_it(mine: Path, family: str) -> None:
    result = run("explain", "kata-runtime", "1.1.0-1", "--family", family, "--manifest", mine)
    assert result.exit_code == 0
    for part in (
        "kata-runtime 1.1.0-1 carries runtime 1.1.0",
        "Pause",
        "docker pause",
        "Unimplemented",
    ):
        assert part in result.stdout
    full = run("explain", "kata-runtime", "1.1.0-1", "--family", family, "--manifest", mine, "--verbose")
    assert "refuses   1.0.0" in full.stdout
    assert "refuses   1.0.0" not in result.stdout
    found = document(
        run("explain", "kata-runtime", "1.1.0-1", "--family", family, "--manifest", mine, "--format", "json")
    )
    assert found["guards"]
    assert found["relations"]


def test_explain_kata_as_the_issue_has_it() -> None:
    result = run("explain", "kata-runtime", "1.1.0")
    assert result.exit_code == 0
    for part in ("PauseContainer", "ephemeral", "kata-containers-image (>= 1.1.0", "see "):
        assert part in result.stdout


@pytest.mark.parametrize("rule", api.rules())
def test_explain_tells_each_rule(rule: str) -> None:
    result = run("explain", rule)
    assert result.exit_code == 0
    fixed = "" if api.rules()[rule].settable else ", fixed"
    assert result.stdout.startswith(f"{rule} ({api.rules()[rule].severity}{fixed})\n")
    assert api.rules()[rule].help in result.stdout
    assert document(run("explain", rule, "--format", "json"))["rule"]["id"] == rule


def test_rules_lists_them_all() -> None:
    result = run("rules")
    assert result.exit_code == 0
    assert [line.split()[1] for line in result.stdout.splitlines()] == list(api.rules())
    assert [one["id"] for one in document(run("rules", "--format", "json"))["rules"]] == list(api.rules())


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["admits-incompatible-per"], 2, "did you mean 'admits-incompatible-peer'"),
        (["kata-runtime"], 2, "add its version"),
        (["kata-runtime", "9.9.9"], 3, "nearest known"),
        (["kata-runtme", "1.1.0"], 2, "did you mean 'kata-runtime'"),
        (["kata-runtime", ""], 2, "not a valid deb version"),
        (["kata-runtime", "1.1.0", "--target", "x"], 2, "no target"),
        ([], 2, "NAME"),
    ],
)
def test_explain_misused(mine: Path, arguments: list[str], code: int, part: str) -> None:
    result = run("explain", *arguments, "--manifest", mine)
    assert result.exit_code == code
    assert part in result.stderr


@pytest.mark.parametrize(
    ("releases", "code"),
    [
        (["runtime=1.1.0", "agent=1.0.0"], 1),
        (["agent=1.0.0", "runtime=1.1.0"], 1),
        (["runtime=1.1.0", "agent=1.1.0"], 0),
        (["runtime=1.0.0", "agent=1.1.0"], 0),
    ],
)
def test_compatible_is_yes_or_no(mine: Path, releases: list[str], code: int) -> None:
    result = run("compatible", *releases, "--manifest", mine)
    assert result.exit_code == code
    (line,) = [line for line in result.stdout.splitlines() if line.startswith(("yes", "no"))]
    assert line.startswith("no: " if code else "yes: ")
    assert ("docker pause" in result.stdout) == bool(code)
    assert document(run("compatible", *releases, "--manifest", mine, "--format", "json"))["compatible"] == (
        not code
    )
    assert run("compatible", *releases, "--quiet", "--manifest", mine).exit_code == code


def test_compatible_of_kata_as_the_issue_has_it() -> None:
    result = run("compatible", "runtime=1.1.0", "agent=1.0.0")
    assert result.exit_code == 1
    assert "PauseContainer" in result.stdout
    assert "ephemeral" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["runtime=1.1.0", "agnt=1.0.0"], "did you mean 'agent'"),
        (["runtime=1.1.0", "agent=1.0.7"], "nearest known"),
        (["runtime=1.1.0", "agent=\u00b2.0.0"], "nearest known"),
        (["runtime=1.1.0", "agent=" + 5000 * "9"], "nearest known"),
        (["runtime=1.1.0", "agent"], "NAME=VERSION"),
        (["runtime=1.1.0", "agent="], "NAME=VERSION"),
        (["runtime=1.1.0", "=1.0.0"], "NAME=VERSION"),
        (["runtime=1.1.0", "runtime=1.0.0"], "given twice"),
        (["runtime=1.1.0"], "no protocol joins runtime"),
        ([], "NAME=VERSION"),
    ],
)
def test_compatible_misused(mine: Path, arguments: list[str], part: str) -> None:
    result = run("compatible", *arguments, "--manifest", mine)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert part in result.stderr
