"""The public API, as a program would use it."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from api_types import reachable

from pkgguard import api

HERE = Path(__file__).parent
SCHEMA = json.loads(files("pkgguard.report").joinpath("schema.json").read_text(encoding="utf-8"))


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


@pytest.mark.parametrize("family", ["deb", "rpm"])
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


@pytest.mark.parametrize("family", ["deb", "rpm"])
def test_real_verdicts_through_the_api(family: str) -> None:
    rows = vectors(family)
    for row in rows[::5]:
        packages = [made(family, fields) for fields in row["packages"]]
        verdict = api.coinstallable(packages)
        assert verdict.installable == row["coinstallable" if family == "deb" else "installable"], row
        assert bool(verdict.problems) != verdict.installable
    assert len(rows) > 1300


def test_every_type_that_the_api_returns_is_exported() -> None:
    public = {name: getattr(api, name) for name in api.__all__}
    missing = {one for one in reachable(list(public.values())) if public.get(one.__name__) is not one}
    assert missing == set()
    assert {api.Release, api.Change, api.Without} <= reachable([api.Project])


def test_a_type_that_is_not_exported_would_be_found() -> None:
    assert reachable([api.make_package]) >= {api.Package, api.Relation, api.Constraint}
    assert api.Change not in reachable([api.make_package])


def test_the_api_is_typed() -> None:
    """mypy knows every type in a program that uses the API, and finds a mistake in it."""
    pytest.importorskip("mypy")
    program = HERE / "typing/uses_api.py"
    wrong = program.read_text("utf-8").replace("assert_type(verdicts.compatible, bool)", "verdicts.no_such")
    call = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary"]
    good = subprocess.run([*call, str(program)], cwd=HERE.parent, capture_output=True, text=True, check=False)
    assert (good.returncode, good.stdout) == (0, "")
    bad = subprocess.run([*call, "-c", wrong], cwd=HERE.parent, capture_output=True, text=True, check=False)
    assert 'has no attribute "no_such"' in bad.stdout
    assert bad.returncode == 1


CLIENT = {"Depends": "kata-containers-image (>= 1.0.0)"}


@pytest.fixture(scope="module")
def project() -> api.Project:
    return api.Project(api.read_manifest(HERE.parent / "examples/pause-container/pkgguard.toml"))


@pytest.fixture(params=["check", "check_packages", "relations", "compatible", "advise"])
def result(request: pytest.FixtureRequest, project: api.Project) -> Any:
    package = api.make_package("deb", "kata-runtime", "1.1.0-1", CLIENT, architecture="amd64")
    file = HERE.parent / "examples/pause-container/packages/kata-runtime_1.1.0-1_amd64.deb"
    return {
        "check": lambda: project.check([file]),
        "check_packages": lambda: project.check_packages([package]),
        "relations": lambda: project.relations("deb", "kata-runtime", "1.1.0-1"),
        "compatible": lambda: project.compatible({"runtime": "1.1.0", "agent": "1.0.0"}),
        "advise": project.advise,
    }[request.param]()


def test_every_result_is_rendered_as_text_and_as_json(project: api.Project, result: Any) -> None:
    text = project.render(result, "text")
    assert "project pause-container" in text
    assert text.endswith("\n")
    document = json.loads(project.render(result, "json"))
    jsonschema.validate(document, SCHEMA)
    assert document["manifest"]["project"] == "pause-container"


def test_an_unknown_format_names_those_that_there_are(project: api.Project, result: Any) -> None:
    with pytest.raises(api.UnknownNameError, match=r"format.*'yaml'.*json"):
        project.render(result, "yaml")


def test_relations_are_rendered_in_the_formats_of_their_family(project: api.Project) -> None:
    deb = project.relations("deb", "kata-runtime", "1.1.0-1")
    assert "\nBreaks:\n" in project.render(deb, "control")
    rpm = project.relations("rpm", "kata-runtime", "1.1.0-1")
    assert "\nRequires: (" in project.render(rpm, "spec")
    with pytest.raises(api.UnknownNameError, match=r"'control'.*spec.*json"):
        project.render(rpm, "control")


def test_packages_described_as_text_are_rendered_with_their_verdicts(project: api.Project) -> None:
    package = api.make_package("deb", "kata-runtime", "1.1.0-1", CLIENT, architecture="amd64")
    other = api.make_package("deb", "unrelated", "1-1", architecture="all")
    document = json.loads(project.render(project.check_packages([package, other]), "json"))
    assert {one["name"]: one["in_manifest"] for one in document["packages"]} == {
        "kata-runtime": True,
        "unrelated": False,
    }
    assert "admits-incompatible-peer" in {one["id"] for one in document["findings"]}


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda one: one.relations("apk", "kata-runtime", "1.1.0-1"), api.UnknownNameError),
        (lambda one: one.relations("deb", "unrelated", "1.1.0-1"), api.UnknownNameError),
        (lambda one: one.relations("rpm", "kata-runtime", "1.1.0-1", target="no"), api.UnknownNameError),
        (lambda one: one.relations("deb", "kata-runtime", "1.1.0_1"), api.VersionError),
        (lambda one: one.relations("deb", "kata-runtime", "7.0.0-1"), api.UnknownReleaseError),
        (lambda one: one.relations("deb", "kata-runtime", "3:1.1.0-1"), api.WrongEpochError),
        (lambda one: one.compatible({"no": "1.1.0"}), api.UnknownNameError),
        (lambda one: one.compatible({"runtime": "7.0.0"}), api.UnknownReleaseError),
        (lambda one: one.check_packages([], settings={"no": "off"}), api.UnknownNameError),
    ],
)
def test_errors_are_those_that_are_documented(
    project: api.Project, call: Callable[[api.Project], object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        call(project)
