"""``pkgguard check``: check built packages."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from pkgguard.cli import candidates, common, described
from pkgguard.diagnostics import Severity
from pkgguard.report.answers import CheckAnswer
from pkgguard.report.page import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pkgguard.check.files import FileCheckResult

PATIENCE: Final = 1.0
"""Seconds after which a progress bar appears on a terminal."""


@click.command(cls=described.Command, page="pkgguard-check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", shell_complete=candidates.package_files)
@common.manifest_option
@common.format_option(CheckAnswer)
@common.fail_option
@click.option(
    "--show",
    type=click.Choice([one.value for one in Severity]),
    default="warning",
    show_default=True,
    help="The lowest severity of a finding that the text shows; the other formats have all.",
)
@common.rule_option("package")
@common.profile_option
@common.accept_option
@click.option(
    "--baseline",
    "baseline_path",
    type=click.Path(path_type=Path),
    help="A file with the findings of an earlier check: only other findings count.",
)
@click.option(
    "--update-baseline",
    is_flag=True,
    help="Remove the findings that have been fixed from the file of --baseline; if the file does not exist,"
    " write it with all findings.",
)
@click.option(
    "--expect-known",
    is_flag=True,
    help="Exit with code 3 if the manifest knows none of the packages, so that nothing was checked.",
)
@click.option(
    "--macros",
    is_flag=True,
    help="Write the fix of an .rpm with %{pkgguard_relations NAME}, for a spec that uses the macros.",
)
@common.newest_option
@common.verbose_option
@common.quiet_option
@common.colour_option
@common.reporting_errors
def check(
    files: tuple[str, ...],
    manifest_path: Path | None,
    form: str,
    fail_on: str,
    show: str,
    settings: tuple[str, ...],
    profile: str,
    exceptions_path: Path | None,
    baseline_path: Path | None,
    update_baseline: bool,
    expect_known: bool,
    macros: bool,
    newest_if_unknown: bool,
    verbose: bool,
    quiet: bool,
    color: str,
) -> int:
    """Run ``pkgguard check``."""
    from pkgguard.check.files import check_by_choice, read_files

    if update_baseline and baseline_path is None:
        raise click.UsageError("--update-baseline needs --baseline FILE")
    exceptions = common.exceptions(exceptions_path)
    levels = common.levels(settings)
    # Each package is read and judged.
    with _progress(2 * len(files), shown=form == "text" and not quiet) as step:
        read = read_files(files, step)
        choice = common.choose(manifest_path)
        checked = check_by_choice(
            read,
            choice,
            newest_if_unknown=newest_if_unknown,
            settings=levels,
            profile=profile,
            exceptions=exceptions,
            progress=step,
        )
    if baseline_path is not None:
        checked = _with_baseline(checked, baseline_path, update=update_baseline, quiet=quiet)
    common.note_renamed(levels)
    if macros:
        from pkgguard.integrations.spec_fix import fix_in_spec

        checked = checked.with_fixes(fix_in_spec)
    used = checked.used[0][0] if checked.used else choice.default
    result = CheckAnswer(checked, used, show)
    common.answer(result, form, colour=color, quiet=quiet, fail_on=fail_on, verbose=verbose)
    if expect_known and not checked.judgement.judged and not checked.unread:
        names = ", ".join(sorted(read.names)[:5])
        manifests = [f"{one.path} ({one.origin})" for one in choice.among]
        who = f"the manifest {manifests[0]} knows none"
        if len(manifests) > 1:
            who = f"the manifests {', '.join(manifests[:-1])} and {manifests[-1]} know none"
        raise common.Unfinished(
            f"{who} of the packages ({names}), so nothing was checked;"
            " name the manifest that does with --manifest, or add them to it"
        )
    return code_of(checked, fail_on)


def _with_baseline(checked: FileCheckResult, path: Path, *, update: bool, quiet: bool) -> FileCheckResult:
    """Return the result with the findings of a baseline as accepted ones; write the baseline if asked to."""
    from pkgguard.check.baseline import all_of, apply_baseline, read_baseline, shrunk, written_baseline
    from pkgguard.regular_files import replace_content

    result = checked.judgement
    complete = not checked.unread and not checked.not_judged
    if update and not os.path.lexists(path):
        baseline = all_of(result.findings)
        smaller = baseline
    else:
        baseline = read_baseline(path)
        smaller = shrunk(baseline, result.findings, result.judged)
    fixed = baseline.total() - smaller.total()
    if update and complete:
        replace_content(path, written_baseline(smaller).encode())
        if not quiet:
            gone = f", {fixed} removed" if fixed else ""
            common.say(f"{path}: {counted(smaller.total(), 'finding')}{gone}")
    elif update:
        common.say(f"{path} was not written, because not everything could be judged")
    elif fixed and not quiet:
        what = counted(fixed, "finding")
        common.say(f"{path}: {what} no longer found; --update-baseline removes what has been fixed")
    return checked._replace(judgement=apply_baseline(result, baseline, str(path)))


def code_of(checked: FileCheckResult, fail_on: str) -> int:
    """Return the exit code of a check."""
    if checked.unread or checked.not_judged:
        return common.INCOMPLETE
    return common.FINDINGS if common.fails(checked.worst(), fail_on) else common.CLEAN


@contextlib.contextmanager
def _progress(total: int, *, shown: bool) -> Iterator[Callable[[], None]]:
    if not shown or sys.stderr is None or not sys.stderr.isatty():
        yield lambda: None
        return
    started = time.monotonic()
    done = 0
    bar = click.progressbar(length=total, label="checking packages", file=sys.stderr)
    drawn = False

    def step() -> None:
        nonlocal done, drawn
        done += 1
        if drawn:
            bar.update(1)
        elif time.monotonic() - started > PATIENCE:
            drawn = True
            bar.update(done)

    try:
        yield step
    finally:
        if drawn:
            bar.update(total - done)
            bar.render_finish()
