"""``pkgguard compatible``: whether releases and packages work together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from pkgguard.cli import candidates, common, described, packages
from pkgguard.report.answers import VerdictAnswer

if TYPE_CHECKING:
    from pathlib import Path

    from pkgguard import api
    from pkgguard.manifest.model import Manifest

_EXAMPLE: Final = "NAME=VERSION, such as runtime=1.1.0 (a component) or kata-runtime=1.1.0-1 (a package),"
_RULE: Final = "is a component and a package; it is the component if the manifest lists the release"


@click.command(cls=described.Command, page="pkgguard-compatible")
@click.argument(
    "asked",
    nargs=-1,
    required=True,
    metavar="NAME=VERSION|FILE...",
    shell_complete=candidates.releases_and_packages,
)
@common.family_option
@common.manifest_option
@common.format_option(VerdictAnswer)
@common.quiet_option
@common.colour_option
@common.reporting_errors
@common.within_one_budget
def compatible(
    asked: tuple[str, ...], family: str, manifest_path: Path | None, form: str, quiet: bool, color: str
) -> int:
    """Run ``pkgguard compatible``."""
    from pkgguard import api

    named: dict[str, str] = {}
    for argument in asked:
        if not packages.is_file(argument):
            name, version = packages.divided(argument, _EXAMPLE)
            if name in named:
                raise click.UsageError(f"{name} is given twice")
            named[name] = version
    read = packages.from_files([argument for argument in asked if packages.is_file(argument)])
    for number, ref in enumerate(read):
        if ref.name in named or ref.name in {other.name for other in read[:number]}:
            raise click.UsageError(f"the package {ref.name} is given twice")
    family = packages.family_of(read, family)
    found = _find(manifest_path, named, [ref.name for ref in read])
    releases, refs = _told_apart(found.manifest, named, family)
    try:
        result = api.Project(found).compatible(releases, packages=[*refs, *read])
    except api.UnknownReleaseError as error:
        rule = f"; {error.package} {_RULE}" if error.package in found.manifest.components else ""
        both = rule if any(ref.name == error.package for ref in refs) else ""
        raise common.Misused(f"{error}{both}") from error
    if not result.verdicts and not result.pairs:
        contracts = "; ".join(
            f"{', '.join(protocol.clients)} calls {protocol.server}"
            for protocol in found.manifest.protocols.values()
        )
        names = " and ".join([*named, *(ref.name for ref in read)])
        raise click.UsageError(f"no protocol joins {names} ({contracts})")
    common.answer(VerdictAnswer(result, found), form, colour=color, quiet=quiet)
    return common.CLEAN if result.compatible else common.FINDINGS


def _find(manifest_path: Path | None, named: dict[str, str], read: list[str]) -> api.Found:
    """Find the manifest: a built-in one if all names are components of it, or else one by the packages."""
    from pkgguard.manifest.discover import BUILT_IN_ORIGIN, INSTALLED_ORIGIN

    found = common.find(manifest_path, components=named)
    was_named = found.origin not in (BUILT_IN_ORIGIN, INSTALLED_ORIGIN)
    if was_named or (not read and found.manifest.components.keys() >= named.keys()):
        return found
    return common.find(manifest_path, packages=[*named, *read], components=named)


def _told_apart(
    manifest: Manifest, named: dict[str, str], family: str
) -> tuple[dict[str, str], list[api.PackageRef]]:
    """Return the components with their releases, and the packages.

    A name that is both is the component if the manifest lists the release.
    """
    from pkgguard import api
    from pkgguard.manifest.hints import Words

    releases: dict[str, str] = {}
    refs: list[api.PackageRef] = []
    for name, version in named.items():
        component = manifest.components.get(name)
        is_package = name in manifest.packages or manifest.package_named(family, name) is not None
        if component is None and not is_package:
            known = tuple(dict.fromkeys((*manifest.components, *manifest.packages)))
            raise api.UnknownNameError("component or package", name, known, Words(known).nearest(name))
        if component is not None and (not is_package or component.find(version) is not None):
            releases[name] = version
        else:
            refs.append(api.PackageRef(family, name, version, ""))
    return releases, refs
