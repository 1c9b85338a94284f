"""``pkgguard diff``: what a change of a manifest or of a package does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from pkgguard.cli import candidates, common, described, packages
from pkgguard.report.answers import DifferenceAnswer, PackageDifferenceAnswer

if TYPE_CHECKING:
    from pathlib import Path

    from pkgguard import api

_OF_MANIFESTS = {"relations": "--relations", "published": "--published", "family": "--family"}
_OF_PACKAGES = {
    "manifest_path": "--manifest",
    "newest_if_unknown": "--newest-if-unknown",
    "verbose": "--verbose",
}
"""The options that are only for manifests, or only for packages."""


@click.command(cls=described.Command, page="pkgguard-diff")
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path(), required=False)
@click.option(
    "--generated",
    is_flag=True,
    help="Compare the package OLD with what would be generated for it; without NEW.",
)
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
@common.target_option
@common.manifest_option
@common.newest_option
@common.format_option(DifferenceAnswer)
@click.option("--exit-zero", is_flag=True, help="Exit with code 0 even if something changes.")
@common.verbose_option
@common.quiet_option
@common.colour_option
@common.reporting_errors
def diff(
    old: str,
    new: str | None,
    generated: bool,
    relations: bool,
    published: tuple[str, ...],
    family: str,
    target: str,
    manifest_path: Path | None,
    newest_if_unknown: bool,
    form: str,
    exit_zero: bool,
    verbose: bool,
    quiet: bool,
    color: str,
) -> int:
    """Run ``pkgguard diff``."""
    of_packages = _compares_packages(old, new, generated=generated)
    _refuse_options(
        _OF_MANIFESTS if of_packages else _OF_PACKAGES, "manifests" if of_packages else "packages"
    )
    if target and not generated:
        raise click.UsageError("--target is only for --generated")
    answer: DifferenceAnswer | PackageDifferenceAnswer
    if new is None or of_packages:
        answer = _packages(old, new, manifest_path, target, newest_if_unknown=newest_if_unknown)
        changed = bool(answer.result.relations or answer.result.peers)
        common.answer(answer, form, colour=color, quiet=quiet, verbose=verbose)
    else:
        from pkgguard.manifest.limits import RELATIONS_SECONDS, SECONDS, manifest_budget

        wanted = relations or bool(published)
        refs = [_published(one, family) for one in published]
        with manifest_budget(new, RELATIONS_SECONDS if wanted else SECONDS):
            answer = _manifests(old, new, refs, relations=wanted)
            common.answer(answer, form, colour=color, quiet=quiet)
        changed = bool(answer.result.pairs) or (answer.generated is not None and answer.generated.differs)
    return common.FINDINGS if changed and not exit_zero else common.CLEAN


def _compares_packages(old: str, new: str | None, *, generated: bool) -> bool:
    """Return whether packages are compared, and not manifests."""
    if generated:
        if new is not None:
            raise click.UsageError(f"--generated compares one package; leave out {new}")
        if not packages.is_file(old):
            endings = " or ".join(packages.SUFFIXES)
            raise click.UsageError(
                f"--generated needs a package file, whose name ends in {endings}, not {old}"
            )
        return True
    if new is None:
        what = "add another package, or --generated" if packages.is_file(old) else "add another manifest"
        raise click.UsageError(f"there is nothing to compare {old} with; {what}")
    if packages.is_file(old) != packages.is_file(new):
        raise click.UsageError(f"{old} and {new} are a package and a manifest; name two of one kind")
    return packages.is_file(old)


def _refuse_options(options: dict[str, str], kind: str) -> None:
    context = click.get_current_context()
    for parameter, option in options.items():
        if context.get_parameter_source(parameter) is not ParameterSource.DEFAULT:
            raise click.UsageError(f"{option} is only for {kind}")


def _packages(
    old: str, new: str | None, manifest_path: Path | None, target: str, *, newest_if_unknown: bool
) -> PackageDifferenceAnswer:
    """Compare two packages, or one with what would be generated for it."""
    from pkgguard import api

    before = api.read_package(old)
    if new is None:
        found = common.find(manifest_path, (before.name,))
        result = api.Project(found).difference_from_generated(
            before, target=target, newest_if_unknown=newest_if_unknown
        )
        return PackageDifferenceAnswer(result, found)
    after = api.read_package(new)
    if before.family != after.family:
        raise click.UsageError(
            f"{old} is a package of {before.family} and {new} one of {after.family}; name two of one family"
        )
    found = common.find(manifest_path, (before.name, after.name))
    result = api.Project(found).package_difference(before, after, newest_if_unknown=newest_if_unknown)
    return PackageDifferenceAnswer(result, found)


def _manifests(old: str, new: str, published: list[api.PackageRef], *, relations: bool) -> DifferenceAnswer:
    """Compare two manifests, and if asked for, the relations generated from them."""
    from pkgguard import api

    before, after = _read(old), _read(new)
    result = api.difference(before, after)
    generated = api.generated_difference(before, after, packages=published) if relations else None
    return DifferenceAnswer(result, old, new, generated)


def _published(argument: str, family: str) -> api.PackageRef:
    """Return the package that --published names."""
    from pkgguard import api

    if packages.is_file(argument):
        (ref,) = packages.from_files((argument,))
        return ref
    name, version = packages.divided(argument, "NAME=VERSION, such as kata-runtime=1.1.0-1,")
    return api.PackageRef(family, name, version, "")


def _read(named: str) -> api.Manifest:
    from pkgguard.manifest.revisions import manifest_named

    return manifest_named(named, os.environ)
