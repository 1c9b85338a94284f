"""The tags that are read, and the types that rpm requires of the tags that it knows.

Source: rpm 4.16, 4.18 and 4.20, measured by giving ``rpm -qp`` packages with each tag
in each type. A type that one of them refuses is refused. A tag that rpm does not know
may have any type; the three types of text are interchangeable. rpm checks types in
headers with a region, which all packages since rpm 4.0 have. It refuses tags of the
signature header in any header.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CHAR, INT16, NUMBER, INT64, STRING, BINARY, ARRAY, TRANSLATED = 1, 3, 4, 5, 6, 7, 8, 9
TEXTS: Final = frozenset({STRING, ARRAY, TRANSLATED})
SIZES: Final = {CHAR: 1, 2: 1, INT16: 2, NUMBER: 4, INT64: 8, BINARY: 1}
"""The size of one element of each type except text; there are no other types."""


Values: TypeAlias = tuple[bytes | int, ...]
"""All elements of a tag: a text as bytes, a number without a sign."""


class Tag(IntEnum):
    """The tags of the main header that are read, by rpm's names (rpm's manual, "Tags")."""

    NAME = 1000
    VERSION = 1001
    RELEASE = 1002
    EPOCH = 1003
    ARCH = 1022
    SOURCERPM = 1044
    PROVIDENAME = 1047
    REQUIREFLAGS = 1048
    REQUIRENAME = 1049
    REQUIREVERSION = 1050
    CONFLICTFLAGS = 1053
    CONFLICTNAME = 1054
    CONFLICTVERSION = 1055
    OBSOLETENAME = 1090
    SOURCEPACKAGE = 1106
    PROVIDEFLAGS = 1112
    PROVIDEVERSION = 1113
    OBSOLETEFLAGS = 1114
    OBSOLETEVERSION = 1115
    RECOMMENDNAME = 5046
    RECOMMENDVERSION = 5047
    RECOMMENDFLAGS = 5048
    SUGGESTNAME = 5049
    SUGGESTVERSION = 5050
    SUGGESTFLAGS = 5051
    SUPPLEMENTNAME = 5052
    SUPPLEMENTVERSION = 5053
    SUPPLEMENTFLAGS = 5054
    ENHANCENAME = 5055
    ENHANCEVERSION = 5056
    ENHANCEFLAGS = 5057


TRIPLES: Final = {
    "Provides": (Tag.PROVIDENAME, Tag.PROVIDEFLAGS, Tag.PROVIDEVERSION),
    "Requires": (Tag.REQUIRENAME, Tag.REQUIREFLAGS, Tag.REQUIREVERSION),
    "Conflicts": (Tag.CONFLICTNAME, Tag.CONFLICTFLAGS, Tag.CONFLICTVERSION),
    "Obsoletes": (Tag.OBSOLETENAME, Tag.OBSOLETEFLAGS, Tag.OBSOLETEVERSION),
    "Recommends": (Tag.RECOMMENDNAME, Tag.RECOMMENDFLAGS, Tag.RECOMMENDVERSION),
    "Suggests": (Tag.SUGGESTNAME, Tag.SUGGESTFLAGS, Tag.SUGGESTVERSION),
    "Supplements": (Tag.SUPPLEMENTNAME, Tag.SUPPLEMENTFLAGS, Tag.SUPPLEMENTVERSION),
    "Enhances": (Tag.ENHANCENAME, Tag.ENHANCEFLAGS, Tag.ENHANCEVERSION),
}
"""The names, flags and versions of each relation field."""

SINGLE: Final = frozenset(Tag) - frozenset(tag for triple in TRIPLES.values() for tag in triple)
"""The tags that are read and have one element."""

_SINGLE_NUMBERS: Final = (Tag.EPOCH, Tag.SOURCEPACKAGE)
WANTED: Final[Mapping[int, int]] = {
    **dict.fromkeys(SINGLE, STRING),
    **dict.fromkeys(_SINGLE_NUMBERS, NUMBER),
    **{
        tag: kind
        for triple in TRIPLES.values()
        for tag, kind in zip(triple, (ARRAY, NUMBER, ARRAY), strict=True)
    },
}
"""The type of each tag that is read."""

_KNOWN: Final = {
    TEXTS: (
        "100 266 1000-1002 1004-1005 1007 1010-1011 1014-1016 1018-1027 1035-1036 1039-1040 1044 1047 "
        "1049-1050 1054-1055 1059-1062 1064-1067 1079 1081-1082 1085-1092 1094 1097-1099 1113 1115 "
        "1117-1118 1120-1126 1132-1133 1135 1142 1147-1157 1159-1160 1196 5000-5002 5005-5007 5010 "
        "5012-5016 5030-5031 5034-5036 5040-5044 5046-5047 5049-5050 5052-5053 5055-5056 5058-5062 "
        "5066-5067 5069 5071 5076-5077 5079 5081 5086-5090 5092 5096-5101 5103-5106 5109"
    ),
    frozenset({NUMBER}): (
        "1003 1006 1008-1009 1028 1034 1037 1045-1046 1048 1051-1053 1068-1069 1080 1095-1096 1106 1112 "
        "1114 1116 1119 1127-1129 1134 1140-1141 1143-1145 1158 1161 1195 5011 5017-5027 5032-5033 5037 "
        "5045 5048 5051 5054 5057 5068 5070 5072 5078 5080 5082 5084-5085 5091 5093 5107-5108"
    ),
    frozenset({BINARY}): "1012-1013 1043 1146",
    frozenset({CHAR}): "1029",
    frozenset({INT16}): "1030 1033",
    frozenset({INT64}): "5008-5009",
}


def _tags(ranges: str) -> Iterator[int]:
    for one in ranges.split():
        first, _, last = one.partition("-")
        yield from range(int(first), int(last or first) + 1)


SIGNATURE_ONLY: Final = frozenset(_tags("257 259 261-262 267-271 273 276-277"))
"""The tags that belong in the signature header, and that rpm refuses in the main header."""

TYPES: Final = {tag: types for types, ranges in _KNOWN.items() for tag in _tags(ranges)}
"""The types that a known tag of the main header may have."""
