"""``pkgguard manifest``: looking at manifests."""

from __future__ import annotations

from pathlib import Path

import click

from pkgguard import api
from pkgguard.cli import common
from pkgguard.manifest.write import as_document
from pkgguard.report import document, text


@click.group()
def manifest() -> None:
    """Look at a manifest."""


@manifest.command("check")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@common.manifest_option
@common.format_option("text", "json")
@common.fail_option
@common.quiet_option
@common.colour_option
@common.reporting_errors
def check(
    file: Path | None, manifest_path: Path | None, form: str, fail_on: str, quiet: bool, color: str
) -> int:
    """Say whether a manifest is right, and what in it is doubtful.

    Every mistake is told with its table, key and line. Exit code: 0 right, 1
    mistakes, 3 the file cannot be read.
    """
    if file is not None and manifest_path is not None and file != manifest_path:
        raise click.UsageError("give the manifest once, as FILE or with --manifest")
    try:
        found = common.find(file or manifest_path)
    except api.ManifestError as error:
        if form == "json":
            common.show_json(document.manifest_check_document(error.path, error, (), None))
            return common.FINDINGS
        raise common.Mistaken(str(error)) from error
    advice = api.advise_on(found.manifest)
    if form == "json":
        common.show_json(document.manifest_check_document(found.path, None, advice, found))
    else:
        page = common.new_page(color)
        if not quiet:
            text.manifest_line(page, found)
        text.advice_page(page, advice, found.path)
        if not quiet:
            count = len(found.manifest.changes)
            page.line(
                f"right: {count} change{'s' if count != 1 else ''}, {len(advice)} doubtful", colour="good"
            )
        common.show(page, color)
    worst = max((one.severity for one in advice), key=lambda one: one.rank, default=None)
    return common.FINDINGS if common.fails(worst, fail_on) else common.CLEAN


@manifest.command("show")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@common.manifest_option
@common.format_option("text", "json", "toml")
@common.quiet_option
@common.colour_option
@common.reporting_errors
def show(file: Path | None, manifest_path: Path | None, form: str, quiet: bool, color: str) -> int:
    """Show what a manifest says, at a glance or as data."""
    if file is not None and manifest_path is not None and file != manifest_path:
        raise click.UsageError("give the manifest once, as FILE or with --manifest")
    found = common.find(file or manifest_path)
    if form == "json":
        common.show_json(document.manifest_document(as_document(found.manifest), found))
    elif form == "toml":
        click.echo(api.write_manifest(found.manifest), nl=False)
    else:
        page = common.new_page(color)
        if not quiet:
            text.manifest_line(page, found)
        text.manifest_page(page, found.manifest)
        common.show(page, color)
    return common.CLEAN
