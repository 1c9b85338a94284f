"""wrong-epoch: the package's epoch is not the one that the manifest specifies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.rule import Rule
from pkgguard.compat.identify import wrong_epoch
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """The package's epoch is not the one that the manifest specifies."""
    error = wrong_epoch(subject.identity, subject.family)
    if error is not None:
        yield subject.report(RULE, None, f"{error.reason}; {error.help}")


RULE: Final = Rule(
    id="wrong-epoch",
    severity=Severity.ERROR,
    title="The package's epoch differs from the one in the manifest",
    explanation=(
        "Package tools compare the epoch before the rest of a version. Every bound that is generated for this"
        " package contains the epoch from the manifest, so with another epoch every version of the package"
        " sorts above all of these bounds, or below them: compatible peers refuse it, or incompatible peers"
        " accept it."
    ),
    help=(
        "Set the epoch in the manifest, for the family in which the package has it, or build the package"
        " with the manifest's epoch."
    ),
    references=("Debian Policy 5.6.12", "rpm-version(7)"),
    order=230,
    check_subject=check,
)
