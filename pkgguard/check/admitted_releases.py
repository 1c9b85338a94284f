"""Findings about known releases of a peer that a package accepts although they are incompatible."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from pkgguard.check.examples import example
from pkgguard.diagnostics import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.rule import Rule
    from pkgguard.check.subject import PeerView, Subject
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.versions.release import Release


def admitted_findings(
    subject: Subject, view: PeerView, rule: Rule, releases: tuple[Release, ...]
) -> Iterator[Diagnostic]:
    """Yield a finding of a rule for each run of consecutive incompatible releases that are accepted."""
    outcome = Outcome(installable=True, compatible=False)
    for run in _runs(view, releases):
        # The most instructive example is the release closest to one that works.
        last = any(view.guard.compatible(release) for release in view.guard.known if release > run[-1])
        shown = example(view, run[::-1] if last else run, view.accepted_in_error, outcome)
        if shown is None:
            continue
        reasons = tuple(exclusion.reason for exclusion in view.guard.reasons_against(shown.release))
        rest = tuple(other for other in run if other is not shown.release)
        others = f" (also {counted(rest)})" if rest else ""
        yield subject.report(
            rule,
            view,
            f"accepts {shown.ref}{others}: {reasons[0].sentence}",
            view.witness(shown.ref, outcome),
            reasons,
            releases=run,
        )


def counted(releases: tuple[Release, ...]) -> str:
    """Return a single release as text, or the number of several with the first and the last."""
    if len(releases) == 1:
        return str(releases[0])
    return f"{len(releases)} releases from {releases[0]} to {releases[-1]}"


def _runs(view: PeerView, releases: tuple[Release, ...]) -> Iterator[tuple[Release, ...]]:
    inside = set(releases)
    for is_inside, run in groupby(view.guard.known, key=inside.__contains__):
        if is_inside:
            yield tuple(run)
