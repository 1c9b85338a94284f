"""Packages whose relations have architecture qualifiers, installed for good."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from fuzz.make import control_tar, deb_of

from real.deb_root import DebRoot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from random import Random

VERSIONS: Final = ("1.0-1", "1.1-1", "2.0-1")
QUALIFIERS: Final = (*[""] * 5, *[":any"] * 4, *[":amd64"] * 3, *[":i386"] * 3, ":native", ":all")
OPERATORS: Final = ("<<", "<=", "=", ">=", ">>")

QUALIFIED: Final[Sequence[tuple[Mapping[str, str], Mapping[str, str], bool | None]]] = [
    ({"Breaks": "s:any (<< 2)"}, {}, False),
    ({"Breaks": "s:any (<< 1)"}, {}, True),
    ({"Conflicts": "s:any"}, {}, False),
    ({"Breaks": "v:any"}, {"Provides": "v"}, False),
    ({"Breaks": "v:any (<< 2)"}, {"Provides": "v (= 1)"}, False),
    ({"Breaks": "v:any (<< 2)"}, {"Provides": "v (= 3)"}, True),
    # dpkg compares the provider's own version as well; apt does not see the name.
    ({"Breaks": "v:any (>= 2)"}, {"Provides": "v (= 3)"}, True),
    ({"Conflicts": "v:any (>= 2)"}, {"Provides": "v (= 3)"}, False),
    ({"Conflicts": "v"}, {"Provides": "v:any"}, False),
    ({"Breaks": "v (<< 2)"}, {"Provides": "v:any (= 1)"}, False),
    ({"Conflicts": "v:amd64 (>= 1)"}, {"Provides": "v:i386 (= 1)"}, False),
    ({"Breaks": "v:amd64 (>= 1)"}, {"Provides": "v:i386 (= 1)"}, False),
    ({"Breaks": "v:i386 (>= 1)"}, {"Provides": "v:amd64 (= 1)"}, True),
    ({"Breaks": "s:i386"}, {}, True),
    ({"Breaks": "s:amd64"}, {}, False),
    ({"Breaks": "s:native"}, {}, False),
    ({"Conflicts": "v:native"}, {"Provides": "v"}, False),
    ({"Depends": "s:native"}, {}, False),
    ({"Conflicts": "s:all"}, {}, False),
    ({"Depends": "v"}, {"Provides": "v:all"}, True),
    ({"Depends": "v (>= 2)"}, {"Provides": "v:all (= 2)"}, True),
    ({"Depends": "s:all"}, {}, None),
]
"""The relations of c 1 and of s 1.1-1, and whether the two can be installed; None where that depends."""


def control(random: Random, name: str, other: str) -> str:
    """Return a control file whose relations name the other package, the package itself and a virtual name."""

    def clause(names: Sequence[str], *, exact: bool = False) -> str:
        text = random.choice(names) + random.choice(QUALIFIERS)
        if random.random() < 0.5:
            return text
        operator = "=" if exact else random.choice(OPERATORS)
        return f"{text} ({operator} {random.choice(VERSIONS)})"

    architecture = random.choice(("all", "amd64", "amd64", "i386"))
    fields = {
        "Package": name,
        "Version": random.choice(VERSIONS),
        "Architecture": architecture,
        "Multi-Arch": random.choice(("no", "no", "foreign", "allowed", "same")),
        "Maintainer": "x <x@example.org>",
    }
    if fields["Multi-Arch"] == "same" and architecture == "all":
        del fields["Multi-Arch"]
    names = (other, other, "virtual", "virtual", name)
    for field, likelihood in (("Depends", 0.3), ("Breaks", 0.45), ("Conflicts", 0.35)):
        if random.random() < likelihood:
            parts = [clause(names) for _ in range(random.choice((1, 1, 2)))]
            fields[field] = (random.choice((" | ", ", ")) if field == "Depends" else ", ").join(parts)
    if random.random() < 0.5:
        provided = ("virtual", "virtual", other, name)
        fields["Provides"] = ", ".join(clause(provided, exact=True) for _ in range(random.choice((1, 1, 2))))
    return "".join(f"{field}: {value}\n" for field, value in {**fields, "Description": "x"}.items())


def package(path: Path, text: str) -> Path:
    """Write a .deb that holds nothing but its control file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(deb_of(control_tar(text)))
    return path


def installs(directory: Path, debs: Sequence[Path]) -> bool:
    """Return whether apt and dpkg install packages for good on an empty amd64 system that also takes i386."""
    root = DebRoot(directory, foreign=("i386",))
    done = root.apt_install(*debs)
    # Packages of one name in two architectures are two entries.
    status = (root.root / "var/lib/dpkg/status").read_text("utf-8")
    shutil.rmtree(directory)
    return done.returncode == 0 and status.count("\nStatus: install ok installed\n") == len(debs)
