"""Whether packages can be installed together, and which versions of a peer they admit.

The reference is ``apt-get install`` of all of them on an empty system: apt must plan
it. If dpkg then refuses to unpack or to configure one of them, which ``apt-get
--simulate`` does not show, the verdict reports that too. dpkg alone admits more (it
does not enforce Depends against a later change), but it refuses more if a negative
relation, or the name that it matches, has an architecture qualifier. The versions that
a package admits are those that apt plans, because a refusal of dpkg alone leaves a
half-installed system.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.families.absent import disputed, ruled_out
from pkgguard.families.deb.doubts import (
    are_qualified,
    asks_by_architecture,
    malformed,
    possibly_refused,
    unsettled,
)
from pkgguard.families.deb.problems import out_of_order, problems_of, same_name
from pkgguard.families.deb.relation import range_of
from pkgguard.families.deb.version import key
from pkgguard.families.deb.visible_names import (
    ANY,
    APT_TERMS,
    POSSIBLE_TERMS,
    REFUSING,
    REQUIRING,
    TERMS,
    Unit,
    World,
    assumed_names,
    dpkg_reaches,
    multi_arch_of,
    offers_of,
    refuses,
    sees,
)
from pkgguard.families.expression import constraints
from pkgguard.families.interface import InstallabilityVerdict
from pkgguard.families.limits import PROBLEMS
from pkgguard.versions.sets import Boundary, VersionSet

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from typing import TypeAlias

    from pkgguard.families.absent import Refuser
    from pkgguard.families.deb.visible_names import Offer
    from pkgguard.families.expression import Constraint
    from pkgguard.families.interface import Package, Peer, Relation

    OpenClause: TypeAlias = tuple[bool, tuple[Constraint, ...]]
    """Whether a clause requires, and its alternatives."""

DEFAULT_ARCHITECTURE: Final = "amd64"

_MOVING: Final = Boundary.before(())
"""A placeholder for the peer's own version."""
"""A placeholder in an offer for the version of a peer that is judged in all of its versions."""


def coinstallable(
    packages: Sequence[Package], *, assumed: Collection[str] = (), native: str | None = None
) -> InstallabilityVerdict:
    """Return whether packages can be installed together on an empty system.

    ``assumed`` are names of packages that are assumed to be present and to satisfy
    every relation that names them, positive or negative. This does not hold for a
    needed package if the packages refuse every suitable version of it. If they need
    versions that no single package has, the verdict is not known. ``native`` is the
    native architecture of the system; by default it is the packages' only architecture
    or, of several, amd64. Every architecture that occurs counts as enabled.

    The order of the packages matters in one case: if a cycle with a Pre-Depends has
    several solutions, apt decides by the order of the given files.

    Raises :class:`VersionError` for a package with an invalid version.
    """
    natives = (native,) if native else natives_of(packages)
    refused = ruled_out(packages, frozenset(assumed), TERMS)
    verdicts = [_verdict(packages, assumed_names(assumed), refused, each) for each in natives]
    if any(verdict.installable != verdicts[0].installable for verdict in verdicts):
        reason = f"the verdict depends on the native architecture, one of {', '.join(natives)}"
        return InstallabilityVerdict(None, not_judged=(reason,))
    verdict = verdicts[0]
    if verdict.installable is False:
        planned = ruled_out(packages, frozenset(assumed), APT_TERMS)
        by_apt = [
            _verdict(packages, assumed_names(assumed), planned, each, dpkg=False).installable
            for each in natives
        ]
        if by_apt.count(False) == len(by_apt):
            return verdict
        # apt plans the installation, and dpkg refuses some of it.
        return InstallabilityVerdict(by_apt[0] if len(set(by_apt)) == 1 else None, left_out=verdict.problems)
    doubts = [*disputed(packages, frozenset(assumed), TERMS)]
    if are_qualified(packages, REFUSING) and not doubts:
        possibly = ruled_out(packages, frozenset(assumed), POSSIBLE_TERMS)
        if possibly.keys() != refused.keys():
            doubts += possibly_refused(_verdict(packages, assumed_names(assumed), possibly, natives[0]))
    return InstallabilityVerdict(None, (), (*verdict.not_judged, *doubts)) if doubts else verdict


