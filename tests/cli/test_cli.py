"""All commands: colours, help, exit codes, mistyped words, and running as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command_project import ROOT
from limits import HANG, need_terminal
from runner import both, run
from small_project import GUARDED, MANIFEST, deb

FROM_HERE = {"PYTHONPATH": str(ROOT)}


def test_colours_are_there_only_where_they_are_asked_for(here: Path, mine: Path) -> None:
    path = deb(here, "kata-runtime", "1.1.0-1", "Depends: kata-image\n")
    command = ["check", "--manifest", mine, path]
    assert "\x1b[" not in both(run(*command))
    assert "\x1b[31m" in both(run(*command, "--color", "always"))
    assert "\x1b[" not in both(run(*command, "--color", "never"))
    assert "\x1b[" not in both(run(*command, env={"NO_COLOR": "1"}))
    assert run(*command, "--color", "sometimes").exit_code == 2


def test_at_a_terminal_there_are_colours_unless_no_color_is_set(mine: Path) -> None:
    pty = pytest.importorskip("pty")
    for extra, coloured in ({}, True), ({"NO_COLOR": "1"}, False):
        need_terminal()
        main, terminal = pty.openpty()
        environ = {
            key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "PKGGUARD_MANIFEST"}
        } | FROM_HERE
        command = ["compatible", "runtime=1.1.0", "agent=1.0.0", "--manifest", str(mine)]
        subprocess.run(
            [sys.executable, "-m", "pkgguard", *command],
            env={**environ, "TERM": "xterm", **extra},
            stdout=terminal,
            stderr=terminal,
            timeout=HANG,
            check=False,
        )
        os.close(terminal)
        output = b""
        try:
            while piece := os.read(main, 65536):
                output += piece
        except OSError:
            pass
        os.close(main)
        assert b"Pause" in output
        assert (b"\x1b[3" in output) == coloured


@pytest.mark.parametrize(
    "command",
    [[], ["check"], ["generate"], ["explain"], ["rules"], ["compatible"], ["manifest"], ["init"]],
    ids=str,
)
def test_help_and_version(command: list[str]) -> None:
    assert run(*command, "--help").exit_code == 0
    assert run(*command, "-h").exit_code == 0
    assert run("--version").stdout.startswith("pkgguard, version ")


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["check", "--nothing", "x"], ["manifest", "nothing"]], ids=str
)
def test_an_unknown_command_or_option_is_a_misuse(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def process(*arguments: object, **more: Any) -> subprocess.CompletedProcess[str]:
    environ = {key: value for key, value in os.environ.items() if key != "PKGGUARD_MANIFEST"} | FROM_HERE
    command = [sys.executable, "-m", "pkgguard", *map(str, arguments)]
    return subprocess.run(
        command, env=environ, capture_output=True, text=True, timeout=HANG, check=False, **more
    )


def test_the_exit_codes_of_the_process(here: Path, mine: Path) -> None:
    bad = deb(here, "kata-runtime", "1.1.0-1", "Depends: kata-image\n")
    good = deb(here, "kata-runtime", "1.1.0-1", GUARDED)
    codes = [
        (["check", "--manifest", mine, good], 0),
        (["check", "--manifest", mine, bad], 1),
        (["check"], 2),
        (["check", "--manifest", mine, good, here / "missing.deb"], 3),
    ]
    for arguments, code in codes:
        result = process(*arguments)
        assert result.returncode == code, result.stderr
        assert "Traceback" not in result.stderr


def test_a_fifo_does_not_hang(here: Path, mine: Path) -> None:
    os.mkfifo(here / "fifo")
    result = process("check", "--manifest", mine, here / "fifo")
    assert result.returncode == 3
    assert "not a regular file" in result.stdout


def test_a_reader_that_goes_away_makes_no_traceback(here: Path) -> None:
    command = f"{sys.executable} -m pkgguard manifest show --format toml | head -c 10"
    result = subprocess.run(
        ["sh", "-c", command],
        env={**os.environ, **FROM_HERE},
        capture_output=True,
        text=True,
        timeout=HANG,
        check=False,
        cwd=here,
    )
    assert "Traceback" not in result.stderr
    assert len(result.stdout) == 10


def test_a_locale_without_utf_8_makes_no_traceback(mine: Path) -> None:
    mine.write_text(MANIFEST.replace("docker pause", "docker \u2026 pause"), "utf-8")
    environ = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    environ |= FROM_HERE
    for command in (["explain", "kata-runtime", "1.1.0"], ["generate", "kata-runtime", "1.1.0-1"]):
        result = subprocess.run(
            [sys.executable, "-m", "pkgguard", *command, "--manifest", str(mine)],
            env=environ, capture_output=True, timeout=HANG, check=False,
        )  # fmt: skip
        assert result.returncode == 0, result.stderr
        assert b"Traceback" not in result.stderr


def test_a_mistyped_command_names_the_nearest(here: Path) -> None:
    result = run("chek", "x.deb")
    assert result.exit_code == 2
    assert result.stderr.endswith("Error: no command is called 'chek'; did you mean 'check'?\n")
    assert "did you mean 'show'?" in run("manifest", "shwo").stderr
    assert "known: check, compatible, debian, " in run("zzz").stderr
    assert "no command is called '\N{REPLACEMENT CHARACTER}" not in run("\x1b[2J").stderr
    assert "No such option" in run("--chek").stderr


@pytest.mark.parametrize("command", ["generate", "explain"])
def test_a_target_of_another_family_names_that_family(mine: Path, command: str) -> None:
    result = run(command, "kata-runtime", "1.1.0-1", "--target", "rpm-legacy", "--manifest", mine)
    assert result.exit_code == 2
    help = "it is a target of rpm: choose that family (--family rpm)"
    assert f"no target of deb is called 'rpm-legacy'; {help} (known: deb)" in result.stderr
