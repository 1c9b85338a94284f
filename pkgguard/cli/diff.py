"""``pkgguard diff``: what a change of a manifest does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from pkgguard.cli import candidates, common, described, packages
from pkgguard.report.answers import DifferenceAnswer

if TYPE_CHECKING:
    from pkgguard import api


@click.command(cls=described.Command, page="pkgguard-diff")
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@click.option("--relations", is_flag=True, help="Also compare the relations that are generated.")
@click.option(
    "--published",
    multiple=True,
    metavar="PACKAGE",
    shell_complete=candidates.package_names_and_files,
    help="A published package, NAME=VERSION or a file: whether it needs a rebuild. Implies --relations."
    " May be repeated.",
)
@common.family_option
@common.format_option(DifferenceAnswer)
@click.option("--exit-zero", is_flag=True, help="Exit with code 0 even if something changes.")
@common.quiet_option
@common.colour_option
@common.reporting_errors
def diff(
    old: str,
    new: str,
    relations: bool,
    published: tuple[str, ...],
    family: str,
    form: str,
    exit_zero: bool,
    quiet: bool,
    color: str,
) -> int:
    """Run ``pkgguard diff``."""
    from pkgguard import api
    from pkgguard.manifest.limits import RELATIONS_SECONDS, SECONDS, manifest_budget

    wanted = relations or bool(published)
    refs = [_published(one, family) for one in published]
    with manifest_budget(new, RELATIONS_SECONDS if wanted else SECONDS):
        before, after = _read(old), _read(new)
        result = api.difference(before, after)
        generated = api.generated_difference(before, after, packages=refs) if wanted else None
        common.answer(DifferenceAnswer(result, old, new, generated), form, colour=color, quiet=quiet)
    changed = bool(result.pairs) or (generated is not None and generated.differs)
    return common.FINDINGS if changed and not exit_zero else common.CLEAN


def _published(argument: str, family: str) -> api.PackageRef:
    """Return the package that --published names."""
    from pkgguard import api

    if packages.is_file(argument):
        (ref,) = packages.from_files((argument,))
        return ref
    return api.PackageRef(
        family, *packages.divided(argument, "NAME=VERSION, such as kata-image=1.1.0-1,"), ""
    )


def _read(named: str) -> api.Manifest:
    from pkgguard.manifest.revisions import manifest_named

    return manifest_named(named, os.environ)
