"""The one fix of a package: with it, check finds nothing more that relations can remedy."""

from __future__ import annotations

import json

import pytest
from field_cases import CASES
from small_project import MANIFEST
from test_rules import FIXTURES, MANIFESTS, RIGHT, Fixture

from pkgguard import api
from pkgguard.check.package_fix import PackageFix, fixed

LEFT = {
    "harm-rpm-obsoletes": "Obsoletes is not a bound",
    "pair-deb-conflict-over-a-virtual-name": "the name in it is not a peer's",
    "pair-rpm-conflict-over-a-virtual-name": "the name in it is not a peer's",
    "unversioned-rpm-peer-name": "the package provides a name that is a peer's",
}
"""The fixtures in which a relation that is not a guard remains wrong."""

WRONG = [name for name in FIXTURES if name not in RIGHT and FIXTURES[name].judgement().fixes]


def severe(judgement: api.CheckResult, fixes: dict[api.PackageRef, PackageFix]) -> list[str]:
    return [
        f"{one.id}: {one.message}"
        for one in judgement.findings
        if one.severity != "info" and one.package in fixes
    ]


def with_fixes(fixture: Fixture) -> tuple[dict[api.PackageRef, PackageFix], api.CheckResult]:
    fixes = {one.package: one for one in fixture.judgement().fixes}
    packages = [fixed(one, fixes[one.ref]) if one.ref in fixes else one for one in fixture.described()]
    return fixes, api.Project(MANIFESTS[fixture.manifest]).check_packages(packages)


@pytest.mark.parametrize("name", WRONG)
def test_a_package_with_its_fix_is_clean(name: str) -> None:
    fixes, judgement = with_fixes(FIXTURES[name])
    assert (severe(judgement, fixes) == []) is (name not in LEFT)


@pytest.mark.parametrize("name", WRONG)
def test_a_package_with_its_fix_has_what_is_generated(name: str) -> None:
    fixture = FIXTURES[name]
    project = api.Project(MANIFESTS[fixture.manifest])
    fixes = {one.package: one for one in fixture.judgement().fixes}
    for package in fixture.described():
        if package.ref in fixes:
            generated = project.relations(fixture.family, package.name, package.version).relations
            held = {(one.field, one.expression) for one in fixed(package, fixes[package.ref]).relations}
            assert {(one.relation.field, one.relation.expression) for one in generated} <= held


FIELD_LEFT = {"qemu-rename", "runc-candidate-listed"}
"""The cases in which what is generated refuses a given peer that works, or accepts one that does not."""


@pytest.mark.parametrize("name", CASES)
def test_a_package_of_the_field_with_its_fix_is_clean(name: str) -> None:
    packages = CASES[name].described()
    judgement = CASES[name].project.check_packages(packages)
    wrong = {one.package for one in judgement.findings if one.severity != "info"}
    fixes = {one.package: one for one in judgement.fixes if one.package in wrong}
    changed = [fixed(one, fixes[one.ref]) if one.ref in fixes else one for one in packages]
    left = severe(CASES[name].project.check_packages(changed), fixes)
    assert (left == []) is (name not in FIELD_LEFT)


def test_there_is_none_for_a_package_with_another_epoch() -> None:
    project = api.Project(api.parse_manifest(MANIFEST, "m.toml"))
    text = HEAD.replace("1.1.0-1", "2:1.1.0-1") + "Depends: kata-image\n"
    judgement = project.check_packages([api.describe_package("deb", text)])
    assert "wrong-epoch" in {one.id for one in judgement.findings}
    assert judgement.fixes == ()


def test_most_fixtures_have_a_fix() -> None:
    assert len(WRONG) > 60
    assert set(LEFT) <= set(WRONG)


def fix_of(family: str, text: str) -> PackageFix:
    project = api.Project(api.parse_manifest(MANIFEST, "m.toml"))
    (fix,) = project.check_packages([api.describe_package(family, text)]).fixes
    return fix


