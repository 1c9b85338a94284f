"""refuses-compatible-peer: the relations refuse peer versions that work with the package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.as_generated import is_as_generated
from pkgguard.check.examples import example
from pkgguard.check.moved_releases import moved_releases
from pkgguard.check.rule import Rule
from pkgguard.check.unsatisfied_peers import unsatisfied_peers
from pkgguard.diagnostics import Outcome, Severity
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The package's relations refuse a known release that works with the package."""
    unsatisfied = {view.name for view in unsatisfied_peers(subject)}
    for view in subject.peers:
        moved = moved_releases(view)
        refused = tuple(one for one in view.refused_compatible if one not in moved)
        if not refused or view.name in unsatisfied or is_as_generated(subject):
            continue
        outcome = Outcome(installable=False, compatible=True)
        shown = example(view, refused[::-1], VersionSet.full(), outcome)
        if shown is None:
            continue
        count = len(refused)
        plural = "s" if count > 2 else ""
        more = f" and {count - 1} more compatible release{plural}" if count > 1 else ""
        yield subject.report(
            RULE,
            view,
            f"refuses {view.name} {shown.release}{more}, which work{'s' if count == 1 else ''} with it",
            view.witness(shown.ref, outcome),
            releases=view.refused_compatible,
        )


RULE: Final = Rule(
    id="refuses-compatible-peer",
    severity=Severity.WARNING,
    title="The relations refuse peer versions that work with this package",
    explanation=(
        "A bound is stricter than the protocol requires. Users cannot combine versions that work, upgrades"
        " are held back, and rebuilding one package makes the other uninstallable. The usual cause is an"
        " exact version (=)."
    ),
    help="Relax the bound to what the protocol allows, as the relations shown do.",
    references=(
        "Debian Policy 7.1",
        "kata-containers/documentation#485",
        "kata-containers/packaging#563",
    ),
    order=60,
    check_subject=check,
)
