"""bound-blocks-backports: a lower bound with a revision refuses backports of that version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.bounds import bounds, peer_finder
from pkgguard.check.few import few
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity
from pkgguard.families.expression import Operator
from pkgguard.versions.sets import Boundary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.few import Occurrence
    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """A lower bound with a revision refuses backports of that version."""
    yield from few(subject, RULE, _blocking(subject))


def _blocking(subject: Subject) -> Iterator[Occurrence]:
    named = peer_finder(subject)
    family = subject.family
    for relation, bound in bounds(subject):
        view = named(bound)
        if (
            view is not None
            and not view.guard.exact
            and relation.field in family.traits.positive_fields
            and bound.operator is Operator.GREATER_EQUAL
            and family.split(bound.version)[2]
        ):
            backport = family.releases.backport(bound.version)
            if backport is not None and Boundary.before(family.key(backport)) not in view.admitted:
                message = f"requires {view.name} >= {bound.version}, which refuses the backport {backport}"
                yield view, message, (str(relation),)


RULE: Final = Rule(
    id="bound-blocks-backports",
    severity=Severity.INFO,
    title="A lower bound with a revision refuses backports of that version",
    explanation=(
        "A backport sorts below the version that it was made from. A bound `>= 1.0.1-1` refuses the"
        " backport of 1.0.1-1, although it is the same release."
    ),
    help="Leave the revision out of the bound.",
    references=("deb-version(7)", "Debian Policy 3.2"),
    order=200,
    check_subject=check,
    exempts_siblings=True,
)