HEAD = "Package: kata-runtime\nVersion: 1.1.0-1\nArchitecture: all\n"


def test_a_field_of_a_deb_is_written_whole() -> None:
    own = "Depends: libc6 (>= 2.36), kata-image (>= 1.0.0), adduser\nSuggests: kata-image-doc\n"
    fix = fix_of("deb", HEAD + own)
    assert fix.lines == (
        "Depends: libc6 (>= 2.36), adduser, kata-image (>= 1.1.0), kata-image (<< 2.0.0~)",
        "Breaks: kata-image (<< 1.1.0), kata-image (>= 2.0.0~)",
    )
    assert fix.replaced == ("Depends",)
    assert [str(one) for one in fix.removed] == ["Depends: kata-image (>= 1.0.0)"]


def test_a_relation_that_refuses_no_whole_release_is_kept() -> None:
    own = "Depends: kata-image (>= 1.0.0)\nBreaks: kata-image (= 1.1.0-3), other (<< 2)\n"
    fix = fix_of("deb", HEAD + own)
    assert fix.lines[1] == (
        "Breaks: kata-image (= 1.1.0-3), other (<< 2), kata-image (<< 1.1.0), kata-image (>= 2.0.0~)"
    )


def test_a_field_of_which_nothing_is_left_is_named() -> None:
    own = "Depends: kata-image (>= 1.1.0), kata-image (<< 2.0.0~)\nConflicts: kata-image (<< 1.1.0)\n"
    fix = fix_of("deb", HEAD + own + "Breaks: kata-image (<< 1.2.0)\n")
    assert fix.emptied == ("Conflicts",)
    assert fix.replaced == ("Breaks",)


def test_a_tag_of_an_rpm_is_added_beside_the_others() -> None:
    text = "Name: kata-runtime\nVersion: 1.1.0\nRelease: 1\nBuildArch: noarch\n"
    fix = fix_of("rpm", text + "Requires: glibc\nRequires: kata-image >= 1.0.0\n")
    assert fix.lines == (
        "Requires: (kata-image >= 1.1.0 with kata-image < 2.0.0~)",
        "Conflicts: kata-image < 1.1.0, kata-image >= 2.0.0~",
    )
    assert fix.replaced == fix.emptied == ()
    assert [str(one) for one in fix.removed] == ["Requires: kata-image >= 1.0.0"]


def test_there_is_none_for_a_field_that_cannot_be_read() -> None:
    project = api.Project(api.parse_manifest(MANIFEST, "m.toml"))
    package = api.describe_package("deb", HEAD + "Depends: kata-image (1.0 2)\n")
    judgement = project.check_packages([package])
    assert judgement.findings
    assert judgement.fixes == ()


def test_the_document_has_it_beside_its_package() -> None:
    project = api.Project(api.parse_manifest(MANIFEST, "m.toml"))
    packages = [
        api.describe_package("deb", HEAD + "Depends: kata-image (>= 1.0.0)\n"),
        api.describe_package("deb", "Package: other\nVersion: 1\nArchitecture: all\n"),
    ]
    document = json.loads(project.render(project.check_packages(packages), "json"))
    guarded, other = document["packages"]
    assert other["fix"] is None
    assert guarded["fix"] == {
        "lines": [
            "Depends: kata-image (>= 1.1.0), kata-image (<< 2.0.0~)",
            "Breaks: kata-image (<< 1.1.0), kata-image (>= 2.0.0~)",
        ],
        "replaced": ["Depends"],
        "emptied": [],
        "removed": ["Depends: kata-image (>= 1.0.0)"],
        "added": [
            "Depends: kata-image (>= 1.1.0)", "Depends: kata-image (<< 2.0.0~)",
            "Breaks: kata-image (<< 1.1.0)", "Breaks: kata-image (>= 2.0.0~)",
        ],
    }  # fmt: skip
