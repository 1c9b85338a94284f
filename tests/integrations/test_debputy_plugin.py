"""The debputy plugin, without debputy; test_debputy_build.py has the real one build with it."""

from __future__ import annotations

import ast
import importlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from debian.substvars import Substvars
from runner import run
from small_project import MANIFEST

from pkgguard.integrations import debputy

ROOT = Path(__file__).parents[2]
DESCRIPTOR = ROOT / "debian/dh-pkgguard.debputy-plugins/pkgguard.json"
CONTROL = """\
Source: mine
Maintainer: Nobody <nobody@example.org>
Build-Depends: {depends}

Package: kata-runtime
Architecture: any
Description: x

Package: kata-image
Architecture: all
Description: x

Package: unrelated
Architecture: all
Description: x
"""
FIELDS = ("Depends", "Recommends", "Breaks", "Conflicts", "Provides")


@dataclass
class Package:
    name: str


@dataclass
class Build:
    """What debputy hands a plugin; the substvars are of the class that its own are of."""

    binary_package: Package
    binary_package_version: str
    substvars: Substvars = field(default_factory=Substvars)


def build(name: str, version: str) -> Build:
    made = Build(Package(name), version)
    debputy.define_substvars(None, made, made)
    return made


def refused(name: str, version: str) -> str:
    with pytest.raises(SystemExit) as caught:
        build(name, version)
    assert isinstance(caught.value.code, str)
    return caught.value.code


