"""What dpkg-deb builds and dpkg or apt refuses is malformed, or not read; what they accept is neither."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from fuzz.make import control_tar, deb_of
from real.deb_root import DebRoot
from real.tools import run

from pkgguard import api
from pkgguard.families.deb.architecture import is_known

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not shutil.which("apt-get"), reason="apt-get is not installed"),
]
STANZA = "Package: {}\nVersion: 1\nArchitecture: {}\nMaintainer: x <x@y.z>\n{}Description: d\n"

ARCHITECTURES = {
    # Whether dpkg on amd64, with every foreign architecture that it knows added, takes a package of it.
    **dict.fromkeys(("all", "amd64", "arm64", "i386", "x32", "hurd-i386", "musl-linux-armhf"), "read"),
    **dict.fromkeys(("ALL", "Amd64", "x86-64", "foo", "none", "linux-amd64", "1"), "malformed"),
    **dict.fromkeys(("any", "native", "linux-any", "any-amd64", "gnu-any-any", "source"), "refused"),
    **dict.fromkeys(("", "amd64 arm64", "all amd64", "amd64,", "-amd64", "amd_64"), "refused"),
}
VALUES = {
    "Multi-Arch": (("", "no", "No", "NO"), ("yes", "often", "foreign x", "same,")),
    "Essential": (("", "no", "yes", "Yes"), ("true", "1", "yes no", "-")),
    "Protected": (("", "no", "yes", "NO"), ("true", "yess")),
    "Important": (("", "no", "yes", "true", "yess", "-"), ()),
    "Priority": (("", "optional", "Often"), ()),
    "Provides": (("c",), ("", "c,", ",")),
    "Depends": (("", "b"), (",", "b,", "b,,b", "| b")),
    "Breaks": (("", "c"), (",", "c,")),
}
"""What dpkg and apt both take as the value of a field, and what one of them refuses."""

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


def told(path: Path) -> str:
    try:
        read = api.read_package(path)
    except api.PackageError:
        return "refused"
    return "malformed" if read.malformed else "read"


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_package_of_no_architecture_is_not_taken(architecture: str, tmp_path: Path) -> None:
    path = deb(tmp_path, "a", "", architecture)
    known = run(["dpkg-architecture", "--list-known"], home=tmp_path).checked().output.split()
    foreign = [architecture] if architecture in known and architecture != "amd64" else []
    real = DebRoot(tmp_path / "root", foreign=foreign)
    installed = real.dpkg_install(path)
    assert (installed.returncode == 0) == (ARCHITECTURES[architecture] == "read"), installed.output
    assert told(path) == ARCHITECTURES[architecture]


def test_every_architecture_that_dpkg_knows_is_known(tmp_path: Path) -> None:
    known = run(["dpkg-architecture", "--list-known"], home=tmp_path).checked().output.split()
    assert len(known) > 100
    assert [name for name in known if not is_known(name)] == []


@pytest.mark.parametrize(
    ("field", "value", "taken"),
    [
        (field, value, taken)
        for field, (good, bad) in VALUES.items()
        for values, taken in ((good, True), (bad, False))
        for value in values
    ],
)
def test_a_value_is_malformed_where_dpkg_or_apt_refuses_it(
    field: str, value: str, taken: bool, tmp_path: Path
) -> None:
    packages = [deb(tmp_path, "a", f"{field}: {value}\n", "amd64"), deb(tmp_path, "b", "")]
    outcomes = [
        DebRoot(tmp_path / "apt").apt_install(*packages),
        DebRoot(tmp_path / "dpkg").dpkg_install(*packages),
    ]
    assert all(one.returncode == 0 for one in outcomes) == taken, outcomes
    assert told(packages[0]) == ("read" if taken else "malformed")


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
