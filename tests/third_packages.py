"""Relations of two packages over a third one, and the verdict of apt or rpm on the two."""

from __future__ import annotations

THIRD_DEB: list[tuple[dict[str, str], dict[str, str], bool]] = [
    # Over a third package: what the client says of it, what the server says of it, and apt's verdict.
    ({"Depends": "common"}, {"Conflicts": "common"}, False),
    ({"Depends": "common (= 1)"}, {"Breaks": "common (<< 2)"}, False),
    ({"Depends": "common (>= 1)"}, {"Breaks": "common (<< 3), common (>= 2)"}, False),
    ({"Breaks": "common"}, {"Pre-Depends": "other, common"}, False),
    ({"Depends": "common", "Conflicts": "common"}, {}, False),
    ({"Depends": "common | common (>= 2)"}, {"Conflicts": "common"}, False),
    ({"Depends": "common (= 3)"}, {"Breaks": "common (<< 2)"}, True),
    ({"Depends": "common"}, {"Breaks": "common (<< 2)"}, True),
    ({"Depends": "common"}, {"Breaks": "common (<< 2), common (>= 2)"}, True),  # one that only provides it
    ({"Depends": "common | other"}, {"Conflicts": "common"}, True),
    ({"Depends": "common", "Provides": "common"}, {}, True),
    ({"Depends": "common", "Breaks": "common (<< 2)"}, {"Depends": "common"}, True),
]

APART_DEB: list[tuple[dict[str, str], dict[str, str]]] = [
    # What no single version of a third package meets, but two packages that provide its name do.
    ({"Depends": "common (= 1)"}, {"Depends": "common (= 2)"}),
    ({"Depends": "common (>= 2)"}, {"Pre-Depends": "common (<< 2)"}),
    ({"Depends": "common (= 1), common (>> 1)"}, {}),
    ({"Depends": "common (>= 2)"}, {"Depends": "common (<= 2)", "Breaks": "common (= 2)"}),
]

TOGETHER_DEB: list[tuple[dict[str, str], dict[str, str]]] = [
    # What one version of a third package meets, or no more than one need speaks of.
    ({"Depends": "common (>= 1)"}, {"Depends": "common (<< 3)"}),
    ({"Depends": "common (= 1)"}, {"Depends": "common"}),
    ({"Depends": "common (= 1)"}, {"Depends": "common (= 2) | other"}),
    ({"Depends": "common (= 1)"}, {"Recommends": "common (= 2)"}),
    ({"Depends": "common (= 1:1)"}, {"Depends": "common (= 1:1-0)"}),
]

THIRD_RPM: list[tuple[dict[str, str | list[str]], dict[str, str | list[str]], bool]] = [
    ({"Requires": "common"}, {"Conflicts": "common"}, False),
    ({"Requires": "common = 1"}, {"Conflicts": "common < 2"}, False),
    ({"Requires": "common"}, {"Conflicts": ["common < 2", "common >= 2"]}, False),
    ({"Requires": "(common and other)"}, {"Conflicts": "common"}, False),
    ({"Requires": "common", "Conflicts": "common"}, {}, False),
    ({"Requires": "common"}, {"Conflicts": "common < 2"}, True),
    ({"Requires": "(common or other)"}, {"Conflicts": "common"}, True),
    ({"Requires": "common = 3"}, {"Conflicts": "common < 2"}, True),
]
