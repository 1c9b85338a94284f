"""peer-not-required: a client refuses versions of its server, but does not require the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """A client refuses incompatible versions of its server, but does not require the server."""
    for views in subject.served_by:
        if not any(view.asked_for for view in views) and any(view.naming for view in views):
            view = views[0]
            yield subject.report(RULE, view, f"does not require its server {view.name}")


RULE: Final = Rule(
    id="peer-not-required",
    severity=Severity.INFO,
    title="The package refuses incompatible versions of its server, but does not require the server",
    explanation=(
        "Nothing installs the server together with this package. That is correct if the server runs on"
        ' another machine; the manifest can declare this with presence = "optional".'
    ),
    help="Add the Depends or Requires shown, or declare in the manifest that the server is optional.",
    references=("Debian Policy 7.2", "rpm dependencies manual"),
    order=80,
    check_subject=check,
)
