"""Encoding a guard as Debian relations.

Depends is a conjunction of alternatives. It is exact if each name has one installed
provider. Breaks repeats every bound, because dpkg does not check Depends again when a
peer is upgraded. Two Breaks clauses are a union, so Breaks can only refuse everything
below or above a bound, and single versions (Policy 7.2, 7.3). Every upper end of a set
has a tilde, so that the prereleases of the first version outside are refused too.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final

from pkgguard.families.approximate import keep_one_interval
from pkgguard.families.deb.relation import render
from pkgguard.families.deb.version import key, version_of
from pkgguard.families.expression import Any_, Constraint, Operator, constraint_on
from pkgguard.families.interface import EncodedRelations, Relation
from pkgguard.families.losses import ALTERNATIVE_LEFT_OUT, HOLE_NOT_ENFORCED, HOLE_REFUSED, loss
from pkgguard.versions.sets import BOTTOM, TOP, Boundary, VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pkgguard.diagnostics import Diagnostic
    from pkgguard.families.interface import AllowedVersions, GuardRequirements

FIELDS: Final = ("Depends", "Recommends", "Breaks", "Conflicts", "Provides")
"""The fields that the encoder writes, in this order."""

MOST_CLAUSES: Final = 64
"""The clauses of alternatives with holes multiply; with more than this many, the holes are given up."""

_Clause = tuple[Constraint, ...]


def encode(demand: GuardRequirements, target: str) -> EncodedRelations:
    """Return the Debian relations of a guard; ``target`` is always ``deb``."""
    del target
    losses: list[Diagnostic] = []
    relations: list[Relation] = []
    refused = {allowed.name: allowed.versions for allowed in demand.refuse}
    for group in demand.require:
        relations += _positive("Depends", group, losses, refused)
    for choices in demand.protocol:
        at_least = tuple(constraint_on(name, version, Operator.GREATER_EQUAL) for name, version in choices)
        relations.append(_relation("Depends", at_least))
    for group in demand.recommend:
        relations += _positive("Recommends", group, losses, refused)
    # If only one package is required, its Depends always applies to it.
    spoken_for = {group[0].name for group in demand.require if len(group) == 1}
    for allowed in demand.refuse:
        relations += _negative(allowed, losses, depended_on=allowed.name in spoken_for)
    for slot in demand.slots:
        relations.append(_relation("Conflicts", (Constraint(slot),)))
        relations.append(_relation("Provides", (Constraint(slot),)))
    for name, version in demand.provide:
        relations.append(_relation("Provides", (constraint_on(name, version),)))
    unique = dict.fromkeys(relations)
    return EncodedRelations(
        tuple(sorted(unique, key=lambda one: FIELDS.index(one.field))), tuple(dict.fromkeys(losses))
    )


def _positive(
    field: str,
    group: tuple[AllowedVersions, ...],
    losses: list[Diagnostic],
    refused: Mapping[str, VersionSet],
) -> list[Relation]:
    """Require one of a group; ``refused`` has the versions of each package that Breaks leaves."""
    present = [allowed for allowed in group if allowed.versions]
    if not present:
        # Nothing fits. Breaks of the same package refuses it, and this relation names what is missing.
        return [_relation(field, tuple(Constraint(allowed.name) for allowed in group))]
    if len(present) > 1 and all(_is_held(allowed, refused) for allowed in present):
        return [_relation(field, clause) for clause in _joined(present)]
    if len(present) > 1:
        present = [_beyond(allowed, refused.get(allowed.name)) for allowed in present]
    count = _count(present)
    if count > MOST_CLAUSES:
        narrowed = []
        for allowed in present:
            kept, lost = keep_one_interval(allowed)
            narrowed.append(kept)
            if lost:
                reason = f"{field} would need {count} clauses for its holes; one part was kept"
                losses.append(loss(HOLE_REFUSED, allowed.name, reason, lost))
        present = narrowed
    if _count(present) <= MOST_CLAUSES:
        return [_relation(field, clause) for clause in _combined(present)]
    if all(allowed.name in refused for allowed in present):
        # Breaks refuses every version outside, so any installed version fits.
        return [_relation(field, tuple(_cnf(allowed)[0][0] for allowed in present))]
    fewer = present
    while _count(fewer) > MOST_CLAUSES:
        *fewer, last = fewer
        reason = f"{field} would need too many clauses for so many alternatives; this one was left out"
        losses.append(loss(ALTERNATIVE_LEFT_OUT, last.name, reason))
    return [_relation(field, clause) for clause in _combined(fewer)]


def _is_held(allowed: AllowedVersions, refused: Mapping[str, VersionSet]) -> bool:
    """Return whether Breaks refuses every version of a package that is not allowed."""
    return refused.get(allowed.name) == allowed.versions and len(allowed.versions.boundaries) == 2


def _joined(group: list[AllowedVersions]) -> list[_Clause]:
    """Return one clause with the lower bounds of all packages, and another with the upper bounds.

    Two different packages could satisfy one clause each, but then Breaks refuses both.
    So every package that satisfies a clause fits.
    """
    lower: list[Constraint] = []
    upper: list[Constraint] = []
    for allowed in group:
        low, high = allowed.versions.boundaries
        lower.append(Constraint(allowed.name) if low == BOTTOM else _at_least(allowed, low))
        upper.append(Constraint(allowed.name) if high == TOP else _below(allowed, high))
    clauses = [tuple(clause) for clause in (lower, upper) if any(part.operator for part in clause)]
    return clauses or [tuple(lower)]


def _beyond(allowed: AllowedVersions, held: VersionSet | None) -> AllowedVersions:
    """Return a set without the bounds that Breaks enforces for a package anyway."""
    if held is None or len(held.boundaries) != 2 or len(allowed.versions.boundaries) != 2:
        return allowed
    (low, high), (least, end) = allowed.versions.boundaries, held.boundaries
    kept = VersionSet((BOTTOM if low == least else low, TOP if high == end else high))
    return allowed._replace(versions=kept)


def _count(group: list[AllowedVersions]) -> int:
    """Return the number of clauses of a group of alternatives, which multiply."""
    return prod(len(_cnf(allowed)) for allowed in group)


def _combined(group: list[AllowedVersions]) -> list[_Clause]:
    # The union of two conjunctions A and B is the conjunction of all "clause of A or clause of B".
    return [
        tuple(part for clause in combination for part in clause) for combination in product(*map(_cnf, group))
    ]


def _cnf(allowed: AllowedVersions) -> list[_Clause]:
    boundaries = allowed.versions.boundaries
    if len(boundaries) == 2 and boundaries[0].key == boundaries[1].key and not boundaries[0].rank:
        return [(Constraint(allowed.name, Operator.EQUAL, allowed.spelled(boundaries[0], version_of)),)]
    clauses: list[_Clause] = []
    if boundaries[0] != BOTTOM:
        clauses.append((_at_least(allowed, boundaries[0]),))
    clauses += [(_below(allowed, low), _at_least(allowed, high)) for low, high in allowed.versions.holes()]
    if boundaries[-1] != TOP:
        clauses.append((_below(allowed, boundaries[-1]),))
    return clauses or [(Constraint(allowed.name),)]


def _negative(allowed: AllowedVersions, losses: list[Diagnostic], *, depended_on: bool) -> Iterator[Relation]:
    if not allowed.versions:
        yield _relation("Breaks", (Constraint(allowed.name),))
        return
    holes = list(allowed.versions.holes())
    enumerated = [
        version
        for version in sorted(allowed.published, key=key)
        if any(low <= Boundary.before(key(version)) < high for low, high in holes)
    ]
    if holes and not depended_on:
        allowed, lost = keep_one_interval(allowed)
        enumerated = []
        reason = "Breaks cannot express a hole; the versions beyond it are refused as well"
        losses.append(loss(HOLE_REFUSED, allowed.name, reason, lost))
    elif holes:
        shown = ", ".join(f"{_shown(allowed, low)} until {_shown(allowed, high)}" for low, high in holes)
        named = f"; Breaks names the published {', '.join(enumerated)} in it" if enumerated else ""
        reason = (
            f"only Depends excludes the hole {shown}: apt refuses it,"
            f" but dpkg alone allows a later upgrade of the peer into it{named}"
        )
        losses.append(loss(HOLE_NOT_ENFORCED, allowed.name, reason))
    boundaries = allowed.versions.boundaries
    if boundaries[0] != BOTTOM:
        yield _relation("Breaks", (_below(allowed, boundaries[0]),))
    for version in enumerated:
        yield _relation("Breaks", (Constraint(allowed.name, Operator.EQUAL, version),))
    if boundaries[-1] != TOP:
        yield _relation("Breaks", (_at_least(allowed, boundaries[-1]),))


def _shown(allowed: AllowedVersions, boundary: Boundary) -> str:
    return f"{'after ' if boundary.side else ''}{allowed.spelled(boundary, version_of)}"


def _at_least(allowed: AllowedVersions, boundary: Boundary) -> Constraint:
    operator = Operator.GREATER if boundary.side else Operator.GREATER_EQUAL
    return Constraint(allowed.name, operator, allowed.spelled(boundary, version_of))


def _below(allowed: AllowedVersions, boundary: Boundary) -> Constraint:
    operator = Operator.LESS_EQUAL if boundary.side else Operator.LESS
    return Constraint(allowed.name, operator, allowed.spelled(boundary, version_of))


def _relation(field: str, clause: _Clause) -> Relation:
    expression = clause[0] if len(clause) == 1 else Any_(tuple(dict.fromkeys(clause)))
    return Relation(field, render(expression), expression)
