"""What a package recommends of its peers, as sets of their versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pkgguard.budget import spend
from pkgguard.families.expression import All_, Any_, Constraint, With, Without, constraints
from pkgguard.families.interface import relations_of
from pkgguard.versions.sets import Boundary, VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import PeerView, Subject
    from pkgguard.families.expression import Expression
    from pkgguard.families.interface import Family, Relation
    from pkgguard.versions.release import Release


class Recommendation(NamedTuple):
    """A relation that recommends peers, with the versions of each that meet it.

    ``others`` says that it can also be met by a package other than a peer.
    """

    relation: Relation
    met: tuple[tuple[PeerView, VersionSet], ...]
    others: bool

    @property
    def is_unsatisfiable(self) -> bool:
        """Whether no known release and no given package meets it."""
        return not self.others and not any(
            any(not met.is_disjoint(view.span(release)) for release in view.guard.known)
            or any(Boundary.before(one.peer.key) in met for one in view.meetings)
            for view, met in self.met
        )


def recommendations(subject: Subject) -> Iterator[Recommendation]:
    """Yield what a package recommends of its peers."""
    views = {view.name: view for view in subject.peers}
    for relation in relations_of(subject.package, (subject.family.traits.recommending_field,)):
        names = dict.fromkeys(package_of(one) for one in constraints(relation.expression))
        met = tuple(
            (views[name], versions_meeting(relation.expression, name, subject.family))
            for name in names
            if name in views
        )
        if met:
            yield Recommendation(relation, met, len(met) < len(names))


def recommended(view: PeerView, release: Release, said: tuple[Recommendation, ...]) -> bool:
    """Return whether all that a package recommends of a peer is met by some version of a release."""
    return not any(
        other is view and met.is_disjoint(view.span(release)) for one in said for other, met in one.met
    )


def versions_meeting(expression: Expression, name: str, family: Family) -> VersionSet:
    """Return the versions of a package that meet an expression; all of them where a condition decides."""
    spend()
    match expression:
        case Constraint(operator=operator, version=version):
            if package_of(expression) != name:
                return VersionSet.empty()
            return VersionSet.full() if operator is None else family.range_of(operator.value, version)
        case Any_(of):
            return VersionSet.union(versions_meeting(part, name, family) for part in of)
        case With(of) | All_(of):
            speaking = [part for part in of if any(package_of(one) == name for one in constraints(part))]
            return ~VersionSet.union(~versions_meeting(part, name, family) for part in speaking)
        case Without(keep, drop):
            return versions_meeting(keep, name, family) & ~versions_meeting(drop, name, family)
        case _:
            return VersionSet.full()


def package_of(constraint: Constraint) -> str:
    """Return the name of the package that a constraint names, perhaps for one architecture."""
    return constraint.name.partition("(")[0]
