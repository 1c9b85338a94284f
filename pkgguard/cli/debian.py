"""``pkgguard debian``: commands for the build of a Debian source package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pkgguard.cli import common, described
from pkgguard.cli.check import code_of
from pkgguard.diagnostics import Severity
from pkgguard.report.answers import CheckAnswer

if TYPE_CHECKING:
    from pkgguard.integrations.debian import GuardedPackage
    from pkgguard.integrations.source import SourcePackage

package_option = click.option(
    "--package",
    "-p",
    "packages",
    multiple=True,
    metavar="NAME",
    help="A binary package to act on; may be repeated (default: all of debian/control).",
)
source_option = click.option(
    "--source",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The folder that contains debian/ (default: the current one).",
)
version_option = click.option(
    "--package-version",
    metavar="VERSION",
    help="The version of the packages to act on, if dpkg-gencontrol -v sets another one than the changelog.",
)
source_manifest_option = click.option(
    "--manifest",
    "manifest_path",
    cls=described.Option,
    variables=("PKGGUARD_MANIFEST", "PKGGUARD_ARCHIVE"),
    files=("debian/pkgguard.toml", common.INSTALLED),
    type=click.Path(path_type=Path),
    help="The manifest (default: PKGGUARD_MANIFEST, debian/pkgguard.toml, an installed one that knows a"
    " package of debian/control, the one of Kata).",
)


@click.group(cls=described.Group, page="pkgguard-debian")
def debian() -> None:
    """Run ``pkgguard debian``."""


@debian.command("substvars", page="pkgguard-debian-substvars")
@package_option
@source_option
@version_option
@source_manifest_option
@common.newest_option
@common.rule_option("build", "loss")
@common.quiet_option
@common.reporting_errors
@common.within_one_budget
def substvars(
    packages: tuple[str, ...],
    folder: Path,
    package_version: str | None,
    manifest_path: Path | None,
    newest_if_unknown: bool,
    settings: tuple[str, ...],
    quiet: bool,
) -> int:
    """Run ``pkgguard debian substvars``."""
    from pkgguard.integrations import debian as building

    levels = common.levels(settings)
    source = _source(folder, packages, package_version)
    choice = building.choose_for_source(source, manifest_path)
    if not quiet:
        for found in building.used_for_source(source, choice) or (choice.default,):
            common.say(f"manifest: {found.path} ({found.origin}), project {found.manifest.project}")
        if ignored := building.ignored_manifest(source, choice):
            common.say(f"warning: {ignored}")
    code = common.CLEAN
    guarded = building.guard_source(
        source, choice, packages, newest_if_unknown=newest_if_unknown, levels=levels
    )
    for one, misuses in zip(guarded, building.misuses(source, guarded, levels), strict=True):
        path = building.write_substvars(source, one)
        losses = one.generated.losses if one.generated else ()
        if not quiet:
            common.say(f"{path}: {_summary(one)}")
        code = max(code, common.tell_losses(losses, quiet=quiet, about=f"{one.binary.name}: "))
        for misuse in misuses:
            common.say(str(misuse))
            code = max(code, common.FINDINGS if misuse.severity is Severity.ERROR else common.CLEAN)
    return code


@debian.command("check", page="pkgguard-debian-check")
@package_option
@source_option
@click.option(
    "--destination",
    type=click.Path(path_type=Path),
    help="The folder of the built packages (default: the one above `--source`).",
)
@click.option(
    "--if-known",
    is_flag=True,
    help="Succeed if the manifest knows no package of debian/control, or if none was built, as with"
    " dpkg-buildpackage -S.",
)
@version_option
@source_manifest_option
@common.format_option(CheckAnswer)
@common.fail_option
@common.profile_option
@common.accept_option
@common.newest_option
@common.verbose_option
@common.quiet_option
@common.colour_option
@common.reporting_errors
def check(
    packages: tuple[str, ...],
    folder: Path,
    destination: Path | None,
    if_known: bool,
    package_version: str | None,
    manifest_path: Path | None,
    form: str,
    fail_on: str,
    profile: str,
    exceptions_path: Path | None,
    newest_if_unknown: bool,
    verbose: bool,
    quiet: bool,
    color: str,
) -> int:
    """Run ``pkgguard debian check``."""
    from pkgguard import api
    from pkgguard.integrations import debian as building
    from pkgguard.integrations.control_fix import fix_in_control
    from pkgguard.integrations.control_lines import lines_of

    exceptions = common.exceptions(exceptions_path)
    source = _source(folder, packages, package_version)
    choice = building.choose_for_source(source, manifest_path)
    above = folder / ".." if destination is None else destination
    if if_known and not building.has_known(source, choice):
        if not quiet:
            found = choice.default
            common.say(f"nothing to check: {found.path} ({found.origin}) knows none of what was built")
        return common.CLEAN
    building.require_known(source, choice)
    files = building.built_files(source, above, packages)
    read = api.read_files(files)
    building.check_versions(source, choice, read.packages, newest_if_unknown=newest_if_unknown)
    checked = api.check_by_choice(
        read, choice, newest_if_unknown=newest_if_unknown, profile=profile, exceptions=exceptions
    )
    checked = checked.with_fixes(fix_in_control(source))
    result = CheckAnswer(checked, choice.default, in_source=lines_of(source))
    common.answer(result, form, colour=color, quiet=quiet, fail_on=fail_on, verbose=verbose)
    return code_of(checked, fail_on)


def _source(folder: Path, packages: tuple[str, ...], version: str | None) -> SourcePackage:
    from pkgguard.integrations.source import read_source

    if version is None:
        return read_source(folder)
    names = packages or tuple(read_source(folder).names)
    return read_source(folder, dict.fromkeys(names, version))


def _summary(guarded: GuardedPackage) -> str:
    if guarded.generated is None:
        return "not in the manifest, no relations"
    carried = ", ".join(f"{name} {release}" for name, release in guarded.generated.identity.releases.items())
    fields = [one.relation.field for one in guarded.generated.relations]
    counts = ", ".join(f"{fields.count(field)} {field}" for field in dict.fromkeys(fields))
    assumed = " (treated as such: the version is unknown)" if guarded.generated.identity.assumed else ""
    return (
        f"{guarded.generated.identity.version} carries {carried}{assumed}: {counts or 'needs no relations'}"
    )
