"""epoch-forgotten: a bound lacks the peer's epoch."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

from pkgguard.check.bounds import bounds, peer_finder
from pkgguard.check.few import few
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.few import Occurrence
    from pkgguard.check.subject import PeerView, Subject
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.families.expression import Constraint
    from pkgguard.versions.release import Release
    from pkgguard.versions.sets import VersionSet


def check(subject: Subject) -> Iterator[Diagnostic]:
    """A bound lacks the peer's epoch, so it does not separate the versions that it seems to separate."""
    yield from few(subject, RULE, _forgotten(subject))


def _forgotten(subject: Subject) -> Iterator[Occurrence]:
    named = peer_finder(subject)
    spans: dict[str, _Spans] = {}
    for relation, bound in bounds(subject):
        view = named(bound)
        if view is None:
            continue
        if view.name not in spans:
            spans[view.name] = _Spans(view)
        if _epoch_matters(view, spans[view.name], bound):
            given = subject.family.split(bound.version)[0] or "none"
            wanted = view.guard.peer.shipping[subject.family.name].epoch or "none"
            message = f"compares {view.name} with {bound.version} (epoch {given}), but its epoch is {wanted}"
            yield view, message, (str(relation),)


class _Spans:
    """The versions of each known release of a peer, found by bisection if they do not overlap."""

    def __init__(self, view: PeerView) -> None:
        self._spans = [(release, view.span(release)) for release in view.guard.known]
        parts = sorted(
            (low, high, release) for release, span in self._spans for low, high in span.intervals()
        )
        self._lows = [low for low, _, _ in parts]
        self._highs = [high for _, high, _ in parts]
        self._releases = [release for _, _, release in parts]
        self._apart = all(before <= after for before, after in zip(self._highs, self._lows[1:], strict=False))

    def touching(self, versions: VersionSet) -> frozenset[Release]:
        """Return the releases of which a set contains some version."""
        if not self._apart:
            return frozenset(release for release, span in self._spans if versions & span)
        return frozenset(
            release
            for low, high in versions.intervals()
            for release in self._releases[bisect_right(self._highs, low) : bisect_left(self._lows, high)]
        )


def _epoch_matters(view: PeerView, spans: _Spans, one: Constraint) -> bool:
    """Return whether a bound would separate the known releases differently with the peer's epoch."""
    family = view.subject.family
    epoch, upstream, revision = family.split(one.version)
    wanted = view.guard.peer.shipping[family.name].epoch
    if one.operator is None or epoch.lstrip("0") in view.translation.epochs:
        return False
    written_range = family.range_of(one.operator.value, one.version)
    intended_range = family.range_of(one.operator.value, family.join(wanted, upstream, revision))
    return spans.touching(written_range) != spans.touching(intended_range)


RULE: Final = Rule(
    id="epoch-forgotten",
    severity=Severity.ERROR,
    title="A bound lacks the peer's epoch",
    explanation=(
        "A version with an epoch sorts above every version without one, so a bound that lacks the epoch is"
        " satisfied by every version as a lower bound, and by none as an upper bound."
    ),
    help="Write the peer's epoch into the bound, as the relations shown do.",
    references=("deb-version(7)", "Debian Policy 5.6.12", "rpm-version(7)"),
    order=240,
    check_subject=check,
)
