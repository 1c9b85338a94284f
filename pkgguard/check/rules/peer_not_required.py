"""peer-not-required: a client refuses wrong versions of its server, but does not require the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.finding import Severity
from pkgguard.check.rule import Rule
from pkgguard.compat.guard import required_groups
from pkgguard.families.expression import speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.finding import Finding
    from pkgguard.check.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A client refuses wrong versions of its server, and requires none."""
    requiring = subject.family.traits.positive_fields
    for group in required_groups(subject.compatibility.manifest, subject.guards):
        views = [view for view in subject.peers if view.guard in group]
        names = {name for view in views for name in (view.name, *view.provided_names)}
        asked = any(
            relation.field in requiring and any(speaks_of(relation.expression, name) for name in names)
            for relation in subject.package.relations
        )
        if not asked and any(view.naming for view in views):
            view = views[0]
            yield subject.report(RULE, view, f"does not ask for {view.name}, which it calls")


RULE: Final = Rule(
    id="peer-not-required",
    severity=Severity.INFO,
    title="The package refuses wrong versions of its server, but does not require the server",
    explanation=(
        "Nothing installs the server together with this package. That is correct if the server runs on"
        ' another machine; the manifest can declare this with presence = "optional".'
    ),
    help="Add the Depends or Requires shown, or declare in the manifest that the server is optional.",
    references=("Debian Policy 7.2", "rpm dependencies manual"),
    order=80,
    check_subject=check,
)
