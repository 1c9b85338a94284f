"""breaks-on-virtual-name: a bound on a virtual name, which dpkg compares with the provider's own version."""

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
    """A negative relation bounds a name that only what provides it has."""
    yield from few(subject, RULE, _bounds_on_virtual_names(subject))


def _bounds_on_virtual_names(subject: Subject) -> Iterator[Occurrence]:
    virtual = {name for view in subject.peers for name in view.provided_names}
    for relation in subject.package.relations:
        constraint = relation.expression
        if (
            relation.field in subject.family.traits.unversioned_on_virtual
            and isinstance(constraint, Constraint)
            and constraint.operator
            and constraint.name in virtual
        ):
            how = "which dpkg judges by the provider's version"
            message = f"breaks versions of the virtual name {constraint.name}, {how}"
            yield None, message, (str(relation),)


RULE: Final = Rule(
    id="breaks-on-virtual-name",
    severity=Severity.WARNING,
    title="A Breaks bounds a virtual name, and dpkg compares the provider's own version",
    explanation=(
        "While the provider of a virtual name is being configured, dpkg compares a versioned Breaks on that"
        " name with the provider's own version, and not only with the version that it provides."
    ),
    help="Write the Breaks on the peer's real name, as the relations shown do.",
    references=("Debian Policy 7.3", "Debian Policy 7.5"),
    order=340,
    check_subject=check,
)
