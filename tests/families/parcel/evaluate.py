"""What can be installed together: every need met by some parcel, and none that another one refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.families.parcel.version import key, range_of

from pkgguard.families.expression import Any_, Constraint, Expression, With, constraints
from pkgguard.families.interface import InstallabilityVerdict, Problem
from pkgguard.versions.sets import Boundary, VersionSet

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pkgguard.families.interface import Package, Peer


def versions_of(expression: Expression, name: str) -> VersionSet:
    """Return the versions of a name that meet an expression."""
    match expression:
        case Any_(of):
            return VersionSet.union(versions_of(one, name) for one in of)
        case With(of):
            return ~VersionSet.union(~versions_of(one, name) for one in of)
        case Constraint(other, operator, version):
            if other != name:
                return VersionSet.empty()
            return range_of(operator.value, version) if operator else VersionSet.full()
    raise AssertionError(expression)


def _offers(package: Package) -> list[tuple[str, Boundary | None]]:
    offered: list[tuple[str, Boundary | None]] = [(package.name, Boundary.before(key(package.version)))]
    for relation in package.relations:
        if relation.field == "offers":
            (one,) = constraints(relation.expression)
            offered.append((one.name, Boundary.before(key(one.version)) if one.operator else None))
    return offered


def _meets(package: Package, expression: Expression) -> bool:
    return any(
        versions_of(expression, name) == VersionSet.full()
        if at is None
        else at in versions_of(expression, name)
        for name, at in _offers(package)
    )


def coinstallable(packages: Sequence[Package], *, assumed: Collection[str] = ()) -> InstallabilityVerdict:
    """Return whether parcels can be installed together."""
    problems = []
    for package in packages:
        for relation in package.relations:
            others = [one for one in packages if one is not package and _meets(one, relation.expression)]
            free = any(one.name in assumed for one in constraints(relation.expression))
            if (
                relation.field == "needs"
                and not others
                and not free
                and not _meets(package, relation.expression)
            ):
                problems.append(
                    Problem(package.ref, relation, (), f"{package.ref} has '{relation}', which nothing meets")
                )
            elif relation.field == "refuses" and others:
                met = tuple(other.ref for other in others)
                reason = f"{package.ref} has '{relation}', which {met[0]} meets"
                problems.append(Problem(package.ref, relation, met, reason))
    return InstallabilityVerdict(not problems, tuple(problems))


def admitted(package: Package, peer: Peer, *, fields: Collection[str] | None = None) -> VersionSet:
    """Return the versions of a peer that a parcel's relations admit."""
    found = VersionSet.full()
    for relation in package.relations:
        if fields is not None and relation.field not in fields:
            continue
        met = versions_of(relation.expression, peer.name)
        for versions, provides in peer.provides:
            for provided in provides:
                (one,) = constraints(provided.expression)
                offered = versions_of(relation.expression, one.name)
                if (
                    Boundary.before(key(one.version)) in offered
                    if one.operator
                    else offered == VersionSet.full()
                ):
                    met |= versions
        names = {one.name for one in constraints(relation.expression)}
        ours = {
            peer.name,
            *(one.name for _, some in peer.provides for it in some for one in constraints(it.expression)),
        }
        if relation.field == "needs" and names <= ours:
            found &= met
        elif relation.field == "refuses":
            found -= met
    return found
