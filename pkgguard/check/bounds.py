"""The versioned relations of a package, and the peers that they constrain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.budget import spend
from pkgguard.families.expression import constraints, speaks_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pkgguard.check.subject import PeerView, Subject
    from pkgguard.families.expression import Constraint
    from pkgguard.families.interface import Relation


def bounds(subject: Subject) -> Iterator[tuple[Relation, Constraint]]:
    """Yield each versioned constraint of a package with its relation, except what it provides."""
    for relation in subject.package.relations:
        if relation.field != subject.family.traits.providing_field:
            for one in constraints(relation.expression):
                spend()
                if one.operator is not None:
                    yield relation, one


def peer_finder(subject: Subject) -> Callable[[Constraint], PeerView | None]:
    """Return a function that finds the peer that a constraint names, with a cache."""
    found: dict[str, PeerView | None] = {}

    def named(one: Constraint) -> PeerView | None:
        if one.name not in found:
            found[one.name] = next((view for view in subject.peers if speaks_of(one, view.name)), None)
        return found[one.name]

    return named
