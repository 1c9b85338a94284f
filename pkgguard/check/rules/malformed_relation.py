"""malformed-relation: a relation that is not valid for the package tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.few import FEW, left_out
from pkgguard.check.finding import finding_about, shortened
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pkgguard.diagnostics import Diagnostic
    from pkgguard.families.interface import Package


def check(package: Package, is_reported: Callable[[str], bool]) -> Iterator[Diagnostic]:
    """A relation is not valid, and no other rule reports it."""
    reported = [one for one in package.malformed if not is_reported(one[1])]
    for field, text, reason in reported[:FEW]:
        message = shortened(f"{field}: {shortened(text)!r}: {shortened(reason)}")
        yield finding_about(package, RULE, message, (f"{field}: {text}",))
    if len(reported) > FEW:
        yield finding_about(package, RULE, left_out(len(reported) - FEW))


RULE: Final = Rule(
    id="malformed-relation",
    severity=Severity.ERROR,
    title="A relation is not valid for the package tools",
    explanation=(
        "The text is not a valid relation for dpkg or rpm, often because a placeholder was not replaced. The"
        " tools reject it, or treat it as the name of a package that does not exist. This rule also"
        " reports an Architecture, Multi-Arch, Essential or Protected field that dpkg or apt rejects."
    ),
    help=(
        "Write the relation as the manual of the package format describes, and make sure that the build"
        " replaces every placeholder."
    ),
    references=("Debian Policy 7.1", "deb-control(5)", "rpm dependencies manual"),
    order=20,
    check_package=check,
)
