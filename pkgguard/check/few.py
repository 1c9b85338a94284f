"""Reporting the first of many findings, and the number of the others.

A package can have tens of thousands of relations that break the same rule, and a
relation can have hundreds of bounds. Each finding quotes its relation, so reporting
all of them could fill a disk, and nobody would read them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.check.finding import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    from pkgguard.check.rule import Rule
    from pkgguard.check.subject import PeerView, Subject
    from pkgguard.diagnostics import Diagnostic

    Occurrence: TypeAlias = tuple[PeerView | None, str, tuple[str, ...]]
    """The peer that a finding is about, if any, its message, and the relations that it quotes."""

FEW: Final = 20
"""The most findings of one rule about one package and peer that are reported separately."""


def few(subject: Subject, rule: Rule, occurrences: Iterable[Occurrence]) -> Iterator[Diagnostic]:
    """Yield the first findings of a rule for each peer, and one with the number of the others."""
    counts: dict[str, int] = {}
    views: dict[str, PeerView | None] = {}
    for view, message, relations in occurrences:
        spend()
        peer = view.name if view is not None else ""
        counts[peer] = counts.get(peer, 0) + 1
        views[peer] = view
        if counts[peer] <= FEW:
            yield subject.report(rule, view, shortened(message), relations=relations)
    for peer, count in counts.items():
        if count > FEW:
            yield subject.report(rule, views[peer], left_out(count - FEW), relations=())


def left_out(count: int) -> str:
    """Return the message of the finding with the number of the others."""
    return f"has {count} more findings of this kind, which are not listed"
