"""``pkgguard init``: a manifest, or a whole packaging, to start from."""

from __future__ import annotations

import re
from pathlib import Path

import click

from pkgguard import api
from pkgguard.cli import common
from pkgguard.report.fill import fill_manifest

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
