"""The family of parcels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.families.parcel import relation, version
from pkgguard.families.parcel.summary import SUMMARY

from pkgguard.families.assembled import Assembled
from pkgguard.families.interface import Traits

if TYPE_CHECKING:
    from pkgguard.families.interface import Family

FAMILY: Final[Family] = Assembled(
    name="parcel",
    traits=Traits(
        positive_fields=frozenset({"needs"}),
        pre_dependency_fields=frozenset(),
        negative_fields=frozenset({"refuses"}),
        providing_field="offers",
        recommending_field="likes",
        replacing_fields=(),
        moving_fields=frozenset(),
        rebuilt="",
        unversioned_on_virtual=frozenset(),
        rechecks_dependencies=True,
        several_versions=False,
        always_revised=False,
        between_clauses="",
        fields_occur_once=False,
    ),
    summary=SUMMARY,
    releases=version.ParcelReleases(),
    key=version.key,
    version_of=version.version_of,
    split=version.split,
    join=version.join,
    range_of=version.range_of,
    parse=relation.parse,
    pitfalls=lambda _clause: (),
    folder="pkgguard.families.parcel",
)
