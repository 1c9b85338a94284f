"""recommendation-too-strict: a relation recommends too few of the versions that work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.admitted_releases import counted
from pkgguard.check.recommendations import recommendations
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """A relation recommends a peer, but not every release of it that has all that the package uses."""
    for recommendation in recommendations(subject):
        for view, met in () if recommendation.is_unsatisfiable else recommendation.met:
            inside = view.otherwise_accepted.union(view.admitted_releases)
            left_out = [
                release
                for release in view.guard.known
                if release.boundary in view.guard.recommended
                and release in inside
                and met.is_disjoint(view.span(release))
            ]
            if left_out:
                releases = f"{view.name} {counted(tuple(left_out))}"
                message = f"recommends {recommendation.relation.text}, but {releases} would do as well"
                yield subject.report(RULE, view, message, relations=(str(recommendation.relation),))


RULE: Final = Rule(
    id="recommendation-too-strict",
    severity=Severity.INFO,
    title="The package recommends fewer versions of the peer than those that work as well",
    explanation=(
        "A bound of the recommendation is stricter than the protocol requires. Where an archive has only the"
        " versions that it leaves out, the package tool installs the package without its peer."
    ),
    help="Recommend what the protocol allows.",
    references=("Debian Policy 7.2", "rpm weak dependencies manual"),
    order=320,
    check_subject=check,
)
