"""The fix of a built package as fields of debian/control and as a macro of a spec."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_project import MANIFEST

from pkgguard import api
from pkgguard.check.package_fix import PackageFix
from pkgguard.integrations.control_fix import fix_in_control
from pkgguard.integrations.source import read_source
from pkgguard.integrations.spec_fix import fix_in_spec

HEAD = {
    "deb": "Package: kata-runtime\nVersion: 1.1.0-1\nArchitecture: all\n",
    "rpm": "Name: kata-runtime\nVersion: 1.1.0\nRelease: 1\nBuildArch: noarch\n",
}


def fix_of(family: str, relations: str) -> PackageFix:
    project = api.Project(api.parse_manifest(MANIFEST, "m.toml"))
    (fix,) = project.check_packages([api.describe_package(family, HEAD[family] + relations)]).fixes
    return fix


def in_control(folder: Path, control: str, relations: str, build: str = "") -> PackageFix:
    (folder / "debian").mkdir()
    (folder / "debian/control").write_text(
        f"Source: kata\nMaintainer: Nobody <nobody@example.org>\n{build}\n"
        f"Package: kata-runtime\nArchitecture: all\n{control}Description: test\n Test.\n",
        "utf-8",
    )
    return fix_in_control(read_source(folder))(fix_of("deb", relations))


def test_the_substvars_are_written_where_they_are_not_used(tmp_path: Path) -> None:
    fix = in_control(
        tmp_path,
        "Depends: ${misc:Depends},\n ${shlibs:Depends},\n# ours\n kata-image (>= ${source:Version}),\n",
        "Depends: libc6 (>= 2.36), kata-image (>= 1.0.0)\n",
    )
    assert fix.lines == (
        "Depends: ${pkgguard:Depends}, ${misc:Depends}, ${shlibs:Depends}",
        "Breaks: ${pkgguard:Breaks}",
    )
    assert fix.replaced == ("Depends",)


def test_what_is_written_by_hand_beside_a_substvar_is_taken_out(tmp_path: Path) -> None:
    control = "Depends: ${pkgguard:Depends}, kata-image (= 1.1.0-7) [linux-any]\nBreaks: ${pkgguard:Breaks}\n"
    relations = (
        "Depends: kata-image (>= 1.1.0), kata-image (<< 2.0.0~), kata-image (= 1.1.0-7)\n"
        "Breaks: kata-image (<< 1.1.0), kata-image (>= 2.0.0~)\n"
    )
    fix = in_control(tmp_path, control, relations)
    assert fix.lines == ("Depends: ${pkgguard:Depends}",)


def test_a_field_of_which_nothing_is_left_is_removed(tmp_path: Path) -> None:
    control = "Depends: ${pkgguard:Depends}\nBreaks: ${pkgguard:Breaks}\nConflicts: kata-image (<< 1.0.0)\n"
    relations = (
        "Depends: kata-image (>= 1.0.0), kata-image (<< 2.0.0~)\n"
        "Breaks: kata-image (>= 2.0.0~)\nConflicts: kata-image (<< 1.0.0)\n"
    )
    fix = in_control(tmp_path, control, relations)
    assert fix.lines == ()
    assert fix.emptied == ("Conflicts",)


def test_debputy_needs_no_substvar_in_control(tmp_path: Path) -> None:
    fix = in_control(
        tmp_path,
        "Depends: kata-image (>= 1.0.0), adduser\n",
        "Depends: kata-image (>= 1.0.0), adduser\n",
        "Build-Depends: dh-sequence-zz-debputy\n",
    )
    assert fix.lines == ("Depends: adduser",)


def test_the_fix_of_another_source_keeps_its_relations(tmp_path: Path) -> None:
    (tmp_path / "debian").mkdir()
    (tmp_path / "debian/control").write_text(
        "Source: other\n\nPackage: other\nArchitecture: all\nDescription: test\n Test.\n", "utf-8"
    )
    fix = fix_of("deb", "Depends: kata-image\n")
    assert fix_in_control(read_source(tmp_path))(fix) == fix


@pytest.mark.parametrize("family", ["deb", "rpm"])
def test_a_spec_has_the_macro(family: str) -> None:
    relation = {"deb": "Depends: kata-image (>= 1.0.0)\n", "rpm": "Requires: kata-image >= 1.0.0\n"}
    fix = fix_of(family, relation[family])
    written = fix_in_spec(fix)
    assert written.lines == (("%{pkgguard_relations kata-runtime}",) if family == "rpm" else fix.lines)
    assert written.removed == fix.removed
    assert len(fix.removed) == 1
