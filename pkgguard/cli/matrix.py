"""``pkgguard matrix``: which releases work together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pkgguard.cli import candidates, common, described
from pkgguard.report.answers import MatrixAnswer

if TYPE_CHECKING:
    from pathlib import Path


@click.command(cls=described.Command, page="pkgguard-matrix")
@click.option(
    "--protocol",
    "protocols",
    multiple=True,
    metavar="NAME",
    shell_complete=candidates.protocols,
    help="Judge by this protocol only. May be repeated.",
)
@click.option(
    "--component",
    "components",
    multiple=True,
    metavar="NAME",
    shell_complete=candidates.components,
    help="Show only the grids with this component; given twice, the grid of the two.",
)
@common.manifest_option
@common.format_option(MatrixAnswer)
@common.quiet_option
@common.colour_option
@common.reporting_errors
@common.within_one_budget
def matrix(
    protocols: tuple[str, ...],
    components: tuple[str, ...],
    manifest_path: Path | None,
    form: str,
    quiet: bool,
    color: str,
) -> int:
    """Run ``pkgguard matrix``."""
    from pkgguard import api

    found = common.find(manifest_path, components=components, protocols=protocols)
    result = api.Project(found).matrix(protocols=protocols, components=components)
    if not result.grids and (protocols or components):
        contracts = "; ".join(
            f"{one.name}: {', '.join(one.clients)} calls {one.server}"
            for one in found.manifest.protocols.values()
        )
        asked = " and ".join(dict.fromkeys((*components, *protocols)))
        raise click.UsageError(f"no protocol joins {asked} ({contracts})")
    common.answer(MatrixAnswer(result, found), form, colour=color, quiet=quiet)
    return common.CLEAN
