"""The dependency generator, which writes the relations of packages with certain files."""

from __future__ import annotations

from pathlib import Path

import pytest
from real.rpmbuild import INSTALLED, Rpmbuild
from small_project import MANIFEST
from spec_files import IMAGE, RUNTIME, USED, expected, failed, relations, spec, subpackage, without_generator

from pkgguard import api

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools", "release")]


#: The part of a log line with which rpm passes on what a failed generator said.
REFUSED = "error: Dependency tokens must begin with alpha-numeric, '_' or '/': !"
IMG = "/usr/share/kata-containers/kata-containers.img"
INITRD = "/usr/share/kata-containers/kata-containers-initrd.img"


def test_relations_go_to_the_subpackage_that_ships_the_file(rpmbuild: Rpmbuild) -> None:
    more = subpackage(IMAGE, "Version: 1.2.0", f"{IMG}\n{INITRD}") + subpackage(
        "kata-docs", "Version: 1.1.0", "/usr/share/doc/x"
    )
    more += subpackage("my-runtime", "Version: 2.4.0", "/usr/bin/kata-runtime")
    built = rpmbuild.build(spec("%pkgguard_check", name="kata", more=more))
    assert relations(rpmbuild, built, "kata") == []
    assert relations(rpmbuild, built, "kata-docs") == []
    assert relations(rpmbuild, built, IMAGE) == expected(IMAGE, "1.2.0-1")
    assert relations(rpmbuild, built, "my-runtime") == expected(RUNTIME, "2.4.0-1")
    assert "my-runtime 2.4.0-1 ships /usr/bin/kata-runtime and is guarded as kata-runtime" in built.log
    assert USED in built.log
    assert "1 package judged, 3 not in the manifest (kata, kata-docs, my-runtime), 0 errors" in built.log


def test_the_generator_has_the_dialect_and_the_newest_too(rpmbuild: Rpmbuild) -> None:
    words = ["--define", "pkgguard_target rpm-legacy", "--define", "pkgguard_newest 1"]
    built = rpmbuild.build(spec(version="9.1.7", files="/usr/bin/kata-runtime"), *words)
    assert relations(rpmbuild, built) == expected(RUNTIME, "4.1.0-1", "rpm-legacy")


def test_recommended_and_provided_relations_too(rpmbuild: Rpmbuild) -> None:
    optional = 'server = "1.1.0"\nclient = "1.1.0"\nneed = "optional"'
    text = MANIFEST.replace('server = "1.1.0"\nclient = "1.1.0"', optional)
    text = text.replace(
        'server = "agent"', 'server = "agent"\nprovides = "agent-protocol"\nslot = "agent-slot"'
    )
    text = text.replace('["agent"]\n[protocol', '["agent"]\nfiles = ["/usr/share/kata/**"]\n[protocol')
    text = text.replace('["runtime"]\n[package', '["runtime"]\nfiles = ["/usr/bin/*runtime"]\n[package')
    (rpmbuild.sources / "pkgguard.toml").write_text(text, "utf-8")
    manifest = api.parse_manifest(text)
    more = subpackage("kata-image", files="\n".join(f"/usr/share/kata/{name}/a" for name in range(9)))
    built = rpmbuild.build(spec("%pkgguard_check", files="/usr/bin/my-runtime", more=more))
    assert relations(rpmbuild, built) == expected(RUNTIME, "1.1.0-1", manifest=manifest)
    assert relations(rpmbuild, built, "kata-image") == expected("kata-image", "1.1.0-1", manifest=manifest)
    fields = {
        line.split(":")[0] for line in relations(rpmbuild, built) + relations(rpmbuild, built, "kata-image")
    }
    assert fields == {"Requires", "Recommends", "Conflicts", "Provides"}
    # pkgguard is asked once for the files of a pattern, however many they are.
    assert built.log.count("ships /usr/share/kata/") == 1


def test_a_package_with_none_of_the_files_is_as_without_the_generator(
    rpmbuild: Rpmbuild, tmp_path: Path
) -> None:
    text = spec("Requires: a\nProvides: b = 1", name="other", version="0~nonsense", files="/usr/bin/other")
    bare = without_generator(tmp_path / "bare")
    assert relations(rpmbuild, rpmbuild.build(text), "other") == relations(bare, bare.build(text), "other")


def test_both_ways_together_do_no_harm(rpmbuild: Rpmbuild) -> None:
    """rpm keeps what is generated beside what is written; each relation stands twice."""
    built = rpmbuild.build(
        spec("%{pkgguard_relations kata-runtime}\n%pkgguard_check", files="/usr/bin/kata-runtime")
    )
    assert relations(rpmbuild, built) == sorted(2 * expected(RUNTIME, "1.1.0-1"))
    assert "1 package judged, 0 errors" in built.log


