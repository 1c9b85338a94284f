"""unversioned-provides: the package provides a guarded name without a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.few import few
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity
from pkgguard.families.expression import Constraint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.few import Occurrence
    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """A guarded name is provided without a version."""
    yield from few(subject, RULE, _provided(subject))


def _provided(subject: Subject) -> Iterator[Occurrence]:
    manifest = subject.compatibility.manifest
    guarded = {
        shipping.name
        for package in manifest.packages.values()
        for family, shipping in package.shipping.items()
        if family == subject.family.name
    } - {subject.package.name}
    stems = tuple(f"{contract.provides}-" for contract in manifest.protocols.values() if contract.provides)
    for relation in subject.provided:
        constraint = relation.expression
        if isinstance(constraint, Constraint) and constraint.operator is None:
            protocol = (
                bool(stems)
                and constraint.name.startswith(stems)
                and constraint.name.rpartition("-")[2].isdigit()
            )
            if constraint.name in guarded or protocol:
                satisfied = (
                    "every versioned relation"
                    if subject.family.traits.always_revised
                    else "no versioned relation"
                )
                message = f"provides {constraint.name} without a version, which satisfies {satisfied}"
                yield None, message, (str(relation),)


RULE: Final = Rule(
    id="unversioned-provides",
    severity=Severity.WARNING,
    title="A guarded name is provided without a version",
    explanation=(
        "The bounds that other packages put on a name need a version to compare with. Without one, they are"
        " all satisfied or none of them is, depending on the family."
    ),
    help="Provide the name with a version.",
    references=("rpm dependencies manual", "Debian Policy 7.5"),
    order=140,
    check_subject=check,
)
