"""component-in-no-package: a component is in no package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.manifest_subject import ManifestSubject
    from pkgguard.diagnostics import Diagnostic


def check(subject: ManifestSubject) -> Iterator[Diagnostic]:
    """No package carries the component."""
    carried = {name for package in subject.manifest.packages.values() for name in package.carries}
    for name in subject.manifest.components:
        if name not in carried:
            yield subject.report(
                RULE,
                f"no package carries the component {name}, so no package can be guarded against it",
                help=f'Add it to the carries of a package, as in carries = ["{name}"].',
            )


RULE: Final = Rule(
    id="component-in-no-package",
    severity=Severity.WARNING,
    title="A component is in no package",
    explanation="A guard is a relation between packages, so a component without a package has none.",
    help="Add it to the carries of a package.",
    references=("docs/manifest.md",),
    order=530,
    group="manifest",
    check_manifest=check,
)
