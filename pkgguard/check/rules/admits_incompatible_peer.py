"""admits-incompatible-peer: the relations admit a peer version that does not work with the package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.admitted_releases import admitted_findings
from pkgguard.check.pair_reports import by_peer, named, pair_finding
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.check.pairs import JudgedPair
    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """A client accepts a known release of its server that does not work with it."""
    for view in subject.peers:
        if view.guard.as_client and (view.needed or view.naming):
            yield from admitted_findings(subject, view, RULE, view.admitted_incompatible)


def check_pairs(pairs: Sequence[JudgedPair]) -> Iterator[Diagnostic]:
    """A given pair does not work, but can be installed."""
    incompatible = (
        one for one in pairs if one.pair.peers and one.pair.installable and not one.pair.compatible
    )
    for first, rest in by_peer(incompatible):
        what = named(first.server, [one.server for one in rest])
        message = f"can be installed with {what}, which does not work: {first.against[0].sentence}"
        yield pair_finding(RULE, first, first.client, first.server, message)


RULE: Final = Rule(
    id="admits-incompatible-peer",
    severity=Severity.ERROR,
    title="The relations admit a peer version that does not work with this package",
    explanation=(
        "The package manager can install this package together with a peer version that does not work with"
        " it, because no relation of this package forbids it. The witness is such a pair. A user who"
        " upgrades or downgrades only one of the two can end up with it, and sees the symptom shown."
    ),
    help="Paste the relations shown, or let `pkgguard generate` write them at build time.",
    references=(
        "Debian Policy 7.2",
        "Debian Policy 7.3",
        "rpm dependencies manual",
        "kata-containers/agent#272",
    ),
    order=30,
    check_subject=check,
    check_pairs=check_pairs,
)
