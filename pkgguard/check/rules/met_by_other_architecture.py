"""met-by-other-architecture: a server of another architecture meets a requirement in place of a wrong one."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice, product
from typing import TYPE_CHECKING, Final

from pkgguard.check.pairs import can_be_installed_together
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic

_TRIED: Final = 20
"""Sets of a client and two servers that are tried for one client and the name of a server."""


def check(subjects: Sequence[Subject]) -> Iterator[Diagnostic]:
    """A requirement is met by a server of another architecture, beside one that does not work."""
    named: defaultdict[tuple[str, str], list[Subject]] = defaultdict(list)
    for subject in subjects:
        named[subject.package.family, subject.package.name].append(subject)
    for client in subjects:
        for view in client.peers:
            others = [
                candidate
                for candidate in (named[client.package.family, view.name] if view.guard.as_client else ())
                if candidate.package.architecture != client.package.architecture
            ]
            if not others:
                continue
            refused = [
                meeting.peer
                for meeting in view.meetings
                if meeting.installable is False and not meeting.compatible
            ]
            installed = _installed_beside(client, refused, others)
            if installed is not None:
                server, other = installed
                reasons = [
                    exclusion.reason
                    for each in server.carried
                    for exclusion in view.guard.reasons_against(each)
                ]
                message = (
                    f"can be installed with {server.label}, which does not work, where"
                    f" {other.label} for {other.package.architecture} meets its requirement:"
                    f" {reasons[0].sentence}"
                )
                yield client.report(RULE, view, message, reasons=reasons, releases=server.carried)


def _installed_beside(
    client: Subject, refused: Sequence[Subject], others: Sequence[Subject]
) -> tuple[Subject, Subject] | None:
    """Return a refused server and one of another architecture beside which it can be installed after all."""
    sets = (
        (server, other)
        for server, other in product(refused[:_TRIED], others[:_TRIED])
        if server.package.architecture != other.package.architecture
    )
    return next(
        (
            (server, other)
            for server, other in islice(sets, _TRIED)
            if can_be_installed_together((client, server, other))
        ),
        None,
    )


RULE: Final = Rule(
    id="met-by-other-architecture",
    severity=Severity.ERROR,
    title="A server of another architecture meets the requirement in place of one that does not work",
    explanation=(
        "A Requires without an architecture, such as `report` in place of `report(x86-64)`, is met by a"
        " package of any architecture. Where the right version is installed for another architecture, the"
        " package tool also takes a version for this package's own architecture that does not work with it."
    ),
    help="Add the negative relations shown, or require NAME%{?_isa}.",
    references=("rpm dependencies manual",),
    order=380,
    check_subjects=check,
)
