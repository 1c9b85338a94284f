"""Which types of fields are encoded alike, and which of them hold all values of another."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkgguard.protocol.model import Field

_ENCODINGS: Final = (
    ("int32", "int64", "uint32", "uint64", "bool", "enum"),
    ("sint32", "sint64"),
    ("fixed32", "sfixed32"),
    ("fixed64", "sfixed64"),
    ("string", "bytes"),
)
"""Types that are encoded alike; each other type is encoded in its own way."""

_HOLDS_ALL: Final[Mapping[str, frozenset[str]]] = {
    "int32": frozenset({"bool", "enum"}),
    "int64": frozenset({"bool", "enum", "int32", "uint32"}),
    "uint32": frozenset({"bool"}),
    "uint64": frozenset({"bool", "uint32"}),
    "sint64": frozenset({"sint32"}),
    "bytes": frozenset({"string"}),
}
"""For each type, the others that are encoded alike and whose values it holds without loss."""

UNPACKABLE: Final = frozenset({"string", "bytes", "message", "group"})
"""Types whose lists are never packed."""

_BY_TYPE: Final = {name: index for index, names in enumerate(_ENCODINGS) for name in names}


class Reading(StrEnum):
    """What a reader makes of another type."""

    SAME = "same"
    PARTLY = "partly"
    """Some values are changed or refused."""
    MISREAD = "misread"


def reading(writer: Field, reader: Field) -> Reading:
    """Return what a reader with one type makes of the values of another; messages are not looked into."""
    if writer.type == reader.type:
        return Reading.SAME
    own = _BY_TYPE.get(writer.type)
    if own is None or own != _BY_TYPE.get(reader.type):
        return Reading.MISREAD
    return Reading.SAME if writer.type in _HOLDS_ALL.get(reader.type, ()) else Reading.PARTLY
