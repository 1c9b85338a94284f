"""``pkgguard rpm``: what the dependency generator of rpmbuild calls."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from pkgguard.cli import candidates, common
from pkgguard.escape.line import plain

if TYPE_CHECKING:
    from pathlib import Path


@click.group()
def rpm() -> None:
    """Print relations for rpmbuild, by the files that a package ships.

    The dependency generator pkgguard.attr calls these commands. A manifest lists
    the files of a package under `files` in [package.NAME].
    """


@rpm.command()
@common.manifest_option
@common.quiet_option
@common.reporting_errors
@common.within_one_budget
def pattern(manifest_path: Path | None, quiet: bool) -> int:
    """Print a regular expression for each file that the manifest names.

    The expressions match whole paths, one per line, in the POSIX extended syntax
    of grep -E and rpm's file attributes. Nothing is printed if the manifest names
    no files. Without --manifest, all installed manifests and the built-in one
    count.
    """
    from pkgguard.integrations import rpm_files

    among = rpm_files.candidates(manifest_path, os.environ)
    for one in rpm_files.expressions(among):
        click.echo(one)
    if not quiet:
        for found in among:
            common.say(f"manifest: {found.path} ({found.origin}), project {found.manifest.project}")
    return common.CLEAN


@rpm.command()
@click.argument("package", shell_complete=candidates.package_names)
@click.argument("version")
@click.option("--target", default="", help="A dialect of rpm: rpm-legacy has no rich dependencies.")
@common.manifest_option
@common.newest_option
@common.quiet_option
@common.reporting_errors
@common.within_one_budget
def generator(
    package: str,
    version: str,
    target: str,
    manifest_path: Path | None,
    newest_if_unknown: bool,
    quiet: bool,
) -> int:
    """Print the relations of a package by the files it ships.

    The paths are read from standard input, one per line, as `rpm --query --list
    --package FILE` prints them. PACKAGE is the package's own name, VERSION its
    [EPOCH:]VERSION-RELEASE. Nothing is printed if the manifest names none of
    the files. If the manifest knows the package by its name, the name decides,
    not the files, and the epoch must be the one in the manifest.
    """
    from pkgguard import api
    from pkgguard.integrations import rpm_files

    if sys.stdin is None:
        raise common.Misused("standard input is closed; the paths are read from it, one per line")
    paths = _paths(sys.stdin.buffer.read())
    found = rpm_files.manifest_of(rpm_files.candidates(manifest_path, os.environ), package, paths)
    api.select_rules(found.manifest)
    shipped = rpm_files.relations_by_files(
        found.manifest, package, version, paths, target=target, newest_if_unknown=newest_if_unknown
    )
    for line in dict.fromkeys(str(each.relation) for one in shipped for each in one.generated.relations):
        click.echo(plain(line))
    if not quiet:
        common.say(f"manifest: {found.path} ({found.origin}), project {found.manifest.project}")
        for one in shipped:
            verdict = "is guarded as" if one.generated.relations else "needs no relations, being"
            common.say(f"{package} {version} ships {one.path} and {verdict} {one.entry}")
            for loss in one.generated.losses:
                common.say(f"loss: {loss.peer}: {loss.reason}")
    return common.CLEAN


def _paths(data: bytes) -> list[str]:
    """Return the paths of a list; file names need not be UTF-8."""
    lines = [line for line in data.decode("utf-8", "surrogateescape").split("\n") if line]
    for line in lines:
        if not line.startswith("/"):
            raise common.Misused(
                f"{line!r} on standard input is not an absolute path; give one path per line"
            )
    return lines
