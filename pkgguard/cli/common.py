"""Options, output and exit codes that the commands share."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, ParamSpec

import click

from pkgguard.cli import candidates, described
from pkgguard.cli.process import reason
from pkgguard.diagnostics import Severity
from pkgguard.errors import PkgguardError, UnknownNameError, VersionError
from pkgguard.families.registry import names, summary
from pkgguard.report import formats
from pkgguard.report.look import Look
from pkgguard.report.sanitize import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from pkgguard.diagnostics import Diagnostic
    from pkgguard.manifest.acceptance import Acceptance
    from pkgguard.manifest.discover import Choice, Found
    from pkgguard.report.answers import Answer

    Parameters = ParamSpec("Parameters")

CLEAN: Final = 0
FINDINGS: Final = 1
USAGE: Final = 2
INCOMPLETE: Final = 3

INSTALLED: Final = "/usr/share/pkgguard/manifests/*.toml"
"""Where packages install manifests, as manual pages show it."""

manifest_option = click.option(
    "--manifest",
    "manifest_path",
    cls=described.Option,
    variables=("PKGGUARD_MANIFEST", "PKGGUARD_ARCHIVE"),
    files=("pkgguard.toml", "debian/pkgguard.toml", INSTALLED),
    type=click.Path(path_type=Path),
    help="The manifest, or kata or cri (default: PKGGUARD_MANIFEST, ./pkgguard.toml, debian/pkgguard.toml, an"
    " installed one that knows the package, the one of Kata).",
)
family_option = click.option(
    "--family", type=click.Choice(names()), default="deb", show_default=True, help="The package family."
)
_DIALECTS: Final = "; ".join(filter(None, (summary(name).dialects for name in names())))
target_option = click.option("--target", default="", help=f"A dialect of the family: {_DIALECTS}.")
fail_option = click.option(
    "--fail-on",
    type=click.Choice([*(one.value for one in Severity), "never"]),
    default="error",
    show_default=True,
    help="The lowest severity of a finding that makes the exit code 1.",
)
accept_option = click.option(
    "--accept",
    "exceptions_path",
    type=click.Path(path_type=Path),
    help="A file with entries [[accept]], which apply besides those of the manifest.",
)
profile_option = click.option(
    "--profile",
    default="",
    metavar="NAME",
    help="Apply the levels of a [profile.NAME] of the manifest, after its [rules] and before --rule.",
)
newest_option = click.option(
    "--newest-if-unknown",
    is_flag=True,
    help="Treat a version that belongs to no known release as the newest one.",
)
_SET: Final = {
    ("package",): "a rule, or all of them,",
    ("manifest",): "a rule, or all of them,",
    ("loss",): "the severity of a loss",
    ("build", "loss"): "the severity of a loss, or of a mistake in debian/control,",
}
"""What the option --rule sets, by the groups of the rules."""
quiet_option = click.option("--quiet", "-q", is_flag=True, help="Print only findings and errors.")
verbose_option = click.option(
    "--verbose", "-v", is_flag=True, help="Show everything that is known, and not only the main points."
)
colour_option = click.option(
    "--color",
    cls=described.Option,
    variables=("NO_COLOR",),
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the text; auto colours on a terminal, unless NO_COLOR is set.",
)


def format_option(answer: type) -> Callable[..., Any]:
    """Return the --format option for a kind of answer; its first format is the default."""
    names = formats.names(answer)
    return click.option(
        "--format", "form", type=click.Choice(names), default=names[0], show_default=True,
        help="The format of the output.",
    )  # fmt: skip


def rule_option(*groups: str) -> Callable[..., Any]:
    """Return the option that sets the rules of some groups."""
    return click.option(
        "--rule",
        "settings",
        multiple=True,
        metavar="RULE=LEVEL",
        shell_complete=candidates.rule_settings(groups),
        help=f"Set {_SET[groups]} to off, info, warning or error. May be repeated; the last one wins.",
    )


class Unfinished(click.ClickException):
    """An error that kept a command from completing; shown on standard error."""

    exit_code = INCOMPLETE

    def show(self, file: Any = None) -> None:
        """Print the message, with unsafe characters replaced."""
        for number, line in enumerate(self.message.splitlines()):
            click.echo(("pkgguard: " if not number else "") + plain(line), file=file or sys.stderr)


class Misused(Unfinished):
    """An error in how a command was called, such as a name that does not exist."""

    exit_code = USAGE


class Mistaken(Unfinished):
    """An error in the file that a command checks."""

    exit_code = FINDINGS


def reporting_errors(command: Callable[Parameters, int]) -> Callable[Parameters, None]:
    """Turn a command's typed errors into messages and its result into the exit code."""

    @functools.wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        if sys.stdout is None:
            raise Unfinished("standard output is closed")
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
    """Limit a command to the CPU time of one manifest, including reading it and writing the answer."""

    @functools.wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> int:
        from pkgguard.manifest.limits import manifest_budget

        named = kwargs.get("manifest_path") or kwargs.get("file")
        with manifest_budget(str(named or "the manifest")):
            return command(*args, **kwargs)

    return run


