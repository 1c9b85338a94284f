"""two-providers-hole: two incompatible versions together satisfy what neither satisfies alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.examples import example
from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Outcome, Severity
from pkgguard.families.expression import Constraint, Operator, constraints, speaks_of
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.check.subject import PeerView, Subject
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.versions.release import Release


def check(subject: Subject) -> Iterator[Diagnostic]:
    """Two incompatible versions of the peer together satisfy what neither satisfies alone."""
    family = subject.family
    for view in subject.peers:
        if not view.guard.as_client or not view.naming:
            continue
        if family.traits.several_versions:
            refused = ~view.admitted
            ends = [VersionSet(pair) for pair in refused.intervals()]
            if len(ends) < 2:
                continue
            wrong = [
                next(
                    (
                        release
                        for release in order
                        if not view.guard.compatible(release) and end & view.span(release)
                    ),
                    None,
                )
                for end, order in ((ends[0], view.guard.known[::-1]), (ends[-1], view.guard.known))
            ]
            if None in wrong:
                continue
            pair = _satisfying_pair(
                subject, view, [release for release in wrong if release], (ends[0], ends[-1])
            )
            if pair:
                message = f"is satisfied by {view.name} {pair} together, but neither works with it"
                yield subject.report(RULE, view, message)
        for name in sorted(view.provided_names):
            halves = _halves(subject, name)
            if len(halves) > 1:
                message = (
                    f"bounds the provided name {name} in two clauses, which different providers can satisfy"
                )
                yield subject.report(RULE, view, message, relations=halves)


def _satisfying_pair(
    subject: Subject, view: PeerView, wrong: Sequence[Release], ends: Sequence[VersionSet]
) -> str:
    """Return two peer versions, one from each end, that can be installed with the subject, or nothing."""
    outcome = Outcome(installable=False, compatible=False)
    for given in (True, False):
        shown = [
            example(view, (release,), end, outcome, given=given)
            for release, end in zip(wrong, ends, strict=True)
        ]
        versions = [candidate.ref.version for candidate in shown if candidate]
        if len(versions) == len(shown):
            make, architecture = subject.family.compose, subject.package.architecture
            others = [make(view.name, version, architecture, {}) for version in versions]
            verdict = subject.family.coinstallable([subject.package, *others], assumed=_others(subject, view))
            if verdict.installable:
                return " and ".join(versions)
    return ""


def _halves(subject: Subject, name: str) -> tuple[str, ...]:
    """Return the relations that bound a name, if there are both lower and upper bounds."""
    lower, upper = [], []
    for relation in subject.package.relations:
        constraint = relation.expression
        if (
            relation.field in subject.family.traits.positive_fields
            and isinstance(constraint, Constraint)
            and constraint.name == name
        ):
            if constraint.operator in (Operator.GREATER, Operator.GREATER_EQUAL):
                lower.append(str(relation))
            elif constraint.operator in (Operator.LESS, Operator.LESS_EQUAL):
                upper.append(str(relation))
    return (*lower, *upper) if lower and upper else ()


def _others(subject: Subject, view: PeerView) -> frozenset[str]:
    """Return the names in the package's relations other than its own and the peer's."""
    return frozenset(
        part.name
        for relation in subject.package.relations
        for part in constraints(relation.expression)
        if not speaks_of(part, view.name) and part.name != subject.package.name
    )


RULE: Final = Rule(
    id="two-providers-hole",
    severity=Severity.WARNING,
    title="Two incompatible versions together satisfy what neither satisfies alone",
    explanation=(
        "Two positive clauses are satisfied independently. Two versions of the peer, where both can"
        " be installed, or two packages that provide a name, can each satisfy one half, and the package tools"
        " then install both."
    ),
    help=(
        "Join the bounds in one clause if the family can, refuse the versions outside them with a negative"
        " relation, or make the major version part of the provided name."
    ),
    references=("rpm boolean dependencies", "Debian Policy 7.5"),
    order=130,
    check_subject=check,
)
