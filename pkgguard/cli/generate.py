"""``pkgguard generate``: write the relations that a package version must have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from pkgguard.cli import candidates, common, described, packages
from pkgguard.families.registry import names, summary
from pkgguard.report import formats
from pkgguard.report.answers import RelationsAnswer

if TYPE_CHECKING:
    from pathlib import Path

_COMMON: Final = formats.names(RelationsAnswer)
"""The formats of every family."""
_DEFAULTS: Final = ", ".join(f"{summary(name).formats[0]} for {name}" for name in names())


@click.command(cls=described.Command, page="pkgguard-generate")
@click.argument("package", shell_complete=candidates.package_names_and_files)
@click.argument("version", required=False)
@common.family_option
@click.option(
    "--format",
    "form",
    type=click.Choice([*(one for name in names() for one in summary(name).formats), *_COMMON]),
    help=f"The form of the output (default: {_DEFAULTS}).",
)
@common.target_option
@common.manifest_option
@common.newest_option
@common.rule_option("loss")
@common.verbose_option
@common.quiet_option
@common.reporting_errors
@common.within_one_budget
def generate(
    package: str,
    version: str | None,
    family: str,
    form: str | None,
    target: str,
    manifest_path: Path | None,
    newest_if_unknown: bool,
    settings: tuple[str, ...],
    verbose: bool,
    quiet: bool,
) -> int:
    """Run ``pkgguard generate``."""
    from pkgguard import api

    family, package, version = packages.one(package, version, family)
    if version is None:
        raise click.UsageError(f"{package} has no version; add it, as in {package} 1.1.0-1")
    known = (*summary(family).formats, *_COMMON)
    form = form or known[0]
    if form not in known:
        choices = ", ".join(known)
        raise click.BadParameter(
            f"{family} has no format {form!r}; choose from {choices}", param_hint="--format"
        )
    found = common.find(manifest_path, (package,))
    generated = api.Project(found).relations(
        family,
        package,
        version,
        target=target,
        newest_if_unknown=newest_if_unknown,
        settings=common.levels(settings),
    )
    common.answer(RelationsAnswer(generated, found), form, verbose=verbose)
    if not quiet:
        common.say(f"manifest: {found.path} ({found.origin}), project {found.manifest.project}")
        if generated.identity.assumed:
            releases = ", ".join(f"{name} {one}" for name, one in generated.identity.releases.items())
            common.say(f"{generated.name} {version} is unknown and treated as {releases}")
    return common.tell_losses(generated.losses, quiet=quiet)
