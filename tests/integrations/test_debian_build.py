"""Debian source packages built by the real dpkg-buildpackage with the addon, and what can go wrong."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from real.deb_root import DebRoot
from real.source import CHANGELOG, RULES, Addon, Source, built_field
from real.tools import run
from small_project import MANIFEST

from pkgguard import api
from pkgguard.families.lookup import family

ROOT = Path(__file__).parents[2]
pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]

FIELDS = ("Depends", "Recommends", "Breaks", "Conflicts", "Provides")
OWN = {"debian/pkgguard.toml": MANIFEST}


@pytest.fixture
def addon(tmp_path: Path) -> Addon:
    return Addon(tmp_path / "addon")


def wanted(manifest: api.Manifest, name: str, version: str, field: str) -> set[str]:
    generated = api.Project(manifest).relations("deb", name, version)
    return {one.relation.text for one in generated.relations if one.relation.field == field}


def clauses(text: str) -> set[str]:
    return {clause.strip() for clause in text.split(",") if clause.strip()}


def example(folder: Path, name: str, version: str = "") -> Path:
    """Copy an example; with another version, its changelog says that."""
    shutil.copytree(ROOT / "examples/source/deb" / name, folder / name)
    if version:
        changelog = folder / name / "debian/changelog"
        changelog.write_text(changelog.read_text("utf-8").replace("1.1.0-1", version), "utf-8")
    return folder / name


# --- the examples


def test_the_examples_are_built_guarded_and_install_together(tmp_path: Path, addon: Addon) -> None:
    kata = api.built_in().manifest
    for name in ("kata-runtime", "kata-containers-image"):
        built = addon.build(example(tmp_path, name)).checked()
        assert "manifest: kata.toml (built in), project kata-containers" in built.output
        assert "1 package judged, 0 errors" in built.output
        assert "warning" not in built.output
        deb = tmp_path / f"{name}_1.1.0-1_all.deb"
        for field in FIELDS:
            assert clauses(built_field(deb, field)) == wanted(kata, name, "1.1.0-1", field)
    runtime, image = (
        tmp_path / "kata-runtime_1.1.0-1_all.deb",
        tmp_path / "kata-containers-image_1.1.0-1_all.deb",
    )
    alternatives = "kata-containers-image (>= 1.1.0) | kata-agent (>= 1.1.0)"
    assert alternatives in clauses(built_field(runtime, "Depends"))
    DebRoot(tmp_path / "good").apt_install(runtime, image).checked()
    for version in ("1.0.0-1", "2.0.0-1"):
        folder = tmp_path / version
        addon.build(example(folder, "kata-containers-image", version)).checked()
        other = folder / f"kata-containers-image_{version}_all.deb"
        refused = DebRoot(folder / "bad").apt_install(runtime, other)
        assert refused.returncode == 100
        assert "kata-runtime : Depends: kata-containers-image" in refused.output


# --- one source, many packages


@pytest.fixture
def both() -> Source:
    return Source("1.1.0-1", ("kata-runtime", "kata-image", "unrelated"), OWN)


def test_one_source_of_a_client_a_server_and_an_unknown_package(
    tmp_path: Path, addon: Addon, both: Source
) -> None:
    stanza = "\nPackage: unrelated\nArchitecture: all\nDescription: test package\n Made for one test.\n"
    control = tmp_path / "s/debian/control"
    both.write(tmp_path / "s")
    text = control.read_text("utf-8")
    control.write_text(text[: text.index("\nPackage: unrelated")] + stanza, "utf-8")
    built = addon.build(tmp_path / "s").checked()
    assert (
        "2 packages judged, 1 not in the manifest (unrelated), 1 pair judged together, 0 errors"
        in built.output
    )
    assert "debian/unrelated.substvars: not in the manifest, no relations" in built.output
    assert "substitution variable" not in built.output
    assert "warning: debian/control" not in built.output
    manifest = api.parse_manifest(MANIFEST)
    for name in ("kata-runtime", "kata-image"):
        for field in FIELDS:
            text = built_field(tmp_path / f"{name}_1.1.0-1_all.deb", field)
            assert clauses(text) == wanted(manifest, name, "1.1.0-1", field)


def test_a_manifest_that_extends_the_one_of_upstream(tmp_path: Path, addon: Addon) -> None:
    added = 'manifest = 1\nextends = "../upstream.toml"\n[package.kata-image]\ndeb = "acme-image"\n'
    files = {"debian/pkgguard.toml": added, "upstream.toml": MANIFEST}
    source = Source("1.1.0-1", ("kata-runtime", "acme-image"), files).write(tmp_path / "s")
    built = addon.build(source).checked()
    assert "2 packages judged, 1 pair judged together, 0 errors" in built.output
    manifest = api.read_manifest(source / "debian/pkgguard.toml")
    depends = built_field(tmp_path / "kata-runtime_1.1.0-1_all.deb", "Depends")
    assert "acme-image (>= 1.1.0)" in clauses(depends)
    for name in ("kata-runtime", "acme-image"):
        for field in FIELDS:
            text = built_field(tmp_path / f"{name}_1.1.0-1_all.deb", field)
            assert clauses(text) == wanted(manifest, name, "1.1.0-1", field)


def test_a_package_with_a_changelog_of_its_own_has_its_version(tmp_path: Path, addon: Addon) -> None:
    files = {
        **OWN,
        "debian/kata-image.changelog": Source("1.0.0-7", ("kata-image",))
        .write(tmp_path / "x")
        .joinpath("debian/changelog")
        .read_text("utf-8"),
    }
    source = Source("1.1.0-1", ("kata-runtime", "kata-image"), files).write(tmp_path / "s")
    done = addon.run(source, "dh_pkgguard").checked()
    assert "kata-image.substvars: 1.0.0-7 carries agent 1.0.0" in done.output
    assert "kata-runtime.substvars: 1.1.0-1 carries runtime 1.1.0" in done.output


def test_only_the_packages_acted_on_are_touched(tmp_path: Path, addon: Addon) -> None:
    source = Source("1.1.0-1", ("kata-runtime", "kata-image"), OWN).write(tmp_path / "s")
    addon.run(source, "dh_pkgguard", "-pkata-image").checked()
    assert not (source / "debian/kata-runtime.substvars").exists()
    assert "pkgguard:Breaks=" in (source / "debian/kata-image.substvars").read_text("utf-8")
    # Of a build of nothing but architecture-dependent packages, these are none.
    addon.run(source, "dh_pkgguard", "-a").checked()
    assert not (source / "debian/kata-runtime.substvars").exists()


# --- the substvars files


def test_it_writes_them_again_without_a_change_and_keeps_other_lines(tmp_path: Path, addon: Addon) -> None:
    source = Source("1.1.0-1", ("kata-runtime",), OWN).write(tmp_path / "s")
    path = source / "debian/kata-runtime.substvars"
    others = "misc:Depends=a, b\n# a comment\nshlibs:Depends?=\nmine=\udcff\x0cx\u2028y\r\n"
    path.write_bytes(others.encode("utf-8", "surrogateescape"))
    addon.run(source, "dh_pkgguard").checked()
    first = path.read_bytes()
    assert first.startswith(others.encode("utf-8", "surrogateescape"))
    addon.run(source, "dh_pkgguard").checked()
    assert path.read_bytes() == first
    # Another version replaces what stood there, and nothing else.
    changelog = source / "debian/changelog"
    changelog.write_text(changelog.read_text("utf-8").replace("1.1.0", "1.0.0"), "utf-8")
    addon.run(source, "dh_pkgguard").checked()
    second = path.read_bytes().decode("utf-8", "surrogateescape")
    assert second.startswith(others)
    assert ">= 1.1.0" not in second
    assert second.count("pkgguard:Depends=") == 1


def test_all_are_defined_and_the_empty_ones_may_go_unused(tmp_path: Path, addon: Addon) -> None:
    source = Source("1.1.0-1", ("kata-image", "kata-runtime"), OWN).write(tmp_path / "s")
    addon.run(source, "dh_pkgguard").checked()
    lines = (source / "debian/kata-image.substvars").read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        "pkgguard:Depends?=",
        "pkgguard:Recommends?=",
        "pkgguard:Breaks=kata-runtime (<< 1.0.0), kata-runtime (>= 2.0.0~)",
        "pkgguard:Conflicts?=",
        "pkgguard:Provides?=",
    ]
    assert any("docker pause" in line for line in (source / "debian/kata-runtime.substvars").open())


# --- what control loses


def unguarded(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if "pkgguard:Breaks" not in line)


def not_compiled(output: str) -> bool:
    """Return whether a build ended before dh configured and compiled anything."""
    return "   dh_pkgguard_precheck\n" in output and "   dh_update_autotools_config\n" not in output


def test_a_substvar_that_control_does_not_use_stops_the_build_at_once(tmp_path: Path, addon: Addon) -> None:
    source = Source("1.1.0-1", ("kata-runtime",), OWN).write(tmp_path / "s")
    control = source / "debian/control"
    control.write_text(unguarded(control.read_text("utf-8")), "utf-8")
    built = addon.build(source)
    assert built.returncode == 2
    assert not_compiled(built.output)
    lost = "Breaks does not use ${pkgguard:Breaks}, so these relations are lost: kata"
    assert f"debian/control:6: error: unused-substvar: kata-runtime: {lost}" in built.output
    assert '; write "Breaks: ${pkgguard:Breaks}"' in built.output
    # By its name it can be allowed. Depends alone is then only a warning of the check.
    rule = "\noverride_dh_pkgguard:\n\tdh_pkgguard --rule=unused-substvar=warning\n"
    (source / "debian/rules").write_text(RULES + rule, "utf-8")
    built = addon.build(source).checked()
    assert built.output.count("warning: unused-substvar: kata-runtime") == 2
    # Without it too, it is an error of the check.
    control.write_text(control.read_text("utf-8").replace("${pkgguard:Depends}, ", ""), "utf-8")
    built = addon.build(source)
    assert built.returncode == 2
    assert '; write "Depends: ${pkgguard:Depends}, ${misc:Depends}"' in built.output
    assert "error: admits-incompatible-peer, no-relation-to-peer: accepts kata-image 1.0.0" in built.output
    pasted = ("Depends: ${pkgguard:Depends}, ${misc:Depends}\n", "Breaks: ${pkgguard:Breaks}\n")
    assert f"  fix: replace Depends; add Breaks\n{''.join(pasted)}" in built.output
    text = control.read_text("utf-8")
    for line in pasted:
        text = re.sub(f"^{line.split(' ')[0]}.*\n", "", text, flags=re.MULTILINE)
        text = text.replace("Recommends:", f"{line}Recommends:")
    control.write_text(text, "utf-8")
    built = addon.build(source)
    assert built.returncode == 0, built.output
    assert "warning: unused-substvar" not in built.output
    assert "fix: " not in built.output


def test_the_early_check_runs_what_debian_rules_says_of_dh_pkgguard(tmp_path: Path, addon: Addon) -> None:
    hooks = "".join(
        f"\n{target}:\n\techo {said}{command}\n"
        for target, said, command in (
            ("execute_before_dh_pkgguard", "before", ""),
            ("override_dh_pkgguard-arch", "arch", "; dh_pkgguard"),
            ("override_dh_pkgguard-indep", "indep", "; dh_pkgguard"),
        )
    )
    files = {**OWN, "debian/rules": RULES + hooks}
    source = Source("1.1.0-1", ("kata-runtime", "kata-image"), files).write(tmp_path / "s")
    control = source / "debian/control"
    text = control.read_text("utf-8").replace("Architecture: all", "Architecture: any", 1)
    control.write_text(text, "utf-8")
    said = addon.build(source).checked().output.splitlines()
    early, late = (
        said[: said.index("   dh_update_autotools_config")],
        said[said.index("   dh_update_autotools_config") :],
    )
    for lines in (early, late):
        assert [line for line in lines if line in {"before", "arch", "indep"}] == ["before", "arch", "indep"]
        assert any(line.startswith("debian/kata-image.substvars: ") for line in lines)
    # An empty target omits it.
    assert "   dh_pkgguard_precheck" in addon.run(source, "dh", "build", "--no-act").output.splitlines()
    (source / "debian/rules").write_text(RULES + "\noverride_dh_pkgguard_precheck:\n", "utf-8")
    assert "dh_pkgguard_precheck" not in addon.run(source, "dh", "build", "--no-act").output


def test_the_check_can_only_warn(tmp_path: Path, addon: Addon) -> None:
    rules = RULES + "\noverride_dh_pkgguard_check:\n\tdh_pkgguard_check --warn-only\n"
    manifest = MANIFEST + '[rules]\nunused-substvar = "warning"\n'
    files = {"debian/pkgguard.toml": manifest, "debian/rules": rules}
    source = Source("1.1.0-1", ("kata-runtime",), files).write(tmp_path / "s")
    control = source / "debian/control"
    control.write_text(unguarded(control.read_text("utf-8")).replace("${pkgguard:Depends}, ", ""), "utf-8")
    built = addon.build(source).checked()
    assert "error: admits-incompatible-peer, no-relation-to-peer: accepts" in built.output


def test_a_substvar_in_the_wrong_place_or_of_no_name_is_told(tmp_path: Path, addon: Addon) -> None:
    source = Source("1.1.0-1", ("kata-runtime",), OWN).write(tmp_path / "s")
    control = source / "debian/control"
    text = control.read_text("utf-8").replace("Breaks: ${pkgguard:Breaks}", "Breaks: ${pkgguard:Braeks}")
    control.write_text(text + "pre-depends: ${pkgguard:Depends}\n", "utf-8")
    built = addon.build(source)
    assert built.returncode == 2
    assert not_compiled(built.output)
    wrong = 'Breaks uses ${pkgguard:Braeks}, which does not exist; write "Breaks: ${pkgguard:Breaks}"'
    assert f"debian/control:10: error: unknown-substvar: kata-runtime: {wrong}" in built.output
    assert "unused-substvar" not in built.output
    moved = "warning: misplaced-substvar: kata-runtime: pre-depends uses ${pkgguard:Depends}, which is for D"
    assert moved in built.output


def test_names_of_fields_may_be_written_in_any_case(tmp_path: Path, addon: Addon) -> None:
    source = Source("1.1.0-1", ("kata-runtime",), OWN).write(tmp_path / "s")
    control = source / "debian/control"
    text = control.read_text("utf-8").replace("\nDepends:", "\ndepends:").replace("\nBreaks:", "\nBREAKS:")
    control.write_text(text, "utf-8")
    built = addon.build(source).checked()
    assert "warning: debian/control" not in built.output
    deb = tmp_path / "kata-runtime_1.1.0-1_all.deb"
    assert clauses(built_field(deb, "Breaks")) == wanted(
        api.parse_manifest(MANIFEST), "kata-runtime", "1.1.0-1", "Breaks"
    )


def test_a_package_that_is_built_in_another_version_must_be_told(tmp_path: Path, addon: Addon) -> None:
    rules = RULES + "\noverride_dh_gencontrol:\n\tdh_gencontrol -- -v1.0.0-1\n"
    source = Source("1.1.0-1", ("kata-runtime",), {**OWN, "debian/rules": rules}).write(tmp_path / "s")
    built = addon.build(source)
    assert built.returncode == 2
    assert (
        "kata-runtime_1.0.0-1_all.deb: it was built as 1.0.0-1, but its relations are those of 1.1.0-1;"
        " give dh_pkgguard and dh_pkgguard_check --package-version=1.0.0-1"
    ) in built.output
    for name in ("dh_pkgguard", "dh_pkgguard_check"):
        rules += f"\noverride_{name}:\n\t{name} --package-version=1.0.0-1\n"
    (source / "debian/rules").write_text(rules, "utf-8")
    assert "1 package judged, 0 errors" in addon.build(source).checked().output
    depends = built_field(tmp_path / "kata-runtime_1.0.0-1_all.deb", "Depends")
    assert clauses(depends) == wanted(api.parse_manifest(MANIFEST), "kata-runtime", "1.0.0-1", "Depends")
    # Another revision of the same release has the same relations.
    (source / "debian/rules").write_text(RULES + "\noverride_dh_gencontrol:\n\tdh_gencontrol -- -v1.1.0-7\n")
    assert "1 package judged, 0 errors" in addon.build(source).checked().output


def test_the_check_does_not_pass_where_the_manifest_knows_nothing(tmp_path: Path, addon: Addon) -> None:
    rules = RULES + "\noverride_dh_pkgguard:\n\tdh_pkgguard --manifest=protocol.toml\n"
    manifest = MANIFEST.replace("kata-runtime", "shop-till").replace("kata-image", "shop-stock")
    files = {"protocol.toml": manifest, "debian/rules": rules}
    source = Source("1.1.0-1", ("shop-till",), files).write(tmp_path / "s")
    built = addon.build(source)
    assert built.returncode == 2
    assert "the manifest kata.toml (built in) knows none of its packages" in built.output
    done = addon.run(source, "pkgguard", "debian", "check", "--if-known")
    assert done.returncode == 0
    assert "nothing to check: kata.toml (built in) knows none of what was built" in done.output


def test_the_check_reads_each_architecture_and_nothing_stale(tmp_path: Path, addon: Addon) -> None:
    source = Source("1.1.0-1", ("kata-runtime",), OWN).write(tmp_path / "s")
    addon.build(source).checked()
    listing, deb = source / "debian/files", tmp_path / "kata-runtime_1.1.0-1_all.deb"
    check = ("pkgguard", "debian", "check")
    listing.write_text("kata-runtime_1.1.0-1_all.deb\tadmin\toptional\nkata-runtime_1.1.0-1_i386.deb - -\n")
    shutil.copy(deb, tmp_path / "kata-runtime_1.1.0-1_i386.deb")
    assert "2 packages judged" in addon.run(source, *check).checked().output
    (tmp_path / "kata-runtime_1.1.0-1_i386.deb").write_bytes(b"broken")
    done = addon.run(source, *check)
    assert done.returncode == 3
    assert "kata-runtime_1.1.0-1_i386.deb" in done.output
    listing.write_bytes(b"caf\xe9_1_all.deb - -\nkata-runtime_1.1.0-1_all.deb - -\n")
    addon.run(source, *check).checked()
    os.utime(deb, (0, 0))
    assert "it is older than debian/kata-runtime/DEBIAN/control" in addon.run(source, *check).output
    listing.write_text("kata-runtime-dbgsym_1.1.0-1_all.deb debug optional\n")
    done = addon.run(source, *check)
    assert done.returncode == 3
    assert "debian/files: it lists no .deb of a package in debian/control" in done.output
    assert addon.run(source, *check, "--if-known").returncode == 0


def test_a_package_that_the_manifest_calls_otherwise_in_deb_fails_the_build(
    tmp_path: Path, addon: Addon
) -> None:
    manifest = MANIFEST.replace('carries = ["runtime"]', 'carries = ["runtime"]\ndeb = "kata-rt"')
    source = Source("1.1.0-1", ("kata-runtime",), {"debian/pkgguard.toml": manifest}).write(tmp_path / "s")
    built = addon.build(source)
    assert built.returncode == 2
    assert (
        "debian/control: kata-runtime: according to the manifest debian/pkgguard.toml, it is called kata-rt"
        in (built.output)
    )


def test_the_check_finds_packages_that_were_put_elsewhere(tmp_path: Path, addon: Addon) -> None:
    (tmp_path / "out").mkdir()
    rules = RULES + "\noverride_dh_builddeb:\n\tdh_builddeb --destdir=../out\n"
    source = Source("1.1.0-1", ("kata-runtime",), {**OWN, "debian/rules": rules}).write(tmp_path / "s")
    built = addon.run(source, "debian/rules", "binary")
    assert built.returncode == 2
    missing = "it is listed in debian/files but does not exist; name the folder"
    assert f"kata-runtime_1.1.0-1_all.deb: {missing}" in built.output
    rules += "\noverride_dh_pkgguard_check:\n\tdh_pkgguard_check --destdir=../out\n"
    (source / "debian/rules").write_text(rules, "utf-8")
    assert "1 package judged, 0 errors" in addon.run(source, "debian/rules", "binary").checked().output


# --- what goes wrong in a build


def test_a_manifest_that_is_not_there_fails_the_build(tmp_path: Path, addon: Addon) -> None:
    source = Source("1.1.0-1", ("kata-runtime",)).write(tmp_path / "s")
    built = addon.build(source, environment={"PKGGUARD_MANIFEST": "nowhere.toml"})
    assert built.returncode == 2
    assert (
        "pkgguard: nowhere.toml: the manifest does not exist (named by PKGGUARD_MANIFEST); name a"
        in built.output
    )
    rules = RULES + "\noverride_dh_pkgguard:\n\tdh_pkgguard --manifest=debian/other.toml\n"
    (source / "debian/rules").write_text(rules, "utf-8")
    built = addon.build(source)
    assert built.returncode == 2
    assert "debian/other.toml: the manifest does not exist (named on the command line)" in built.output


def test_a_mistake_in_the_manifest_fails_the_build(tmp_path: Path, addon: Addon) -> None:
    files = {"debian/pkgguard.toml": MANIFEST.replace('kind = "added"', 'kind = "aded"')}
    built = addon.build(Source("1.1.0-1", ("kata-runtime",), files).write(tmp_path / "s"))
    assert built.returncode == 2
    assert "debian/pkgguard.toml: 1 mistake in the manifest" in built.output


def test_an_unknown_release_fails_the_build(tmp_path: Path, addon: Addon) -> None:
    source = Source("1.2.0-1", ("kata-runtime",), OWN).write(tmp_path / "s")
    built = addon.build(source)
    assert built.returncode == 2
    assert (
        "pkgguard: debian/changelog: kata-runtime 1.2.0-1: 1.2.0 is not a runtime release in the manifest"
        "; nearest known: 1.1.0, 1.0.0; list the release in the manifest debian/pkgguard.toml"
        " (pkgguard manifest release), or allow it with --newest-if-unknown"
    ) in built.output
    assert not_compiled(built.output)
    rules = "".join(
        f"\noverride_{one}:\n\t{one} --newest-if-unknown\n" for one in ("dh_pkgguard", "dh_pkgguard_check")
    )
    (source / "debian/rules").write_text(RULES + rules, "utf-8")
    built = addon.build(source).checked()
    assert "carries runtime 1.1.0 (treated as such: the version is unknown)" in built.output


@pytest.mark.parametrize(
    ("files", "known"),
    [({}, "kata.toml (built in)"), (OWN, "debian/pkgguard.toml (found here)")],
    ids=["built in", "its own"],
)
def test_packages_that_the_manifest_does_not_know_fail_the_build(
    tmp_path: Path, addon: Addon, files: dict[str, str], known: str
) -> None:
    built = addon.build(Source("1.1.0-1", ("mine-client", "mine-server"), files).write(tmp_path / "s"))
    assert built.returncode == 2
    assert (
        f"pkgguard: debian/control: the manifest {known} knows none of its packages (it knows "
        in built.output
    )
    assert "write one with 'pkgguard init', or name another" in built.output


def test_a_guarded_package_that_the_manifest_does_not_know_fails_the_build(
    tmp_path: Path, addon: Addon, both: Source
) -> None:
    built = addon.build(both.write(tmp_path / "s"))
    assert built.returncode == 2
    assert (
        "pkgguard: debian/control: unrelated: it uses ${pkgguard:Breaks}, but the manifest"
        " debian/pkgguard.toml does not know it; add [package.unrelated] to the manifest, or remove the"
        " substvar"
    ) in built.output


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it has no entry that begins like "),
        ("kata-runtime (1.1.0-1) unstable\n\n", "it has no entry"),
        ("kata-runtime (not/a version) unstable; urgency=low\n", "it has no entry"),
        ("kata-runtime (not/one) unstable; urgency=low\n", "newest entry: 'not/one' is not a valid deb"),
    ],
    ids=["empty", "no urgency", "two words", "no version"],
)
def test_a_changelog_that_cannot_be_read_fails_the_build(
    tmp_path: Path, addon: Addon, text: str, why: str
) -> None:
    source = Source("1.1.0-1", ("kata-runtime",), OWN).write(tmp_path / "s")
    (source / "debian/changelog").write_text(text, "utf-8")
    done = addon.run(source, "dh_pkgguard")
    assert done.returncode != 0
    assert f"pkgguard: debian/changelog: {why}" in done.output
    assert "fix it until dpkg-parsechangelog reads it" in done.output
    assert addon.build(source).returncode != 0


CHANGES = CHANGELOG.format(source="kata-runtime", version="1.1.0-1").encode()


@pytest.mark.parametrize(
    "text",
    [
        CHANGES.partition(b"\n -- ")[0],
        CHANGES.replace(b"  * Test", b" * Test"),
        CHANGES.replace(b"  * Test", b"  * caf\xe9 \xc2\x85 \x0c x"),
        b"<<<<<<< HEAD\n" + CHANGES,
        CHANGES + b"\nwhatever follows\n",
        CHANGES.replace(b"unstable", b"Unstable UNRELEASED"),
    ],
    ids=["no trailer", "one blank", "not UTF-8", "before it", "after it", "two suites"],
)
def test_a_changelog_that_dpkg_reads_is_read_the_same(tmp_path: Path, addon: Addon, text: bytes) -> None:
    source = Source("1.1.0-1", ("kata-runtime",), OWN).write(tmp_path / "s")
    (source / "debian/changelog").write_bytes(text)
    read = addon.run(source, "dpkg-parsechangelog", "-SVersion").checked().output
    assert read.splitlines()[-1] == "1.1.0-1"
    assert "carries runtime 1.1.0" in addon.run(source, "dh_pkgguard").checked().output


def test_a_changelog_for_one_architecture_is_the_one_that_dpkg_takes(tmp_path: Path, addon: Addon) -> None:
    older = CHANGELOG.format(source="kata-runtime", version="1.0.0-1")
    files = {**OWN, "debian/kata-runtime.changelog.amd64": older}
    source = Source("1.1.0-1", ("kata-runtime",), files).write(tmp_path / "s")
    control = source / "debian/control"
    control.write_text(
        control.read_text("utf-8").replace("Architecture: all", "Architecture: amd64"), "utf-8"
    )
    built = addon.build(source, "--host-arch=amd64").checked()
    assert "carries runtime 1.0.0" in built.output
    assert built_field(tmp_path / "kata-runtime_1.0.0-1_amd64.deb", "Version") == "1.0.0-1"


def test_a_changelog_or_control_that_is_not_there_fails_the_build(tmp_path: Path, addon: Addon) -> None:
    source = Source("1.1.0-1", ("kata-runtime",), OWN).write(tmp_path / "s")
    (source / "debian/changelog").unlink()
    done = addon.run(source, "pkgguard", "debian", "substvars")
    assert (done.returncode, done.output.splitlines()[-1][:55]) == (
        3,
        "pkgguard: debian/changelog: the file does not exist; wr",
    )
    done = addon.run(tmp_path, "pkgguard", "debian", "substvars")
    assert (done.returncode, done.output.splitlines()[-1]) == (
        3,
        "pkgguard: debian/control: the file does not exist; run this in the folder that contains debian/",
    )


def test_a_missing_pkgguard_fails_the_build(tmp_path: Path, addon: Addon) -> None:
    source = Source("1.1.0-1", ("kata-runtime",), OWN).write(tmp_path / "s")
    built = addon.without_pkgguard().build(source)
    assert built.returncode == 2
    assert "pkgguard is not installed, or not on PATH: apt-get install pkgguard" in built.output


# --- without debhelper


def test_a_build_without_debhelper_calls_the_same(tmp_path: Path, addon: Addon) -> None:
    source = Source("1.1.0-1", ("kata-runtime",), OWN).write(tmp_path / "s")
    addon.run(source, "pkgguard", "debian", "substvars", "--quiet").checked()
    (source / "debian/tmp/DEBIAN").mkdir(parents=True)
    words = ["dpkg-gencontrol", "-Tdebian/kata-runtime.substvars"]
    made = addon.run(source, *words).checked().output
    assert "pkgguard" not in made
    addon.run(source, "dpkg-deb", "--root-owner-group", "--build", "debian/tmp", "..").checked()
    assert "1 package judged, 0 errors" in addon.run(source, "pkgguard", "debian", "check").checked().output
    deb = tmp_path / "kata-runtime_1.1.0-1_all.deb"
    assert family("deb").read(deb).name == "kata-runtime"
    assert run(["dpkg-deb", "--info", deb], home=tmp_path)
