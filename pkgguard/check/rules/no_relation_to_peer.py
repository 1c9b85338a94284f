"""no-relation-to-peer: the package has no relation to a peer that has incompatible versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.older_clients import only_server_can_refuse
from pkgguard.check.rule import Rule
from pkgguard.check.siblings import guards_itself
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import PeerView, Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """No relation names a peer that the package needs, or whose versions it must refuse."""
    for view in subject.peers:
        if view.naming or not view.expected:
            continue
        if (view.needed and not view.replaced) or _must_refuse(subject, view):
            yield subject.report(RULE, view, f"has no relation to its peer {view.name}")


def _must_refuse(subject: Subject, view: PeerView) -> bool:
    if view.guard.as_client:
        return bool(view.admitted_incompatible)
    return any(
        only_server_can_refuse(subject, view, release) and not guards_itself(view, release)
        for release in view.admitted_incompatible
    )


RULE: Final = Rule(
    id="no-relation-to-peer",
    severity=Severity.WARNING,
    title="The package has no relation to a peer that has incompatible versions",
    explanation=(
        "This package communicates with the peer, but none of its relations names the peer: it"
        " neither requires the peer nor refuses any of its versions."
    ),
    help="Add the relations shown.",
    references=("Debian Policy 7.2", "rpm dependencies manual"),
    order=70,
    check_subject=check,
)
