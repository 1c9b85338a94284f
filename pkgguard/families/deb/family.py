"""The Debian family, which judges packages as dpkg and apt do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.families.assembled import Assembled
from pkgguard.families.deb import relation, version
from pkgguard.families.deb.summary import SUMMARY
from pkgguard.families.interface import Pitfall, Traits
from pkgguard.families.releases import TildeReleases

if TYPE_CHECKING:
    from pkgguard.families.interface import Family

FAMILY: Final[Family] = Assembled(
    name="deb",
    traits=Traits(
        positive_fields=frozenset({"Pre-Depends", "Depends"}),
        pre_dependency_fields=frozenset({"Pre-Depends"}),
        negative_fields=frozenset({"Breaks", "Conflicts"}),
        providing_field="Provides",
        recommending_field="Recommends",
        replacing_fields=(frozenset({"Conflicts", "Replaces"}),),
        moving_fields=frozenset({"Breaks", "Replaces"}),
        rebuilt=r"\+b\d+",
        unversioned_on_virtual=frozenset({"Breaks"}),
        rechecks_dependencies=False,
        several_versions=False,
        always_revised=False,
        between_clauses=", ",
        fields_occur_once=True,
    ),
    summary=SUMMARY,
    releases=TildeReleases(version.key, "~bpo12+1"),
    key=version.key,
    version_of=version.version_of,
    split=version.split,
    join=version.join,
    range_of=relation.range_of,
    parse=relation.parse,
    pitfalls=lambda clause: tuple(
        (Pitfall.OBSOLETE_OPERATOR, found or "no operator") for found in relation.obsolete_operators(clause)
    ),
    folder="pkgguard.families.deb",
)
