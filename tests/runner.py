"""Running a command in this process, with either of click's ways to keep standard error apart."""

from __future__ import annotations

from click.testing import CliRunner, Result

from pkgguard.cli.main import cli


def separate_runner() -> CliRunner:
    """Return a runner whose ``stdout`` is standard output alone, which click before 8.2 mixes."""
    try:
        return CliRunner(mix_stderr=False)
    except TypeError:
        return CliRunner()


def both(result: Result) -> str:
    """Return standard output and then standard error."""
    return result.stdout + result.stderr


def run(*arguments: object, env: dict[str, str | None] | None = None) -> Result:
    """Run a command; it must neither fail with a traceback nor with an unknown exit code."""
    given = {"PKGGUARD_MANIFEST": None, "NO_COLOR": None, **(env or {})}
    result = separate_runner().invoke(cli, [str(one) for one in arguments], env=given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert "Traceback" not in both(result)
    assert result.exit_code in {0, 1, 2, 3}
    return result


def said(result: Result) -> str:
    """Return the line that tells which manifest was used."""
    (line,) = [line for line in both(result).split("\n") if line.startswith("manifest: ")]
    return line
