"""What dpkg-deb builds and apt refuses is malformed: apt is the one that installs."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from fuzz.make import control_tar, deb_of
from real.deb_root import DebRoot

from pkgguard import api

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not shutil.which("apt-get"), reason="apt-get is not installed"),
]
STANZA = "Package: {}\nVersion: 1\nArchitecture: {}\nMaintainer: x <x@y.z>\n{}Description: d\n"

BOUNDS = {
    "Depends: b (=1)": False,
    "Depends: b(=1)": False,
    "Depends: b (1)": False,
    "Depends: b ( =1)": False,
    "Depends: b (=1) ": False,
    "Depends: c | b (=1)": False,
    "Breaks: c (=1)": False,
    "Conflicts: c (=1)": False,
    "Provides: c (=1)": False,
    "Provides: b2, c (1)": False,
    "Depends: b (= 1)": True,
    "Depends: b (=1) | c": True,
    "Depends: b (=1), b2": True,
    "Depends: b (>=1)": True,
    "Depends: b (=1 )": True,
    "Breaks: c (=10)": True,
    "Provides: c (= 1)": True,
}


def deb(folder: Path, name: str, fields: str, architecture: str = "all") -> Path:
    path = folder / f"{name}.deb"
    path.write_bytes(deb_of(control_tar(STANZA.format(name, architecture, fields)), ".xz"))
    return path


@pytest.mark.parametrize("line", BOUNDS)
def test_a_short_bound_at_the_end_of_a_field(line: str, tmp_path: Path) -> None:
    packages = [deb(tmp_path, "a", f"{line}\n"), deb(tmp_path, "b", ""), deb(tmp_path, "b2", "")]
    real = DebRoot(tmp_path / "root").apt_simulate(*packages)
    assert (real.returncode == 0) == BOUNDS[line], real.output
    read = api.read_package(packages[0])
    assert bool(read.malformed) != BOUNDS[line]


@pytest.mark.parametrize("value", ["foreign", "Foreign", "allowed", "ALLOWED", "same", "Same"])
def test_apt_knows_the_values_of_multi_arch_in_small_letters(value: str, tmp_path: Path) -> None:
    asks = {"foreign": "b", "allowed": "b:any", "same": "b"}[value.lower()]
    packages = [
        deb(tmp_path, "a", f"Depends: {asks}\n", "amd64"),
        deb(tmp_path, "b", f"Multi-Arch: {value}\n", "amd64"),
    ]
    real = DebRoot(tmp_path / "root").apt_simulate(*packages)
    read = [api.read_package(path) for path in packages]
    verdict = api.coinstallable(read)
    assert bool(read[1].malformed) == (value != value.lower())
    if value == value.lower():
        assert verdict.installable == (real.returncode == 0), real.output
    else:
        assert "Unknown Multi-Arch type" in real.output
        assert verdict.installable is not True
