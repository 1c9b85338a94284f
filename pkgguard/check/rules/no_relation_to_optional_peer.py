"""no-relation-to-optional-peer: no relation keeps wrong versions of an optional peer away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.admitted_releases import counted
from pkgguard.check.finding import Severity
from pkgguard.check.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.finding import Finding
    from pkgguard.check.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """No relation names an optional peer that has versions that do not work."""
    for view in subject.peers:
        if not view.naming and not view.expected and view.admitted_incompatible:
            releases = counted(view.admitted_incompatible)
            message = f"names {view.name} in no relation, of which {releases} would not work"
            yield subject.report(RULE, view, message)


RULE: Final = Rule(
    id="no-relation-to-optional-peer",
    severity=Severity.INFO,
    title="The package has no relation to an optional peer that has incompatible versions",
    explanation=(
        "The peer does not have to be installed, but if it is, some of its versions do not work with this"
        " package, and no relation refuses them."
    ),
    help="Add the negative relations shown if the peer is in the same archive.",
    references=("Debian Policy 7.3", "rpm dependencies manual"),
    order=100,
    check_subject=check,
)
