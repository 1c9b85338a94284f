"""The public API, as a program would use it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from pkgguard import api

HERE = Path(__file__).parent


def vectors(name: str) -> list[dict[str, Any]]:
    lines = gzip.decompress((HERE / f"data/vectors/{name}.jsonl.gz").read_bytes()).decode().splitlines()
    return [json.loads(line) for line in lines]


def made(family: str, one: Any) -> api.Package:
    if family == "rpm":
        name, version, architecture, relations = one
    else:
        relations = dict(one)
        name, version, architecture = (relations.pop(key) for key in ("Package", "Version", "Architecture"))
    return api.make_package(family, name, version, relations, architecture=architecture)


def test_everything_named_is_there() -> None:
    for name in api.__all__:
        assert hasattr(api, name)


@pytest.mark.parametrize("family", api.FAMILIES)
def test_relation_lines_and_text_describe_the_same(family: str) -> None:
    if family == "deb":
        text = "\nPackage: r\nVersion: 1:1.0-1\nArchitecture: all\nDepends: a (>= 1), b | c\nBreaks: d\n"
        lines: dict[str, Any] = {"Depends": ["a (>= 1)", "b | c"], "Breaks": "d"}
        built = api.make_package("deb", "r", "1:1.0-1", lines, architecture="all")
    else:
        text = "Name: r\nEpoch: 1\nVersion: 1.0\nRelease: 1\n"
        text += "Requires: a >= 1\nRequires: (b or c)\nConflicts: d\n"
        lines = {"Requires": ["a >= 1", "(b or c)"], "Conflicts": "d"}
        built = api.make_package("rpm", "r", "1:1.0-1", lines)
    assert built == api.describe_package(family, text)


@pytest.mark.parametrize(
    ("family", "name", "version", "relations"),
    [
        ("deb", "Bad Name", "1.0", {}),
        ("deb", "good", "1.0", {"Depends": "x\nEssential: yes"}),
        ("rpm", "bad name", "1.0-1", {}),
        ("deb", "good", "", {}),
        ("rpm", "good", "1.0-1-1-1", {}),
    ],
)
def test_what_is_no_package_is_refused_or_malformed(
    family: str, name: str, version: str, relations: dict[str, str]
) -> None:
    try:
        package = api.make_package(family, name, version, relations)
    except (api.PackageError, api.VersionError):
        return
    assert package.malformed
    assert "Essential" not in package.attributes


def test_packages_of_two_families_are_no_question() -> None:
    packages = [api.make_package("deb", "a", "1"), api.make_package("rpm", "a", "1")]
    with pytest.raises(api.UnknownNameError):
        api.coinstallable(packages)
    with pytest.raises(api.UnknownNameError):
        api.coinstallable([])


def test_assumed_names_meet_whatever_names_them() -> None:
    package = api.make_package("deb", "a", "1", {"Depends": "libc6 (>= 2), b"})
    assert api.coinstallable([package]).installable is False
    assert api.coinstallable([package], assumed=["libc6"]).installable is False
    assert api.coinstallable([package], assumed=["libc6", "b"]).installable is True


def test_what_is_not_modelled_is_not_guessed() -> None:
    package = api.make_package("rpm", "a", "1", {"Requires": "/bin/sh"})
    verdict = api.coinstallable([package])
    assert verdict.installable is None
    assert "/bin/sh" in " ".join(verdict.not_judged)


@pytest.mark.parametrize("family", api.FAMILIES)
def test_real_verdicts_through_the_api(family: str) -> None:
    rows = vectors(family)
    for row in rows[::5]:
        packages = [made(family, fields) for fields in row["packages"]]
        verdict = api.coinstallable(packages)
        assert verdict.installable == row["coinstallable" if family == "deb" else "installable"], row
        assert bool(verdict.problems) != verdict.installable
    assert len(rows) > 1300
