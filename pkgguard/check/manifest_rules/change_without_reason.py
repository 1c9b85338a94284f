"""change-without-reason: a change does not say why it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity
from pkgguard.manifest.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.manifest_subject import ManifestSubject
    from pkgguard.diagnostics import Diagnostic


def check(subject: ManifestSubject) -> Iterator[Diagnostic]:
    """A change that a client depends on has no ``because``."""
    for change in subject.manifest.changes:
        if change.kind is not Kind.COMPATIBLE and change.client and not change.because:
            what = ", ".join(change.what)
            yield subject.report(RULE, f"the change of {what} does not say why", position=change.position)


RULE: Final = Rule(
    id="change-without-reason",
    severity=Severity.INFO,
    title="A change does not say why it was made",
    explanation="The reason is printed with every relation that follows from the change.",
    help='Add because = "…".',
    references=("docs/manifest.md",),
    order=560,
    group="manifest",
    check_manifest=check,
)
