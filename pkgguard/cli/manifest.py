"""``pkgguard manifest`` and ``pkgguard init``: looking at manifests, and starting one."""

from __future__ import annotations

import re
from pathlib import Path

import click

from pkgguard import api
from pkgguard.cli import common
from pkgguard.manifest.write import as_document
from pkgguard.report import document, text
from pkgguard.report.fill import fill_manifest


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


_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+")


def _name(_context: click.Context, parameter: click.Parameter, value: str) -> str:
    if not _NAME.fullmatch(value):
        raise click.BadParameter("use lower-case letters, digits and + - .", param=parameter)
    return value


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path), default=Path("pkgguard.toml"))
@click.option("--project", default="example", callback=_name, show_default=True, help="The project's name.")
@click.option("--client", default="client", callback=_name, show_default=True, help="The client component.")
@click.option("--server", default="server", callback=_name, show_default=True, help="The server component.")
@click.option("--protocol", default="api", callback=_name, show_default=True, help="The protocol's name.")
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
@common.reporting_errors
def init(file: Path, project: str, client: str, server: str, protocol: str, force: bool) -> int:
    """Write a commented manifest to start from (default: pkgguard.toml)."""
    if client == server:
        raise click.UsageError("the client and the server are two components")
    packages = (f"{project}-{client}", f"{project}-{server}")
    content = fill_manifest(project, protocol, client, server, packages)
    api.parse_manifest(content, str(file))
    try:
        with file.open("w" if force else "x", encoding="utf-8") as stream:
            stream.write(content)
    except FileExistsError as error:
        raise common.Misused(
            f"{file} exists already; give another name, or --force to overwrite it"
        ) from error
    common.say(f"wrote {file}; check it with: pkgguard manifest check {file}")
    return common.CLEAN
