"""What packages offer each other and what they refuse, as apt sees it.

A unit is one package at one position of the version order. The rules are those
of apt's package cache (its ``pkgcachegen`` and ``deblistparser``), which turns
Multi-Arch into provided names; each was confirmed with apt 2.6 on real packages.
See also Debian Policy 7.5 and the Multi-Arch specification in deb-control(5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pkgguard.families.deb.relation import range_of
from pkgguard.families.deb.version import key
from pkgguard.families.expression import Constraint, constraints
from pkgguard.versions.ranges import Cut

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from pkgguard.families.interface import Relation

REQUIRING: Final = ("Pre-Depends", "Depends")
REFUSING: Final = ("Breaks", "Conflicts")

ANY: Final = "any"


@dataclass(frozen=True, slots=True)
class Offer:
    """One name that a unit can be found under.

    ``architecture`` is where the name is seen, empty for everywhere;
    ``qualified`` is the architecture qualifier that must be used to see it.
    ``position`` is the version of the name, None where it has none. ``real`` says
    that the name is the package's own, in its own architecture. ``mistaken`` is
    the version that apt may take for the name's instead: asked for a provided
    name in one architecture, it compares the provider's own version, or the
    provided one, by the order in which it reads the packages.
    """

    name: str
    architecture: str
    qualified: str
    position: Cut | None
    real: bool = False
    mistaken: Cut | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """One package at one position: its names, its architecture, its relations.

    ``label`` is how messages call it. ``architecture`` is never ``all``.
    """

    label: str
    name: str
    architecture: str
    multi_arch: str
    position: Cut
    relations: tuple[Relation, ...]
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class World:
    """Units side by side, and the names that are free.

    Every relation that names one of ``free`` is taken to be met. Where it is
    open which version apt compares, ``generous`` takes the one that lets the
    units go together.
    """

    units: tuple[Unit, ...]
    native: str
    free: Callable[[str], bool]
    generous: bool = True

    def suppliers(self, unit: Unit, constraint: Constraint) -> Iterator[Unit]:
        """Yield the units that meet a positive constraint of a unit, itself included."""
        for other in self.units:
            if any(
                self._sees(unit, constraint, offer) and _bounds(constraint, offer, self.generous)
                for offer in other.offers
            ):
                yield other

    def refused(self, unit: Unit, constraint: Constraint) -> Iterator[Unit]:
        """Yield the units that a negative constraint of a unit keeps out.

        A unit never refuses itself, nor any package of its own name through what
        that provides, nor, if it is ``Multi-Arch: same``, another architecture of
        itself.
        """
        for other in self.units:
            for offer in other.offers:
                if other.name == unit.name and (
                    not offer.real or other.architecture == unit.architecture or unit.multi_arch == "same"
                ):
                    continue
                # Unlike a requirement, a refusal without a qualifier reaches every architecture.
                seen = (
                    self._sees(unit, constraint, offer)
                    if constraint.qualifier
                    else offer.name == constraint.name and not offer.qualified
                )
                if seen and _bounds(constraint, offer, not self.generous):
                    yield other
                    break

    def _sees(self, unit: Unit, constraint: Constraint, offer: Offer) -> bool:
        if offer.name != constraint.name:
            return False
        qualifier = self.native if constraint.qualifier == "native" else constraint.qualifier
        if qualifier or offer.qualified:
            return qualifier == offer.qualified
        return offer.architecture in ("", unit.architecture)


def _bounds(constraint: Constraint, offer: Offer, any_reading: bool) -> bool:
    if offer.mistaken is None:
        return _admits(constraint, offer.position)
    readings = (_admits(constraint, offer.position), _admits(constraint, offer.mistaken))
    return any(readings) if any_reading else all(readings)


def _admits(constraint: Constraint, position: Cut | None) -> bool:
    if constraint.operator is None:
        return True
    if position is None:
        return False
    return range_of(constraint.operator.value, constraint.version).holds(position)


def offers_of(
    name: str,
    architecture: str,
    multi_arch: str,
    position: Cut,
    provides: Sequence[Relation],
) -> tuple[Offer, ...]:
    """Give every name that a package at a position can be found under.

    ``multi_arch`` decides: ``foreign`` shows the names in every architecture,
    ``allowed`` shows them to the qualifier ``any`` as well.
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
        for provided in constraints(relation.expression):
            at = None if provided.operator is None else Cut.before(key(provided.version), provided.version)
            if provided.qualifier:
                found.append(Offer(provided.name, "", provided.qualifier, at))
                if provided.qualifier != ANY:
                    found.append(Offer(provided.name, provided.qualifier, "", at))
                continue
            found.append(Offer(provided.name, everywhere, "", at))
            found.append(Offer(provided.name, "", architecture, at, mistaken=position))
            if multi_arch == "allowed":
                found.append(Offer(provided.name, "", ANY, at))
    return tuple(found)


def multi_arch_of(attributes: Mapping[str, str], architecture: str) -> str:
    """Give the Multi-Arch value that counts: apt ignores ``same`` on ``Architecture: all``."""
    value = attributes.get("Multi-Arch", "no").lower()
    if value == "same" and architecture == "all":
        return "no"
    return value if value in {"same", "foreign", "allowed"} else "no"


def assumed_names(names: Collection[str]) -> Callable[[str], bool]:
    """Give the test for a closed set of names that meet every relation."""
    return frozenset(names).__contains__
