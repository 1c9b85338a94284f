"""package-without-release: the components of a package have no release in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.check.rule import Rule
from pkgguard.compat.guard import known_releases
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.manifest_subject import ManifestSubject
    from pkgguard.diagnostics import Diagnostic


def check(subject: ManifestSubject) -> Iterator[Diagnostic]:
    """The components that a package carries have no release in common."""
    known: dict[frozenset[str], bool] = {}
    for package in subject.manifest.packages.values():
        spend()
        carries = frozenset((*package.carries, *package.contents))
        if carries not in known:
            known[carries] = bool(known_releases(subject.manifest, package))
        if not known[carries]:
            yield subject.report(
                RULE,
                f"the components of {package.name} ({', '.join(package.carries)}) have no release in common",
            )


RULE: Final = Rule(
    id="package-without-release",
    severity=Severity.ERROR,
    title="The components of a package have no release in common",
    explanation=(
        "The version of a package stands for one release of each component that it carries. Without such a"
        " release, no relation can name the package's versions, and packages are not guarded against it."
    ),
    help=(
        "Carry first the component whose number the package has, and name the releases of the others in"
        " published."
    ),
    references=("docs/manifest.md",),
    order=540,
    group="manifest",
    check_manifest=check,
)
