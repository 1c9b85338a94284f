"""prerelease-shut-out: a prerelease refuses the prerelease of its peer that belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.examples import prerelease_example
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Outcome, Severity
from pkgguard.versions.sets import Boundary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """A prerelease refuses the prerelease of its peer that belongs to it."""
    if not subject.identity.below:
        return
    finals = {release.final for release in subject.identity.releases.values()}
    for view in subject.peers:
        if view.accepts_own_version:
            continue
        for release in view.guard.known:
            if not (release.text in finals and view.guard.compatible(release) and view.naming):
                continue
            if Boundary.before(subject.family.key(view.prerelease(release))) not in view.admitted:
                outcome = Outcome(installable=False, compatible=True)
                shown = prerelease_example(view, release, outcome)
                if shown is None:
                    continue
                message = f"refuses {shown.ref}, the prerelease that belongs to it"
                witness = view.witness(shown.ref, outcome)
                yield subject.report(RULE, view, message, witness, releases=(release,))


RULE: Final = Rule(
    id="prerelease-shut-out",
    severity=Severity.WARNING,
    title="A prerelease refuses the prerelease of its peer that belongs to it",
    explanation=(
        "A lower bound of 1.1.0 refuses the release candidates of 1.1.0. In a package that is itself a"
        " release candidate of 1.1.0, this makes the pair of release candidates uninstallable."
    ),
    help="In prereleases, lower the bound below those of the peer, as the relations shown do.",
    references=("deb-version(7)", "rpm-version(7)"),
    order=220,
    check_subject=check,
)
