"""Running a command in this process, with either of click's ways to keep standard error apart."""

from __future__ import annotations

from click.testing import CliRunner, Result


def separate_runner() -> CliRunner:
    """Return a runner whose ``stdout`` is standard output alone, which click before 8.2 mixes."""
    try:
        return CliRunner(mix_stderr=False)
    except TypeError:
        return CliRunner()


def both(result: Result) -> str:
    """Return standard output and then standard error."""
    return result.stdout + result.stderr
