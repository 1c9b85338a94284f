"""unknown-release: the version of a package belongs to no known release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.finding import finding_about
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.diagnostics import Diagnostic
    from pkgguard.errors import PkgguardError
    from pkgguard.families.interface import Package


def check(package: Package, error: PkgguardError) -> Iterator[Diagnostic]:
    """The package's version belongs to no release in the manifest."""
    yield finding_about(package, RULE, str(error).removeprefix(f"{package.name} {package.version}: "))


RULE: Final = Rule(
    id="unknown-release",
    severity=Severity.ERROR,
    title="The package's version belongs to no release in the manifest",
    explanation=(
        "pkgguard cannot tell what this package works with, so it does not check the package, and a package"
        " that is not checked does not pass. Either the manifest is older than the package, or the version"
        " does not show which release the package contains."
    ),
    help=(
        "Add the release to the manifest, or have unknown versions treated as the newest release"
        " (--newest-if-unknown)."
    ),
    references=("deb-version(7)", "rpm-version(7)"),
    order=10,
    check_unidentified=check,
)
