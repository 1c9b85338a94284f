"""The Debian family: packages judged as dpkg and apt judge them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.families.assembled import Assembled
from pkgguard.families.deb import encode, evaluate, relation, version

if TYPE_CHECKING:
    from pkgguard.families.interface import Family

FAMILY: Final[Family] = Assembled(
    name="deb",
    suffixes=(".deb", ".udeb", ".ddeb"),
    negative_fields=frozenset({"Breaks", "Conflicts"}),
    relation_fields=encode.FIELDS,
    targets=("deb",),
    key=version.key,
    split=version.split,
    range_of=relation.range_of,
    parse=relation.parse,
    encode=encode.encode,
    judging=evaluate,
    reader="pkgguard.families.deb.package",
)
