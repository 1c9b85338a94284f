"""How the relations of one package judge any version of another one, if only these two are installed.

The answers are those of :func:`pkgguard.families.deb.evaluate.coinstallable` for the
two packages, if all names that neither provides are assumed to be present. One answer
serves all packages of one profile, so many pairs are judged without evaluating each
pair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.families.deb.evaluate import admitted_by, met_without, natives_of, unit_of
from pkgguard.families.deb.visible_names import REFUSING, REQUIRING, World, multi_arch_of
from pkgguard.families.expression import constraints
from pkgguard.families.interface import Peer
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Hashable

    from pkgguard.families.interface import Package, Relation


def profile(package: Package) -> Hashable | None:
    """Return the profile of a package, or None if each pair with it must be judged.

    That is necessary if the order of unpacking or an architecture may decide, or if a
    relation could not be read.
    """
    if package.malformed or any(map(_needs_the_pair, package.relations)):
        return None
    multi_arch = multi_arch_of(package.attributes, package.architecture)
    provides = tuple(relation.text for relation in _provides(package))
    return package.name, package.architecture, multi_arch, provides


def accepts(package: Package, other: Package) -> VersionSet:
    """Return the versions of ``other`` with which all of the package's own relations are met.

    Both packages must have a profile, and different names.
    """
    native, *_ = natives_of((package, other))
    ours, theirs = _provides(package), tuple(_provides(other))
    brought = {package.name, other.name} | {
        one.name for relation in (*ours, *theirs) for one in constraints(relation.expression)
    }
    alone = World((unit_of(package, tuple(ours), native),), native, lambda name: name not in brought)
    clauses = dict.fromkeys(
        (relation.field in REQUIRING, tuple(constraints(relation.expression)))
        for relation in package.relations
        if relation.field in (*REQUIRING, *REFUSING) and not met_without(alone, relation)
    )
    architecture = native if other.architecture == "all" else other.architecture
    multi_arch = multi_arch_of(other.attributes, other.architecture)
    peer = Peer(other.name, ((VersionSet.full(), theirs),))
    return admitted_by(alone, peer, list(clauses), architecture, multi_arch)


def _needs_the_pair(relation: Relation) -> bool:
    return relation.field == "Pre-Depends" or (
        relation.field in (*REQUIRING, *REFUSING, "Provides")
        and any(one.qualifier for one in constraints(relation.expression))
    )


def _provides(package: Package) -> list[Relation]:
    return [relation for relation in package.relations if relation.field == "Provides"]
