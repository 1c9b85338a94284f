"""How the real process ends: outputs that are closed or full, interrupts, memory and stack that run out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

CALLS = (
    ["--help"],
    ["--version"],
    ["rules"],
    ["rules", "--format", "json"],
    ["check", "--help"],
    ["check", "/nowhere.deb"],
    ["generate", "kata-runtime", "1.1.0-1"],
    ["explain", "kata-runtime", "1.1.0-1"],
    ["compatible", "runtime=1.1.0", "agent=1.1.0"],
    ["manifest", "show"],
    ["manifest", "check"],
    ["rpm", "pattern"],
)

_AT = """
import os, signal, sys
wanted = sys.argv.pop(1)
done = False
def event(name, arguments):
    global done
    if not done and name in ("import", "open") and str(arguments[0]).endswith(wanted):
        done = True
        {act}
sys.addaudithook(event)
from pkgguard.__main__ import main
main()
"""


def ended(call: list[str], redirection: str = "") -> tuple[int, str]:
    """Return the exit code of a command with shell redirections, and what it wrote to the shell's stderr."""
    line = ["bash", "-c", f'"$@" {redirection}', "-", sys.executable, "-m", "pkgguard", *call]
    done = subprocess.run(line, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return done.returncode, done.stderr


def hooked(act: str, event: str, call: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command in which something happens as a module is imported or a file opened."""
    line = [sys.executable, "-c", _AT.format(act=act), event, *call]
    return subprocess.run(
        line,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        # A shell that runs the tests in the background lets them ignore interrupts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_a_full_or_closed_output_ends_with_3_and_one_line(call: list[str]) -> None:
    """The answer could not be given, so the code is never that of an answer."""
    for redirection in (">/dev/full", ">&-"):
        code, said = ended(call, redirection)
        assert (code, said.count("\n")) == (3, 1)
        assert "output" in said
    for redirection in (">/dev/full 2>/dev/full", ">/dev/full 2>&-", ">&- 2>&-"):
        assert ended(call, redirection) == (3, "")


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_a_reader_that_has_gone_ends_with_3_and_one_line(call: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "-m", "pkgguard", *call], stdout=gone, stderr=subprocess.PIPE, check=False
        )
    said = done.stderr.splitlines()
    assert (done.returncode, len(said)) == (3, 1)
    assert b"reader has gone" in said[0] or call == ["check", "/nowhere.deb"]


def test_a_usage_error_that_cannot_be_told_ends_with_3() -> None:
    """One that can be told keeps its own code."""
    assert ended(["generate"])[0] == 2
    assert ended(["generate"], "2>/dev/full") == (3, "")
    code, said = ended(["generate"], ">&-")
    assert (code, said.count("\n")) == (3, 1)


@pytest.mark.parametrize("redirection", ["", ">/dev/full", ">&-", ">&- 2>&-"])
def test_completion_says_nothing_on_standard_error(redirection: str) -> None:
    """A shell would put it into the prompt."""
    line = ["bash", "-c", f'"$@" {redirection}', "-", sys.executable, "-m", "pkgguard"]
    asked = {"_PKGGUARD_COMPLETE": "bash_complete", "COMP_WORDS": "pkgguard ch", "COMP_CWORD": "1"}
    done = subprocess.run(line, capture_output=True, check=False, env={**os.environ, **asked})
    assert done.stderr == b""
    assert (done.returncode == 0) == (not redirection)


@pytest.mark.parametrize("event", ["click", "pkgguard.cli.main", "pkgguard.check.engine", "/kata.toml"])
def test_an_interrupt_ends_with_130_and_one_line(event: str) -> None:
    """While modules are loaded, and while packages are read."""
    done = hooked("os.kill(os.getpid(), signal.SIGINT)", event, ["check", "/nowhere.deb"])
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "pkgguard: interrupted\n")


def test_an_ignored_interrupt_stays_ignored() -> None:
    """A shell ignores it for what runs in the background."""
    line = [sys.executable, "-c", _AT.format(act="os.kill(os.getpid(), signal.SIGINT)"), "click", "--version"]
    ignored = ["bash", "-c", 'trap "" INT; exec "$@"', "-", *line]
    done = subprocess.run(ignored, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_command_that_is_ended_was_not_completed(name: str) -> None:
    done = hooked(f"os.kill(os.getpid(), signal.{name})", "/kata.toml", ["check", "/nowhere.deb"])
    assert (done.returncode, done.stdout, done.stderr) == (3, "", f"pkgguard: ended by {name}\n")


def test_nothing_is_loaded_before_an_interrupt_is_heeded() -> None:
    """What a module of the start loads by name, beside those that Python has loaded itself."""
    text = (
        "import sys; before = set(sys.modules); import pkgguard.__main__; print(*set(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert "typing" not in done.stdout.split()
    assert not [one for one in done.stdout.split() if one.startswith("pkgguard.cli")]


@pytest.mark.parametrize("raised", ["MemoryError", "RecursionError"])
def test_memory_or_stack_that_runs_out_ends_with_3_and_one_line(raised: str) -> None:
    """As the interpreter raises them, in the midst of the work."""
    done = hooked(f"raise {raised}", "pkgguard.check.files", ["check", "/nowhere.deb"])
    assert (done.returncode, done.stderr.count("\n"), done.stdout) == (3, 1, "")
    assert done.stderr.startswith("pkgguard: ")
