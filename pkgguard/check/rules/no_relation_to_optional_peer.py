"""no-relation-to-optional-peer: no relation refuses the incompatible versions of an optional peer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.admitted_releases import counted
from pkgguard.check.examples import example
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Outcome, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """No relation names an optional peer that has incompatible versions."""
    for view in subject.peers:
        if not view.naming and not view.expected and view.admitted_incompatible:
            outcome = Outcome(installable=True, compatible=False)
            shown = example(view, view.admitted_incompatible[::-1], view.accepted_in_error, outcome)
            if shown is None:
                continue
            releases = counted(view.admitted_incompatible)
            message = f"has no relation to {view.name}, although {releases} would not work with it"
            reasons = (one.reason for one in view.guard.reasons_against(shown.release))
            yield subject.report(RULE, view, message, view.witness(shown.ref, outcome), reasons)


RULE: Final = Rule(
    id="no-relation-to-optional-peer",
    severity=Severity.ERROR,
    title="The package has no relation to an optional peer that has incompatible versions",
    explanation=(
        "The peer does not have to be installed, but if it is, some of its versions do not work with this"
        " package, and no relation refuses them. The witness is such a pair."
    ),
    help="Add the negative relations shown. If the two are never installed on one machine, leave each other"
    " out of their `peers` in the manifest.",
    references=("Debian Policy 7.3", "rpm dependencies manual"),
    order=100,
    check_subject=check,
)
