"""never-satisfiable: no version of a peer satisfies the relations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.examples import example
from pkgguard.check.rule import Rule
from pkgguard.check.unsatisfied_peers import unsatisfied_peers
from pkgguard.diagnostics import Outcome, Severity
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """No known release of a required peer, or of its alternatives, can be installed with this package."""
    outcome = Outcome(installable=False, compatible=True)
    for view in unsatisfied_peers(subject):
        best = [release for release in reversed(view.guard.known) if view.guard.compatible(release)]
        shown = example(view, best, VersionSet.full(), outcome)
        yield subject.report(
            RULE,
            view,
            f"no published version of {view.name} can satisfy its relations",
            None if shown is None else view.witness(shown.ref, outcome),
        )


RULE: Final = Rule(
    id="never-satisfiable",
    severity=Severity.ERROR,
    title="No version of the peer satisfies the relations",
    explanation=(
        "The positive and negative relations together exclude every version of the peer, so the package"
        " cannot be installed with it."
    ),
    help="Replace the relations with those shown.",
    references=("deb-version(7)", "kata-containers/documentation#485", "kata-containers/runtime#1922"),
    order=50,
    check_subject=check,
)
