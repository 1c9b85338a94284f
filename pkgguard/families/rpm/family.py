"""The rpm family: packages judged as rpm judges them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.families.assembled import Assembled
from pkgguard.families.interface import Pitfall, Traits
from pkgguard.families.releases import TildeReleases
from pkgguard.families.rpm import relation, version

if TYPE_CHECKING:
    from pkgguard.families.interface import Family

FAMILY: Final[Family] = Assembled(
    name="rpm",
    traits=Traits(
        requiring=frozenset({"Requires", "Requires(pretrans)"}),
        early=frozenset({"Requires(pretrans)"}),
        refusing=frozenset({"Conflicts"}),
        removing=(frozenset({"Obsoletes"}),),
        requirements_last=True,
        several_versions=True,
        any_revision=True,
    ),
    targets=("rpm", "rpm-legacy"),
    formats=("spec",),
    releases=TildeReleases(version.key),
    key=version.key,
    split=version.split,
    range_of=relation.range_of,
    parse=relation.parse,
    pitfalls=lambda clause: tuple(
        (Pitfall.OPERATOR_IN_NAME, found) for found in relation.pitfalls(clause.expression)
    ),
    folder="pkgguard.families.rpm",
)
