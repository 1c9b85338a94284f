"""``pkgguard init``: a manifest, or a whole packaging, to start from."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import click

from pkgguard import api
from pkgguard.build.skeleton import Project, manifest, skeleton, write_skeleton
from pkgguard.cli import common

_NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+")
_MAINTAINER = re.compile(r"[^<>\n]+ <[^<>@\s]+@[^<>@\s]+>")
_NOBODY = "Nobody <nobody@localhost.invalid>"


def _name(_context: click.Context, parameter: click.Parameter, value: str) -> str:
    if not _NAME.fullmatch(value):
        raise click.BadParameter("use lower-case letters, digits and + - .", param=parameter)
    return value


def _maintainer(_context: click.Context, parameter: click.Parameter, value: str | None) -> str:
    if value is None:
        name, address = os.environ.get("DEBFULLNAME"), os.environ.get("DEBEMAIL")
        value = f"{name} <{address}>" if name and address else _NOBODY
    if not _MAINTAINER.fullmatch(value):
        raise click.BadParameter(f"{value!r} is not 'Name <address@host>'", param=parameter)
    return value


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--deb",
    "deb",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write a whole Debian source package into DIR.",
)
@click.option(
    "--rpm",
    "rpm",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write a spec and its sources into DIR.",
)
@click.option("--project", default="example", callback=_name, show_default=True, help="The project's name.")
@click.option("--client", default="client", callback=_name, show_default=True, help="The client component.")
@click.option("--server", default="server", callback=_name, show_default=True, help="The server component.")
@click.option("--protocol", default="api", callback=_name, show_default=True, help="The protocol's name.")
@click.option(
    "--maintainer",
    metavar="'NAME <ADDRESS>'",
    callback=_maintainer,
    help="Who maintains the packaging (default: DEBFULLNAME and DEBEMAIL).",
)
@click.option("--force", is_flag=True, help="Overwrite existing files.")
@common.reporting_errors
def init(
    file: Path | None,
    deb: Path | None,
    rpm: Path | None,
    project: str,
    client: str,
    server: str,
    protocol: str,
    maintainer: str,
    force: bool,
) -> int:
    """Write a commented manifest to start from, or a whole packaging.

    FILE is the manifest to write (default: pkgguard.toml). With --deb or --rpm, a
    packaging of a client and a server is written instead: the manifest, and all
    that dpkg-buildpackage or rpmbuild need to build it as it is, with scripts
    that stand for the programs.
    """
    if client == server:
        raise click.UsageError("the client and the server are two components")
    named = Project(project, protocol, client, server, maintainer)
    if deb is None and rpm is None:
        return _write_manifest(file or Path("pkgguard.toml"), named, force)
    if file is not None:
        raise click.UsageError("--deb and --rpm name where the manifest is written; leave FILE out")
    if deb == rpm:
        raise click.UsageError("give --deb and --rpm a folder each")
    moment = _moment()
    api.parse_manifest(manifest(named), "pkgguard.toml")
    for family, folder in (("deb", deb), ("rpm", rpm)):
        if folder is not None:
            try:
                write_skeleton(folder, skeleton(family, named, moment), overwrite=force)
            except api.SourceError as error:
                raise common.Misused(str(error)) from error
            common.say(
                f"wrote {folder}; build it with: {_BUILD[family].format(folder=folder, project=project)}"
            )
    return common.CLEAN


_BUILD = {
    "deb": "(cd {folder} && dpkg-buildpackage --no-sign --build=binary)",
    "rpm": '(cd {folder} && rpmbuild -bb --define "_sourcedir $PWD" {project}.spec)',
}
"""The command that builds each family's packaging; it needs dh-pkgguard, or pkgguard-rpm-macros."""


def _moment() -> datetime:
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise click.UsageError(f"SOURCE_DATE_EPOCH is {epoch[:40]!r}, not a number of seconds") from error


def _write_manifest(file: Path, named: Project, force: bool) -> int:
    content = manifest(named)
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
