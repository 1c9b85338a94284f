"""The text that the commands print, but for manifests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.report.page import counted, reason_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkgguard.check.rule import Rule
    from pkgguard.compat.difference import ManifestDifference
    from pkgguard.compat.engine import CompatibilityVerdict
    from pkgguard.compat.verdicts import ReleaseVerdicts
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.generate.relations import Generated
    from pkgguard.manifest.discover import Found
    from pkgguard.report.page import Page

_REASONS: Final = 3
_NAMES: Final = 5
_PLACES: Final = 5
_RELEASES: Final = 4


def manifest_line(page: Page, found: Found) -> None:
    """Add which manifest was used."""
    page.line(f"manifest: {found.path} ({found.origin}), project {found.manifest.project}", colour="dim")


def relations_page(page: Page, generated: Generated) -> None:
    """Add the losses."""
    for one in generated.losses:
        refused = f" (refuses {listed(one.releases)})" if one.releases else ""
        page.line(f"{one.headline}{refused}", hang=2, colour=one.severity.value)
        page.item("help", one.help)


def rule_page(page: Page, rule: Rule) -> None:
    """Add one rule."""
    fixed = "" if rule.settable else ", fixed"
    page.line(f"{rule.id} ({rule.severity}{fixed})", colour=rule.severity.value)
    page.line(rule.title)
    page.line()
    page.line(rule.explanation)
    page.line()
    page.item("help", rule.help, indent=0)
    page.item("see", "; ".join(rule.references), indent=0)


def rules_page(page: Page, every: Iterable[Rule]) -> None:
    """Add the rules, one per line."""
    for rule in every:
        page.line(f"{rule.severity:<8} {rule.id:<30} {rule.title}", hang=40)


def verdict_page(page: Page, result: ReleaseVerdicts) -> None:
    """Add whether releases and packages work together."""
    releases = result.releases
    for (protocol, client, server), verdict in result.verdicts.items():
        answer = "yes" if verdict.compatible else "no"
        pair = f"{client} {releases[client]} with {server} {releases[server]}"
        page.line(f"{answer}: {pair} ({protocol} protocol)", colour="good" if verdict.compatible else "error")
        _verdict(page, verdict)
    for one in result.pairs:
        answer = "yes" if one.verdict.compatible else "no"
        left_out = "" if one.peers else "; not peers in the manifest"
        page.line(
            f"{answer}: {one.client} with {one.server} ({one.protocol} protocol{left_out})",
            colour="good" if one.verdict.compatible else "error",
        )
        _verdict(page, one.verdict)


def difference_page(page: Page, result: ManifestDifference) -> None:
    """Add the pairs that become allowed or forbidden, the releases of one side, and the count."""
    for change in result.pairs:
        becomes, colour = ("allowed", "good") if change.allowed else ("forbidden", "error")
        servers = " and ".join(map(str, change.servers))
        page.line(
            f"{becomes}: {change.client} {change.clients} with {change.server} {servers}"
            f" ({counted(change.pairs, 'pair')})",
            hang=2,
            colour=colour,
        )
        for reason in change.reasons:
            reason_lines(page, reason, indent=2, label="was" if change.allowed else "because")
    for one in result.releases:
        for word, releases in (("added", one.added), ("removed", one.removed)):
            if releases:
                page.line(f"{word}: {one.component} {listed(tuple(map(str, releases)))}")
    if not result.pairs:
        page.line("no pair changes", colour="good")
        return
    forbidden, allowed = result.total(allowed=False), result.total(allowed=True)
    page.line(f"{counted(forbidden, 'pair')} forbidden, {allowed} allowed")


def _verdict(page: Page, verdict: CompatibilityVerdict) -> None:
    for reason in verdict.reasons:
        reason_lines(page, reason, indent=2)
    for reason in verdict.missing:
        reason_lines(page, reason, indent=2, label="without")


def located(page: Page, found: Iterable[Diagnostic]) -> None:
    """Add diagnostics, each with its file and line, and its help."""
    for one in found:
        where = f"{one.place}: " if one.path else ""
        page.line(f"{where}{one.headline}", hang=2, colour=one.severity.value)
        page.item("help", one.help)


def listed(items: tuple[str, ...], count: int = 0) -> str:
    """Return the items as text; if there are many, the first two and the last. ``count`` is their number."""
    count = count or len(items)
    return (
        ", ".join(items) if count <= _RELEASES else f"{items[0]}, {items[1]} … {items[-1]} ({count} releases)"
    )
