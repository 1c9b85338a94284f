"""Tests of the plugin for debputy's own test runner (dh_installdebputy(1), "DIRECTORIES")."""

from __future__ import annotations

from pathlib import Path

import pytest
from debputy.plugin.api.test_api import (
    build_virtual_file_system,
    initialize_plugin_under_test,
    package_metadata_context,
)

MANIFEST = """\
manifest = 1
project = "mine"
[component.client]
releases = ["1.0.0", "1.1.0"]
[component.server]
releases = ["1.0.0", "1.1.0"]
[package.client]
carries = ["client"]
[package.server]
carries = ["server"]
[protocol.talk]
client = ["client"]
server = "server"
[[change]]
protocol = "talk"
kind = "added"
what = ["Talk/Pause"]
server = "1.1.0"
client = "1.1.0"
because = "the client calls it"
"""
CONTROL = """\
Source: mine
Build-Depends: debputy, debputy-plugin-pkgguard

Package: client
Architecture: any

Package: server
Architecture: all

Package: manual
Architecture: all
"""


@pytest.fixture(autouse=True)
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "debian").mkdir()
    (tmp_path / "debian/control").write_text(CONTROL)
    (tmp_path / "debian/pkgguard.toml").write_text(MANIFEST)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PKGGUARD_MANIFEST", raising=False)
    return tmp_path


def substvars(package: str, version: str) -> dict[str, str]:
    context = package_metadata_context(package_fields={"Package": package}, binary_package_version=version)
    plugin = initialize_plugin_under_test()
    found = plugin.run_metadata_detector("relations", build_virtual_file_system([]), context=context)
    return dict(found.substvars)


def test_relations_are_defined_for_the_version_that_is_built() -> None:
    assert substvars("client", "1.1.0-1") == {
        "pkgguard:Depends": "server (>= 1.1.0), server (<< 2.0.0~)",
        "pkgguard:Breaks": "server (<< 1.1.0), server (>= 2.0.0~)",
        "pkgguard:Conflicts": "",
        "pkgguard:Provides": "",
        "pkgguard:Recommends": "",
    }
    assert substvars("client", "1.0.0-1")["pkgguard:Depends"] == "server (>= 1.0.0), server (<< 2.0.0~)"


def test_all_are_defined_for_a_package_that_the_manifest_does_not_know() -> None:
    found = substvars("manual", "1.1.0-1")
    assert len(found) == 5
    assert set(found.values()) == {""}


@pytest.mark.parametrize(
    ("version", "manifest", "said"),
    [
        ("7.0.0-1", MANIFEST, "7.0.0 is not a client release"),
        ("1.1.0-1", MANIFEST.replace("1.1.0", "eleven"), "is not a semantic version"),
        ("1.1.0-1", MANIFEST.replace("[package.", "[package.other-"), "knows none of its packages"),
    ],
    ids=["release", "manifest", "packages"],
)
def test_a_mistake_ends_the_build(source: Path, version: str, manifest: str, said: str) -> None:
    (source / "debian/pkgguard.toml").write_text(manifest)
    with pytest.raises(SystemExit, match=said):
        substvars("client", version)
