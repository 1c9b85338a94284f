"""The difference between two lists of relations."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from typing import TYPE_CHECKING, NamedTuple

from pkgguard.budget import spend
from pkgguard.families.expression import constraints

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from pkgguard.families.interface import Relation


class RelationChange(NamedTuple):
    """A relation that differs: ``old`` is None if it is added, and ``new`` if it is removed."""

    old: Relation | None
    new: Relation | None

    @property
    def field(self) -> str:
        """The field that it is in."""
        return (self.old or self.new).field  # type: ignore[union-attr]


def relation_changes(old: Sequence[Relation], new: Sequence[Relation]) -> tuple[RelationChange, ...]:
    """Return the relations that differ in their meaning; their order does not matter.

    A relation that is removed and one that is added are one change if they are in the
    same field and name the same packages.
    """
    removed, added = _without(old, new), _without(new, old)
    successors: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    for place, one in enumerate(added):
        successors[_about(one)].append(place)
    used: set[int] = set()
    found = []
    for one in removed:
        places = successors[_about(one)]
        successor = None
        if places:
            used.add(places[0])
            successor = added[places.popleft()]
        found.append(RelationChange(one, successor))
    found += (RelationChange(None, one) for place, one in enumerate(added) if place not in used)
    return tuple(found)


def _without(some: Iterable[Relation], others: Iterable[Relation]) -> list[Relation]:
    """Return the relations of one list that the other does not have, or has less often."""
    left = Counter(map(_meaning, others))
    found = []
    for one in some:
        spend()
        left[_meaning(one)] -= 1
        if left[_meaning(one)] < 0:
            found.append(one)
    return found


def _meaning(one: Relation) -> Hashable:
    return one.field, one.expression


def _about(one: Relation) -> Hashable:
    return one.field, tuple(dict.fromkeys(part.name for part in constraints(one.expression)))
