"""``pkgguard manifest``: check or show manifests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from pkgguard.cli import common
from pkgguard.errors import ManifestError, ManifestLimitError, MissingManifestError

if TYPE_CHECKING:
    from pkgguard.check.manifest_lint import Advice
    from pkgguard.manifest.discover import Found


@click.group()
def manifest() -> None:
    """Check a manifest, or show its content."""


@manifest.command("check")
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@common.manifest_option
@common.format_option("text", "json")
@common.fail_option
@common.quiet_option
@common.colour_option
@common.reporting_errors
def check(
    files: tuple[Path, ...], manifest_path: Path | None, form: str, fail_on: str, quiet: bool, color: str
) -> int:
    """Check manifests: report mistakes, and what is probably not intended.

    FILE is a manifest (default: the one that the other commands would use).
    Every mistake is reported with its table, key and line, and with the nearest
    valid word.

    Exit code: 0 all are valid, 1 there are mistakes, 3 one cannot be read, whatever
    else was found.
    """
    if manifest_path is not None and files not in ((), (manifest_path,)):
        raise click.UsageError("give the manifest once, as FILE or with --manifest")
    looked = [_look_at(path) for path in files or (manifest_path,)]
    if form == "json":
        _show_documents(looked)
    else:
        for one in looked:
            _show_page(one, quiet, color)
    return max(_code(one, fail_on) for one in looked)


@dataclass(frozen=True, slots=True)
class _Right:
    """A valid manifest, and the advice on it."""

    found: Found
    advice: tuple[Advice, ...]


@dataclass(frozen=True, slots=True)
class _Unread:
    """A manifest that could not be read, so it is not judged."""

    path: str
    error: MissingManifestError | ManifestLimitError | OSError


_Looked: TypeAlias = _Right | ManifestError | _Unread


def _look_at(path: Path | None) -> _Looked:
    from pkgguard import api
    from pkgguard.manifest.limits import manifest_budget

    try:
        with manifest_budget(str(path or "the manifest")):  # for both together
            found = common.find(path)
            return _Right(found, api.advise_on(found.manifest))
    except ManifestLimitError as error:
        return _Unread(error.path, error)
    except ManifestError as error:
        return error
    except (MissingManifestError, OSError) as error:
        return _Unread(str(path), error)


def _code(looked: _Looked, fail_on: str) -> int:
    if isinstance(looked, _Unread):
        return common.INCOMPLETE
    if isinstance(looked, ManifestError):
        return common.FINDINGS
    worst = max((one.severity for one in looked.advice), key=lambda one: one.rank, default=None)
    return common.FINDINGS if common.fails(worst, fail_on) else common.CLEAN


def _show_page(looked: _Looked, quiet: bool, color: str) -> None:
    from pkgguard.report import text

    if isinstance(looked, _Unread):
        common.Unfinished(common.message(looked.error)).show()
        return
    if isinstance(looked, ManifestError):
        common.Mistaken(str(looked)).show()
        return
    page = common.new_page(color)
    if not quiet:
        text.manifest_line(page, looked.found)
    text.advice_page(page, looked.advice, looked.found.path)
    if not quiet:
        count = len(looked.found.manifest.changes)
        page.line(
            f"valid: {_counted(count, 'change')}, {_counted(len(looked.advice), 'remark')}", colour="good"
        )
    common.show(page, color)


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' if number != 1 else ''}"


def _show_documents(looked: list[_Looked]) -> None:
    """Print the document of one manifest, or one document with those of several."""
    from pkgguard.report import json_document

    unread = [one for one in looked if isinstance(one, _Unread)]
    documents = [_document(one) for one in looked if not isinstance(one, _Unread)]
    if len(looked) > 1:
        errors = {one.path: one.error for one in unread}
        common.show_json(json_document.manifest_checks_document(documents, errors))
    elif unread:
        raise unread[0].error
    else:
        common.show_json(documents[0])


def _document(looked: _Right | ManifestError) -> dict[str, Any]:
    from pkgguard.report import json_document

    if isinstance(looked, ManifestError):
        return json_document.manifest_check_document(looked.path, looked, (), None)
    return json_document.manifest_check_document(looked.found.path, None, looked.advice, looked.found)


@manifest.command("show")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@common.manifest_option
@common.format_option("text", "json", "toml")
@common.quiet_option
@common.colour_option
@common.reporting_errors
@common.within_one_budget
def show(file: Path | None, manifest_path: Path | None, form: str, quiet: bool, color: str) -> int:
    """Show the content of a manifest, as a summary or as data.

    FILE is the manifest (default: the one that the other commands would use).
    """
    from pkgguard import api
    from pkgguard.manifest.serialize import as_document
    from pkgguard.report import json_document, text

    if file is not None and manifest_path is not None and file != manifest_path:
        raise click.UsageError("give the manifest once, as FILE or with --manifest")
    found = common.find(file or manifest_path)
    if form == "json":
        common.show_json(json_document.manifest_document(as_document(found.manifest), found))
    elif form == "toml":
        click.echo(api.write_manifest(found.manifest), nl=False)
    else:
        page = common.new_page(color)
        if not quiet:
            text.manifest_line(page, found)
        text.manifest_page(page, found.manifest)
        common.show(page, color)
    return common.CLEAN
