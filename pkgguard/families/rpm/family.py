"""The rpm family: packages judged as rpm judges them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.families.assembled import Assembled
from pkgguard.families.rpm import encode, evaluate, relation, version

if TYPE_CHECKING:
    from pkgguard.families.interface import Family

FAMILY: Final[Family] = Assembled(
    name="rpm",
    suffixes=(".rpm",),
    negative_fields=frozenset({"Conflicts", "Obsoletes"}),
    relation_fields=encode.FIELDS,
    targets=("rpm", encode.LEGACY),
    key=version.key,
    split=version.split,
    range_of=relation.range_of,
    parse=relation.parse,
    encode=encode.encode,
    judging=evaluate,
    reader="pkgguard.families.rpm.package",
)