@pytest.fixture(autouse=True)
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "debian").mkdir()
    (tmp_path / "debian/control").write_text(CONTROL.format(depends="debputy"), "utf-8")
    (tmp_path / "debian/pkgguard.toml").write_text(MANIFEST, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PKGGUARD_MANIFEST", raising=False)
    return tmp_path


def test_the_descriptor_names_what_is_there() -> None:
    text = json.loads(DESCRIPTOR.read_text("utf-8"))
    assert set(text) == {"api-compat-version", "module", "plugin-initializer"}
    assert text["api-compat-version"] == 1
    initialize = getattr(importlib.import_module(text["module"]), text["plugin-initializer"])
    registered = []

    class Initializer:
        def metadata_or_maintscript_detector(self, name: str, detector: debputy.Detector, /) -> None:
            registered.append((name, detector))

    initialize(Initializer())
    assert registered == [("relations", debputy.define_substvars)]


def test_it_imports_nothing_of_debputy() -> None:
    tree = ast.parse(Path(debputy.__file__).read_text("utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert "debputy" not in imported
    assert "pkgguard" in imported


def test_a_package_gets_the_relations_of_the_version_that_is_built() -> None:
    # There is no changelog: the version is the one that debputy says.
    assert dict(build("kata-runtime", "1.1.0-1+b2").substvars) == {
        "pkgguard:Depends": "kata-image (>= 1.1.0), kata-image (<< 2.0.0~)",
        "pkgguard:Recommends": "",
        "pkgguard:Breaks": "kata-image (<< 1.1.0), kata-image (>= 2.0.0~)",
        "pkgguard:Conflicts": "",
        "pkgguard:Provides": "",
    }
    older = build("kata-runtime", "1.0.0-1").substvars
    assert older["pkgguard:Depends"] == "kata-image (>= 1.0.0), kata-image (<< 2.0.0~)"


def test_a_manifest_may_extend_another_one(source: Path) -> None:
    (source / "upstream.toml").write_text(MANIFEST, "utf-8")
    added = 'manifest = 1\nextends = "../upstream.toml"\n[package.kata-image]\ndeb = "acme-image"\n'
    (source / "debian/pkgguard.toml").write_text(added, "utf-8")
    depends = build("kata-runtime", "1.1.0-1").substvars["pkgguard:Depends"]
    assert depends == "acme-image (>= 1.1.0), acme-image (<< 2.0.0~)"


def test_a_package_that_the_manifest_does_not_know_gets_empty_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert dict(build("unrelated", "7-1").substvars) == dict.fromkeys(
        (f"pkgguard:{one}" for one in FIELDS), ""
    )
    said = capsys.readouterr().err
    assert said == (
        "pkgguard: unrelated: no relations; it is not in the manifest debian/pkgguard.toml (found here),"
        " project mine\n"
    )


def test_what_dh_pkgguard_wrote_is_replaced_and_the_rest_stays() -> None:
    made = Build(Package("kata-image"), "1.1.0-1")
    made.substvars["pkgguard:Breaks"] = "kata-runtime (<< 9)"
    made.substvars["misc:Depends"] = "other"
    debputy.define_substvars(None, made, made)
    once = made.substvars.dump()
    assert made.substvars["pkgguard:Breaks"] == "kata-runtime (<< 1.0.0), kata-runtime (>= 2.0.0~)"
    assert made.substvars["misc:Depends"] == "other"
    debputy.define_substvars(None, made, made)
    assert made.substvars.dump() == once


def test_the_manifest_and_every_loss_are_said(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Breaks cannot refuse one release between two others.
    text = MANIFEST.replace(
        'releases = ["1.0.0", "1.1.0"]', 'releases = ["1.0.0", "1.1.0", "1.2.0", "1.3.0"]'
    )
    text += '[[broken]]\ncomponent = "agent"\nrelease = "1.2.0"\nbecause = "it loses data"\n'
    (source / "debian/pkgguard.toml").write_text(text, "utf-8")
    build("kata-runtime", "1.1.0-1")
    first, *others = capsys.readouterr().err.splitlines()
    manifest = "the manifest debian/pkgguard.toml (found here), project mine"
    assert first == f"pkgguard: kata-runtime 1.1.0-1: relations by {manifest}"
    assert [line[:62] for line in others] == [
        "pkgguard: kata-runtime: warning: hole-not-enforced: kata-image"
    ]


def test_the_variable_names_another_manifest(
    source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (source / "mine.toml").write_text(MANIFEST.replace('"mine"', '"yours"'), "utf-8")
    monkeypatch.setenv("PKGGUARD_MANIFEST", "mine.toml")
    build("kata-runtime", "1.1.0-1")
    origin = "(named by PKGGUARD_MANIFEST; debian/pkgguard.toml is not used)"
    assert f"{origin}, project yours" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[package.", "[package.other-", "knows none of its packages"),
        ('"1.0.0", ', "", "1.0.0 is not a runtime release"),
        ("manifest = 1", "manifest = 1\nmanifesto = 2", "line 2: top level manifesto"),
        (
            "manifest = 1",
            'manifest = 1\n"\\u001b[31m" = 1',
            "top level \N{REPLACEMENT CHARACTER}[31m: unknown key",
        ),
    ],
    ids=["packages", "release", "key", "escape"],
)
def test_a_mistake_ends_the_build_and_says_what_to_do(source: Path, old: str, new: str, said: str) -> None:
    (source / "debian/pkgguard.toml").write_text(MANIFEST.replace(old, new), "utf-8")
    message = refused("kata-runtime", "1.0.0-1")
    assert message.startswith("pkgguard: error: ")
    assert said in message
    assert "\x1b" not in message


def test_a_source_that_cannot_be_read_ends_the_build(source: Path) -> None:
    (source / "debian/control").unlink()
    assert "debian/control: the file does not exist" in refused("kata-runtime", "1.1.0-1")
    (source / "debian/control").mkdir()
    assert refused("kata-runtime", "1.1.0-1") == "pkgguard: error: debian/control: is not a regular file"


@pytest.mark.parametrize(
    "name", ["dh-sequence-zz-debputy", "dh-sequence-debputy", "dh-sequence-zz-debputy-rrr"]
)
def test_what_debputy_merges_is_not_called_lost(source: Path, name: str) -> None:
    entry = "mine (1.1.0-1) unstable; urgency=low\n\n  * x\n\n"
    changelog = f"{entry} -- x <x@example.org>  Thu, 21 Jun 2018 18:53:00 +0000\n"
    (source / "debian/changelog").write_text(changelog, "utf-8")
    control = source / "debian/control"
    for depends, lost in ((f"debhelper-compat (= 13), {name} (>= 0.1)", False), (f"{name}-not", True)):
        control.write_text(CONTROL.format(depends=depends), "utf-8")
        assert ("so these relations are lost" in run("debian", "substvars").stderr) == lost
    control.write_text(
        CONTROL.format(depends=name).replace("Description", "Breaks: ${pkgguard:Depends}\nDescription", 1),
        "utf-8",
    )
    assert "Breaks uses ${pkgguard:Depends}, which is for Depends" in run("debian", "substvars").stderr
