"""renamed-rule: a rule is set by its former id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.manifest_subject import ManifestSubject
    from pkgguard.diagnostics import Diagnostic


def check(subject: ManifestSubject) -> Iterator[Diagnostic]:
    """The manifest sets a rule by an old id."""
    for old, new in subject.renamed.items():
        yield subject.report(
            RULE,
            f"the rule {old} is now called {new}",
            position=subject.manifest.rules[old][1],
            help=f"Write {new} in [rules]; the old name still works.",
        )


RULE: Final = Rule(
    id="renamed-rule",
    severity=Severity.INFO,
    title="A rule is set by its old id",
    explanation="A rule that was renamed can still be set by its former id.",
    help="Write the new id in [rules].",
    references=("docs/rules.md",),
    order=570,
    group="manifest",
    check_manifest=check,
)
