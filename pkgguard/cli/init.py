"""``pkgguard init``: write a manifest or a packaging to start from."""

from __future__ import annotations

import os
import re
from dataclasses import replace
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


def _project(_context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and not _PROJECT.fullmatch(value):
        raise click.BadParameter("use two or more of lower-case letters, digits and + - .", param=parameter)
    return value


def _protocol(_context: click.Context, parameter: click.Parameter, value: str) -> str:
    if not _COMPONENT.fullmatch(value):
        raise click.BadParameter("use lower-case letters, digits and -", param=parameter)
    return value


def _component(name: str | None, role: str) -> str:
    if name is None:
        return role
    if not _COMPONENT.fullmatch(name):
        raise click.BadParameter("use lower-case letters, digits and -", param_hint=f"--{role}")
    return name


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
    "--source",
    "source",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="The Debian source package or the spec to read (default: the one in the current folder, if any).",
)
@click.option("--blank", is_flag=True, help="Read no source, and write a commented manifest.")
@click.option(
    "--project", callback=_project, help="The project's name (default: that of the source, or example)."
)
@click.option(
    "--client",
    metavar="NAME",
    help="The package that is the client (default: by the relations), or the component.",
)
@click.option(
    "--server",
    metavar="NAME",
    help="The package that is the server (default: by the relations), or the component.",
)
@click.option("--protocol", default="api", callback=_protocol, show_default=True, help="The protocol's name.")
@click.option(
    "--maintainer",
    cls=described.Option,
    variables=("DEBFULLNAME", "DEBEMAIL"),
    metavar="'NAME <ADDRESS>'",
    help="The maintainer of the packaging (default: DEBFULLNAME and DEBEMAIL).",
)
@click.option("--force", is_flag=True, help="Overwrite existing files.")
@common.reporting_errors
@common.within_one_budget
def init(
    file: Path | None,
    deb: Path | None,
    rpm: Path | None,
    source: Path | None,
    blank: bool,
    project: str | None,
    client: str | None,
    server: str | None,
    protocol: str,
    maintainer: str | None,
    force: bool,
) -> int:
    """Run ``pkgguard init``."""
    if client is not None and client == server:
        raise click.UsageError("the client and the server must be different components")
    folders = {family: folder for family, folder in (("deb", deb), ("rpm", rpm)) if folder is not None}
    if folders and (blank or source is not None):
        raise click.UsageError("--deb and --rpm write a new packaging; omit --source and --blank")
    if not folders:
        if maintainer is not None:
            raise click.UsageError("a manifest has no maintainer; give --maintainer with --deb or --rpm")
        found = None if blank else _source(source, file)
        if found is not None:
            return _adopt(found, file, (project, client, server, protocol), force)
    from pkgguard.integrations.scaffold import Project

    client, server = _component(client, "client"), _component(server, "server")
    if client == server:
        raise click.UsageError("the client and the server must be different components")
    named = Project(project or "example", protocol, client, server, "")
    if not folders:
        from pkgguard.integrations.scaffold import manifest

        return _write_manifest(file or Path("pkgguard.toml"), manifest(named), force)
    return _write_packaging(folders, replace(named, maintainer=_maintainer(maintainer)), file, force)


def _write_packaging(folders: dict[str, Path], named: Project, file: Path | None, force: bool) -> int:
    from pkgguard.errors import SourceError
    from pkgguard.integrations.scaffold import manifest, skeleton, write_skeletons
    from pkgguard.manifest.read import parse_manifest

    if file is not None:
        raise click.UsageError("--deb and --rpm decide where the manifest is written; omit FILE")
    if folders.get("deb") == folders.get("rpm"):
        raise click.UsageError("--deb and --rpm need different folders")
    moment = _moment()
    parse_manifest(manifest(named, complete=True), "pkgguard.toml")
    skeletons = {folder: skeleton(family, named, moment) for family, folder in folders.items()}
    try:
        write_skeletons(skeletons, overwrite=force)
    except SourceError as error:
        raise common.Misused(str(error)) from error
    for family, folder in folders.items():
        command = _BUILD[family].format(
            folder=shell_word(str(folder)), spec=shell_word(f"{named.project}.spec")
        )
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


def _source(named: Path | None, file: Path | None) -> Path | None:
    """Return the folder of a Debian source package or the spec to read, or None if there is none.

    Without a name, it is the one in the current folder, unless the manifest is to be
    written into another one.
    """
    if named is not None and named.is_file():
        return named
    if named is None and file is not None and not file.resolve().is_relative_to(Path.cwd().resolve()):
        return None
    folder = named or Path()
    if (folder / "debian/control").is_file():
        return folder
    specs = sorted(folder.glob("*.spec"))
    if len(specs) > 1:
        raise common.Misused(
            f"{folder} has several specs; name one with --source: {', '.join(map(str, specs[:12]))}"
        )
    if not specs and named is not None:
        raise common.Misused(f"{named} is neither a spec nor a folder with debian/control or a spec")
    return specs[0] if specs else None


def _adopt(
    source: Path, file: Path | None, named: tuple[str | None, str | None, str | None, str], force: bool
) -> int:
    """Write a manifest that is drafted from the source of packages."""
    from pkgguard.integrations.adopt_debian import adopt_debian
    from pkgguard.integrations.adopt_spec import adopt_spec
    from pkgguard.integrations.draft import draft
    from pkgguard.manifest.discover import passed_over

    project, client, server, protocol = named
    is_spec = source.is_file()
    read = adopt_spec(source) if is_spec else adopt_debian(source)
    read = read._replace(project=project or read.project)
    path = file or (_among_sources(source) if is_spec else source / "debian/pkgguard.toml")
    _write_manifest(path, draft(read, client=client or "", server=server or "", protocol=protocol), force)
    for other in () if is_spec or file is not None else passed_over(path, source):
        common.say(
            f"warning: {other} is there too; a build does not read it, and the other commands use it first"
        )
    for line in _NEXT[read.family]:
        common.say(line)
    return common.CLEAN


_NEXT = {
    "deb": (
        "then add dh-sequence-pkgguard to Build-Depends in debian/control, and ${pkgguard:Depends},"
        " ${pkgguard:Breaks} and the like to the packages; the build names each that is missing",
    ),
    "rpm": (
        "then add it to the spec as a source, with BuildRequires: pkgguard-rpm-macros, %pkgguard_check, and"
        " %{pkgguard_relations PACKAGE} in the preamble of each package",
    ),
}
"""What to do with the manifest of a source of each family."""


def _among_sources(spec: Path) -> Path:
    """Return where rpmbuild looks for a manifest: beside the spec, or in SOURCES beside SPECS."""
    sources = spec.resolve().parent.parent / "SOURCES"
    if spec.resolve().parent.name == "SPECS" and sources.is_dir():
        return sources / "pkgguard.toml"
    return spec.with_name("pkgguard.toml")


def _write_manifest(path: Path, draft: str, force: bool) -> int:
    from pkgguard.cli.gaps import count_gaps, fill_gaps

    if not force and os.path.lexists(path):
        raise common.Misused(f"{path} exists already; give another name, or --force to overwrite it")
    content = fill_gaps(draft)
    with path.open("w" if force else "x", encoding="utf-8") as stream:
        stream.write(content)
    left = count_gaps(content)
    gaps = f", with {left} gap{'s' if left != 1 else ''} to fill in" if left else ""
    common.say(f"wrote {path}{gaps}; check it with: pkgguard manifest check {shell_word(str(path))}")
    return common.CLEAN
