"""unguarded-by-peers: two packages do not work but can be installed, and are not each other's peers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.pair_reports import unguarded_findings
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.check.pairs import JudgedPair
    from pkgguard.diagnostics import Diagnostic


def check(pairs: Sequence[JudgedPair]) -> Iterator[Diagnostic]:
    """A given pair does not work but can be installed, and is not a pair of peers in the manifest."""
    incompatible = (one for one in pairs if one.pair.installable and not one.pair.compatible)
    yield from unguarded_findings(RULE, incompatible, "can be installed with {}, which does not work")


RULE: Final = Rule(
    id="unguarded-by-peers",
    severity=Severity.WARNING,
    title="Two packages are incompatible but installable, and the manifest does not list them as peers",
    explanation=(
        "A protocol joins the two packages, but `peers` of one of them in the manifest does not list the"
        " other, so pkgguard writes no relation between them. They can be installed together but do not"
        " work. This is not an error, because according to the manifest they are not meant to be used"
        " together."
    ),
    help="List each in `peers` of the other, so that pkgguard generates relations between them.",
    references=("Debian Policy 7.4",),
    order=300,
    check_pairs=check,
)
