"""prerelease-slips-through: an upper bound admits prereleases of what it refuses."""

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
    """An upper bound admits the prereleases of the first release that it refuses."""
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
                message = f"refuses {view.name} {release}, but accepts {version}, a prerelease of it"
                witness = view.witness(shown.ref, outcome)
                yield subject.report(RULE, view, message, witness, reasons, releases=(release,))


RULE: Final = Rule(
    id="prerelease-slips-through",
    severity=Severity.WARNING,
    title="An upper bound admits prereleases of what it refuses",
    explanation=(
        "A release candidate of 1.1.0 sorts below 1.1.0, so an upper bound of 1.1.0 admits it. It already"
        " contains the change that the bound is meant to refuse."
    ),
    help="Lower the bound below the prereleases, as the relations shown do.",
    references=("deb-version(7)", "rpm-version(7)"),
    order=210,
    check_subject=check,
)
