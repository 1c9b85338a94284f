"""Whether packages can be installed together, and which versions of a peer they let in.

The judge is apt: the packages go together where ``apt-get install`` of all of
them succeeds on an empty system that holds nothing else. dpkg alone admits more
(it enforces no Depends against a later change) and, for a Breaks on a provided
versioned name or on ``name:any``, decides otherwise.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

from pkgguard.families.deb.relation import range_of
from pkgguard.families.deb.unpacking import Alternative, Clause, Step, has_order
from pkgguard.families.deb.version import key
from pkgguard.families.deb.world import (
    ANY,
    REFUSING,
    REQUIRING,
    Unit,
    World,
    assumed_names,
    multi_arch_of,
    offers_of,
)
from pkgguard.families.expression import constraints
from pkgguard.families.interface import Problem, Verdict, relations_of
from pkgguard.versions.ranges import Cut, Range, cells

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from pkgguard.families.expression import Constraint
    from pkgguard.families.interface import Package, Peer, Relation

DEFAULT_ARCHITECTURE: Final = "amd64"

_PLANNED: Final = ("Pre-Depends", "Depends", "Recommends", "Suggests", "Replaces", "Enhances")


def coinstallable(
    packages: Sequence[Package], *, assumed: Collection[str] = (), native: str | None = None
) -> Verdict:
    """Say whether packages can be installed together on an empty system.

    ``assumed`` are names of packages taken to be there and to satisfy every
    relation that names them, positive or negative. ``native`` is the native
    architecture of the system; by default it is the packages' only architecture
    or, of several, amd64. Every architecture that occurs counts as enabled.

    The order of the packages matters in one case: where a cycle through a
    Pre-Depends has several ways out, apt goes by the order of the files it is given.

    Raise :class:`VersionError` for a package whose version is none.
    """
    natives = (native,) if native else natives_of(packages)
    verdicts = [_verdict(packages, assumed_names(assumed), each) for each in natives]
    if any(verdict.installable != verdicts[0].installable for verdict in verdicts):
        reason = f"the verdict depends on the native architecture, one of {', '.join(natives)}"
        return Verdict(None, not_judged=(reason,))
    return verdicts[0]


def admitted(package: Package, peer: Peer, *, fields: Collection[str] | None = None) -> Range:
    """Give the versions of the peer that the package's own relations let in beside it.

    Names other than the peer's own and those that it provides in any of its
    versions are taken present or absent, whichever lets the peer in. The peer
    is taken to be of the package's architecture and to have the Multi-Arch value
    that lets it in, unless a positive relation asks for the peer in another
    architecture. ``fields`` limits the fields that are looked at. Versions are in
    dpkg's order.
    """
    if fields is not None:
        wanted = frozenset(fields)
        own = tuple(r for r in package.relations if r.field in wanted or r.field == "Provides")
    else:
        own = package.relations
    theirs = {peer.name}
    for _, provides in peer.provides:
        theirs |= {
            constraint.name for relation in provides for constraint in constraints(relation.expression)
        }
    native = DEFAULT_ARCHITECTURE if package.architecture == "all" else package.architecture
    deciding = [
        relation
        for relation in own
        if (relation.field in REQUIRING or relation.field in REFUSING)
        and any(one.name in theirs for one in constraints(relation.expression))
    ]
    offered: dict[str, list[Relation]] = {}
    for relation in own:
        if relation.field == "Provides":
            for one in constraints(relation.expression):
                offered.setdefault(one.name, []).append(relation)

    def with_own(clauses: Sequence[Relation]) -> tuple[Relation, ...]:
        names = {one.name for clause in clauses for one in constraints(clause.expression)}
        return (*clauses, *(relation for name in sorted(names) for relation in offered.get(name, ())))

    kinds = _kinds(own, theirs, native)
    if len(kinds) > 1:
        return _let_in(package, peer, with_own(deciding), native, kinds)
    # Without a choice of architecture each clause decides by itself, so many cost no more than their number.
    refused = (~_let_in(package, peer, with_own([clause]), native, kinds) for clause in deciding)
    return ~Range.union(refused)


def _let_in(
    package: Package,
    peer: Peer,
    relations: tuple[Relation, ...],
    native: str,
    kinds: Sequence[tuple[str, str]],
) -> Range:
    """Give the versions of the peer that some relations let in, if it is of one of these kinds."""
    theirs = {peer.name} | {
        one.name
        for _, clauses in peer.provides
        for clause in clauses
        for one in constraints(clause.expression)
    }
    cuts = {cut for versions, _ in peer.provides for cut in versions.cuts}
    for relation in relations:
        if relation.field != "Provides":
            for bound in constraints(relation.expression):
                if bound.operator is not None and (bound.name == peer.name or bound.qualifier):
                    cuts |= {*range_of(bound.operator.value, bound.version).cuts}
    unit = unit_of(package, relations, native)

    def lets_in(position: Cut) -> bool:
        provided = [r for versions, clauses in peer.provides if versions.holds(position) for r in clauses]
        for architecture, multi_arch in kinds:
            offers = offers_of(peer.name, architecture, multi_arch, position, provided)
            other = Unit(peer.name, peer.name, architecture, multi_arch, position, (), offers)
            world = World((unit, other), native, lambda name: name not in theirs)
            if not any(problems_of(world)):
                return True
        return False

    return Range.union(cell for cell in cells(cuts) if lets_in(cell.cuts[0]))


def _kinds(relations: Sequence[Relation], theirs: Collection[str], native: str) -> list[tuple[str, str]]:
    """Give the architectures and Multi-Arch values of the peer that can make a difference."""
    named = [
        (relation.field, constraint.qualifier)
        for relation in relations
        if relation.field in REQUIRING or relation.field in REFUSING
        for constraint in constraints(relation.expression)
        if constraint.name in theirs and constraint.qualifier
    ]
    if not named:
        return [(native, "no")]
    asked = {q for field, q in named if field in REQUIRING and q not in {ANY, "native", native}}
    return list(product([native, *sorted(asked)], ["no", "allowed", "foreign"]))


def natives_of(packages: Sequence[Package]) -> tuple[str, ...]:
    """Return the architectures of which one may be that of a system that takes the packages."""
    found = sorted({package.architecture for package in packages} - {"all"})
    if DEFAULT_ARCHITECTURE in found or not found:
        return (DEFAULT_ARCHITECTURE,)
    return tuple(found)


def unit_of(package: Package, relations: tuple[Relation, ...], native: str) -> Unit:
    """Return a package with some of its relations as a unit of a system."""
    architecture = native if package.architecture == "all" else package.architecture
    multi_arch = multi_arch_of(package.attributes, package.architecture)
    position = Cut.before(key(package.version), package.version)
    provides = [relation for relation in relations if relation.field == "Provides"]
    offers = offers_of(package.name, architecture, multi_arch, position, provides)
    label = f"{package.name} {package.version}"
    return Unit(label, package.name, architecture, multi_arch, position, relations, offers)


def _verdict(packages: Sequence[Package], free: Callable[[str], bool], native: str) -> Verdict:
    units = tuple(unit_of(package, package.relations, native) for package in packages)
    verdict = _judged(World(units, native, free, generous=True), packages)
    if verdict.installable is False or not _asks_by_architecture(units):
        return verdict
    if _judged(World(units, native, free, generous=False), packages).installable == verdict.installable:
        return verdict
    reason = (
        "a provided name is asked for with an architecture and a version, "
        "and apt decides by the order of the files it is given"
    )
    return Verdict(None, (), (*verdict.not_judged, reason))


def _asks_by_architecture(units: Sequence[Unit]) -> bool:
    return any(
        constraint.qualifier not in ("", ANY)
        for unit in units
        for relation in unit.relations
        for constraint in constraints(relation.expression)
    )


def _judged(world: World, packages: Sequence[Package]) -> Verdict:
    units = world.units
    problems = [*_same_name(units), *problems_of(world)]
    if problems:
        return Verdict(False, tuple(problems))
    doubts = [*_malformed(packages), *_unsettled(world)]
    if _has_pre_depends(units) and not has_order(_steps(world, packages)):
        return Verdict(False, tuple(_out_of_order(world)))
    return Verdict(None if doubts else True, (), tuple(dict.fromkeys(doubts)))


def _has_pre_depends(units: Sequence[Unit]) -> bool:
    return any(relation.field == "Pre-Depends" for unit in units for relation in unit.relations)


def _same_name(units: Sequence[Unit]) -> Iterator[Problem]:
    """Yield what is wrong with packages of one name: deb has no two of them but for Multi-Arch: same."""
    for number, unit in enumerate(units):
        for other in units[number + 1 :]:
            if unit.name != other.name:
                continue
            if unit.architecture == other.architecture:
                reason = "one package cannot be installed twice in one architecture"
            elif not (unit.multi_arch == other.multi_arch == "same"):
                reason = "one package can be installed in two architectures only if both are Multi-Arch: same"
            elif unit.position != other.position:
                reason = "a Multi-Arch: same package must have one version in every architecture"
            else:
                continue
            yield Problem(unit.label, None, (other.label,), reason)


def problems_of(world: World) -> Iterator[Problem]:
    """Yield the relations that are not met."""
    for unit in world.units:
        for relation in unit.relations:
            named = [*constraints(relation.expression)]
            if relation.field in REQUIRING:
                if not any(world.free(each.name) or any(world.suppliers(unit, each)) for each in named):
                    yield _unmet(world, unit, relation, {constraint.name for constraint in named})
            elif relation.field in REFUSING:
                for constraint in named:
                    if not world.free(constraint.name):
                        for other in world.refused(unit, constraint):
                            reason = f"{unit.label} has '{relation}', which refuses {other.label}"
                            yield Problem(unit.label, relation, (other.label,), reason)


def _unmet(world: World, unit: Unit, relation: Relation, names: Collection[str]) -> Problem:
    near = tuple(
        other.label
        for other in world.units
        if other is not unit and any(offer.name in names for offer in other.offers)
    )
    lacking = (
        f"{', '.join(near)} {'do' if len(near) > 1 else 'does'} not meet" if near else "nothing there meets"
    )
    reason = f"{unit.label} has '{relation}', which {lacking}"
    return Problem(unit.label, relation, near, reason)


def _steps(world: World, packages: Sequence[Package]) -> list[Step]:
    """Give what apt plans with."""
    steps = []
    for unit, package in zip(world.units, packages, strict=True):
        clauses = []
        for relation in (r for name in _PLANNED for r in relations_of(package, (name,))):
            named = [*constraints(relation.expression)]
            if not any(world.free(constraint.name) for constraint in named):
                alternatives = (_alternative(world, unit, constraint) for constraint in named)
                clauses.append(Clause(relation.field, tuple(alternatives)))
        attributes = package.attributes
        steps.append(
            Step(
                unit.name,
                tuple(clauses),
                # apt counts itself as essential whatever its field says.
                essential=attributes.get("Essential", "").lower() == "yes" or unit.name == "apt",
                priority=attributes.get("Priority", "").lower(),
                lockstep=unit.multi_arch == "same",
            )
        )
    return steps


def _alternative(world: World, unit: Unit, constraint: Constraint) -> Alternative:
    numbers = {id(other): number for number, other in enumerate(world.units)}
    found = [numbers[id(supplier)] for supplier in world.suppliers(unit, constraint)]
    wanted = (constraint.name, unit.architecture)
    bearers = [
        number
        for number, other in enumerate(world.units)
        if not constraint.qualifier and (other.name, other.architecture) == wanted
    ]
    bearer = bearers[0] if bearers else None
    # A package of the name itself is tried before those that provide it, of which the last given is first.
    return Alternative(tuple(sorted(found, key=lambda n: (n != bearer, -n))), bearer)


def _out_of_order(world: World) -> Iterator[Problem]:
    """Yield the Pre-Depends on a cycle, or every one if apt stumbles over something else."""
    after: dict[str, set[str]] = {unit.label: set() for unit in world.units}
    found: list[tuple[Unit, Relation, set[str]]] = []
    for unit in world.units:
        for relation in unit.relations:
            if relation.field in REQUIRING:
                named = constraints(relation.expression)
                suppliers = {s.label for constraint in named for s in world.suppliers(unit, constraint)}
                after[unit.label] |= suppliers
                if relation.field == "Pre-Depends":
                    found.append((unit, relation, suppliers))
    for middle, reached in after.items():
        for behind in after.values():
            if middle in behind:
                behind.update(reached)
    cyclic = [each for each in found if any(each[0].label in {s, *after[s]} for s in each[2])]
    for unit, relation, suppliers in cyclic or found:
        reason = (
            f"{unit.label} has '{relation}', and what must be configured before it is unpacked"
            " waits for it, or for itself, in turn"
        )
        yield Problem(unit.label, relation, tuple(sorted(suppliers)), reason)


def _malformed(packages: Sequence[Package]) -> Iterator[str]:
    for package in packages:
        for field, text, reason in package.malformed:
            yield f"{package.name} {package.version}: {field}: {text!r} cannot be read: {reason}"


def _unsettled(world: World) -> Iterator[str]:
    """Yield the relations that name something there with a qualifier that means no one architecture."""
    names = {offer.name for unit in world.units for offer in unit.offers}
    for unit in world.units:
        for relation in unit.relations:
            if relation.field in REQUIRING or relation.field in REFUSING:
                for constraint in constraints(relation.expression):
                    if constraint.qualifier == "all" and constraint.name in names:
                        reason = "':all' is no architecture that a package is installed in"
                        yield f"{unit.label}: {relation}: {reason}"
