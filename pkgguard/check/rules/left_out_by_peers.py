"""left-out-by-peers: two packages work together and cannot be installed, but are not each other's peers."""

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
    """A given pair works but cannot be installed, and is not a pair of peers in the manifest."""
    apart = (one for one in pairs if one.pair.installable is False and one.pair.compatible)
    yield from unguarded_findings(RULE, apart, "works with {}, but cannot be installed with it")


RULE: Final = Rule(
    id="left-out-by-peers",
    severity=Severity.INFO,
    title="Two packages are compatible but not installable, and the manifest does not list them as peers",
    explanation=(
        "A protocol joins the two packages, but `peers` of one of them in the manifest does not list the"
        " other, as is normal for packages of different distributions. They work together, but cannot be"
        " installed together. Neither has to change: the output counts such pairs in one line, and the check"
        " does not fail."
    ),
    help="If they are meant to be installed together, list each in `peers` of the other.",
    references=("Debian Policy 7.1",),
    order=290,
    check_pairs=check,
    hidden_summary="compatible but not installable together, and not peers in the manifest",
)
