"""depends-not-enforced: only Depends refuses an incompatible version, and dpkg does not check it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.examples import example
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Outcome, Severity
from pkgguard.families.expression import speaks_of
from pkgguard.families.interface import Peer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import PeerView, Subject
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.versions.release import Release


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Only a positive relation refuses an incompatible version, and the package tool checks it only once."""
    traits = subject.family.traits
    if traits.rechecks_dependencies:
        return
    for view in subject.peers:
        peer = Peer(view.name, view.provides)
        negative = subject.family.admitted(subject.package, peer, fields=traits.negative_fields)
        loose = [
            release
            for release in _outside(view)
            if view.admitted.is_disjoint(view.span(release)) and not negative.is_disjoint(view.span(release))
        ]
        if loose:
            outcome = Outcome(installable=False, compatible=False)
            shown = example(view, loose[::-1], negative, outcome)
            if shown is None:
                continue
            reasons = tuple(one.reason for one in view.guard.reasons_against(shown.release))
            message = (
                f"refuses {shown.ref} by Depends only, which dpkg does not check"
                " when the peer is upgraded or downgraded"
            )
            witness = view.witness(shown.ref, outcome)
            fix = _refusing(subject, view)
            yield subject.report(RULE, view, message, witness, reasons, fix=fix, releases=loose)


def _refusing(subject: Subject, view: PeerView) -> tuple[str, ...]:
    """Return the generated relations that refuse versions of a peer and that the package does not have."""
    carried = set(map(str, subject.package.relations))
    return tuple(
        str(one.relation)
        for one in subject.generated.relations
        if one.relation.field in subject.family.traits.negative_fields
        and speaks_of(one.relation.expression, view.name)
        and str(one.relation) not in carried
    )


def _outside(view: PeerView) -> list[Release]:
    """Return the releases below or above all allowed ones, which a single bound can refuse."""
    span = view.guard.allowed.span()
    return [one for one in view.guard.known if one.boundary not in span]


RULE: Final = Rule(
    id="depends-not-enforced",
    severity=Severity.INFO,
    title="Only Depends refuses an incompatible version, and dpkg accepts it later",
    explanation=(
        "dpkg checks Depends when it configures a package, but not when a peer is upgraded or downgraded"
        " later, so `dpkg -i` of an incompatible peer succeeds. It checks Breaks and Conflicts in both"
        " directions. Many packages have only Depends, because apt checks it every time."
    ),
    help="Repeat each outer bound as a Breaks on the peer's real name, as the relations shown do.",
    references=("Debian Policy 7.2", "Debian Policy 7.3"),
    order=160,
    check_subject=check,
)
