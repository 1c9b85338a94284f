"""maintainer-harm: a relation does more to other packages than refuse their versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.rule import Rule
from pkgguard.check.siblings import are_siblings
from pkgguard.diagnostics import Severity
from pkgguard.families.expression import Constraint, Operator, constraints
from pkgguard.families.interface import Pitfall
from pkgguard.versions.sets import Boundary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import PeerView, Subject
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.families.interface import Relation


def check(subject: Subject) -> Iterator[Diagnostic]:
    """A relation does more to a peer than refuse some of its versions."""
    traits = subject.family.traits
    for view in subject.peers:
        naming = [relation for relation in subject.package.relations if _names(relation, view.name)]
        fields = {relation.field for relation in naming if not _is_split(subject, view, relation)}
        harm = []
        for together in traits.replacing_fields:
            if together <= fields:
                verb = "silently removes" if len(together) == 1 else "together silently remove"
                harm.append(f"{' and '.join(sorted(together))} {verb} an installed {view.name}")
        if fields & traits.pre_dependency_fields and view.guard.as_server:
            field = sorted(fields & traits.pre_dependency_fields)[0]
            harm.append(
                f"{field} on {view.name} makes both uninstallable, because it depends on this package"
            )
        for relation in naming:
            for pitfall, text in subject.family.pitfalls(relation):
                if pitfall is Pitfall.OBSOLETE_OPERATOR:
                    harm.append(f"the obsolete operator {text!r} is read differently by different tools")
        for message in dict.fromkeys(harm):
            yield subject.report(RULE, view, message)


def _is_split(subject: Subject, view: PeerView, relation: Relation) -> bool:
    """Return whether a relation replaces the package that the subject was split from, before the split.

    That is a package of the same source, in versions below the subject's own.
    """
    constraint = relation.expression
    return (
        frozenset({relation.field}) in subject.family.traits.replacing_fields
        and isinstance(constraint, Constraint)
        and constraint.operator in (Operator.LESS, Operator.LESS_EQUAL)
        and Boundary.before(subject.key)
        not in subject.family.range_of(constraint.operator.value, constraint.version)
        and (
            view.name == subject.origin[0] or any(are_siblings(each.peer, subject) for each in view.meetings)
        )
    )


def _names(relation: Relation, name: str) -> bool:
    return any(part.name == name for part in constraints(relation.expression))


RULE: Final = Rule(
    id="maintainer-harm",
    severity=Severity.WARNING,
    title="A relation that was meant as a bound harms other packages",
    explanation=(
        "Obsoletes, and Conflicts together with Replaces, remove the peer from the user's system silently."
        " An Obsoletes of the package that this one was split from is right. Pre-Depends between packages"
        " that depend on each other makes even a valid pair uninstallable. Obsolete operators mean"
        " something else than they seem to."
    ),
    help="Use the fields and operators of the relations shown.",
    references=(
        "Debian Policy 7.1",
        "Debian Policy 7.2",
        "Debian Policy 7.6",
        "rpm dependencies manual",
    ),
    order=260,
    check_subject=check,
)
