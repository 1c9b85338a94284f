"""maintainer-harm: a relation does more to other packages than refuse versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity
from pkgguard.families.expression import constraints
from pkgguard.families.interface import Pitfall

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.families.interface import Relation


def check(subject: Subject) -> Iterator[Diagnostic]:
    """A relation does more to a peer than refuse some of its versions."""
    traits = subject.family.traits
    for view in subject.peers:
        naming = [relation for relation in subject.package.relations if _names(relation, view.name)]
        fields = {relation.field for relation in naming}
        harm = []
        for together in traits.replacing_fields:
            if together <= fields:
                verb = "removes" if len(together) == 1 else "together remove"
                harm.append(
                    f"{' and '.join(sorted(together))} {verb} an installed {view.name} without a word"
                )
        if fields & traits.pre_dependency_fields:
            field = sorted(fields & traits.pre_dependency_fields)[0]
            harm.append(f"{field} on {view.name} makes the two uninstallable where it depends back")
        for relation in naming:
            for pitfall, text in subject.family.pitfalls(relation):
                if pitfall is Pitfall.OBSOLETE_OPERATOR:
                    harm.append(f"the obsolete operator {text!r} is read differently by different tools")
        for message in dict.fromkeys(harm):
            yield subject.report(RULE, view, message)


def _names(relation: Relation, name: str) -> bool:
    return any(part.name == name for part in constraints(relation.expression))


RULE: Final = Rule(
    id="maintainer-harm",
    severity=Severity.WARNING,
    title="A relation that was meant as a bound harms other packages",
    explanation=(
        "Obsoletes, and Conflicts together with Replaces, remove the peer from the user's system silently."
        " Pre-Depends between packages that depend on each other makes even a valid pair uninstallable. dpkg"
        " and apt read the operators < and > as <= and >=, while other tools take them literally."
    ),
    help=(
        "Use Depends and Breaks (deb) or Requires and Conflicts (rpm), and the operators << and >> in a"
        " .deb, as the relations shown do."
    ),
    references=(
        "Debian Policy 7.1",
        "Debian Policy 7.2",
        "Debian Policy 7.6",
        "rpm dependencies manual",
    ),
    order=260,
    check_subject=check,
)
