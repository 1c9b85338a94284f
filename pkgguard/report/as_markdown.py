"""The format ``markdown``: a comment for a merge request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.escape.markdown import markdown_code
from pkgguard.manifest import limits
from pkgguard.report.page import counted
from pkgguard.report.written import bounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pkgguard.compat.difference import PairChange
    from pkgguard.report.answers import DifferenceAnswer
    from pkgguard.report.look import Look


def render(answer: DifferenceAnswer, look: Look) -> Iterator[str]:
    """Yield the difference between two manifests."""
    del look
    yield from bounded((f"{line}\n" for line in _lines(answer)), limits.ANSWER)


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


def _change(change: PairChange) -> Iterator[str]:
    clients, servers = markdown_code(f"{change.client} {change.clients}"), _codes(map(str, change.servers))
    pairs = counted(change.pairs, "pair")
    yield f"- {clients} with {markdown_code(change.server)} {servers} ({pairs})"
    for reason in change.reasons:
        because = reason.because if reason.because not in reason.sentence else ""
        yield f"  - {': '.join(filter(None, (markdown_code(reason.sentence), markdown_code(because))))}"


def _codes(texts: Iterable[str]) -> str:
    return ", ".join(map(markdown_code, texts))
