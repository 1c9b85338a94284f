"""``pkgguard manifest``: check or show manifests, or add to one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import click

from pkgguard.cli import common, described, manifest_edit
from pkgguard.diagnostics import Diagnostic, Severity, worst
from pkgguard.errors import ManifestError, ManifestLimitError, MissingManifestError
from pkgguard.report import formats
from pkgguard.report.answers import ManifestAnswer, ManifestCheckAnswer, ManifestChecksAnswer


@click.group(cls=described.Group, page="pkgguard-manifest")
def manifest() -> None:
    """Run ``pkgguard manifest``."""


manifest.add_command(manifest_edit.release)
manifest.add_command(manifest_edit.change)


@manifest.command("check", page="pkgguard-manifest-check")
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@common.manifest_option
@common.format_option(ManifestCheckAnswer)
@common.fail_option
@common.rule_option("manifest")
@common.quiet_option
@common.colour_option
@common.reporting_errors
def check(
    files: tuple[Path, ...],
    manifest_path: Path | None,
    form: str,
    fail_on: str,
    settings: tuple[str, ...],
    quiet: bool,
    color: str,
) -> int:
    """Run ``pkgguard manifest check``."""
    if manifest_path is not None and files not in ((), (manifest_path,)):
        raise click.UsageError("give the manifest once, as FILE or with --manifest")
    levels = common.levels(settings)
    common.note_renamed(levels)
    looked = [_look_at(path, levels) for path in files or (manifest_path,)]
    if formats.FORMATS[form].holds_errors:
        common.answer(_together(looked), form, colour=color, quiet=quiet, fail_on=fail_on)
    else:
        for result in looked:
            _show(result, form, quiet, color)
    return max(_code(result, fail_on) for result in looked)


@dataclass(frozen=True, slots=True)
class _Unread:
    """A manifest that could not be read."""

    path: str
    error: MissingManifestError | ManifestLimitError | OSError

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The reason."""
        if isinstance(self.error, OSError):
            reason = self.error.strerror or str(self.error)
            return (Diagnostic("unreadable-file", Severity.ERROR, reason, path=self.path),)
        return self.error.diagnostics


_Looked: TypeAlias = ManifestCheckAnswer | _Unread


def _look_at(path: Path | None, levels: dict[str, str]) -> _Looked:
    from pkgguard import api
    from pkgguard.manifest.limits import manifest_budget

    try:
        with manifest_budget(str(path or "the manifest")):  # for both together
            found = common.find(path)
            return ManifestCheckAnswer(found.path, api.Project(found).advise(settings=levels), found)
    except ManifestLimitError as error:
        return _Unread(error.path, error)
    except ManifestError as error:
        return ManifestCheckAnswer(error.path, (), None, error)
    except (MissingManifestError, OSError) as error:
        return _Unread(str(path), error)


def _code(looked: _Looked, fail_on: str) -> int:
    if isinstance(looked, _Unread):
        return common.INCOMPLETE
    if looked.error is not None:
        return common.FINDINGS
    return common.FINDINGS if common.fails(worst(looked.advice), fail_on) else common.CLEAN


def _show(looked: _Looked, form: str, quiet: bool, color: str) -> None:
    """Print the result for one manifest; an error that the format cannot contain goes to standard error."""
    if isinstance(looked, _Unread):
        common.Unfinished(common.message(looked.error)).show()
    elif looked.error is not None:
        common.Mistaken(str(looked.error)).show()
    else:
        common.answer(looked, form, colour=color, quiet=quiet)


def _together(looked: list[_Looked]) -> ManifestCheckAnswer | ManifestChecksAnswer:
    """Return a single answer as it is, or several as one."""
    unread = [one for one in looked if isinstance(one, _Unread)]
    checks = tuple(one for one in looked if not isinstance(one, _Unread))
    if len(looked) > 1:
        return ManifestChecksAnswer(checks, tuple(found for one in unread for found in one.diagnostics))
    for one in unread:
        raise one.error
    return checks[0]


@manifest.command("show", page="pkgguard-manifest-show")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@common.manifest_option
@common.format_option(ManifestAnswer)
@common.quiet_option
@common.colour_option
@common.reporting_errors
@common.within_one_budget
def show(file: Path | None, manifest_path: Path | None, form: str, quiet: bool, color: str) -> int:
    """Run ``pkgguard manifest show``."""
    if file is not None and manifest_path is not None and file != manifest_path:
        raise click.UsageError("give the manifest once, as FILE or with --manifest")
    found = common.find(file or manifest_path)
    common.answer(ManifestAnswer(found), form, colour=color, quiet=quiet)
    return common.CLEAN
