"""Guards as relations of parcels, which can say every set of versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.families.parcel.relation import FIELDS, render
from pkgguard.families.parcel.version import version_of

from pkgguard.families.expression import Any_, Constraint, Expression, Operator, With, constraint_on
from pkgguard.families.interface import EncodedRelations, Relation
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.families.interface import AllowedVersions, GuardRequirements
    from pkgguard.versions.sets import Boundary


def encode(demand: GuardRequirements, target: str) -> EncodedRelations:
    """Write a demand as relations."""
    del target
    found = [_positive("needs", group) for group in demand.require]
    found += [
        _any("needs", [constraint_on(name, _full(least), Operator.GREATER_EQUAL) for name, least in group])
        for group in demand.protocol
    ]
    found += [_positive("likes", group) for group in demand.recommend]
    for allowed in demand.refuse:
        found += [_any("refuses", [one]) for one in _intervals(allowed.name, ~allowed.versions)]
    for slot in demand.slots:
        found += [_any("refuses", [Constraint(slot)]), _any("offers", [Constraint(slot)])]
    found += [_any("offers", [constraint_on(name, _full(version))]) for name, version in demand.provide]
    return EncodedRelations(tuple(sorted(dict.fromkeys(found), key=lambda one: FIELDS.index(one.field))))


def _full(version: str) -> str:
    return version and f"{version}.0"  # a protocol has two numbers, a parcel three


def _positive(field: str, group: tuple[AllowedVersions, ...]) -> Relation:
    some = [one for allowed in group for one in _intervals(allowed.name, allowed.versions)]
    return _any(field, some or [Constraint(allowed.name) for allowed in group])


def _intervals(name: str, versions: VersionSet) -> Iterator[Expression]:
    for low, high in versions.intervals():
        bounds = [] if low.rank else [Constraint(name, Operator.GREATER_EQUAL, _least_from(low))]
        bounds += [] if high.rank else [Constraint(name, Operator.LESS, _least_from(high))]
        yield With(tuple(bounds)) if len(bounds) > 1 else bounds[0] if bounds else Constraint(name)


def _least_from(boundary: Boundary) -> str:
    """Return the least version above a boundary: just after a version stands its next build."""
    *rest, build = boundary.key
    return version_of((*rest, build + boundary.side))


def _any(field: str, some: list[Expression] | list[Constraint]) -> Relation:
    expression = some[0] if len(some) == 1 else Any_(tuple(some))
    return Relation(field, render(expression), expression)
