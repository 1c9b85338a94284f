"""Running a command in this process, with either of click's ways to keep standard error apart."""

from __future__ import annotations

from click.testing import CliRunner, Result


def separate_runner() -> CliRunner:
    """Give a runner whose results hold standard output alone in ``stdout``, as click before 8.2 does not."""
    try:
        return CliRunner(mix_stderr=False)
    except TypeError:
        return CliRunner()


def both(result: Result) -> str:
    """Give standard output and then standard error."""
    return result.stdout + result.stderr
