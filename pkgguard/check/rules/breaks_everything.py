"""breaks-everything: two negative clauses that were meant as an interval refuse every version."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity
from pkgguard.families.expression import Constraint
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.families.interface import Relation


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Two clauses that were meant as an interval refuse every version."""
    family = subject.family
    clauses_by_name: defaultdict[str, list[tuple[Relation, VersionSet]]] = defaultdict(list)
    for relation in subject.package.relations:
        spend()
        one = relation.expression
        if (
            relation.field in family.traits.negative_fields
            and isinstance(one, Constraint)
            and one.operator is not None
            and not one.qualifier
        ):
            clauses_by_name[one.name].append((relation, family.range_of(one.operator.value, one.version)))
    for name, clauses in clauses_by_name.items():
        if len(clauses) > 1 and VersionSet.union(versions for _, versions in clauses) == VersionSet.full():
            lines = tuple(str(relation) for relation, _ in clauses)
            fields = " and ".join(dict.fromkeys(relation.field for relation, _ in clauses))
            message = f"refuses every {name}: clauses of {fields} are a union, not an interval"
            view = next((view for view in subject.peers if view.name == name), None)
            yield subject.report(RULE, view, message, relations=lines)


RULE: Final = Rule(
    id="breaks-everything",
    severity=Severity.ERROR,
    title="Two negative clauses meant as an interval refuse every version",
    explanation=(
        "Each clause of Breaks and Conflicts refuses versions on its own, so one from 1.1.2 on and"
        " one below 1.1.3 together refuse every version, not only those in between."
    ),
    help="Refuse the versions below a range and those above it, or use the relations shown.",
    references=("Debian Policy 7.3", "Debian Policy 7.4", "rpm boolean dependencies"),
    order=120,
    check_subject=check,
)
