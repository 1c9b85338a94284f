"""Answers about the numbers of releases, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.evolution.simulate import CENTURY
from pkgguard.report.answers import AdviceAnswer, AuditAnswer, SimulationAnswer
from pkgguard.report.page import counted, reason_lines

if TYPE_CHECKING:
    from pkgguard.evolution.advise import Ground, ReleaseAdvice, VersionAdvice
    from pkgguard.evolution.audit import Audit, PromiseAudit
    from pkgguard.evolution.simulate import Number, SimulatedHistory, SimulatedLine, Simulation
    from pkgguard.report.page import Page

_NAMED: Final = 3
"""How many of the things of a change are named."""


def release_page(page: Page, answer: SimulationAnswer | AuditAnswer | AdviceAnswer, *, verbose: bool) -> None:
    """Add an answer; ``verbose`` adds every release and every change."""
    match answer:
        case SimulationAnswer():
            _simulation(page, answer.result, verbose=verbose)
        case AuditAnswer():
            _audit(page, answer.result)
        case AdviceAnswer():
            _advice(page, answer.result, verbose=verbose)


def number_text(number: Number, *, is_protocol: bool) -> str:
    """Return a number; one of a protocol has no patch."""
    return ".".join(map(str, number[:2] if is_protocol else number))


def century_text(line: SimulatedLine) -> str:
    """Return how many releases are major, and when the major is 100."""
    place, is_real = line.century()
    majors = counted(line.majors, "major") if line.majors else "no major"
    if not place:
        return majors
    if is_real:
        return f"{majors}; release {place} reaches {CENTURY}"
    return f"{majors}; at this rate, release {place} reaches {CENTURY}"


def _simulation(page: Page, result: Simulation, *, verbose: bool) -> None:
    for place, history in enumerate(result.histories):
        if place:
            page.line()
        kind = "protocol " if history.is_protocol else ""
        releases = history.releases
        page.line(
            f"{kind}{history.name}: {counted(len(releases), 'release')}, {releases[0]} to {releases[-1]}",
            hang=2,
            colour="bold",
        )
        _table(page, history, verbose=verbose)
        for line in history.lines:
            page.line(f"{line.policy.name}: {century_text(line)}", indent=2, hang=2)


def _table(page: Page, history: SimulatedHistory, *, verbose: bool) -> None:
    """Add the numbers of the first release, the last one, and those with changes."""
    last = len(history.releases) - 1
    shown = [place for place in range(last + 1) if verbose or place in (0, last) or history.changes[place]]
    columns = [["release", *(str(history.releases[place]) for place in shown)]]
    for line in history.lines:
        numbers = (number_text(line.numbers[place], is_protocol=history.is_protocol) for place in shown)
        columns.append([line.policy.name, *numbers])
    widths = [max(map(len, column)) for column in columns]
    for row in zip(*columns, strict=True):
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        page.line("  ".join(cells).rstrip(), indent=2, wrap=False)


def _audit(page: Page, result: Audit) -> None:
    for one in result.contracts:
        _contract(page, one)
    if not result.contracts:
        page.line("no protocol joins two components")


def _contract(page: Page, one: PromiseAudit) -> None:
    older, newer = one.window
    page.line(
        f"{one.client} with {one.server}, {one.client} at most {counted(older, 'minor')} older and"
        f" {newer} newer: {one.pairs} of {counted(one.promised, 'promised pair')} do not work"
        f" ({one.protocol} protocol)",
        hang=2,
        colour="error" if one.pairs else "good",
    )
    for broken in one.broken:
        servers = " and ".join(map(str, broken.servers))
        pairs = counted(broken.pairs, "pair")
        page.line(f"{one.client} {broken.clients} with {one.server} {servers} ({pairs})", indent=2, hang=2)
        for reason in broken.reasons:
            reason_lines(page, reason, indent=4)


def _advice(page: Page, result: ReleaseAdvice, *, verbose: bool) -> None:
    policy = result.policy
    page.line(f"policy {policy.name}: {policy.title}; {policy.text}", hang=2)
    for one in result.versions:
        _version(page, one, verbose=verbose)
    if policy.protocol is None:
        page.line("protocols have no version of their own")


def _version(page: Page, one: VersionAdvice, *, verbose: bool) -> None:
    kind = "protocol " if one.is_protocol else ""
    unchanged = one.advised == one.version
    step = f"stays {one.version}" if unchanged else f"{one.level}, {one.advised} after {one.version}"
    # A protocol has the changes of its server's releases, which have other numbers.
    span = f" (changes after {one.since}, up to {one.until})"
    page.line(f"{kind}{one.name}: {step}{span}", hang=2, colour="bold")
    decisive = [ground for ground in one.grounds if verbose or ground.level is one.level]
    for ground in decisive:
        _ground(page, ground, one)
    if rest := len(one.grounds) - len(decisive):
        page.line(f"and {counted(rest, 'change')} of lower levels, which --verbose shows", indent=2)
    if not one.grounds:
        page.line("no change in the manifest", indent=2)


def _ground(page: Page, ground: Ground, one: VersionAdvice) -> None:
    change = ground.event.change
    things = ", ".join(change.what[:_NAMED])
    if len(change.what) > _NAMED:
        things += f" and {len(change.what) - _NAMED} more"
    lost = f", which {one.since} has and {one.until} does not have" if ground.event.undone else ""
    page.line(f"{ground.level}: {ground.event.change_class.title}: {things}{lost}", indent=2, hang=2)
    page.item("effect", ground.effect.text, indent=4)
    page.item("why", change.because, indent=4)
