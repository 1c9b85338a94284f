"""The scratch roots themselves, by facts about the real tools that the project builds on."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from real import tools
from real.build import RpmSpec, build_deb, build_rpms, deb_repository, rpm_repository
from real.deb_root import DebRoot, deb_pairs_coinstallable
from real.rpm_root import RpmRoot, rpm_pairs_coinstallable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]

OLD_RANGE = {"Depends": "image (>= 1.0.0~), image (<< 1.1~)"}
NEW_GUARD = {"Depends": "image (>= 2.0~)", "Breaks": "image (<< 2.0~)"}


@pytest.fixture
def deb_root(tmp_path: Path) -> DebRoot:
    return DebRoot(tmp_path / "system")


@pytest.fixture
def rpm_root(tmp_path: Path) -> RpmRoot:
    return RpmRoot(tmp_path / "system")


def image_and_runtime(
    directory: Path,
    version: str,
    *,
    image: Mapping[str, str] | None = None,
    runtime: Mapping[str, str] | None = None,
) -> list[Path]:
    return [
        build_deb(directory, "image", version, fields=image),
        build_deb(directory, "runtime", version, fields=runtime),
    ]


# --- what is built


def test_the_fields_of_a_deb_are_written_word_for_word(tmp_path: Path) -> None:
    deb = build_deb(tmp_path, "image", "1:1.0-1", fields={"Breaks": "a (<< 1~),\n b (>= 2~)"})
    shown = tools.run(["dpkg-deb", "--field", deb, "Version", "Breaks"], home=tmp_path)
    assert shown.output == "Version: 1:1.0-1\nBreaks: a (<< 1~), b (>= 2~)\n"


def test_a_deb_that_dpkg_deb_refuses_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(tools.ToolError, match="bad"):
        build_deb(tmp_path, "image", "bad version")


def test_rpms_of_one_name_in_several_versions_are_built_in_the_order_given(tmp_path: Path) -> None:
    specs = [
        RpmSpec("image", "2.0", "3", relations="Conflicts: (runtime >= 1~ with runtime < 2~)"),
        RpmSpec("image", "1.0", epoch=1),
        RpmSpec("runtime", "1.0", relations="Requires: image < %{version}\nProvides: slot\n"),
        RpmSpec("runtime", "1.0", architecture="x86_64"),
    ]
    rpms = build_rpms(tmp_path, specs)
    query = "%{NAME} %{EVR} %{ARCH} [%{REQUIRES} ][%{REQUIREVERSION} ][%{CONFLICTS}]|"
    shown = tools.run(["rpm", "--query", "--package", "--queryformat", query, *rpms], home=tmp_path)
    first, second, third, fourth = shown.output.split("|")[:4]
    assert first.startswith("image 2.0-3 noarch ")
    assert first.endswith("(runtime >= 1~ with runtime < 2~)")
    assert second.startswith("image 1:1.0-1 noarch ")
    assert third.startswith("runtime 1.0-1 noarch image ")
    assert fourth.startswith("runtime 1.0-1 x86_64 ")


def test_a_spec_that_rpmbuild_refuses_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(tools.ToolError, match=r"Requires: \(a if"):
        build_rpms(tmp_path, [RpmSpec("image", "1.0", relations="Requires: (a if")])


def test_a_missing_tool_is_named_with_the_package_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda tool, path: None if tool in {"rpm", "createrepo_c"} else path)
    assert tools.missing_tools().endswith("need createrepo_c, rpm: apt-get install createrepo-c rpm")


# --- dpkg


def test_dpkg_does_not_look_at_depends_again_when_the_peer_changes(tmp_path: Path, deb_root: DebRoot) -> None:
    assert deb_root.installed() == {}
    assert deb_root.dpkg_install(*image_and_runtime(tmp_path, "1.0.0", runtime=OLD_RANGE))
    assert deb_root.apt_check()
    assert deb_root.dpkg_install(build_deb(tmp_path, "image", "2.0"))
    assert deb_root.installed() == {"image": ("2.0", "installed"), "runtime": ("1.0.0", "installed")}
    assert not deb_root.apt_check()


@pytest.mark.parametrize(("relation", "word"), [("Breaks", "breaks"), ("Conflicts", "conflict")])
def test_dpkg_refuses_a_negative_relation_from_either_side(tmp_path: Path, relation: str, word: str) -> None:
    old = build_deb(tmp_path, "image", "1.0")
    guarded = build_deb(tmp_path, "runtime", "2.0", fields={relation: "image (<< 2.0~)"})
    for order, (first, second) in enumerate([(old, guarded), (guarded, old)]):
        root = DebRoot(tmp_path / str(order))
        assert root.dpkg_install(first)
        refused = root.dpkg_install(second)
        assert not refused
        assert word in refused.output
        assert [status for _, status in root.installed().values()].count("installed") == 1


def test_breaks_in_the_new_image_stops_dpkg_before_it_unpacks(tmp_path: Path, deb_root: DebRoot) -> None:
    assert deb_root.dpkg_install(*image_and_runtime(tmp_path, "1.0"))
    assert not deb_root.dpkg_install(
        build_deb(tmp_path, "image", "2.0", fields={"Breaks": "runtime (<< 2.0~)"})
    )
    assert deb_root.installed() == {"image": ("1.0", "installed"), "runtime": ("1.0", "installed")}


# --- apt


def two_releases(directory: Path, **guards: Mapping[str, str]) -> tuple[list[Path], Path]:
    old = image_and_runtime(directory, "1.0")
    new = image_and_runtime(directory, "2.0", **guards)
    return old, deb_repository(directory / "repo", [*old, *new])


def test_apt_leaves_a_mixed_pair_where_nothing_forbids_it(tmp_path: Path, deb_root: DebRoot) -> None:
    _, repo = two_releases(tmp_path)
    assert deb_root.apt_install("image=1.0", "runtime=1.0", repo=repo)
    assert deb_root.apt_install("runtime", repo=repo)
    assert deb_root.installed() == {"image": ("1.0", "installed"), "runtime": ("2.0", "installed")}


@pytest.mark.parametrize(
    "command", [("install", "runtime"), ("install", "image"), ("upgrade",), ("dist-upgrade",)]
)
def test_apt_upgrades_both_where_both_new_packages_are_guarded(
    tmp_path: Path, deb_root: DebRoot, command: tuple[str, ...]
) -> None:
    old, repo = two_releases(tmp_path, runtime=NEW_GUARD, image={"Breaks": "runtime (<< 2.0~)"})
    assert deb_root.dpkg_install(*old)
    assert deb_root.apt(*command, repo=repo)
    assert deb_root.installed() == {"image": ("2.0", "installed"), "runtime": ("2.0", "installed")}


def test_apt_removes_the_runtime_on_dist_upgrade_and_keeps_both_on_upgrade(
    tmp_path: Path, deb_root: DebRoot
) -> None:
    old = image_and_runtime(tmp_path, "1.0", runtime={"Depends": "image (<< 2.0~)"})
    repo = deb_repository(tmp_path / "repo", [*old, build_deb(tmp_path, "image", "2.0")])
    assert deb_root.apt_install(*old)
    assert deb_root.apt_upgrade(repo=repo)
    assert deb_root.installed()["image"] == ("1.0", "installed")
    assert deb_root.apt_dist_upgrade(repo=repo)
    assert deb_root.installed() == {"image": ("2.0", "installed")}


def test_apt_does_not_fall_back_to_an_older_image_by_itself(tmp_path: Path, deb_root: DebRoot) -> None:
    images = [build_deb(tmp_path, "image", version) for version in ("1.0.5", "2.0")]
    runtime = build_deb(tmp_path, "runtime", "1.0.0", fields=OLD_RANGE)
    repo = deb_repository(tmp_path / "repo", [*images, runtime])
    assert deb_root.apt_simulate("runtime", repo=repo).returncode == 100
    assert deb_root.apt_simulate("runtime", "image=1.0.5", repo=repo)
    assert deb_root.installed() == {}


def test_pairs_of_debs(tmp_path: Path) -> None:
    images = [build_deb(tmp_path, "image", version) for version in ("1.0.0~rc1", "1.0.5-1", "1.1~rc1", "2.0")]
    plain = build_deb(tmp_path, "runtime", "1.0", fields=OLD_RANGE)
    pin = build_deb(tmp_path, "runtime", "1.7.0", fields={"Depends": "image (= 1.0.5)"})
    asked = [(runtime, image) for runtime in (plain, pin) for image in images]
    assert deb_pairs_coinstallable(tmp_path / "ask", asked) == [True, True, False, False, *[False] * 4]


# --- rpm and dnf


def rpm_releases(directory: Path, *, guarded: bool) -> dict[str, Path]:
    guard = "Requires: image >= 2.0~\nConflicts: image < 2.0~" if guarded else ""
    specs = [
        RpmSpec("image", "1.0"),
        RpmSpec("runtime", "1.0"),
        RpmSpec("image", "2.0", relations="Conflicts: runtime < 2.0~" if guarded else ""),
        RpmSpec("runtime", "2.0", relations=guard),
    ]
    return {
        f"{spec.name}-{spec.version}": path
        for spec, path in zip(specs, build_rpms(directory, specs), strict=True)
    }


def test_rpm_refuses_conflicts_from_either_side(tmp_path: Path) -> None:
    rpms = rpm_releases(tmp_path, guarded=True)
    for first, second in (("image-1.0", "runtime-2.0"), ("runtime-1.0", "image-2.0")):
        root = RpmRoot(tmp_path / first)
        assert root.install(rpms[first])
        refused = root.install(rpms[second])
        assert not refused
        assert "conflicts with" in refused.output
        assert root.installed() == {first.partition("-")[0]: ("1.0-1",)}


def test_rpm_installs_a_second_image_beside_one_that_satisfies_requires(
    tmp_path: Path, rpm_root: RpmRoot
) -> None:
    *pair, other = build_rpms(
        tmp_path,
        [
            RpmSpec("image", "1.0"),
            RpmSpec("runtime", "1.0", relations="Requires: (image >= 1.0~ with image < 2~)"),
            RpmSpec("image", "2.0"),
        ],
    )
    assert rpm_root.install(*pair)
    assert rpm_root.install(other)
    assert rpm_root.installed() == {"image": ("1.0-1", "2.0-1"), "runtime": ("1.0-1",)}


@pytest.mark.parametrize("what", [(), ("image",), ("runtime",)])
def test_dnf_upgrades_both_where_both_new_packages_are_guarded(
    tmp_path: Path, rpm_root: RpmRoot, what: tuple[str, ...]
) -> None:
    rpms = rpm_releases(tmp_path, guarded=True)
    assert rpm_root.install(rpms["image-1.0"], rpms["runtime-1.0"])
    repo = rpm_repository(tmp_path / "repo", list(rpms.values()))
    assert rpm_root.dnf("upgrade", *what, repo=repo)
    assert rpm_root.installed() == {"image": ("2.0-1",), "runtime": ("2.0-1",)}


def test_dnf_leaves_a_mixed_pair_where_nothing_forbids_it(tmp_path: Path, rpm_root: RpmRoot) -> None:
    rpms = rpm_releases(tmp_path, guarded=False)
    assert rpm_root.install(rpms["image-1.0"], rpms["runtime-1.0"])
    repo = rpm_repository(tmp_path / "repo", list(rpms.values()))
    assert rpm_root.dnf("upgrade", "runtime", repo=repo)
    assert rpm_root.installed() == {"image": ("1.0-1",), "runtime": ("2.0-1",)}


def test_dnf_falls_back_to_an_older_image_by_itself(tmp_path: Path, rpm_root: RpmRoot) -> None:
    rpms = build_rpms(
        tmp_path,
        [
            RpmSpec("image", "1.0.5"),
            RpmSpec("image", "2.0"),
            RpmSpec("runtime", "1.0.0", relations="Requires: (image >= 1.0.0~ with image < 1.1~)"),
        ],
    )
    assert rpm_root.dnf("install", "runtime", repo=rpm_repository(tmp_path / "repo", rpms))
    assert rpm_root.installed() == {"image": ("1.0.5-1",), "runtime": ("1.0.0-1",)}


def test_rpm_drops_what_a_package_beside_it_obsoletes_and_is_content(
    tmp_path: Path, rpm_root: RpmRoot
) -> None:
    specs = [RpmSpec("image", "1.0"), RpmSpec("runtime", "2.0", relations="Obsoletes: image < 2.0~")]
    assert rpm_root.install(*build_rpms(tmp_path, specs))
    assert rpm_root.installed() == {"runtime": ("2.0-1",)}


def test_pairs_of_rpms(tmp_path: Path) -> None:
    *images, plain, unversioned, obsoleting = build_rpms(
        tmp_path,
        [
            *(RpmSpec("image", version) for version in ("1.0.0~rc1", "1.0.5", "1.1~rc1", "2.0")),
            RpmSpec("runtime", "1.0", relations="Requires: image >= 1.0.0~\nConflicts: image >= 1.1~"),
            RpmSpec("runtime", "3.0", relations="Conflicts: image"),
            RpmSpec("runtime", "4.0", relations="Obsoletes: image < 1.1~"),
        ],
    )
    asked = [(runtime, image) for runtime in (plain, unversioned, obsoleting) for image in images]
    expected = [True, True, False, False, False, False, False, False, False, False, True, True]
    assert rpm_pairs_coinstallable(tmp_path / "ask", asked) == expected
