"""The findings of one package as text: one per line, or with all that is known of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.budget import spend
from pkgguard.report.alike import joined
from pkgguard.report.page import counted, reason_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pkgguard.check.accepted import AcceptedFinding
    from pkgguard.check.package_fix import PackageFix
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.report.footnotes import Footnotes
    from pkgguard.report.page import Page

_REASONS: Final = 3
_REMOVED: Final = 3
"""How many of the relations that a fix removes are named."""


class _Headline(NamedTuple):
    """A finding in one line: its rules, its text, and what follows the text."""

    ids: tuple[str, ...]
    severity: str
    text: str
    tail: str


def findings_in_brief(page: Page, findings: Sequence[Diagnostic], notes: Footnotes) -> None:
    """Add the findings of one package, a line for each, the most serious last.

    Findings of a rule that differ in one place share a line.
    """
    for one in _merged(_headlines(findings, notes)):
        page.line(
            f"{one.severity}: {', '.join(one.ids)}: {one.text}{one.tail}",
            indent=2,
            hang=2,
            colour=one.severity,
        )


def fix_lines(page: Page, fix: PackageFix) -> None:
    """Add a fix: what to do, then the lines to paste. They begin in the first column and are not wrapped."""
    steps = []
    for field in fix.replaced:
        removed = [one.text for one in fix.removed if one.field == field]
        steps.append(f"replace {field}" + (f", which has {_few(removed)}" if removed else ""))
    steps += [f"remove {field}" for field in fix.emptied]
    fields = {*fix.replaced, *fix.emptied}
    removed = [str(one) for one in fix.removed if one.field not in fields]
    if removed:
        steps.append(f"remove {_few(removed)}")
    added = [line.partition(": ")[0] for line in fix.lines]
    added = [one for one in dict.fromkeys(added) if one not in fields]
    if added:
        steps.append(f"add {', '.join(added)}")
    if steps:
        page.line(f"fix: {'; '.join(steps)}", indent=2, hang=2, colour="good")
    for line in fix.lines:
        page.line(line, wrap=False)


def _few(relations: Sequence[str]) -> str:
    more = f" and {len(relations) - _REMOVED} more" if len(relations) > _REMOVED else ""
    return f"{', '.join(relations[:_REMOVED])}{more}"


def finding_in_full(page: Page, finding: Diagnostic) -> None:
    """Add a finding with its witness, reasons, relations and lines to paste."""
    page.line(
        f"{finding.severity}: {finding.id}: {finding.message}",
        indent=2,
        hang=2,
        colour=finding.severity.value,
    )
    if finding.witness is not None:
        witness = finding.witness
        can = "install together" if witness.installable else "cannot be installed together"
        work = "work" if witness.compatible else "do not work"
        page.item("witness", f"{witness.package} with {witness.peer}: they {can} and {work}")
    for reason in finding.reasons[:_REASONS]:
        reason_lines(page, reason)
    if len(finding.reasons) > _REASONS:
        page.item("also", f"{counted(len(finding.reasons) - _REASONS, 'more change')}")
    for relation in finding.relations:
        page.item("declared", relation)
    for line in finding.fix:
        page.item("paste", line, wrap=False)
    from pkgguard.report.accept_entry import entry_for  # noqa: PLC0415 - only a verbose text has entries

    for line in entry_for(finding):
        page.item("accept", line, wrap=False)


def accepted_lines(page: Page, accepted: Sequence[AcceptedFinding]) -> None:
    """Add the findings that exceptions and a baseline accept, a line for each, and why."""
    if accepted:
        page.line()
        page.line("Accepted", colour="bold")
    for one in accepted:
        spend()
        line = f"{one.finding.id}: {one.finding.package}: {one.finding.message}"
        page.line(line, indent=2, hang=2)
        page.item("because", f"{one.because} ({one.place})")


def _headlines(findings: Sequence[Diagnostic], notes: Footnotes) -> Iterator[_Headline]:
    """Yield each finding as a line.

    A finding that only repeats a more severe one of the same peer is named in that line.
    """
    worst: dict[tuple[str, tuple[str, ...]], Diagnostic] = {}
    for one in findings:
        spend()
        known = worst.setdefault((one.peer, one.fix), one)
        if one.severity.rank > known.severity.rank:
            worst[one.peer, one.fix] = one
    folded: defaultdict[int, list[str]] = defaultdict(list)
    for one in findings:
        fuller = worst[one.peer, one.fix]
        if _only_repeats(one) and fuller.severity.rank > one.severity.rank:
            folded[id(fuller)].append(one.id)
        else:
            folded.setdefault(id(one), [])
    for one in findings:
        if id(one) in folded:
            text, tail = _text(one, notes)
            yield _Headline((one.id, *folded[id(one)]), one.severity.value, text, tail)


def _only_repeats(one: Diagnostic) -> bool:
    """Return whether a finding about a peer shows no pair, reason or relation."""
    return bool(one.peer) and one.witness is None and not one.reasons and not one.relations


def _text(one: Diagnostic, notes: Footnotes) -> tuple[str, str]:
    """Return the message of a finding with its first reason, and what follows them."""
    if not one.reasons:
        return one.message, ""
    first, *others = one.reasons
    mark = notes.mark(first, str(one.package))
    more = f", and {counted(len(others), 'more reason')}" if others else ""
    # The note has when the server offers what is needed.
    brief = first.sentence.removesuffix(f", {first.offered}") if mark else first.sentence
    told = first.sentence in one.message
    text = one.message.replace(first.sentence, brief) if told else f"{one.message}: {brief}"
    return text, (f" {mark}" if mark else "") + more


def _merged(headlines: Iterable[_Headline]) -> Iterator[_Headline]:
    groups: defaultdict[tuple[object, ...], list[_Headline]] = defaultdict(list)
    for one in headlines:
        groups[one.ids, one.severity, one.tail].append(one)
    for some in groups.values():
        text = joined([one.text for one in some]) if len(some) > 1 else None
        if text is None:
            yield from some
        else:
            yield some[0]._replace(text=text)
