"""``pkgguard compatible``: whether releases work together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pkgguard.cli import candidates, common, described
from pkgguard.report.answers import VerdictAnswer

if TYPE_CHECKING:
    from pathlib import Path


@click.command(cls=described.Command, page="pkgguard-compatible")
@click.argument(
    "releases",
    nargs=-1,
    required=True,
    metavar="COMPONENT=RELEASE...",
    shell_complete=candidates.releases,
)
@common.manifest_option
@common.format_option(VerdictAnswer)
@common.quiet_option
@common.colour_option
@common.reporting_errors
@common.within_one_budget
def compatible(
    releases: tuple[str, ...], manifest_path: Path | None, form: str, quiet: bool, color: str
) -> int:
    """Run ``pkgguard compatible``."""
    from pkgguard import api

    asked: dict[str, str] = {}
    for one in releases:
        name, equals, release = one.partition("=")
        if not (name and equals and release):
            raise click.UsageError(f"{one!r} is not COMPONENT=RELEASE, such as runtime=1.1.0")
        if name in asked:
            raise click.UsageError(f"{name} is given twice")
        asked[name] = release
    found = common.find(manifest_path, components=asked)
    try:
        result = api.Project(found).compatible(asked)
    except api.UnknownReleaseError as error:
        raise common.Misused(str(error)) from error
    if not result.verdicts:
        contracts = "; ".join(
            f"{', '.join(one.clients)} calls {one.server}" for one in found.manifest.protocols.values()
        )
        raise click.UsageError(f"no protocol joins {' and '.join(asked)} ({contracts})")
    common.answer(VerdictAnswer(result, found), form, colour=color, quiet=quiet)
    return common.CLEAN if result.compatible else common.FINDINGS
