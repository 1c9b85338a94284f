"""What pkgguard makes of architecture qualifiers is what apt and dpkg make of them in a real installation.

``apt-get --simulate`` does not show what dpkg refuses, so every pair is installed.
More pairs than the suite has:
``PKGGUARD_DIFFERENTIAL=2000 pytest -s tests/families/test_differential_qualifiers.py``.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest
from real.qualified import QUALIFIED, control, installs, package

from pkgguard import api
from pkgguard.families.deb.evaluate import coinstallable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PAIRS = int(os.environ.get("PKGGUARD_DIFFERENTIAL", "0")) or 40
SEED = int(os.environ.get("PKGGUARD_SEED", "8"))

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not shutil.which("apt-get"), reason="apt-get is not installed"),
]


STANZA = "Package: {}\nVersion: {}\nArchitecture: {}\nMaintainer: x <x@example.org>\n{}Description: x\n"


def deb(path: Path, name: str, version: str, fields: Mapping[str, str], architecture: str = "amd64") -> Path:
    lines = "".join(f"{field}: {value}\n" for field, value in fields.items())
    return package(path / f"{name}.deb", STANZA.format(name, version, architecture, lines))


@pytest.mark.parametrize("architecture", ["all", "amd64"])
def test_pairs_by_name(architecture: str, tmp_path: Path) -> None:
    for ours, theirs, installable in QUALIFIED:
        debs = [
            deb(tmp_path, "c", "1", ours, architecture),
            deb(tmp_path, "s", "1.1-1", theirs, architecture),
        ]
        real = {
            installs(tmp_path / "system", given) for given in (debs, debs[::-1])[: 1 + (installable is None)]
        }
        assert real == ({True, False} if installable is None else {installable}), (ours, theirs)


THIRDS: Sequence[tuple[str, str, Mapping[str, str]]] = [
    ("x", "2", {}),
    ("x", "2", {"Multi-Arch": "allowed"}),
    ("p", "3", {"Provides": "x (= 2)"}),
    ("p", "3", {"Provides": "x:any (= 2)"}),
    ("p", "1", {"Provides": "x (= 2)"}),
]


@pytest.mark.parametrize("refusal", ["Conflicts: x:any (>= 2)", "Breaks: x:any", "Breaks: x:any (>= 2)"])
def test_a_qualified_refusal_of_what_the_other_needs(refusal: str, tmp_path: Path) -> None:
    field, _, text = refusal.partition(": ")
    debs = [deb(tmp_path, "c", "1", {"Depends": "x (>= 2)"}), deb(tmp_path, "s", "1", {field: text})]
    real = [
        installs(tmp_path / "system", [*debs, deb(tmp_path, name, version, fields)])
        for name, version, fields in THIRDS
    ]
    verdict = api.coinstallable([api.read_package(one) for one in debs], assumed={"x"})
    assert verdict.all_installed is (None if any(real) else False), real


@pytest.mark.parametrize("qualifier", ["native", "foo", "linux-any", "Amd64"])
def test_dpkg_never_meets_an_unknown_qualifier(qualifier: str, tmp_path: Path) -> None:
    debs = [deb(tmp_path, "c", "1", {"Depends": f"s:{qualifier}"}), deb(tmp_path, "s", "1", {})]
    assert not installs(tmp_path / "system", debs)
    assert api.read_package(debs[0]).malformed


def test_pairs_that_are_installed(tmp_path: Path) -> None:
    random = Random(SEED)  # noqa: S311
    outcomes: Counter[str] = Counter()
    wrong = []
    for number in range(PAIRS):
        other = "client" if random.random() < 0.1 else "server"
        texts = [control(random, name, peer) for name, peer in (("client", other), (other, "client"))]
        debs = [package(tmp_path / f"{place}.deb", text) for place, text in enumerate(texts)]
        verdict = coinstallable([api.read_package(deb) for deb in debs], native="amd64")
        if verdict.all_installed is None:
            outcomes["not judged"] += 1
            continue
        real = installs(tmp_path / "system", debs)
        outcomes[f"installable {verdict.all_installed}"] += 1
        if real is not verdict.all_installed:
            wrong.append((number, verdict, real, texts))
    print(dict(outcomes), len(wrong), "wrong")
    assert not wrong, "\n".join(
        f"{number} {verdict} {real}\n" + "\n".join(t) for number, verdict, real, t in wrong[:5]
    )
    assert min(outcomes["installable True"], outcomes["installable False"]) > PAIRS / 20
