"""The Debian family: packages judged as dpkg and apt judge them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.families.assembled import Assembled
from pkgguard.families.deb import relation, version
from pkgguard.families.interface import Pitfall, Traits
from pkgguard.families.releases import TildeReleases

if TYPE_CHECKING:
    from pkgguard.families.interface import Family

FAMILY: Final[Family] = Assembled(
    name="deb",
    traits=Traits(
        requiring=frozenset({"Pre-Depends", "Depends"}),
        early=frozenset({"Pre-Depends"}),
        refusing=frozenset({"Breaks", "Conflicts"}),
        removing=(frozenset({"Conflicts", "Replaces"}),),
        requirements_last=False,
        several_versions=False,
        any_revision=False,
    ),
    targets=("deb",),
    formats=("control", "substvars"),
    releases=TildeReleases(version.key),
    key=version.key,
    split=version.split,
    range_of=relation.range_of,
    parse=relation.parse,
    pitfalls=lambda clause: tuple(
        (Pitfall.OBSOLETE_OPERATOR, found or "no operator") for found in relation.obsolete_operators(clause)
    ),
    folder="pkgguard.families.deb",
)
