"""A finding of debian check points at the line of debian/control on which its relation stands."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from runner import run

from pkgguard.diagnostics import Diagnostic, PackageRef, Severity
from pkgguard.integrations.control_lines import lines_of
from pkgguard.integrations.source import read_source

PAUSE = Path(__file__).parents[2] / "examples/pause-container"
DEB = "kata-runtime_1.1.0-1_amd64.deb"
CONTROL = """\
# A comment.
Source: kata-runtime
Maintainer: A <a@b.example>

Package: kata-runtime
Architecture: amd64
Depends: ${shlibs:Depends},
# Depends: kata-containers-image (>= 1.0.0)
         kata-containers-image
 (>= 1.0.0),
         kata-containers-image  (>= 1.0.0),
Breaks: ${pkgguard:Breaks}
Description: x

Package: other
Architecture: all
Description: y
"""


def at(folder: Path, name: str, *relations: str) -> int | None:
    (folder / "debian").mkdir(exist_ok=True)
    (folder / "debian/control").write_text(CONTROL)
    one = Diagnostic(
        "admits-incompatible-peer",
        Severity.ERROR,
        "",
        package=PackageRef("deb", name, "1", "all"),
        relations=relations,
    )
    place = lines_of(read_source(folder))(one)
    return None if place is None else place.line


def test_it_is_the_line_of_the_relation(tmp_path: Path) -> None:
    assert at(tmp_path, "kata-runtime", "Depends: kata-containers-image (>= 1.0.0)") == 11
    assert at(tmp_path, "kata-runtime", "Depends: kata-containers-image") == 9


def test_it_is_the_field_if_a_substvar_holds_the_relation(tmp_path: Path) -> None:
    assert at(tmp_path, "kata-runtime", "Breaks: kata-containers-image (<< 1.1)") == 12
    assert at(tmp_path, "kata-runtime", "Depends: kata-agent (<< 2)") == 7


def test_it_is_the_package_without_a_relation_or_a_field(tmp_path: Path) -> None:
    assert at(tmp_path, "kata-runtime") == 5
    assert at(tmp_path, "kata-runtime", "Conflicts: kata-agent") == 5
    assert at(tmp_path, "other", "Depends: x") == 15


def test_there_is_none_for_a_package_of_another_source(tmp_path: Path) -> None:
    assert at(tmp_path, "kata-agent", "Depends: x") is None


@pytest.mark.parametrize("form", ["github", "gitlab", "sarif"])
def test_debian_check_points_at_it(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "source"
    (source / "debian").mkdir(parents=True)
    (source / "debian/control").write_text(CONTROL)
    (source / "debian/changelog").write_text("kata-runtime (1.1.0-1) unstable; urgency=low\n\n  * X.\n")
    (source / "debian/files").write_text(f"{DEB} x optional\n")
    shutil.copy(PAUSE / "pkgguard.toml", source / "debian/pkgguard.toml")
    shutil.copy(PAUSE / "packages" / DEB, tmp_path)
    monkeypatch.chdir(source)
    done = run("debian", "check", "--format", form)
    assert done.exit_code == 1
    if form == "github":
        assert ",file=debian/control,line=11::kata-runtime 1.1.0-1: accepts" in done.stdout
    elif form == "gitlab":
        issue = json.loads(done.stdout)[0]
        assert issue["location"] == {"path": "debian/control", "lines": {"begin": 11}}
    else:
        result = json.loads(done.stdout)["runs"][0]["results"][0]
        uris = [
            one["physicalLocation"]["artifactLocation"]["uri"]
            for one in (*result["locations"], *result["relatedLocations"])
        ]
        assert uris == ["debian/control", "debian/pkgguard.toml", f"../{DEB}"]
