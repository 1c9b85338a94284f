"""no-common-version: packages that depend on one another accept no common version of a peer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.dependency_sets import conflicts_over_peers
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subjects: Sequence[Subject]) -> Iterator[Diagnostic]:
    """Given packages that are installed together require a peer, and no version of it fits all of them."""
    for subject, members, peer, relations in conflicts_over_peers(subjects):
        needed = " and ".join(dict.fromkeys(one.label for one in members if one is not subject))
        fits = "both" if len(members) == 2 else "all of them"
        message = f"depends on {needed}, and no version of {peer} can be installed with {fits}"
        finding = subject.report(RULE, None, message, relations=relations)
        yield finding._replace(peer=peer)


RULE: Final = Rule(
    id="no-common-version",
    severity=Severity.ERROR,
    title="Packages that depend on one another accept no common version of a peer",
    explanation=(
        "The given packages are installed together, as one depends on the other, and both need the same"
        " peer. Each of them can be installed with some version of the peer, but no version can be installed"
        " with both, so the package tool refuses the packages."
    ),
    help="Release the packages with bounds that have a version of the peer in common.",
    references=("Debian Policy 7.2", "rpm dependencies manual"),
    order=370,
    check_subjects=check,
)