def message(error: PkgguardError | OSError) -> str:
    """Return the message of an error; a system error includes its file, if any."""
    if isinstance(error, PkgguardError):
        return str(error)
    return reason(error)


def find(
    manifest_path: Path | None,
    packages: Collection[str] = (),
    components: Collection[str] = (),
    protocols: Collection[str] = (),
) -> Found:
    """Find the manifest that a command uses, and check the rules that it sets.

    An installed or built-in manifest is found by the names of ``packages``, a built-in
    one also by those of ``components`` and ``protocols``.
    """
    from pkgguard.check.levels import select
    from pkgguard.manifest.discover import find_manifest

    found = find_manifest(
        manifest_path, environ=os.environ, packages=packages, components=components, protocols=protocols
    )
    select(found.manifest)
    return found


def choose(manifest_path: Path | None) -> Choice:
    """Find the manifests that judge packages, and check the [rules] of a named one."""
    from pkgguard.check.levels import select
    from pkgguard.manifest import discover

    choice = discover.choose(manifest_path, environ=os.environ)
    if choice.chosen is not None:
        select(choice.chosen.manifest)
    return choice


def levels(given: tuple[str, ...]) -> dict[str, str]:
    """Return the levels that --rule sets, by rule."""
    settings: dict[str, str] = {}
    for one in given:
        name, equals, level = one.partition("=")
        if not (name and equals and level):
            raise click.BadParameter(f"{one!r} is not RULE=LEVEL", param_hint="--rule")
        settings[name] = level
    return settings


def exceptions(path: Path | None) -> tuple[Acceptance, ...]:
    """Return the entries of the file that --accept names."""
    if path is None:
        return ()
    from pkgguard.check.acceptable import mistakes_in_exceptions
    from pkgguard.errors import ManifestError
    from pkgguard.manifest.exceptions import read_exceptions

    found = read_exceptions(path)
    if mistakes := tuple(mistakes_in_exceptions(found)):
        raise ManifestError(str(path), mistakes)
    return found


def fails(most: Severity | None, fail_on: str) -> bool:
    """Return whether findings of a highest severity make a command fail, according to --fail-on."""
    return fail_on != "never" and most is not None and most.rank >= Severity(fail_on).rank


def tell_losses(losses: Iterable[Diagnostic], *, quiet: bool, about: str = "") -> int:
    """Print losses on standard error, and return the exit code: only errors make a command fail.

    ``about`` is printed before each loss. A quiet command prints only errors.
    """
    code = CLEAN
    for one in losses:
        if one.severity is Severity.ERROR:
            code = FINDINGS
        if one.severity is Severity.ERROR or not quiet:
            say(f"{about}{one.headline}")
    return code


def answer(
    result: Answer,
    form: str,
    *,
    colour: str = "auto",
    quiet: bool = False,
    fail_on: str = "error",
    verbose: bool = False,
) -> None:
    """Print an answer in a format. A pipe gets colours only with --color=always."""
    look = _look(colour, quiet=quiet)._replace(fail_on=fail_on, verbose=verbose)
    for piece in formats.render(result, form, look):
        click.echo(piece, nl=False, color=True if colour == "always" else None)


def _look(colour: str, *, quiet: bool) -> Look:
    """Return the width and the colours for standard output."""
    terminal = sys.stdout.isatty()
    paint = colour == "always" or (colour == "auto" and terminal and not os.environ.get("NO_COLOR"))

    def painted(text: str, name: str) -> str:
        if not paint:
            return text
        return click.style(text, bold=True) if name == "bold" else click.style(text, fg=name)

    if not terminal:
        return Look(0, painted, quiet)
    import shutil

    return Look(shutil.get_terminal_size().columns, painted, quiet)


def note_renamed(names: Iterable[str]) -> None:
    """Print the new name of each rule id that is an old one."""
    from pkgguard.check.levels import renamed

    for old, new in renamed(names).items():
        say(f"the rule {old} is now called {new}")


def say(text: str) -> None:
    """Print a message on standard error."""
    click.echo(plain(text), err=True)
