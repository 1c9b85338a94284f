"""``pkgguard rpm``: commands for the dependency generator of rpmbuild."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from pkgguard.cli import candidates, common, described
from pkgguard.escape.line import plain

if TYPE_CHECKING:
    from pathlib import Path


@click.group(cls=described.Group, page="pkgguard-rpm")
def rpm() -> None:
    """Run ``pkgguard rpm``."""


@rpm.command("pattern", page="pkgguard-rpm-pattern")
@common.manifest_option
@common.quiet_option
@common.reporting_errors
@common.within_one_budget
def pattern(manifest_path: Path | None, quiet: bool) -> int:
    """Run ``pkgguard rpm pattern``."""
    from pkgguard.integrations import rpm_files

    among = rpm_files.candidates(manifest_path, os.environ)
    for one in rpm_files.expressions(among):
        click.echo(one)
    if not quiet:
        for found in among:
            common.say(f"manifest: {found.path} ({found.origin}), project {found.manifest.project}")
    return common.CLEAN


@rpm.command("generator", page="pkgguard-rpm-generator")
@click.argument("package", shell_complete=candidates.package_names)
@click.argument("version")
@common.target_option
@common.manifest_option
@common.newest_option
@common.rule_option("loss")
@common.quiet_option
@common.reporting_errors
@common.within_one_budget
def generator(
    package: str,
    version: str,
    target: str,
    manifest_path: Path | None,
    newest_if_unknown: bool,
    settings: tuple[str, ...],
    quiet: bool,
) -> int:
    """Run ``pkgguard rpm generator``."""
    from pkgguard import api
    from pkgguard.integrations import rpm_files

    if sys.stdin is None:
        raise common.Misused("standard input is closed; the paths are read from it, one per line")
    paths = _paths(sys.stdin.buffer.read())
    found = rpm_files.manifest_of(rpm_files.candidates(manifest_path, os.environ), package, paths)
    api.select_rules(found.manifest)
    shipped = rpm_files.relations_by_files(
        found.manifest,
        package,
        version,
        paths,
        target=target,
        newest_if_unknown=newest_if_unknown,
        settings=common.levels(settings),
    )
    for line in dict.fromkeys(str(each.relation) for one in shipped for each in one.generated.relations):
        click.echo(plain(line))
    if not quiet:
        common.say(f"manifest: {found.path} ({found.origin}), project {found.manifest.project}")
        for one in shipped:
            verdict = "is guarded as" if one.generated.relations else "needs no relations, being"
            common.say(f"{package} {version} ships {one.path} and {verdict} {one.entry}")
    return max(
        (common.tell_losses(one.generated.losses, quiet=quiet) for one in shipped), default=common.CLEAN
    )


def _paths(data: bytes) -> list[str]:
    """Return the paths of a list; they need not be UTF-8."""
    lines = [line for line in data.decode("utf-8", "surrogateescape").split("\n") if line]
    for line in lines:
        if not line.startswith("/"):
            raise common.Misused(
                f"{line!r} on standard input is not an absolute path; give one path per line"
            )
    return lines