def admitted(package: Package, peer: Peer, *, fields: Collection[str] | None = None) -> VersionSet:
    """Return the versions of the peer that the package's own relations admit.

    Names that the peer neither has nor provides in any version are assumed to be
    present or absent, whichever admits the peer. The peer is assumed to be of the
    package's architecture and to have the Multi-Arch value that admits it, unless a
    positive relation requires it in another architecture. ``fields`` limits the fields
    that are considered. Versions are in dpkg's order.
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
    deciding: list[Relation] = []
    asked: set[str] = set()
    choice = False
    for relation in own:
        spend()
        if relation.field not in REQUIRING and relation.field not in REFUSING:
            continue
        named = [constraint for constraint in constraints(relation.expression) if constraint.name in theirs]
        if not named:
            continue
        deciding.append(relation)
        qualifiers = {constraint.qualifier for constraint in named if constraint.qualifier}
        choice |= bool(qualifiers)
        if relation.field in REQUIRING:
            asked |= qualifiers - {ANY, "native", native}
    wanted_names = {
        constraint.name for relation in deciding for constraint in constraints(relation.expression)
    }
    provided = tuple(
        relation
        for relation in own
        if relation.field == "Provides"
        and any(constraint.name in wanted_names for constraint in constraints(relation.expression))
    )
    alone = World((unit_of(package, provided, native),), native, lambda name: name not in theirs)
    # A clause that other packages decide has the same result for every version and architecture of the peer.
    open_clauses = list(
        dict.fromkeys(
            (relation.field in REQUIRING, tuple(constraints(relation.expression)))
            for relation in deciding
            if not met_without(alone, relation)
        )
    )
    values = ("no", "allowed", "foreign") if choice else ("no",)
    qualified = any(
        constraint.qualifier
        for _, provides in peer.provides
        for relation in provides
        for constraint in constraints(relation.expression)
    )
    fitting = asked if qualified else _architectures(open_clauses, asked)
    return VersionSet.union(
        admitted_by(alone, peer, open_clauses, architecture, value)
        for architecture in [native, *sorted(fitting)]
        for value in values
    )


def met_without(alone: World, relation: Relation) -> bool:
    """Return whether a clause is met without the peer: by the package itself, or by a free name."""
    return relation.field in REQUIRING and any(
        alone.free(one.name) or any(alone.suppliers(alone.units[0], one))
        for one in constraints(relation.expression)
    )


def _architectures(clauses: Sequence[OpenClause], asked: Collection[str]) -> set[str]:
    """Return the requested architectures in which the peer may meet every clause.

    If every alternative of a clause has a qualifier, it can only be met in an
    architecture that it names, unless one of them is ``any`` or an architecture that
    was not requested (the native one).
    """
    everywhere = frozenset(asked)
    fitting = set(asked)
    for positive, named in clauses:
        qualifiers = {one.qualifier for one in named}
        if positive and qualifiers <= everywhere:
            fitting &= qualifiers
    return fitting


def admitted_by(
    alone: World, peer: Peer, clauses: Sequence[OpenClause], architecture: str, multi_arch: str
) -> VersionSet:
    """Return the versions of the peer that clauses admit, for one architecture and Multi-Arch value.

    Each clause decides independently, and each offer of the peer matches a set of its
    versions, so the cost is linear.
    """
    unit = alone.units[0]
    own_name = offers_of(peer.name, architecture, multi_arch, _MOVING, ())
    offered: dict[str, list[tuple[VersionSet, Offer]]] = {
        peer.name: [(VersionSet.full(), o) for o in own_name]
    }
    for versions, provides in peer.provides:
        for offer in offers_of(peer.name, architecture, multi_arch, _MOVING, provides)[len(own_name) :]:
            offered.setdefault(offer.name, []).append((versions, offer))

    def satisfying(one: Constraint) -> VersionSet:
        return VersionSet.union(
            versions & _admitting(one, offer, any)
            for versions, offer in offered.get(one.name, ())
            if sees(unit, one, offer, alone.native)
        )

    def refused_by(one: Constraint) -> VersionSet:
        return VersionSet.union(
            versions & _admitting(one, offer, all)
            for versions, offer in offered.get(one.name, ())
            if refuses(unit, one, offer, alone.native)
            and (offer.provided or dpkg_reaches(one, architecture, alone.native))
            and not (peer.name == unit.name and (not offer.real or spared))
        )

    spared = architecture == unit.architecture or unit.multi_arch == "same"
    refused: list[VersionSet] = []
    for positive, named in clauses:
        spend()
        if positive:
            refused.append(~VersionSet.union(satisfying(one) for one in named))
        else:
            refused += (refused_by(one) for one in named if not alone.free(one.name))
        if refused[-1:] == [VersionSet.full()]:
            return VersionSet.empty()
    return ~VersionSet.union(refused)


def _admitting(
    constraint: Constraint, offer: Offer, readings: Callable[[Iterable[bool]], bool]
) -> VersionSet:
    """Return the positions of the peer at which one of its offers meets a constraint."""
    if constraint.operator is None:
        return VersionSet.full()
    wanted = range_of(constraint.operator.value, constraint.version)
    if offer.position is _MOVING:
        return wanted
    fixed = offer.position is not None and offer.position in wanted
    if offer.mistaken is None:
        return VersionSet.full() if fixed else VersionSet.empty()
    if readings is any:
        return VersionSet.full() if fixed else wanted
    return wanted if fixed else VersionSet.empty()


def natives_of(packages: Sequence[Package]) -> tuple[str, ...]:
    """Return the possible native architectures of a system that accepts the packages."""
    found = sorted({package.architecture for package in packages} - {"all"})
    if DEFAULT_ARCHITECTURE in found or not found:
        return (DEFAULT_ARCHITECTURE,)
    return tuple(found)


def unit_of(package: Package, relations: tuple[Relation, ...], native: str) -> Unit:
    """Return a package with some of its relations as a unit of a system."""
    architecture = native if package.architecture == "all" else package.architecture
    multi_arch = multi_arch_of(package.attributes, package.architecture)
    position = Boundary.before(key(package.version))
    provides = [relation for relation in relations if relation.field == "Provides"]
    offers = offers_of(package.name, architecture, multi_arch, position, provides)
    return Unit(package.ref, package.name, architecture, multi_arch, position, relations, offers)


def _verdict(
    packages: Sequence[Package],
    free: Callable[[str], bool],
    refused: Mapping[Constraint, Refuser],
    native: str,
    *,
    dpkg: bool = True,
) -> InstallabilityVerdict:
    units = tuple(unit_of(package, package.relations, native) for package in packages)
    verdict = _judged(World(units, native, free, True, refused, dpkg), packages)
    if verdict.installable is False or not asks_by_architecture(units):
        return verdict
    strict = World(units, native, free, False, refused, dpkg)
    if _judged(strict, packages).installable == verdict.installable:
        return verdict
    reason = (
        "a provided name is required with an architecture and a version, "
        "and apt decides by the order of the given files"
    )
    return InstallabilityVerdict(None, (), (*verdict.not_judged, reason))


def _judged(world: World, packages: Sequence[Package]) -> InstallabilityVerdict:
    units = world.units
    problems = [*islice(chain(same_name(units), problems_of(world)), PROBLEMS)]
    if problems:
        return InstallabilityVerdict(False, tuple(problems))
    doubts = [*malformed(packages), *unsettled(world)]
    if _has_pre_depends(units):
        from pkgguard.families.deb.planning import has_plan  # noqa: PLC0415 - rare, and slow to load

        if not has_plan(world, packages):
            return InstallabilityVerdict(False, tuple(out_of_order(world)))
    return InstallabilityVerdict(None if doubts else True, (), tuple(dict.fromkeys(doubts)))


def _has_pre_depends(units: Sequence[Unit]) -> bool:
    return any(relation.field == "Pre-Depends" for unit in units for relation in unit.relations)
