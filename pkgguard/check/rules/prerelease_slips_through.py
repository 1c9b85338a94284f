"""prerelease-slips-through: an upper bound without a tilde admits prereleases of what it refuses."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from pkgguard.check.examples import prerelease_example
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Outcome, Severity
from pkgguard.versions.sets import Boundary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """An upper bound without a tilde admits the prereleases of the first release that it refuses."""
    for view in subject.peers:
        inside = set(view.admitted_releases)
        for before, release in pairwise(view.guard.known):
            if before not in inside or release in inside or view.guard.compatible(release):
                continue
            if before.final == release.final:
                # The manifest lists prereleases of this release; they are judged as releases.
                continue
            if Boundary.before(subject.family.key(view.prerelease(release))) in view.admitted:
                outcome = Outcome(installable=True, compatible=False)
                shown = prerelease_example(view, release, outcome)
                if shown is None:
                    continue
                version = shown.ref.version
                reasons = tuple(one.reason for one in view.guard.reasons_against(release))
                message = f"refuses {view.name} {release}, but accepts {version}: the bound lacks a tilde"
                witness = view.witness(shown.ref, outcome)
                yield subject.report(RULE, view, message, witness, reasons, releases=(release,))


RULE: Final = Rule(
    id="prerelease-slips-through",
    severity=Severity.WARNING,
    title="An upper bound without a tilde admits prereleases of what it refuses",
    explanation=(
        "1.1.0~rc1 sorts below 1.1.0, so `<< 1.1.0` admits the release candidate, which already contains the"
        " change that the bound is meant to refuse."
    ),
    help="End the upper bound with a tilde, as the relations shown do.",
    references=("deb-version(7)", "rpm-version(7)"),
    order=210,
    check_subject=check,
)
