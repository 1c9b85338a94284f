"""``pkgguard explain``: explain a bound or a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pkgguard.cli import candidates, common, described, packages
from pkgguard.report.answers import ExplanationAnswer, RuleAnswer, RulesAnswer

if TYPE_CHECKING:
    from pathlib import Path

    from pkgguard import api


@click.command(cls=described.Command, page="pkgguard-explain")
@click.argument("name", shell_complete=candidates.rules_and_packages)
@click.argument("version", required=False)
@common.family_option
@common.target_option
@common.manifest_option
@common.format_option(ExplanationAnswer)
@common.newest_option
@common.verbose_option
@common.quiet_option
@common.colour_option
@common.reporting_errors
@common.within_one_budget
def explain(
    name: str,
    version: str | None,
    family: str,
    target: str,
    manifest_path: Path | None,
    form: str,
    newest_if_unknown: bool,
    verbose: bool,
    quiet: bool,
    color: str,
) -> int:
    """Run ``pkgguard explain``."""
    from pkgguard import api

    family, name, version = packages.one(name, version, family)
    if version is None:
        found_rule = _rule(name, manifest_path)
        common.note_renamed((name,))
        common.answer(RuleAnswer(found_rule), form, colour=color, quiet=quiet)
        return common.CLEAN
    found = common.find(manifest_path, (name,))
    result = api.Project(found).relations(
        family, name, version, target=target, newest_if_unknown=newest_if_unknown
    )
    common.answer(ExplanationAnswer(result, found), form, colour=color, quiet=quiet, verbose=verbose)
    return common.CLEAN


def _rule(name: str, manifest_path: Path | None) -> api.Rule:
    from pkgguard import api

    try:
        return api.rule(name)
    except api.UnknownNameError:
        packages = common.find(manifest_path, (name,)).manifest.packages
        if name in packages:
            newest = packages[name].carries[0]
            reason = f"{name} is a package: add its version (it carries {newest})"
            raise click.UsageError(reason) from None
        raise


@click.command(cls=described.Command, page="pkgguard-rules")
@common.format_option(RulesAnswer)
@common.colour_option
@common.reporting_errors
def rules(form: str, color: str) -> int:
    """Run ``pkgguard rules``."""
    from pkgguard import api

    common.answer(RulesAnswer(tuple(api.rules().values())), form, colour=color)
    return common.CLEAN
