"""What all commands share: options, output, and errors as exit codes."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, ParamSpec

import click

from pkgguard.check.finding import Severity
from pkgguard.cli.process import reason
from pkgguard.errors import PkgguardError, UnknownNameError, VersionError
from pkgguard.families.registry import names
from pkgguard.report import formats
from pkgguard.report.sanitize import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from pkgguard.manifest.discover import Choice, Found
    from pkgguard.report.answers import Answer

    Parameters = ParamSpec("Parameters")

CLEAN: Final = 0
FINDINGS: Final = 1
USAGE: Final = 2
INCOMPLETE: Final = 3

manifest_option = click.option(
    "--manifest",
    "manifest_path",
    type=click.Path(path_type=Path),
    help="The manifest (default: PKGGUARD_MANIFEST, ./pkgguard.toml, debian/pkgguard.toml, an installed one"
    " that knows the package, Kata's own).",
)
family_option = click.option(
    "--family", type=click.Choice(names()), default="deb", show_default=True, help="The package family."
)
fail_option = click.option(
    "--fail-on",
    type=click.Choice([*(one.value for one in Severity), "never"]),
    default="error",
    show_default=True,
    help="The least severity of what is found that makes the exit code 1.",
)
newest_option = click.option(
    "--newest-if-unknown", is_flag=True, help="Treat a version of no known release as the newest one."
)
quiet_option = click.option("--quiet", "-q", is_flag=True, help="Print findings and errors only.")
colour_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the text; auto means at a terminal without NO_COLOR.",
)


def format_option(answer: type) -> Callable[..., Any]:
    """Return the --format option with the formats of a kind of answer, the first being the default."""
    names = formats.names(answer)
    return click.option(
        "--format", "form", type=click.Choice(names), default=names[0], show_default=True,
        help="The form of the output.",
    )  # fmt: skip


class Unfinished(click.ClickException):
    """Something could not be completed; shown on standard error."""

    exit_code = INCOMPLETE

    def show(self, file: Any = None) -> None:
        """Print the message, every line of it made safe."""
        for number, line in enumerate(self.message.splitlines()):
            click.echo(("pkgguard: " if not number else "") + plain(line), file=file or sys.stderr)


class Misused(Unfinished):
    """The command was called with something that does not exist."""

    exit_code = USAGE


class Mistaken(Unfinished):
    """What the command was to look at is wrong."""

    exit_code = FINDINGS


def reporting_errors(command: Callable[Parameters, int]) -> Callable[Parameters, None]:
    """Turn a command's typed errors into messages and its result into the exit code."""

    @functools.wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        if sys.stdout is None:
            raise Unfinished("standard output is closed; there is nowhere to answer")
        try:
            code = command(*args, **kwargs)
            sys.stdout.flush()
        except (UnknownNameError, VersionError) as error:
            raise Misused(str(error)) from error
        except PkgguardError as error:
            raise Unfinished(str(error)) from error
        except OSError as error:
            raise Unfinished(message(error)) from error
        click.get_current_context().exit(code)

    return run


def within_one_budget(command: Callable[Parameters, int]) -> Callable[Parameters, int]:
    """Hold a command that answers from a manifest to the CPU time of one, reading and writing included."""

    @functools.wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> int:
        from pkgguard.manifest.limits import manifest_budget

        named = kwargs.get("manifest_path") or kwargs.get("file")
        with manifest_budget(str(named or "the manifest")):
            return command(*args, **kwargs)

    return run


def message(error: PkgguardError | OSError) -> str:
    """Return what an error is about; the system's own says which file it was, if any."""
    if isinstance(error, PkgguardError):
        return str(error)
    return reason(error)


def find(manifest_path: Path | None, packages: Collection[str] = ()) -> Found:
    """Find the manifest that a command uses; the rules that it sets must exist, whatever the command.

    ``packages`` are the names by which an installed one is found.
    """
    from pkgguard import api

    found = api.find_manifest(manifest_path, environ=os.environ, packages=packages)
    api.select_rules(found.manifest)
    return found


def choose(manifest_path: Path | None) -> Choice:
    """Find the manifests that packages are judged by; the rules that one sets for all must exist."""
    from pkgguard import api

    choice = api.choose(manifest_path, environ=os.environ)
    if choice.chosen is not None:
        api.select_rules(choice.chosen.manifest)
    return choice


def fails(worst: Severity | None, fail_on: str) -> bool:
    """Return whether the worst of what was found makes a command fail, as --fail-on has it."""
    return fail_on != "never" and worst is not None and worst.rank >= Severity(fail_on).rank


def answer(result: Answer, form: str, *, colour: str = "auto", quiet: bool = False) -> None:
    """Print an answer in a format; colours survive a pipe only where they were asked for."""
    for piece in formats.render(result, form, _look(colour, quiet=quiet)):
        click.echo(piece, nl=False, color=True if colour == "always" else None)


def _look(colour: str, *, quiet: bool) -> formats.Look:
    """Return how an answer looks on standard output."""
    terminal = sys.stdout.isatty()
    paint = colour == "always" or (colour == "auto" and terminal and not os.environ.get("NO_COLOR"))

    def painted(text: str, name: str) -> str:
        return click.style(text, fg=name) if paint else text

    if not terminal:
        return formats.Look(0, painted, quiet)
    import shutil

    return formats.Look(shutil.get_terminal_size().columns, painted, quiet)


def note_renamed(names: Iterable[str]) -> None:
    """Print a remark on each of some ids of rules that is an old one."""
    from pkgguard import api

    for old, new in api.renamed_rules(names).items():
        say(f"the rule {old} is now called {new}")


def say(text: str) -> None:
    """Print a remark on standard error, apart from the answer."""
    click.echo(plain(text), err=True)
