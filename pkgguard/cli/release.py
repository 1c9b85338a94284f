"""``pkgguard release``: the numbers of releases, and what they promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pkgguard.cli import common, described
from pkgguard.evolution.policies import policies
from pkgguard.report.answers import AdviceAnswer, AuditAnswer, SimulationAnswer

if TYPE_CHECKING:
    from pathlib import Path


@click.group(cls=described.Group, page="pkgguard-release")
def release() -> None:
    """Run ``pkgguard release``."""


@release.command("advise", page="pkgguard-release-advise")
@click.option(
    "--from",
    "since",
    multiple=True,
    required=True,
    metavar="[COMPONENT=]RELEASE",
    help="The last release; its changes do not count. Without a component, that of all that list it. May be"
    " repeated.",
)
@click.option(
    "--to",
    "until",
    multiple=True,
    metavar="[COMPONENT=]RELEASE",
    help="The last release whose changes count (default: the newest one). May be repeated.",
)
@click.option(
    "--policy",
    type=click.Choice(tuple(policies())),
    default="protocol",
    show_default=True,
    help="The version policy that decides.",
)
@common.manifest_option
@common.format_option(AdviceAnswer)
@common.quiet_option
@common.verbose_option
@common.colour_option
@common.reporting_errors
@common.within_one_budget
def advise(
    since: tuple[str, ...],
    until: tuple[str, ...],
    policy: str,
    manifest_path: Path | None,
    form: str,
    quiet: bool,
    verbose: bool,
    color: str,
) -> int:
    """Run ``pkgguard release advise``."""
    from pkgguard import api

    begins, ends = _releases(since, "--from"), _releases(until, "--to")
    found = common.find(manifest_path, components=[name for name in (*begins, *ends) if name])
    result = api.Project(found).release_advice(begins, ends, policy=policy)
    common.answer(AdviceAnswer(result, found), form, colour=color, quiet=quiet, verbose=verbose)
    return common.CLEAN


@release.command("audit", page="pkgguard-release-audit")
@click.option(
    "--older",
    type=click.IntRange(min=0),
    metavar="MINORS",
    help="How many minors a client may be older than its server (default: the manifest's window).",
)
@click.option(
    "--newer",
    type=click.IntRange(min=0),
    metavar="MINORS",
    help="How many minors a client may be newer than its server (default: the manifest's window).",
)
@common.manifest_option
@common.format_option(AuditAnswer)
@common.quiet_option
@common.colour_option
@common.reporting_errors
@common.within_one_budget
def audit(
    older: int | None, newer: int | None, manifest_path: Path | None, form: str, quiet: bool, color: str
) -> int:
    """Run ``pkgguard release audit``."""
    from pkgguard import api

    found = common.find(manifest_path)
    result = api.Project(found).audit(older=older, newer=newer)
    common.answer(AuditAnswer(result, found), form, colour=color, quiet=quiet)
    return common.FINDINGS if result.pairs else common.CLEAN


@release.command("simulate", page="pkgguard-release-simulate")
@click.option(
    "--policy",
    "named",
    type=click.Choice(tuple(policies())),
    multiple=True,
    help="A version policy (default: all of them). May be repeated.",
)
@common.manifest_option
@common.format_option(SimulationAnswer)
@common.quiet_option
@common.verbose_option
@common.colour_option
@common.reporting_errors
@common.within_one_budget
def simulate(
    named: tuple[str, ...], manifest_path: Path | None, form: str, quiet: bool, verbose: bool, color: str
) -> int:
    """Run ``pkgguard release simulate``."""
    from pkgguard import api

    found = common.find(manifest_path)
    result = api.Project(found).simulate(named)
    common.answer(SimulationAnswer(result, found), form, colour=color, quiet=quiet, verbose=verbose)
    return common.CLEAN


def _releases(given: tuple[str, ...], option: str) -> dict[str, str]:
    """Return the releases by component, with an empty name for those without one."""
    found: dict[str, str] = {}
    for one in given:
        name, equals, text = one.rpartition("=")
        if not text or (equals and not name):
            raise click.BadParameter(f"{one!r} is not [COMPONENT=]RELEASE", param_hint=option)
        if found.setdefault(name, text) != text:
            whose = name or "components without a name"
            raise click.BadParameter(f"two releases of {whose}: {found[name]} and {text}", param_hint=option)
    return found
