"""missing-breaks-on-older-peer: a server package can be installed with older clients that it breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.admitted_releases import admitted_findings
from pkgguard.check.older_clients import only_server_can_refuse
from pkgguard.check.rule import Rule
from pkgguard.check.siblings import guards_itself
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """A server accepts a client release that worked with an older server.

    It has to refuse only the clients that an upgrade of this package would break,
    and broken ones; a newer client that needs more of the server has its own guard,
    and so have older ones that pin the server that they were built with.
    """
    for view in subject.peers:
        if not view.guard.as_client:
            older = tuple(
                release
                for release in view.admitted_incompatible
                if only_server_can_refuse(subject, view, release) and not guards_itself(view, release)
            )
            yield from admitted_findings(subject, view, RULE, older)


RULE: Final = Rule(
    id="missing-breaks-on-older-peer",
    severity=Severity.ERROR,
    title="This server package can be installed with older clients that it breaks",
    explanation=(
        "Older client packages are already published and can no longer be changed. If this version of the"
        " server does not work with them, only a negative relation in this package can refuse them."
        " Without it, upgrading this package alone leaves a broken"
        " pair installed. Where the client that is built together with this package pins it to this version,"
        " older clients are taken to pin theirs; where an older client is given, its relations are judged."
    ),
    help="Add the negative relation shown to this package.",
    references=("Debian Policy 7.3", "rpm dependencies manual", "kata-containers/runtime#394"),
    order=40,
    check_subject=check,
)
