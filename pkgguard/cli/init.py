"""``pkgguard init``: write a manifest or a packaging to start from."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pkgguard.cli import common, described
from pkgguard.escape.control import control_value
from pkgguard.escape.shell import shell_word

if TYPE_CHECKING:
    from pkgguard.integrations.scaffold import Project

_PROJECT = re.compile(r"[a-z0-9][a-z0-9+.-]+")
_COMPONENT = re.compile(r"[a-z0-9][a-z0-9-]*")
_MAINTAINER = re.compile(r"[^<>\x00-\x1f\x7f]+ <[^<>@\s\x00-\x1f\x7f]+@[^<>@\s\x00-\x1f\x7f]+>")
_NOBODY = "Nobody <nobody@localhost.invalid>"


def _project(_context: click.Context, parameter: click.Parameter, value: str) -> str:
    if not _PROJECT.fullmatch(value):
        raise click.BadParameter("use two or more of lower-case letters, digits and + - .", param=parameter)
    return value


def _component(_context: click.Context, parameter: click.Parameter, value: str) -> str:
    if not _COMPONENT.fullmatch(value):
        raise click.BadParameter("use lower-case letters, digits and -", param=parameter)
    return value


def _maintainer(given: str | None) -> str:
    """Return the maintainer from the option, or else from the environment variables of debchange(1)."""
    if given is not None:
        if not _names_somebody(given):
            raise click.BadParameter(f"{given!r} is not 'Name <address@host>'", param_hint="--maintainer")
        return given
    name, address = os.environ.get("DEBFULLNAME", ""), os.environ.get("DEBEMAIL", "")
    if not address:
        return _NOBODY
    whole = re.fullmatch(r"(.*?)\s*<(.*)>\s*", address)
    if whole:
        name, address = name or whole[1], whole[2]
    found = f"{name or address.partition('@')[0]} <{address}>"
    if not _names_somebody(found):
        raise click.UsageError(f"DEBFULLNAME and DEBEMAIL make {found!r}, not 'Name <address@host>'")
    return found


def _names_somebody(text: str) -> bool:
    """Return whether a text is a name and an address without characters to escape in debian/control."""
    return _MAINTAINER.fullmatch(text) is not None and control_value(text) == text


@click.command(cls=described.Command, page="pkgguard-init")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--deb",
    "deb",
    cls=described.Option,
    variables=("SOURCE_DATE_EPOCH",),
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write a complete Debian source package into DIR.",
)
@click.option(
    "--rpm",
    "rpm",
    cls=described.Option,
    variables=("SOURCE_DATE_EPOCH",),
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write a spec and its sources into DIR.",
)
@click.option(
    "--project", default="example", callback=_project, show_default=True, help="The project's name."
)
@click.option(
    "--client", default="client", callback=_component, show_default=True, help="The client component."
)
@click.option(
    "--server", default="server", callback=_component, show_default=True, help="The server component."
)
@click.option(
    "--protocol", default="api", callback=_component, show_default=True, help="The protocol's name."
)
@click.option(
    "--maintainer",
    cls=described.Option,
    variables=("DEBFULLNAME", "DEBEMAIL"),
    metavar="'NAME <ADDRESS>'",
    help="The maintainer of the packaging (default: DEBFULLNAME and DEBEMAIL).",
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
    maintainer: str | None,
    force: bool,
) -> int:
    """Run ``pkgguard init``."""
    from pkgguard.errors import SourceError
    from pkgguard.integrations.scaffold import Project, manifest, skeleton, write_skeletons
    from pkgguard.manifest.read import parse_manifest

    if client == server:
        raise click.UsageError("the client and the server must be different components")
    folders = {family: folder for family, folder in (("deb", deb), ("rpm", rpm)) if folder is not None}
    if not folders:
        if maintainer is not None:
            raise click.UsageError("a manifest has no maintainer; give --maintainer with --deb or --rpm")
        named = Project(project, protocol, client, server, "")
        return _write_manifest(file or Path("pkgguard.toml"), named, force)
    if file is not None:
        raise click.UsageError("--deb and --rpm decide where the manifest is written; omit FILE")
    if deb == rpm:
        raise click.UsageError("--deb and --rpm need different folders")
    named = Project(project, protocol, client, server, _maintainer(maintainer))
    moment = _moment()
    parse_manifest(manifest(named), "pkgguard.toml")
    skeletons = {folder: skeleton(family, named, moment) for family, folder in folders.items()}
    try:
        write_skeletons(skeletons, overwrite=force)
    except SourceError as error:
        raise common.Misused(str(error)) from error
    for family, folder in folders.items():
        command = _BUILD[family].format(folder=shell_word(str(folder)), spec=shell_word(f"{project}.spec"))
        common.say(f"wrote {folder}; build it with: {command}")
    return common.CLEAN


_BUILD = {
    "deb": "(cd {folder} && dpkg-buildpackage --no-sign --build=binary), where dh-pkgguard is installed",
    "rpm": '(cd {folder} && rpmbuild -bb --define "_sourcedir $PWD" {spec}), where pkgguard-rpm-macros'
    " is installed",
}
"""The command that builds the packaging of each family, and the package that it needs."""


def _moment() -> datetime:
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise click.UsageError(f"SOURCE_DATE_EPOCH is {epoch[:40]!r}, not a number of seconds") from error


def _write_manifest(file: Path, named: Project, force: bool) -> int:
    from pkgguard.integrations.scaffold import manifest
    from pkgguard.manifest.read import parse_manifest

    content = manifest(named)
    parse_manifest(content, str(file))
    try:
        with file.open("w" if force else "x", encoding="utf-8") as stream:
            stream.write(content)
    except FileExistsError as error:
        raise common.Misused(
            f"{file} exists already; give another name, or --force to overwrite it"
        ) from error
    common.say(f"wrote {file}; check it with: pkgguard manifest check {shell_word(str(file))}")
    return common.CLEAN
