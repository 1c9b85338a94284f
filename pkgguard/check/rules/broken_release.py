"""broken-release: the package contains a release that the manifest declares broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The manifest declares a release in the package broken."""
    for broken in subject.compatibility.manifest.broken:
        if subject.identity.releases.get(broken.component) == broken.release:
            message = f"carries {broken.component} {broken.release}, which is declared broken"
            reasons = tuple(
                exclusion.reason
                for view in subject.peers
                for exclusion in view.guard.required
                if exclusion.reason.broken is broken
            )
            yield subject.report(RULE, None, message, reasons=reasons, releases=(broken.release,))


RULE: Final = Rule(
    id="broken-release",
    severity=Severity.WARNING,
    title="The package contains a release that is declared broken",
    explanation=(
        "The manifest declares this release broken. Whatever its relations are, the package does not work"
        " with any peer."
    ),
    help="Ship another release.",
    references=(),
    order=90,
    check_subject=check,
)
