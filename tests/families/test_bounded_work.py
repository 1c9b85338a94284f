"""Packages made to keep a check busy: each is held to CPU time and memory of a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from fuzz.make import control_tar, deb_of
from limits import run_hostile

from pkgguard import api
from pkgguard import budget as budgets
from pkgguard.budget import budget
from pkgguard.check import files
from pkgguard.check.few import FEW
from pkgguard.errors import PackageError
from pkgguard.families.interface import Peer
from pkgguard.families.lookup import family
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pkgguard.families.interface import Family

PEER = "kata-containers-image"


def listed(count: int, text: str) -> str:
    return ", ".join(text.format(number=number, peer=PEER) for number in range(count))


CASES: dict[str, dict[str, str]] = {
    "provides and breaks of the peer": {
        "Provides": listed(2000, "{peer} (= 1.{number})"),
        "Breaks": listed(2000, "{peer} (= 1.{number})"),
    },
    "provides and depends of the peer": {
        "Provides": listed(2000, "{peer} (= 1.{number})"),
        "Depends": listed(2000, "{peer} (= 2.{number})"),
    },
    "any": {"Depends": listed(2000, "{peer}:any (>= 1.{number}~)")},
    "one architecture and any": {
        "Depends": listed(1000, "{peer}:amd64 (>= 1.{number}~)"),
        "Breaks": listed(1000, "{peer}:any (= 1.{number}~)"),
    },
    "many architectures": {"Depends": listed(2000, "{peer}:a{number} (>= 1.{number})")},
    "placeholders": {"Depends": listed(2000, "{peer} (>= ${{x{number}}})")},
    "alternatives": {
        "Depends": ", ".join(" | ".join(f"{PEER} (= {j}.{i})" for j in range(200)) for i in range(20))
    },
    "a commit in each bound": {"Breaks": listed(2000, "{peer} (<< 1.{number}+gitabc1234)")},
    "an epoch in each bound": {"Conflicts": listed(2000, "{peer} (<< 1:1.{number}-1)")},
    "a long version": {"Breaks": f"{PEER} (= 1.{'1.a' * 30000})"},
}


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_package_is_judged_in_seconds(name: str, tmp_path: Path) -> None:
    head = "Package: kata-runtime\nVersion: 2.4.0-1\nArchitecture: amd64\nMaintainer: x <x@y>\n"
    fields = "".join(f"{field}: {text}\n" for field, text in CASES[name].items())
    path = tmp_path / "hostile.deb"
    path.write_bytes(deb_of(control_tar(f"{head}{fields}Description: d\n"), ".gz"))

    done = run_hostile("check", "--format", "json", path)
    assert done.returncode in (1, 3)  # found wrong or, on a slow machine, given up
    assert len(done.stdout) < 40 * len(fields) + 200_000


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], int]:
    """Count the steps of a call: the times at which it asks whether its budget is used up."""

    def count(call: Callable[[], object]) -> int:
        asked = 0

        def clock() -> float:
            nonlocal asked
            asked += 1
            return 0.0

        monkeypatch.setattr(budgets.time, "monotonic", clock)
        with budget(1):
            call()
        monkeypatch.undo()
        return asked

    return count


def relations(name: str, count: int) -> dict[str, list[str]]:
    bound = "({} {}.{})" if name == "deb" else "{} {}.{}"
    said = [f"peer {bound.format('=', 1, number)}" for number in range(count)]
    return {"Provides": said, "Breaks" if name == "deb" else "Conflicts": said}


@pytest.mark.parametrize("name", ["deb", "rpm"])
def test_steps_grow_with_the_relations(name: str, steps: Callable[[Callable[[], object]], int]) -> None:
    kind: Family = family(name)
    some = kind.compose("client", "1-1", "", relations(name, 100))
    many = kind.compose("client", "1-1", "", relations(name, 1000))
    peer = Peer("peer", ((VersionSet.full(), kind.parse("Provides", "virtual")),))
    other = kind.compose("peer", "2-1", "", {})
    for judged in (lambda one: kind.admitted(one, peer), lambda one: kind.coinstallable([one, other])):
        first, second = (steps(lambda one=one, ask=judged: ask(one)) for one in (some, many))  # type: ignore[misc]
        assert first >= 100
        assert second <= 11 * first


def test_a_file_over_its_budget_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "READ_SECONDS", -1.0)
    head = "Package: kata-runtime\nVersion: 2.4.0-1\nArchitecture: amd64\nMaintainer: x <x@y>\n"
    path = tmp_path / "slow.deb"
    path.write_bytes(deb_of(control_tar(f"{head}Depends: a, b\nDescription: d\n"), ".gz"))
    monkeypatch.setattr(files, "family_of", lambda _: _Spending())
    read = files.read_files([path])
    assert read.packages == ()
    [error] = read.unread
    assert isinstance(error, PackageError)
    assert "CPU time" in str(error)


class _Spending:
    """A family whose reader asks whether its budget is used up."""

    def read(self, path: Path) -> None:
        budgets.spend()


def test_of_many_findings_the_first_are_told_and_the_rest_counted(tmp_path: Path) -> None:
    head = "Package: kata-runtime\nVersion: 2.4.0-1\nArchitecture: amd64\nMaintainer: x <x@y>\n"
    bounds = listed(FEW + 5, "{peer} (<< 1.{number}+gitabc1234)")
    path = tmp_path / "many.deb"
    path.write_bytes(deb_of(control_tar(f"{head}Breaks: {bounds}\nDescription: d\n"), ".gz"))
    done = subprocess.run(
        [sys.executable, "-m", "pkgguard", "check", "--format", "json", str(path)],
        capture_output=True,
        check=False,
        text=True,
    )
    found = [one for one in json.loads(done.stdout)["findings"] if one["id"] == "unordered-version"]
    assert len(found) == FEW + 1
    assert "has 5 more findings" in found[-1]["message"]


@pytest.mark.parametrize("count", [8, 16, 50])
def test_alternatives_do_not_multiply_in_what_is_generated(count: int) -> None:
    names = [f"server-{number}" for number in range(count)]
    manifest = api.parse_manifest(
        'manifest = 1\nproject = "many"\n'
        '[component.client]\nreleases = ["1.0.0", "1.1.0"]\n'
        '[component.server]\nreleases = ["1.0.0", "1.1.0"]\n'
        '[package.client]\ncarries = ["client"]\n'
        + "".join(f'[package.{name}]\ncarries = ["server"]\n' for name in names)
        + '[protocol.talk]\nclient = ["client"]\nserver = "server"\n'
        '[[change]]\nprotocol = "talk"\nkind = "added"\nwhat = ["Call"]\nserver = "1.1.0"\nclient = "1.1.0"\n'
    )
    generated = api.Project(manifest).relations("deb", "client", "1.1.0-1")
    assert len(generated.relations) <= 3 * count
    fields = {
        field: ", ".join(one.relation.text for one in generated.relations if one.relation.field == field)
        for field in ("Depends", "Breaks")
    }
    client = api.make_package("deb", "client", "1.1.0-1", fields, architecture="amd64")
    for version, installable in (("1.0.0-1", False), ("1.1.0-1", True)):
        server = api.make_package("deb", names[-1], version, {}, architecture="amd64")
        (pair,) = api.Project(manifest).check_packages([client, server]).pairs
        assert (pair.compatible, pair.installable) == (installable, installable)
