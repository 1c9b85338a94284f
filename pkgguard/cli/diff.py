"""``pkgguard diff``: what a change of a manifest does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from pkgguard.cli import common, described
from pkgguard.report.answers import DifferenceAnswer

if TYPE_CHECKING:
    from pkgguard import api


@click.command(cls=described.Command, page="pkgguard-diff")
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@common.format_option(DifferenceAnswer)
@click.option("--exit-zero", is_flag=True, help="Exit with code 0 even if pairs change.")
@common.quiet_option
@common.colour_option
@common.reporting_errors
@common.within_one_budget
def diff(old: str, new: str, form: str, exit_zero: bool, quiet: bool, color: str) -> int:
    """Run ``pkgguard diff``."""
    from pkgguard import api

    result = api.difference(_read(old), _read(new))
    common.answer(DifferenceAnswer(result, old, new), form, colour=color, quiet=quiet)
    return common.FINDINGS if result.pairs and not exit_zero else common.CLEAN


def _read(named: str) -> api.Manifest:
    from pkgguard.manifest.revisions import manifest_named

    return manifest_named(named, os.environ)