GENERATOR_FAILURES = {
    "release unknown": (
        spec(version="9.1.7", files="/usr/bin/kata-runtime"),
        "9.1.7 is not a runtime release in the manifest",
        f"{REFUSED}pkgguard rpm generator -- kata-runtime 9.1.7-1 failed (exit 3)",
    ),
    "both sides in one package": (
        spec(name="kata-all", files=f"/usr/bin/kata-runtime\n{IMG}"),
        "kata-all: it ships both sides of the agent protocol",
        f"{REFUSED}pkgguard rpm generator -- kata-all 1.1.0-1 failed (exit 3)",
    ),
    "both sides, without the pass for what is provided": (
        spec("AutoProv: no", name="kata-all", files=f"/usr/bin/kata-runtime\n{IMG}"),
        "kata-all: it ships both sides of the agent protocol",
        REFUSED,
    ),
    "a file of another package": (
        spec(files=f"/usr/bin/kata-runtime\n{IMG}"),
        f"kata-runtime: {IMG}: the file shows that the package carries agent",
        REFUSED,
    ),
    "a manifest that is not there": (
        spec("%global pkgguard_manifest nowhere.toml", name="other", files="/usr/bin/other"),
        "SOURCES/nowhere.toml: the manifest does not exist",
        f"{REFUSED}pkgguard rpm pattern --quiet",
    ),
    "options that rpm would hand over": (
        spec("%global __pkgguard_requires_opts -n", name="other", files="/usr/bin/other"),
        f"{REFUSED}%__pkgguard_requires_opts: has no effect; set %pkgguard_manifest, %pkgguard_target,",
        "",
    ),
    "a target that is none": (
        spec("%global pkgguard_target old", files="/usr/bin/kata-runtime"),
        "no target of rpm is called 'old'",
        REFUSED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", GENERATOR_FAILURES)
def test_a_generator_that_fails_fails_the_build_and_is_told_once(rpmbuild: Rpmbuild, case: str) -> None:
    text, *said = GENERATOR_FAILURES[case]
    built = rpmbuild.build(text)
    failed(built, *said)
    assert built.log.count(REFUSED) == 1


def test_a_lua_module_that_is_missing_fails_the_build(tmp_path: Path) -> None:
    installed = {name: folder for name, folder in INSTALLED.items() if not name.endswith(".lua")}
    rpmbuild = Rpmbuild(tmp_path / "rpm", installed=installed)
    failed(rpmbuild.build(spec(name="other", files="/usr/bin/other")), "module 'pkgguard' not found", REFUSED)
    failed(rpmbuild.build(spec("%{pkgguard_relations kata-runtime}")), "module 'pkgguard' not found")


def test_one_atomic_set_that_the_manifest_knows_has_no_relations(rpmbuild: Rpmbuild) -> None:
    built = rpmbuild.build(
        spec(
            "%pkgguard_check", name="kata-containers", version="4.1.0", files=f"/usr/bin/kata-runtime\n{IMG}"
        )
    )
    assert relations(rpmbuild, built, "kata-containers") == []
    assert "ships /usr/bin/kata-runtime and needs no relations, being kata-containers" in built.log


ALL = expected(RUNTIME, "1.1.0-1")
CONFLICTS = [one for one in ALL if one.startswith("Conflicts: ")]


OPT_OUTS = {
    "%global __pkgguard_path %{nil}": [],
    "%global __pkgguard_exclude_path ^/usr/bin/kata-runtime$": [],
    "%global __requires_exclude_from ^/usr/bin/kata-runtime$": CONFLICTS,
    "%global __requires_exclude kata-containers-image": CONFLICTS,
    "%global __conflicts_exclude ^kata-(agent|image) ": [one for one in ALL if IMAGE in one],
    "%undefine __pkgguard_conflicts": [one for one in ALL if one not in CONFLICTS],
    "AutoReqProv: no": [],
    "AutoReq: no": [],
    "AutoProv: no": ALL,
}  # fmt: skip


@pytest.mark.parametrize("line", OPT_OUTS)
def test_the_ways_out(rpmbuild: Rpmbuild, line: str) -> None:
    built = rpmbuild.build(spec(line, files="/usr/bin/kata-runtime"))
    assert relations(rpmbuild, built) == OPT_OUTS[line]


def test_several_targets_in_one_run_are_each_guarded(rpmbuild: Rpmbuild) -> None:
    """Each package has a file of its own that fits the same pattern."""
    text = MANIFEST.replace('["agent"]\n[protocol', '["agent"]\nfiles = ["/usr/share/*.img"]\n[protocol')
    (rpmbuild.sources / "pkgguard.toml").write_text(text, "utf-8")
    manifest = api.parse_manifest(text)
    files = "/usr/share/%{_target_cpu}.img"
    built = rpmbuild.build(spec(name="kata-image", files=files, noarch=""), "--target", "x86_64,i386")
    assert built, built
    for architecture in ("x86_64", "i386"):
        package = rpmbuild.top / f"RPMS/kata-image-1.1.0-1.{architecture}.rpm"
        assert sorted(rpmbuild.relations(package)) == expected("kata-image", "1.1.0-1", manifest=manifest)
