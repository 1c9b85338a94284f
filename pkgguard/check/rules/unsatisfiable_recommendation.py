"""unsatisfiable-recommendation: no version of a peer meets what is recommended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.recommendations import recommendations
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """No known release of the peers that a relation recommends meets it, although some would work."""
    for one in recommendations(subject):
        views = [view for view, _ in one.met]
        possible = any(any(map(view.guard.compatible, view.guard.known)) for view in views)
        if possible and one.is_unsatisfiable:
            names = " or ".join(dict.fromkeys(view.name for view in views))
            message = f"recommends {one.relation.text}, which no published version of {names} meets"
            yield subject.report(RULE, views[0], message, relations=(str(one.relation),))


RULE: Final = Rule(
    id="unsatisfiable-recommendation",
    severity=Severity.WARNING,
    title="No version of the peer meets what the package recommends",
    explanation=(
        "The package tool passes over a recommendation that it cannot meet, without a message. The package is"
        " then installed without its peer, although there are versions of the peer that work with it."
    ),
    help="Recommend versions that are published, such as those that the protocol allows.",
    references=("Debian Policy 7.2", "rpm weak dependencies manual"),
    order=310,
    check_subject=check,
)
