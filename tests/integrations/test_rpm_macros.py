"""``%pkgguard_relations``: the relations of a package in its spec file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from real.rpmbuild import Built, Rpmbuild
from real.tools import PATH, run
from small_project import MANIFEST
from spec_files import (
    IMAGE,
    RUNTIME,
    USED,
    example,
    expected,
    failed,
    relations,
    sources,
    spec,
    subpackage,
    without_generator,
)

from pkgguard import api

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools", "release")]


def test_the_relations_are_those_of_generate_with_their_reasons(rpmbuild: Rpmbuild) -> None:
    text = spec("%{pkgguard_relations kata-runtime}", version="2.4.0", release="3%{?dist}")
    shown = rpmbuild.run("rpmspec", "--parse", write(rpmbuild, text)).checked().output
    assert "Requires: ((kata-containers-image >= 2.4.0 with kata-containers-image < 3.2.0~) or (" in shown
    assert "warning:" not in shown
    built = rpmbuild.build(text)
    assert relations(rpmbuild, built) == expected(RUNTIME, "2.4.0-3")
    assert USED in built.log
    assert "warning:" not in built.log
    checked = run_check(rpmbuild, built)
    assert "1 package judged, 0 errors" in checked


def write(rpmbuild: Rpmbuild, text: str) -> Path:
    path = rpmbuild.top / "shown.spec"
    path.write_text(text, "utf-8")
    return path


def run_check(rpmbuild: Rpmbuild, built: Built) -> str:
    command = [rpmbuild.top / "bin/pkgguard", "check", *built.packages.values()]
    return run(command, home=rpmbuild.top).checked().output


def test_a_subpackage_has_its_own_version(rpmbuild: Rpmbuild) -> None:
    image = f"Epoch: 0\nVersion: 1.2.0\nRelease: 7\n%{{pkgguard_relations {IMAGE}}}"
    agent = "Version: 2.0.0\n%{pkgguard_relations kata-agent}"
    more = subpackage(IMAGE, image) + subpackage("kata-agent", agent)
    built = rpmbuild.build(spec("%{pkgguard_relations kata-runtime}", more=more))
    assert relations(rpmbuild, built) == expected(RUNTIME, "1.1.0-1")
    assert relations(rpmbuild, built, IMAGE) == expected(IMAGE, "0:1.2.0-7")
    assert relations(rpmbuild, built, "kata-agent") == expected("kata-agent", "2.0.0-7")


@pytest.mark.parametrize("line", ["%{pkgguard_relations -t rpm-legacy kata-runtime}", "by a macro"])
def test_the_dialect_without_rich_dependencies(rpmbuild: Rpmbuild, line: str) -> None:
    words = ["--define", "pkgguard_target rpm-legacy"] if line == "by a macro" else []
    line = "%{pkgguard_relations kata-runtime}" if words else line
    built = rpmbuild.build(spec(line, version="2.4.0"), *words)
    assert relations(rpmbuild, built) == expected(RUNTIME, "2.4.0-1", "rpm-legacy")
    assert "RichDependencies" not in run(
        ["rpm", "--query", "--package", "--requires", built.packages[RUNTIME]], home=rpmbuild.top
    ).output  # fmt: skip


@pytest.mark.parametrize("line", ["%{pkgguard_relations -n kata-runtime}", "by a macro"])
def test_an_unknown_release_can_count_as_the_newest(rpmbuild: Rpmbuild, line: str) -> None:
    words = ["--define", "pkgguard_newest 1"] if line == "by a macro" else []
    line = "%{pkgguard_relations kata-runtime}" if words else line
    built = rpmbuild.build(spec(line, version="9.1.7", files="/usr/bin/other"), *words)
    assert "kata-runtime 9.1.7-1 is unknown and treated as runtime 4.1.0" in built.log
    found = relations(rpmbuild, built)
    assert found
    assert found == expected(RUNTIME, "4.1.0-1")


def manifest_named(where: str, rpmbuild: Rpmbuild) -> tuple[str, list[str]]:
    """Put a manifest somewhere; give the options and definitions that name it."""
    path = rpmbuild.sources / "it's mine.toml"
    path.write_text(MANIFEST, "utf-8")
    plain = rpmbuild.sources / "mine.toml"
    shutil.copy(path, plain)
    if where == "beside":
        shutil.move(path, rpmbuild.sources / "pkgguard.toml")
    return {
        "option": (f"-m {plain}", []),
        "option with a source": ("-m %{SOURCE1}", []),
        "option, a name only": ("-m mine.toml", []),
        "macro": ("", ["--define", f"pkgguard_manifest {path}"]),
        "macro, a name only": ("", ["--define", "pkgguard_manifest it's mine.toml"]),
        "beside": ("", []),
    }[where]


@pytest.mark.parametrize(
    "where",
    ["option", "option with a source", "option, a name only", "macro", "macro, a name only", "beside"],
)
def test_the_manifest_of_the_build(rpmbuild: Rpmbuild, where: str) -> None:
    """It holds for the macro, the generator and the check alike, and goes before the environment."""
    option, words = manifest_named(where, rpmbuild)
    with_files = MANIFEST.replace('["agent"]\n[protocol', '["agent"]\nfiles = ["/usr/share/img"]\n[protocol')
    for path in rpmbuild.sources.glob("*.toml"):
        path.write_text(with_files, "utf-8")
    image = subpackage("kata-image", files="/usr/share/img")
    line = f"Source1: mine.toml\n%{{pkgguard_relations {option} kata-runtime}}\n%pkgguard_check"
    built = rpmbuild.build(
        spec(line, more=image), *words, environment={"PKGGUARD_MANIFEST": "/nowhere/other.toml"}
    )
    mine = api.parse_manifest(with_files)
    assert relations(rpmbuild, built) == expected(RUNTIME, "1.1.0-1", manifest=mine)
    assert relations(rpmbuild, built, "kata-image") == expected("kata-image", "1.1.0-1", manifest=mine)
    used = [entry for entry in built.log.splitlines() if entry.startswith("manifest: ")]
    assert len(used) >= 3
    assert all(entry.endswith("(named on the command line), project mine") for entry in used)


def test_a_manifest_beside_extends_another_source(rpmbuild: Rpmbuild) -> None:
    with_files = MANIFEST.replace('["agent"]\n[protocol', '["agent"]\nfiles = ["/usr/share/img"]\n[protocol')
    (rpmbuild.sources / "base.toml").write_text(with_files, "utf-8")
    added = 'manifest = 1\nextends = "base.toml"\n[package.kata-image]\nrpm = "acme-image"\n'
    (rpmbuild.sources / "pkgguard.toml").write_text(added, "utf-8")
    image = subpackage("acme-image", files="/usr/share/img")
    line = "Source1: pkgguard.toml\nSource2: base.toml\n%{pkgguard_relations kata-runtime}\n%pkgguard_check"
    built = rpmbuild.build(spec(line, more=image))
    manifest = api.read_manifest(rpmbuild.sources / "pkgguard.toml")
    found = relations(rpmbuild, built)
    assert found == expected(RUNTIME, "1.1.0-1", manifest=manifest)
    assert any("acme-image" in one for one in found)
    assert relations(rpmbuild, built, "acme-image") == expected("acme-image", "1.1.0-1", manifest=manifest)


def test_without_one_pkgguard_looks_for_it(rpmbuild: Rpmbuild, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MANIFEST, "utf-8")
    text = spec("%{pkgguard_relations kata-runtime}")
    built = rpmbuild.build(text, environment={"PKGGUARD_MANIFEST": str(path)})
    found = relations(rpmbuild, built)
    assert found == expected(RUNTIME, "1.1.0-1", manifest=api.parse_manifest(MANIFEST))
    assert f"manifest: {path} (named by PKGGUARD_MANIFEST), project mine" in built.log


FAILURES = {
    "release unknown": (
        "%{pkgguard_relations kata-runtime}",
        "9.1.7",
        ["9.1.7 is not a runtime release in the manifest; nearest known: 4.1.0", "(exit 3)"],
    ),
    "package unknown": (
        "%{pkgguard_relations kata-runtim}",
        "1.1.0",
        ["no package is called 'kata-runtim'; did you mean 'kata-runtime'?", "failed (exit 2)"],
    ),
    "no package": (
        "%{pkgguard_relations}",
        "1.1.0",
        ["name one package of the manifest, as in %{pkgguard_relations kata-runtime}"],
    ),
    "two packages": ("%{pkgguard_relations kata-runtime kata-agent}", "1.1.0", ["name one package"]),
    "no package, in the form for absent macros": ("%{?pkgguard_relations}", "1.1.0", ["name one package"]),
    "target unknown": (
        "%{pkgguard_relations -t rpm-old kata-runtime}",
        "1.1.0",
        ["no target of rpm is called 'rpm-old'", "rpm-legacy"],
    ),
    "option unknown": ("%{pkgguard_relations -x kata-runtime}", "1.1.0", ["Unknown option x"]),
    "manifest missing": (
        "%{pkgguard_relations -m nowhere.toml kata-runtime}",
        "1.1.0",
        ["SOURCES/nowhere.toml: the manifest does not exist", "failed (exit 3)"],
    ),
    "manifest missing, by a macro": (
        "%global pkgguard_manifest /nowhere.toml\n%{pkgguard_relations kata-runtime}",
        "1.1.0",
        ["/nowhere.toml: the manifest does not exist"],
    ),
    "two manifests": (
        "%global pkgguard_manifest one.toml\n%{pkgguard_relations -m two.toml kata-runtime}",
        "1.1.0",
        ["-m two.toml: this build already uses the manifest one.toml; name only one"],
    ),
    "check of one package": ("%pkgguard_check kata-runtime", "1.1.0", ["takes no arguments"]),
}  # fmt: skip


@pytest.mark.parametrize("case", FAILURES)
def test_what_goes_wrong_is_said_and_fails_the_build(rpmbuild: Rpmbuild, case: str) -> None:
    line, version, said = FAILURES[case]
    failed(rpmbuild.build(spec(line, version=version)), *said)


def test_a_version_that_is_not_yet_set(rpmbuild: Rpmbuild) -> None:
    said = "pkgguard_relations: the version is not known here; put the line below Version and Release"
    line = "%{pkgguard_relations kata-runtime}"
    for tag in ("Version: ", "Release: "):
        text = spec().replace(tag, f"{line}\n{tag}", 1)
        failed(rpmbuild.build(text), said)


def test_a_manifest_beside_that_is_not_there_or_not_right(rpmbuild: Rpmbuild) -> None:
    beside = rpmbuild.sources / "pkgguard.toml"
    beside.symlink_to("nowhere")
    text = spec("%{pkgguard_relations kata-runtime}")
    failed(rpmbuild.build(text), "SOURCES/pkgguard.toml: the manifest does not exist")
    beside.unlink()
    beside.write_text("manifest = 1\n", "utf-8")
    failed(rpmbuild.build(text), "mistakes in the manifest", "add at least one [component.NAME]")


ABSENT = (
    "pkgguard is not installed: install the package pkgguard (BuildRequires: pkgguard-rpm-macros brings it)"
)


@pytest.mark.parametrize("line", ["%{pkgguard_relations kata-runtime}", "%pkgguard_check", "the generator"])
def test_without_pkgguard_nothing_is_built_and_the_message_says_what_to_install(
    tmp_path: Path, line: str
) -> None:
    assert shutil.which("pkgguard", path=PATH) is None
    rpmbuild = (without_generator if line.startswith("%pkgguard_check") else Rpmbuild)(tmp_path / "rpm")
    (rpmbuild.top / "bin/pkgguard").unlink()
    preamble, path = ("", "/usr/bin/other") if line == "the generator" else (line, "")
    built = rpmbuild.build(spec(preamble, files=path))
    assert not built
    assert ABSENT in built.log
    if not line.startswith("%pkgguard_check"):
        assert not built.packages


@pytest.mark.parametrize("end", ["echo broken >&2; exit 1", "kill -9 $$", "echo 'Requires: a'; exit 3"])
def test_a_pkgguard_that_fails_in_any_way_fails_the_build(tmp_path: Path, end: str) -> None:
    for number, (line, path) in enumerate(
        [("%{pkgguard_relations kata-runtime}", ""), ("", "/usr/bin/other"), ("%pkgguard_check", "")]
    ):
        directory = tmp_path / str(number)
        rpmbuild = without_generator(directory) if "check" in line else Rpmbuild(directory)
        (rpmbuild.top / "bin/pkgguard").write_text(f"#!/bin/sh\n{end}\n", "utf-8")
        built = rpmbuild.build(spec(line, files=path))
        assert not built, built


@pytest.mark.parametrize("name", [RUNTIME, IMAGE])
def test_a_source_package_is_made_without_the_macros_and_built_only_with_them(
    tmp_path: Path, name: str
) -> None:
    bare = Rpmbuild(tmp_path / "bare", installed={}, pkgguard=None)
    made = bare.build(example(name), *sources(name), how="-bs")
    assert made, made
    (source,) = made.packages.values()
    # The database of the build has no package at all, so pkgguard-rpm-macros is missing in it.
    refused = bare.build(source, how="--rebuild")
    failed(refused, "error: Failed build dependencies:", "pkgguard-rpm-macros is needed by")
    unguarded = bare.build(source, "--nodeps", how="--rebuild")
    failed(unguarded, "pkgguard-rpm-macros is not installed: install it to build this package")
    rpmbuild = Rpmbuild(tmp_path / "whole")
    built = rpmbuild.build(source, "--nodeps", how="--rebuild")
    assert set(expected(name, "1.1.0-1")) <= set(relations(rpmbuild, built, name))
    assert "1 package judged, 0 errors" in built.log
