"""Real splits of a client and a server, each with the verdict that is right: a file for each in ``field``.

A case is a TOML file. ``manifest`` is a whole manifest, ``packages`` are control stanzas or tag lines,
``right`` says whose verdict it is. ``expect`` lists every finding at warning or above as (level, rule,
package, peer), ``notes`` the notes that must be there as (rule, package, peer). ``sets`` lists sets of the
packages, by their number, each with whether the real tool installs it beside the packages that ``present``
names; where a set is a pair that pkgguard judges, the two must agree. ``advice`` lists what a check of the
manifest itself says, as (level, id).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pkgguard import api

FOLDER: Final = Path(__file__).parent / "field"


@dataclass(frozen=True)
class Case:
    name: str
    title: str
    right: str
    family: str
    manifest: str
    packages: tuple[str, ...]
    expect: frozenset[tuple[str, ...]]
    notes: frozenset[tuple[str, ...]]
    sets: tuple[tuple[bool, tuple[int, ...]], ...]
    present: tuple[str, ...]
    advice: tuple[tuple[str, ...], ...]

    @property
    def project(self) -> api.Project:
        return api.Project(api.parse_manifest(self.manifest))

    def described(self) -> list[api.Package]:
        return [api.describe_package(self.family, text.lstrip("\n")) for text in self.packages]


def load(path: Path) -> Case:
    table = tomllib.loads(path.read_text("utf-8"))
    return Case(
        path.stem,
        table["title"],
        table["right"],
        table.get("family", ""),
        table["manifest"],
        tuple(table.get("packages", ())),
        frozenset(tuple(one) for one in table.get("expect", ())),
        frozenset(tuple(one) for one in table.get("notes", ())),
        tuple((one["installs"], tuple(one["packages"])) for one in table.get("sets", ())),
        tuple(table.get("present", ())),
        tuple(tuple(one) for one in table.get("advice", ())),
    )


CASES: Final = {path.stem: load(path) for path in sorted(FOLDER.glob("*.toml"))}
