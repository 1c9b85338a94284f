"""Encoding a guard as rpm relations.

Since rpm 4.14, ``with`` applies both ends of an interval to one package, ``or`` joins
intervals, and a rich Conflicts expresses a hole exactly. ``rpm-legacy`` has none of
these: an interval is two Requires, and Conflicts prevent two providers from satisfying
one each. Anything more is narrowed to one interval. Bounds never have a release, so
every rebuild fits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.families.approximate import excluded_releases, keep_one_interval
from pkgguard.families.expression import Any_, Constraint, Operator, With, constraint_on
from pkgguard.families.interface import AllowedVersions, EncodedRelations, Relation
from pkgguard.families.losses import (
    ALTERNATIVE_LEFT_OUT,
    CHOICE_NOT_REQUIRED,
    HOLE_REFUSED,
    RECOMMENDATION_LEFT_OUT,
    loss,
)
from pkgguard.families.rpm.relation import render
from pkgguard.families.rpm.version import HIGH, LOW, version_of
from pkgguard.versions.sets import BOTTOM, TOP, Boundary, VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.diagnostics import Diagnostic
    from pkgguard.families.expression import Expression
    from pkgguard.families.interface import GuardRequirements

FIELDS: Final = ("Requires", "Recommends", "Conflicts", "Provides")
"""The tags that the encoder writes, in this order."""

LEGACY: Final = "rpm-legacy"
"""The dialect without rich and weak dependencies (rpm before 4.12, and 4.13 without ``with``)."""


def encode(demand: GuardRequirements, target: str) -> EncodedRelations:
    """Return the relations of a guard for ``rpm`` or ``rpm-legacy``."""
    losses: list[Diagnostic] = []
    legacy = target == LEGACY
    if legacy:
        demand = _without_rich(demand, losses)
    relations: list[Relation] = []
    for group in demand.require:
        relations += _positive("Requires", group, legacy=legacy)
    for choices in demand.protocol:
        at_least = [constraint_on(name, version, Operator.GREATER_EQUAL) for name, version in choices]
        relations.append(_relation("Requires", _any(at_least)))
    for group in demand.recommend:
        relations += _positive("Recommends", group, legacy=legacy)
    for allowed in demand.refuse:
        relations += _negative(allowed)
    for slot in demand.slots:
        relations += (_relation("Conflicts", Constraint(slot)), _relation("Provides", Constraint(slot)))
    for name, version in demand.provide:
        relations.append(_relation("Provides", constraint_on(name, version)))
    unique = dict.fromkeys(relations)
    return EncodedRelations(
        tuple(sorted(unique, key=lambda one: FIELDS.index(one.field))), tuple(dict.fromkeys(losses))
    )


def _positive(field: str, group: tuple[AllowedVersions, ...], *, legacy: bool) -> list[Relation]:
    present = [allowed for allowed in group if allowed.versions]
    if not present:
        # Nothing fits. Conflicts of the same package refuses it, and this relation names what is missing.
        return [_relation(field, _any([Constraint(allowed.name) for allowed in group]))]
    if legacy:
        return [_relation(field, bound) for allowed in present for bound in _bounds(allowed)]
    parts = [_interval(allowed, *pair) for allowed in present for pair in allowed.versions.intervals()]
    return [_relation(field, _any(parts))]


def _bounds(allowed: AllowedVersions) -> list[Constraint]:
    low, high = allowed.versions.boundaries
    bounds = [] if low == BOTTOM else [_at_least(allowed, low)]
    bounds += [] if high == TOP else [_below(allowed, high)]
    return bounds or [Constraint(allowed.name)]


def _negative(allowed: AllowedVersions) -> Iterator[Relation]:
    if not allowed.versions:
        yield _relation("Conflicts", Constraint(allowed.name))
        return
    for low, high in (~allowed.versions).intervals():
        yield _relation("Conflicts", _interval(allowed, low, high))


def _interval(allowed: AllowedVersions, low: Boundary, high: Boundary) -> Expression:
    if low == BOTTOM:
        return Constraint(allowed.name) if high == TOP else _below(allowed, high)
    if high == TOP:
        return _at_least(allowed, low)
    if low.key == high.key:
        return Constraint(allowed.name, Operator.EQUAL, allowed.spelled(low, version_of))
    return With((_at_least(allowed, low), _below(allowed, high)))


def _any(parts: list[Expression] | list[Constraint]) -> Expression:
    unique = tuple(dict.fromkeys(parts))
    return unique[0] if len(unique) == 1 else Any_(unique)


def _without_rich(demand: GuardRequirements, losses: list[Diagnostic]) -> GuardRequirements:
    narrowed = {allowed.name: _narrow(allowed, losses) for allowed in demand.refuse}
    require = []
    for group in demand.require:
        present = [allowed for allowed in group if allowed.versions] or list(group)
        first, *rest = present
        require.append((narrowed.get(first.name) or _narrow(first, losses),))
        for other in rest:
            reason = f"without rich dependencies only one package can be required: {first.name}"
            lost = excluded_releases(other, VersionSet.empty())
            losses.append(loss(ALTERNATIVE_LEFT_OUT, other.name, reason, lost))
    for choices in demand.protocol:
        if len(choices) > 1:
            names = " or ".join(f"{name} >= {version}" for name, version in choices)
            reason = "without rich dependencies this choice cannot be expressed; only packages are bounded"
            losses.append(loss(CHOICE_NOT_REQUIRED, names, reason))
    protocol = tuple(choices for choices in demand.protocol if len(choices) == 1)
    for group in demand.recommend:
        reason = "without weak dependencies the optional needs cannot be recommended"
        losses += (loss(RECOMMENDATION_LEFT_OUT, allowed.name, reason) for allowed in group)
    refuse = tuple(narrowed.values())
    return type(demand)(tuple(require), refuse, (), protocol, demand.provide, demand.slots)


def _narrow(allowed: AllowedVersions, losses: list[Diagnostic]) -> AllowedVersions:
    kept, lost = keep_one_interval(allowed)
    if kept is not allowed:
        reason = (
            "without rich dependencies a hole cannot be expressed; the versions beyond it are refused as well"
        )
        losses.append(loss(HOLE_REFUSED, allowed.name, reason, lost))
    return kept


def _at_least(allowed: AllowedVersions, boundary: Boundary) -> Constraint:
    operator = Operator.GREATER if _is_after(boundary) else Operator.GREATER_EQUAL
    return Constraint(allowed.name, operator, allowed.spelled(boundary, version_of))


def _below(allowed: AllowedVersions, boundary: Boundary) -> Constraint:
    operator = Operator.LESS_EQUAL if _is_after(boundary) else Operator.LESS
    return Constraint(allowed.name, operator, allowed.spelled(boundary, version_of))


def _is_after(boundary: Boundary) -> bool:
    """Return whether a boundary is after all packages that match its version as written.

    A bound without a release matches every release of its version (rpm-version(7)), so
    the position above all of them is after it.
    """
    if boundary.side and boundary.key[2] == LOW:
        raise ValueError(f"no bound is between {version_of(boundary.key)} and its releases")
    return bool(boundary.side) or boundary.key[2] == HIGH


def _relation(field: str, expression: Expression) -> Relation:
    return Relation(field, render(expression), expression)
