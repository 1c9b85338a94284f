"""Packages made to fill memory: what is given up is released, what is kept is in proportion to its text."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from fuzz.make import main_of, relations, rpm_of, text
from fuzz.mutate_header import FIELDS

from pkgguard import api
from pkgguard.check.few import FEW
from pkgguard.families import limits
from pkgguard.families.lookup import family

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PEER = "kata-containers-image"
MEGABYTES = 110
MANY = 45


def rpm(path: Path, *triples: tuple[str, int, str], version: str = "2.4.0") -> Path:
    own = relations(*FIELDS["Provides"], ("kata-runtime", 8, f"{version}-1"))
    said = relations(*FIELDS["Conflicts"], *triples) if triples else []
    path.write_bytes(rpm_of(main_of(text(1000, "kata-runtime"), text(1001, version), *own, *said)))
    return path


MEASURE = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Linux counts what a process held before it became another program, so a small one starts the check."""


def most_memory(paths: Iterable[Path]) -> tuple[int, float]:
    """Return the exit code of a check and the most memory that it held, in megabytes."""
    check = [sys.executable, "-m", "pkgguard", "check", "--quiet", *map(str, paths)]
    command = [sys.executable, "-c", MEASURE, *check]
    code, kilobytes = subprocess.run(command, capture_output=True, check=True).stdout.split()
    return int(code), int(kilobytes) / 1024


def test_files_that_are_not_read_hold_nothing(tmp_path: Path) -> None:
    """Their versions are of 6 MB, twice in the header: all of them together would take a gigabyte."""
    long = f"2.4.0.{'1.a' * 2_000_000}"
    first = rpm(tmp_path / "0.rpm", version=long)
    code, used = most_memory([first] * MANY)
    assert code == 3
    assert used < MEGABYTES


def test_a_version_of_6_megabytes(tmp_path: Path) -> None:
    code, used = most_memory([rpm(tmp_path / "p.rpm", (PEER, 8, f"1.{'1.a' * 2_000_000}"))])
    assert code != 0
    assert used < MEGABYTES


def test_many_long_versions(tmp_path: Path) -> None:
    triples = [(PEER, 8, f"1.{number}.{'1.a' * 2000}") for number in range(1000)]
    code, used = most_memory([rpm(tmp_path / "p.rpm", *triples)])
    assert code != 0
    assert used < MEGABYTES


def test_an_error_that_is_kept_holds_no_frames(tmp_path: Path) -> None:
    path = tmp_path / "p.rpm"
    path.write_bytes(rpm_of(main_of())[:-200])
    (error,) = api.read_files([path]).unread
    assert (error.__traceback__, error.__cause__, error.__context__) == (None, None, None)


@pytest.mark.parametrize("name", ["deb", "rpm"])
def test_a_key_takes_little_more_than_its_version(name: str) -> None:
    version = f"1.{'1.a' * 20_000}"
    tracemalloc.start()
    try:
        key = family(name).key(version)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert key
    assert held < 8 * len(version)


@pytest.mark.parametrize("name", ["deb", "rpm"])
def test_nothing_is_remembered_of_long_versions(name: str) -> None:
    kind = family(name)
    tracemalloc.start()
    try:
        for number in range(50):
            kind.range_of("<", f"1.{number}.{'1.a' * 1000}")
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 50_000


def test_a_version_longer_than_any_is_malformed(tmp_path: Path) -> None:
    bound = "1" + ".1" * (limits.VERSION // 2)
    package = api.read_package(rpm(tmp_path / "p.rpm", (PEER, 8, bound)))
    ((field, _, reason),) = package.malformed
    assert field == "Conflicts"
    assert "longer than" in reason
    with pytest.raises(api.PackageError, match="longer than"):
        api.read_package(rpm(tmp_path / "q.rpm", version=bound))


def test_of_many_malformed_relations_the_first_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    package = api.read_package(
        rpm(tmp_path / "p.rpm", *((PEER, 6, f"1.{number}") for number in range(FEW + 5)))
    )
    findings = api.Project(api.built_in().manifest).check_packages([package]).findings
    told = [one.message for one in findings if one.id == "malformed-relation"]
    assert len(told) == FEW + 1
    assert "5 more findings" in told[-1]
