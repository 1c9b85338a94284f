"""``pkgguard explain``: explain a bound or a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pkgguard.cli import candidates, common

if TYPE_CHECKING:
    from pathlib import Path

    from pkgguard import api


@click.command()
@click.argument("name", shell_complete=candidates.rules_and_package_names)
@click.argument("version", required=False)
@common.family_option
@click.option("--target", default="", help="A dialect of the family: rpm-legacy has no rich dependencies.")
@common.manifest_option
@common.format_option("text", "json")
@common.newest_option
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
    quiet: bool,
    color: str,
) -> int:
    """Explain a rule, or each bound of a package version.

    NAME alone is a rule, such as admits-incompatible-peer; NAME with VERSION is
    a package, such as kata-runtime 1.1.0.
    """
    from pkgguard import api
    from pkgguard.report import json_document, text

    page = common.new_page(color)
    if version is None:
        found_rule = _rule(name, manifest_path)
        if form == "json":
            common.show_json(json_document.rule_document(found_rule))
        else:
            text.rule_page(page, found_rule)
            common.show(page, color)
        return common.CLEAN
    found = common.find(manifest_path, (name,))
    generated = api.relations_for(
        found.manifest, name, version, family, target=target, newest_if_unknown=newest_if_unknown
    )
    if form == "json":
        common.show_json(json_document.explanation_document(generated, found))
    else:
        if not quiet:
            text.manifest_line(page, found)
        text.explanation_page(page, generated)
        common.show(page, color)
    return common.CLEAN


def _rule(name: str, manifest_path: Path | None) -> api.Rule:
    from pkgguard import api
    from pkgguard.manifest.typed_table import nearest

    if name not in api.rules() and name in (
        packages := common.find(manifest_path, (name,)).manifest.packages
    ):
        newest = packages[name].carries[0]
        raise click.UsageError(f"{name} is a package: add its version (it carries {newest})")
    if name not in api.rules():
        known = tuple(api.rules())
        raise api.UnknownNameError("rule", name, known, nearest(name, known))
    return api.rule(name)


@click.command()
@common.format_option("text", "json")
@common.colour_option
@common.reporting_errors
def rules(form: str, color: str) -> int:
    """List the rules that check applies."""
    from pkgguard import api
    from pkgguard.report import json_document, text

    every = api.rules().values()
    if form == "json":
        common.show_json(json_document.rules_document(every))
    else:
        page = common.new_page(color)
        text.rules_page(page, every)
        common.show(page, color)
    return common.CLEAN
