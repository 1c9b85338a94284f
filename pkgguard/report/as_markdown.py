"""The format ``markdown``: a comment for a merge request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.escape.markdown import markdown_code
from pkgguard.manifest import limits
from pkgguard.report.answers import PackageDifferenceAnswer
from pkgguard.report.page import counted
from pkgguard.report.relation_changes_text import (
    REASONS,
    compared,
    generated_count,
    more_reasons,
    package_count,
    peer_headline,
)
from pkgguard.report.written import bounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pkgguard.check.package_difference import PackageDifference
    from pkgguard.compat.difference import PairChange
    from pkgguard.diagnostics import Statement
    from pkgguard.families.relation_changes import RelationChange
    from pkgguard.generate.difference import GeneratedDifference
    from pkgguard.report.answers import DifferenceAnswer
    from pkgguard.report.look import Look


def render(answer: DifferenceAnswer | PackageDifferenceAnswer, look: Look) -> Iterator[str]:
    """Yield the difference between two manifests or two packages."""
    if isinstance(answer, PackageDifferenceAnswer):
        lines = _packages(answer.result, verbose=look.verbose)
    else:
        lines = _lines(answer)
    yield from bounded((f"{line}\n" for line in lines), limits.ANSWER)


def _lines(answer: DifferenceAnswer) -> Iterator[str]:
    result = answer.result
    forbidden, allowed = result.total(allowed=False), result.total(allowed=True)
    yield f"**{counted(forbidden, 'pair')} of releases forbidden, {counted(allowed, 'pair')} allowed**"
    yield ""
    yield f"{markdown_code(answer.old)} → {markdown_code(answer.new)}"
    for becomes, changes in (
        ("Forbidden", [one for one in result.pairs if not one.allowed]),
        ("Allowed", [one for one in result.pairs if one.allowed]),
    ):
        if changes:
            yield ""
            yield f"{becomes}:"
            yield ""
            for change in changes:
                yield from _change(change)
    if result.releases:
        yield ""
        yield "Releases:"
        yield ""
        for one in result.releases:
            for word, releases in (("added", one.added), ("removed", one.removed)):
                if releases:
                    yield f"- {markdown_code(one.component)} {word}: {_codes(map(str, releases))}"
    if answer.generated is not None:
        yield from _generated(answer.generated)


def _change(change: PairChange) -> Iterator[str]:
    clients, servers = markdown_code(f"{change.client} {change.clients}"), _codes(map(str, change.servers))
    pairs = counted(change.pairs, "pair")
    yield f"- {clients} with {markdown_code(change.server)} {servers} ({pairs})"
    yield from _reasons(change.reasons)


def _reasons(reasons: Iterable[Statement]) -> Iterator[str]:
    for reason in reasons:
        because = reason.because if reason.because not in reason.sentence else ""
        yield f"  - {': '.join(filter(None, (markdown_code(reason.sentence), markdown_code(because))))}"


def _generated(result: GeneratedDifference) -> Iterator[str]:
    yield ""
    yield f"**{generated_count(result)}**"
    if result.relations:
        yield ""
        yield "Generated relations:"
        yield ""
    for one in result.relations:
        releases = f"{_codes(map(str, one.releases))} ({counted(one.number, 'release')})"
        yield f"- {markdown_code(one.package)} ({one.family}) {releases}"
        yield from _relation_changes(one.changes, "  ")
    for title, packages in (
        ("To rebuild:", [one.package for one in result.rebuilds]),
        ("Not compared, because a manifest does not know the release:", result.not_compared),
    ):
        if packages:
            yield ""
            yield title
            yield ""
            for ref in packages:
                yield f"- {markdown_code(str(ref))} ({ref.family})"


def _packages(result: PackageDifference, *, verbose: bool) -> Iterator[str]:
    yield f"**{package_count(result)}**"
    yield ""
    yield compared(markdown_code(str(result.old)), result, markdown_code(str(result.new)))
    if result.relations:
        yield ""
        yield from _relation_changes(result.relations, "")
    if result.peers:
        yield ""
        yield "Releases of peers:"
        yield ""
    for one in result.peers:
        yield f"- {peer_headline(one, markdown_code(one.peer), markdown_code(str(one.releases)))}"
        for relation in one.relations:
            yield f"  - {'was refused' if one.admitted else 'refused'} by {markdown_code(str(relation))}"
        yield from _reasons(one.reasons if verbose else one.reasons[:REASONS])
        if not verbose and len(one.reasons) > REASONS:
            yield f"  - {more_reasons(one)}"


def _relation_changes(changes: Iterable[RelationChange], indent: str) -> Iterator[str]:
    for one in changes:
        old, new = (markdown_code(str(some)) if some is not None else "" for some in one)
        shown = f"{old} → {new}" if old and new else f"removed {old}" if old else f"added {new}"
        yield f"{indent}- {shown}"


def _codes(texts: Iterable[str]) -> str:
    return ", ".join(map(markdown_code, texts))
