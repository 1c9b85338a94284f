"""file-move: a package refuses older versions of a peer because files of these have moved into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.admitted_releases import counted
from pkgguard.check.examples import example
from pkgguard.check.moved_releases import moved_releases
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Outcome, Severity
from pkgguard.families.expression import speaks_of
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """A package refuses releases that work with it, as files of them have moved into it."""
    for view in subject.peers:
        moved = moved_releases(view)
        if moved:
            outcome = Outcome(installable=False, compatible=True)
            shown = example(view, moved[::-1], VersionSet.full(), outcome)
            lines = tuple(str(one) for one in subject.moves if speaks_of(one.expression, view.name))
            message = f"refuses {view.name} {counted(moved)} only because files have moved from it"
            witness = None if shown is None else view.witness(shown.ref, outcome)
            yield subject.report(RULE, view, message, witness, relations=lines, releases=moved)._replace(
                fix=()
            )


RULE: Final = Rule(
    id="file-move",
    severity=Severity.INFO,
    title="The package refuses older versions of its peer because it has taken files over from them",
    explanation=(
        "Breaks and Replaces on the same versions of a package say that files have moved from it (Debian"
        " Policy 7.6.1). The older versions would work over the protocol, but they still have the files, and"
        " dpkg would refuse to overwrite them. The bound is right, although the protocol does not ask for it."
    ),
    help="Keep both relations beside those that guard the protocol.",
    references=("Debian Policy 7.6.1",),
    order=350,
    check_subject=check,
)
