"""The types that rpm demands of the tags that it knows.

Source: rpm 4.18, measured by giving ``rpm -qp`` a package with each tag in each
type. A tag that rpm does not know may have any type; the three types of text
stand for each other. rpm makes the check in a header that has a region, which
is every package since rpm 4.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

CHAR, INT16, NUMBER, INT64, STRING, BINARY, ARRAY, TRANSLATED = 1, 3, 4, 5, 6, 7, 8, 9
TEXTS: Final = frozenset({STRING, ARRAY, TRANSLATED})
SIZES: Final = {CHAR: 1, 2: 1, INT16: 2, NUMBER: 4, INT64: 8, BINARY: 1}
"""The bytes of one element of each type that is no text; there are no other types."""

_KNOWN: Final = {
    TEXTS: (
        "100 266 1000-1002 1004-1005 1007 1010-1011 1014-1016 1018-1027 1035-1036 1039-1040 1044 1047 "
        "1049-1050 1054-1055 1059-1062 1064-1067 1079 1081-1082 1085-1092 1094 1097-1099 1113 1115 "
        "1117-1118 1120-1126 1132-1133 1135 1142 1147-1157 1159-1160 1196 5000-5002 5005-5007 5010 "
        "5012-5016 5030-5031 5034-5036 5040-5044 5046-5047 5049-5050 5052-5053 5055-5056 5058-5062 "
        "5066-5067 5069 5071 5076-5077 5079 5081 5086-5090 5092 5096-5101"
    ),
    frozenset({NUMBER}): (
        "1003 1006 1008-1009 1028 1034 1037 1045-1046 1048 1051-1053 1068-1069 1080 1095-1096 1106 1112 "
        "1114 1116 1119 1127-1129 1134 1140-1141 1143-1145 1158 1161 1195 5011 5017-5027 5032-5033 5037 "
        "5045 5048 5051 5054 5057 5068 5070 5072 5078 5080 5082 5084-5085 5091 5093"
    ),
    frozenset({BINARY}): "1012-1013 1043 1146",
    frozenset({CHAR}): "1029",
    frozenset({INT16}): "1030 1033",
    frozenset({INT64}): "5008-5009",
    # They belong into the signature header.
    frozenset[int](): "257 259 261-262 267-271 273 276-277",
}


def _tags(ranges: str) -> Iterator[int]:
    for one in ranges.split():
        first, _, last = one.partition("-")
        yield from range(int(first), int(last or first) + 1)


TYPES: Final = {tag: types for types, ranges in _KNOWN.items() for tag in _tags(ranges)}
"""The types that a known tag of the main header may have."""
