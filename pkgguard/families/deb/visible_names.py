"""The names that packages offer and refuse, as apt and dpkg see them.

A unit is one package at one position of the version order. The rules are those of apt's
package cache (its ``pkgcachegen`` and ``deblistparser``), which turns Multi-Arch into
provided names, and of dpkg's ``depcon.c`` and ``packages.c``, which read an
architecture qualifier differently: apt plans an installation, and dpkg may still refuse
it. Each rule was confirmed with apt 2.6 and dpkg 1.21 on real packages. See also Debian
Policy 7.5 and the Multi-Arch specification in deb-control(5).
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from pkgguard.budget import spend
from pkgguard.families.absent import Terms, refuses_all
from pkgguard.families.deb.relation import range_of
from pkgguard.families.deb.version import key
from pkgguard.families.expression import Constraint, constraints
from pkgguard.versions.sets import Boundary

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from pkgguard.diagnostics import PackageRef
    from pkgguard.families.absent import Refuser
    from pkgguard.families.interface import Relation

REQUIRING: Final = ("Pre-Depends", "Depends")
REFUSING: Final = ("Breaks", "Conflicts")

ANY: Final = "any"
NATIVE: Final = "native"


def _refuses_all(field: str, constraint: Constraint) -> bool:
    """Return whether apt or dpkg refuses all that meets a negative constraint, also by a provided name.

    dpkg applies a Breaks with the qualifier ``any`` to a provided name only if the
    provider's own version is in the bound too, and apt does not apply it.
    """
    return not constraint.qualifier or (
        constraint.qualifier == ANY and (field == "Conflicts" or constraint.operator is None)
    )


TERMS: Final = Terms(
    frozenset(REQUIRING), frozenset(REFUSING), range_of, bare=False, refuses_all=_refuses_all
)
"""Including refusals by apt or dpkg."""
APT_TERMS: Final = TERMS._replace(refuses_all=lambda _field, constraint: not constraint.qualifier)
"""Including refusals by apt."""
POSSIBLE_TERMS: Final = TERMS._replace(refuses_all=refuses_all)
"""Including refusals that depend on the architecture and on provided names."""


class Offer(NamedTuple):
    """One name that a unit can be found under.

    ``architecture`` is where apt sees the name, empty for everywhere; ``qualified`` is
    the architecture qualifier that must be used to see it. ``position`` is the version
    of the name, or None. ``real`` is whether the name is the package's own, in its own
    architecture, ``provided`` whether it comes from the field Provides. ``mistaken`` is
    the version that apt may use instead: if a provided name is required in one
    architecture, it compares the provider's own version or the provided one, depending
    on the order in which it reads the packages.
    """

    name: str
    architecture: str
    qualified: str
    position: Boundary | None
    real: bool = False
    mistaken: Boundary | None = None
    provided: bool = False


class Unit(NamedTuple):
    """One package at one position: its names, its architecture, its relations.

    ``architecture`` is never ``all``.
    """

    ref: PackageRef
    name: str
    architecture: str
    multi_arch: str
    position: Boundary
    relations: tuple[Relation, ...]
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class World:
    """Units that are installed together, and the names that are free.

    Every relation that names one of ``free`` is assumed to be met, except for positive
    constraints in ``ruled_out``, which maps each to its refuser. If it is not known
    which version apt compares, ``prefer_installable`` chooses the one with which the
    units can be installed together. ``dpkg`` is whether refusals by dpkg count in
    addition to those by apt.
    """

    units: tuple[Unit, ...]
    native: str
    free: Callable[[str], bool]
    prefer_installable: bool = True
    ruled_out: Mapping[Constraint, Refuser] = field(default_factory=dict)
    dpkg: bool = True

    _shelves: dict[str, list[_Shelf]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_shelves", _shelved(self.units))

    def met_outside(self, constraint: Constraint) -> bool:
        """Return whether a package outside the units is assumed to meet a positive constraint."""
        return self.free(constraint.name) and constraint not in self.ruled_out

    def suppliers(self, unit: Unit, constraint: Constraint) -> Iterator[Unit]:
        """Yield the units that meet a positive constraint of a unit, including itself."""
        spend()
        last: Unit | None = None
        for shelf in self._shelves.get(constraint.name, ()):
            if (
                shelf.unit is not last
                and not (self.dpkg and constraint.qualifier == NATIVE)
                and sees(unit, constraint, shelf, self.native)
                and shelf.meets(constraint, self.prefer_installable)
            ):
                last = shelf.unit
                yield shelf.unit

    def refused(self, unit: Unit, field: str, constraint: Constraint) -> Iterator[Unit]:
        """Yield the units that a negative constraint of a unit refuses, for apt or for dpkg."""
        spend()
        last: Unit | None = None
        for shelf in self._shelves.get(constraint.name, ()):
            other = shelf.unit
            if other is not last and (
                self._apt_refuses(unit, constraint, shelf)
                or (self.dpkg and self._dpkg_refuses(unit, field, constraint, shelf))
            ):
                last = other
                yield other

    def _apt_refuses(self, unit: Unit, constraint: Constraint, shelf: _Shelf) -> bool:
        """Return whether apt refuses to install a unit together with an offer.

        A unit never refuses itself, nor a package of its own name because of a name
        that it provides. A ``Multi-Arch: same`` unit does not refuse its other
        architectures.
        """
        other = shelf.unit
        if other.name == unit.name and (
            not shelf.real or other.architecture == unit.architecture or unit.multi_arch == "same"
        ):
            return False
        return refuses(unit, constraint, shelf, self.native) and shelf.meets(
            constraint, not self.prefer_installable
        )

    def _dpkg_refuses(self, unit: Unit, field: str, constraint: Constraint, shelf: _Shelf) -> bool:
        """Return whether dpkg refuses to unpack or to configure a unit together with an offer.

        The sources are dpkg's ``depisok`` for Conflicts, which compares no architecture
        of a provided name, and ``breaks_check_one`` for Breaks, which compares the
        provider's own version as well as the provided one. Only Conflicts ignores every
        package of the unit's own name.
        """
        other = shelf.unit
        if (
            other is unit
            or not (shelf.real or shelf.provided)
            or (field == "Conflicts" and other.name == unit.name)
            or not shelf.holds(constraint)
        ):
            return False
        if field == "Conflicts" and shelf.provided:
            return True
        return dpkg_reaches(constraint, other.architecture, self.native) and _holds(
            constraint, other.position
        )

    def bearers(self, name: str) -> Iterator[Unit]:
        """Yield the units that offer a name in any form, each once."""
        last: Unit | None = None
        for shelf in self._shelves.get(name, ()):
            if shelf.unit is not last:
                last = shelf.unit
                yield shelf.unit


class _Seen(Protocol):
    """Where a name is visible: the common fields of an offer and a shelf."""

    @property
    def name(self) -> str: ...
    @property
    def architecture(self) -> str: ...
    @property
    def qualified(self) -> str: ...


def sees(unit: Unit, constraint: Constraint, offer: _Seen, native: str) -> bool:
    """Return whether a positive constraint of a unit applies to an offer, in any version."""
    if offer.name != constraint.name:
        return False
    qualifier = native if constraint.qualifier == NATIVE else constraint.qualifier
    if qualifier or offer.qualified:
        return qualifier == offer.qualified
    where = native if offer.architecture == "all" else offer.architecture
    return where in ("", unit.architecture)


def refuses(unit: Unit, constraint: Constraint, offer: _Seen, native: str) -> bool:
    """Return whether a negative constraint of a unit applies to an offer, in any version.

    Unlike a requirement, a refusal without a qualifier applies to every architecture.
    """
    if constraint.qualifier:
        return sees(unit, constraint, offer, native)
    return offer.name == constraint.name and not offer.qualified


def dpkg_reaches(constraint: Constraint, architecture: str, native: str) -> bool:
    """Return whether dpkg applies a negative constraint to packages of an architecture.

    It reads ``any`` as every architecture, ``all`` as the native one, and
    ``native`` as the name of an architecture that no package has.
    """
    qualifier = native if constraint.qualifier == "all" else constraint.qualifier
    return qualifier in ("", ANY, architecture)


def _holds(constraint: Constraint, position: Boundary) -> bool:
    return constraint.operator is None or position in range_of(constraint.operator.value, constraint.version)


@dataclass(slots=True)
class _Shelf:
    """The offers of one unit that differ only in their version, sorted for bisection."""

    unit: Unit
    name: str
    architecture: str
    qualified: str
    real: bool
    provided: bool
    mistaken: Boundary | None
    positions: list[Boundary] = field(default_factory=list)

    def holds(self, constraint: Constraint) -> bool:
        """Return whether a constraint admits the version of any of the offers."""
        if constraint.operator is None:
            return True
        wanted = range_of(constraint.operator.value, constraint.version)
        return any(
            bisect_left(self.positions, low) < bisect_left(self.positions, high)
            for low, high in wanted.intervals()
        )

    def meets(self, constraint: Constraint, any_reading: bool) -> bool:
        """Return whether a constraint admits a version that apt may compare for any of the offers."""
        holds = self.holds(constraint)
        if constraint.operator is None or self.mistaken is None or holds == any_reading:
            return holds
        return self.mistaken in range_of(constraint.operator.value, constraint.version)


def _shelved(units: Sequence[Unit]) -> dict[str, list[_Shelf]]:
    shelves: dict[str, list[_Shelf]] = {}
    for unit in units:
        of_unit: dict[tuple[str, str, str, bool, bool, bool], _Shelf] = {}
        for offer in unit.offers:
            identity = (
                offer.name,
                offer.architecture,
                offer.qualified,
                offer.real,
                offer.provided,
                offer.mistaken is None,
            )
            shelf = of_unit.get(identity)
            if shelf is None:
                shelf = of_unit[identity] = _Shelf(
                    unit,
                    offer.name,
                    offer.architecture,
                    offer.qualified,
                    offer.real,
                    offer.provided,
                    offer.mistaken,
                )
                shelves.setdefault(offer.name, []).append(shelf)
            if offer.position is not None:
                shelf.positions.append(offer.position)
        for shelf in of_unit.values():
            spend()
            shelf.positions.sort()
    return shelves


def offers_of(
    name: str,
    architecture: str,
    multi_arch: str,
    position: Boundary,
    provides: Sequence[Relation],
) -> tuple[Offer, ...]:
    """Return every name under which a package at a position can be found.

    With ``multi_arch`` ``foreign``, the names are visible in every architecture; with
    ``allowed``, also to the qualifier ``any``.
    """
    everywhere = "" if multi_arch == "foreign" else architecture
    found = [
        Offer(name, architecture, "", position, real=True),
        Offer(name, "", architecture, position),
    ]
    if multi_arch == "foreign":
        found.append(Offer(name, "", "", position))
    if multi_arch == "allowed":
        found.append(Offer(name, "", ANY, position))
    for relation in provides:
        spend()
        for provided in constraints(relation.expression):
            at = None if provided.operator is None else Boundary.before(key(provided.version))
            if provided.qualifier:
                found.append(Offer(provided.name, "", provided.qualifier, at, provided=True))
                if provided.qualifier != ANY:
                    found.append(Offer(provided.name, provided.qualifier, "", at, provided=True))
                continue
            found.append(Offer(provided.name, everywhere, "", at, provided=True))
            found.append(Offer(provided.name, "", architecture, at, mistaken=position, provided=True))
            if multi_arch == "allowed":
                found.append(Offer(provided.name, "", ANY, at, provided=True))
    return tuple(found)


def multi_arch_of(attributes: Mapping[str, str], architecture: str) -> str:
    """Return the effective Multi-Arch value: apt ignores ``same`` on ``Architecture: all``."""
    value = attributes.get("Multi-Arch", "no").lower()
    if value == "same" and architecture == "all":
        return "no"
    return value if value in {"same", "foreign", "allowed"} else "no"


def assumed_names(names: Collection[str]) -> Callable[[str], bool]:
    """Return a test for exactly these names, which meet every relation."""
    return frozenset(names).__contains__
