"""``pkgguard release``: its texts, exit codes and errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from runner import both, run
from small_project import MANIFEST

HUGE = "9" * 60


def test_advise(mine: Path) -> None:
    result = run(
        "release", "advise", "--from", "1.0.0", "--manifest", mine, "--quiet", "--policy", "additive"
    )
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "policy additive: additive changes are minor; only a release that an older client does not work with"
        " is major",
        "runtime: minor, 1.1.0 after 1.0.0 (changes after 1.0.0, up to 1.1.0)",
        "  minor: a required addition: Pause",
        "    effect    a new client does not work with an older server",
        "    why       docker pause",
        "agent: minor, 1.1.0 after 1.0.0 (changes after 1.0.0, up to 1.1.0)",
        "  minor: a required addition: Pause",
        "    effect    there is something new, and all that worked together still does",
        "    why       docker pause",
        "protocol agent: minor, 1.1 after 1.0 (changes after 1.0.0, up to 1.1.0)",
        "  minor: a required addition: Pause",
        "    effect    there is something new, and all that worked together still does",
        "    why       docker pause",
    ]


def test_lower_levels_are_counted_and_shown_if_asked_for() -> None:
    words = ("release", "advise", "--from", "1.0.0", "--to", "1.1.0", "--policy", "pair", "--quiet")
    short, long = run(*words).stdout, run(*words, "--verbose").stdout
    assert "and 1 change of lower levels, which --verbose shows" in short
    assert "of lower levels" not in long
    assert len(long.splitlines()) > len(short.splitlines())
    assert "no version of their own" in run(*words[:-2], "lockstep").stdout


def test_audit(mine: Path) -> None:
    result = run("release", "audit", "--manifest", mine, "--quiet")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:2] == [
        "runtime with agent, runtime at most 1 minor older and 1 newer: 1 of 4 promised pairs do not work"
        " (agent protocol)",
        "  runtime 1.1.0 with agent 1.0.0 (1 pair)",
    ]
    narrow = run("release", "audit", "--manifest", mine, "--newer", "0", "--quiet")
    assert narrow.exit_code == 0
    assert "0 of 3 promised pairs" in narrow.stdout


def test_simulate(mine: Path) -> None:
    result = run("release", "simulate", "--manifest", mine, "--policy", "pair", "--quiet")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:5] == [
        "runtime: 2 releases, 1.0.0 to 1.1.0",
        "  release  pair",
        "  1.0.0    1.0.0",
        "  1.1.0    2.0.0",
        "  pair: 1 major; at this rate, release 198 reaches 100",
    ]
    every = run("release", "simulate", "--verbose", "--quiet").stdout.splitlines()
    assert sum(line.startswith("  1.0.0 ") for line in every) == 3
    assert len(every) > 3 * 126


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("advise",), "Missing option '--from'"),
        (("advise", "--from", "="), "is not [COMPONENT=]RELEASE"),
        (("advise", "--from", "=1.0.0"), "is not [COMPONENT=]RELEASE"),
        (("advise", "--from", "1.0.0", "--from", "1.1.0"), "two releases of components without a name"),
        (("advise", "--from", "agnt=1.0.0"), "did you mean 'agent'"),
        (("advise", "--from", "1.0.0", "--policy", "x"), "'x' is not one of"),
        (("audit", "--older", "-1"), "-1 is not in the range"),
        (("simulate", "--policy", "x"), "'x' is not one of"),
    ],
)
def test_wrong_calls(words: tuple[str, ...], said: str, mine: Path) -> None:
    result = run("release", *words, "--manifest", mine)
    assert result.exit_code == 2
    assert said in both(result)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "9.9.9"), "runtime 9.9.9: is not a release that the manifest lists; nearest known:"),
        (("--from", "1.1.0", "--to", "1.0.0"), "runtime 1.0.0: is older than 1.1.0, where the changes"),
    ],
)
def test_releases_that_cannot_be_judged(words: tuple[str, ...], said: str, mine: Path) -> None:
    result = run("release", "advise", *words, "--manifest", mine)
    assert result.exit_code == 3
    assert said in both(result)


def test_an_invalid_manifest_is_never_a_pass(mine: Path) -> None:
    mine.write_text(MANIFEST.replace("added", "addd"), "utf-8")
    for words in (("advise", "--from", "1.0.0"), ("audit",), ("simulate",)):
        assert run("release", *words, "--manifest", mine).exit_code == 3


def test_huge_numbers(mine: Path) -> None:
    mine.write_text(MANIFEST.replace("1.1.0", f"{HUGE}.1.0"), "utf-8")
    advice = json.loads(
        run("release", "advise", "--from", "1.0.0", "--manifest", mine, "--format", "json").stdout
    )
    assert advice["versions"][0]["advised"] == "1.1.0"
    assert run("release", "audit", "--older", HUGE, "--manifest", mine).exit_code == 0
    assert run("release", "simulate", "--format", "svg", "--manifest", mine).exit_code == 0
