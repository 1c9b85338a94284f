"""The rpm family, which judges packages as rpm does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.families.assembled import Assembled
from pkgguard.families.interface import Traits
from pkgguard.families.releases import TildeReleases
from pkgguard.families.rpm import relation, version
from pkgguard.families.rpm.summary import SUMMARY

if TYPE_CHECKING:
    from pkgguard.families.interface import Family

FAMILY: Final[Family] = Assembled(
    name="rpm",
    traits=Traits(
        positive_fields=frozenset({"Requires", "Requires(pretrans)"}),
        pre_dependency_fields=frozenset({"Requires(pretrans)"}),
        negative_fields=frozenset({"Conflicts"}),
        providing_field="Provides",
        recommending_field="Recommends",
        replacing_fields=(frozenset({"Obsoletes"}),),
        moving_fields=frozenset(),
        rebuilt="",
        unversioned_on_virtual=frozenset(),
        rechecks_dependencies=True,
        several_versions=True,
        always_revised=True,
        between_clauses=", ",
        fields_occur_once=False,
    ),
    summary=SUMMARY,
    releases=TildeReleases(version.key),
    key=version.key,
    version_of=version.version_of,
    split=version.split,
    join=version.join,
    range_of=relation.range_of,
    parse=relation.parse,
    pitfalls=lambda clause: relation.pitfalls(clause.expression),
    folder="pkgguard.families.rpm",
)
