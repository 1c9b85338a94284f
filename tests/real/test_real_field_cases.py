"""Real splits of a client and a server, built for real: apt and rpm say what the cases record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from field_cases import CASES

from real.build import RpmSpec, build_deb, build_rpms
from real.deb_root import deb_pairs_coinstallable
from real.rpm_root import rpm_pairs_coinstallable

if TYPE_CHECKING:
    from pathlib import Path

    from field_cases import Case

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]


def tried(family: str) -> list[str]:
    return [name for name, case in CASES.items() if case.family == family and case.sets]


def test_each_family_has_cases_with_a_verdict_of_its_tool() -> None:
    for family in ("deb", "rpm"):
        verdicts = {installs for name in tried(family) for installs, _ in CASES[name].sets}
        assert verdicts == {True, False}


@pytest.mark.parametrize("name", tried("deb"))
def test_apt_says_what_the_case_records(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    built = [
        build_deb(tmp_path / str(number), fields.pop("Package"), fields.pop("Version"),
                  architecture=fields.pop("Architecture"), fields=fields)
        for number, fields in enumerate(map(fields_of, case.packages))
    ]  # fmt: skip
    present = [build_deb(tmp_path, one, "1:9999", architecture="amd64") for one in case.present]
    assert_recorded(case, deb_pairs_coinstallable(tmp_path / "system", sets_of(case, built, present)))


@pytest.mark.parametrize("name", tried("rpm"))
def test_rpm_says_what_the_case_records(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    built = build_rpms(tmp_path, [spec_of(text) for text in case.packages])
    present = build_rpms(tmp_path, [RpmSpec(one, "9999", epoch=1) for one in case.present])
    assert_recorded(case, rpm_pairs_coinstallable(tmp_path / "system", sets_of(case, built, present)))


def sets_of(case: Case, built: list[Path], present: list[Path]) -> list[list[Path]]:
    return [[*(built[number] for number in numbers), *present] for _, numbers in case.sets]


def assert_recorded(case: Case, said: list[bool]) -> None:
    assert said == [installs for installs, _ in case.sets]


def fields_of(stanza: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in stanza.strip().splitlines())


def spec_of(text: str) -> RpmSpec:
    lines = [line.split(": ", 1) for line in text.strip().splitlines()]
    head = {tag: value for tag, value in lines if tag in {"Name", "Epoch", "Version", "Release", "BuildArch"}}
    relations = "".join(f"{tag}: {value}\n" for tag, value in lines if tag not in {*head, "SourceRPM"})
    epoch = int(head["Epoch"]) if "Epoch" in head else None
    return RpmSpec(head["Name"], head["Version"], head["Release"], epoch, relations, head["BuildArch"])
