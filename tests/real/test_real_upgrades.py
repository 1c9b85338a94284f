"""Upgrades of guarded packages, and of those that were published without guards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from real.build import deb_repository, rpm_repository
from real.deb_root import DebRoot
from real.generated import (
    Written,
    build_written,
)
from real.guarded_packages import IMAGE, RUNTIME, Packages, kata_works, pair, paths
from real.rpm_root import RpmRoot

if TYPE_CHECKING:
    from collections.abc import Mapping

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]


BOUNDARIES = [("1.8.5", "1.9.0"), ("1.12.1", "2.0.0"), ("3.1.3", "3.2.0")]
APT = [("install", RUNTIME), ("install", IMAGE), ("upgrade",), ("dist-upgrade",)]
DNF = [("upgrade",), ("upgrade", RUNTIME), ("upgrade", IMAGE), ("upgrade", "--best", "--allowerasing")]


def is_sound(installed: Mapping[str, str]) -> bool:
    """Return whether what is installed holds no pair that does not work."""
    plain = {name: version.removesuffix("-1") for name, version in installed.items()}
    return set(plain) != {RUNTIME, IMAGE} or kata_works(plain[RUNTIME], plain[IMAGE])


def single(installed: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    assert all(len(versions) == 1 for versions in installed.values())
    return {name: versions[0] for name, versions in installed.items()}


def both_at(version: str) -> dict[str, str]:
    return {RUNTIME: f"{version}-1", IMAGE: f"{version}-1"}


@pytest.mark.parametrize("command", APT, ids=" ".join)
@pytest.mark.parametrize(("old", "new"), BOUNDARIES)
def test_apt_takes_both_over_a_boundary(
    tmp_path: Path, kata_debs: Packages, old: str, new: str, command: tuple[str, ...]
) -> None:
    root = DebRoot(tmp_path / "system")
    root.dpkg_install(*reversed(pair(kata_debs, old, old))).checked()
    repo = deb_repository(tmp_path / "repo", pair(kata_debs, old, old) + pair(kata_debs, new, new))
    outcome = root.apt(*command, repo=repo)
    # The older runtime works with image 1.9.0, and apt is then free to take the image alone.
    alone = command == ("install", IMAGE) and kata_works(old, new)
    assert outcome
    assert root.configured() == both_at(new) | ({RUNTIME: f"{old}-1"} if alone else {})
    assert is_sound(root.configured())
    assert root.apt_check()


@pytest.mark.parametrize("command", DNF, ids=" ".join)
@pytest.mark.parametrize(("old", "new"), BOUNDARIES)
def test_dnf_takes_both_over_a_boundary(
    tmp_path: Path, kata_rpms: Packages, old: str, new: str, command: tuple[str, ...]
) -> None:
    root = RpmRoot(tmp_path / "system")
    root.install(*pair(kata_rpms, old, old)).checked()
    repo = rpm_repository(tmp_path / "repo", pair(kata_rpms, old, old) + pair(kata_rpms, new, new))
    outcome = root.dnf(*command, repo=repo)
    alone = command == ("upgrade", IMAGE) and kata_works(old, new)
    assert outcome
    assert single(root.installed()) == both_at(new) | ({RUNTIME: f"{old}-1"} if alone else {})
    assert is_sound(single(root.installed()))


@pytest.mark.parametrize("side", [RUNTIME, IMAGE])
def test_no_manager_mixes_where_only_one_side_is_published(
    tmp_path: Path, kata_debs: Packages, kata_rpms: Packages, side: str
) -> None:
    old, new = "1.12.1", "2.0.0"
    debs, rpms = paths(kata_debs, (side, new)), paths(kata_rpms, (side, new))
    deb_repo, rpm_repo = deb_repository(tmp_path / "deb", debs), rpm_repository(tmp_path / "rpm", rpms)
    for words in (("install", side), ("upgrade",), ("dist-upgrade",)):
        deb_root = DebRoot(tmp_path / f"deb {words[0]}")
        deb_root.dpkg_install(*reversed(pair(kata_debs, old, old))).checked()
        deb_root.apt(*words, repo=deb_repo)
        assert is_sound(deb_root.configured())
        # Only what may remove may change anything.
        assert words[0] != "upgrade" or deb_root.configured() == both_at(old)
    for number, words in enumerate((*DNF, ("upgrade", "--best"), ("install", side))):
        rpm_root = RpmRoot(tmp_path / f"rpm {number}")
        rpm_root.install(*pair(kata_rpms, old, old)).checked()
        rpm_root.dnf(*words, repo=rpm_repo)
        assert is_sound(single(rpm_root.installed()))
        assert "--allowerasing" in words or single(rpm_root.installed()) == both_at(old)


# As the 2018 templates wrote it, with nothing above; the image said nothing at all.
LOOSE = {
    "deb": [Written(IMAGE, "1.0.0-1"), Written(RUNTIME, "1.0.0-1", (f"Depends: {IMAGE} (>= 1.0.0)",))],
    "rpm": [Written(IMAGE, "1.0.0-1"), Written(RUNTIME, "1.0.0-1", (f"Requires: {IMAGE} >= 1.0.0",))],
}


NEW = "2.0.0"


def test_dpkg_refuses_the_new_image_under_an_unguarded_runtime(tmp_path: Path, kata_debs: Packages) -> None:
    root = DebRoot(tmp_path / "system")
    root.dpkg_install(*build_written(tmp_path, "deb", LOOSE["deb"])).checked()
    refused = root.dpkg_install(*paths(kata_debs, (IMAGE, NEW)))
    assert not refused
    assert "would break" in refused.output
    assert root.configured() == both_at("1.0.0")
    # Without the Breaks of the image there is nothing to stop it.
    bare = build_written(tmp_path, "deb", [Written(IMAGE, f"{NEW}-1")])
    assert root.dpkg_install(*bare)
    assert not is_sound(root.configured())


def test_rpm_refuses_the_new_image_under_an_unguarded_runtime(tmp_path: Path, kata_rpms: Packages) -> None:
    root = RpmRoot(tmp_path / "system")
    root.install(*build_written(tmp_path, "rpm", LOOSE["rpm"])).checked()
    refused = root.install(*paths(kata_rpms, (IMAGE, NEW)), upgrade=True)
    assert not refused
    assert "conflicts with" in refused.output
    assert single(root.installed()) == both_at("1.0.0")
    bare = build_written(tmp_path, "rpm", [Written(IMAGE, f"{NEW}-1")])
    assert root.install(*bare, upgrade=True)
    assert not is_sound(single(root.installed()))


@pytest.mark.parametrize("available", [(IMAGE,), (RUNTIME,), (RUNTIME, IMAGE)], ids=" ".join)
def test_apt_never_leaves_a_new_package_with_an_unguarded_old_one(
    tmp_path: Path, kata_debs: Packages, available: tuple[str, ...]
) -> None:
    repo = deb_repository(tmp_path / "repo", paths(kata_debs, *((name, NEW) for name in available)))
    loose = build_written(tmp_path, "deb", LOOSE["deb"])
    for number, words in enumerate(APT):
        root = DebRoot(tmp_path / f"system {number}")
        root.dpkg_install(*loose).checked()
        root.apt(*words, repo=repo)
        assert is_sound(root.configured()), words
        if len(available) == 2:
            assert root.configured() == both_at(NEW), words


@pytest.mark.parametrize("available", [(IMAGE,), (RUNTIME,), (RUNTIME, IMAGE)], ids=" ".join)
def test_dnf_never_leaves_a_new_package_with_an_unguarded_old_one(
    tmp_path: Path, kata_rpms: Packages, available: tuple[str, ...]
) -> None:
    repo = rpm_repository(tmp_path / "repo", paths(kata_rpms, *((name, NEW) for name in available)))
    loose = build_written(tmp_path, "rpm", LOOSE["rpm"])
    for number, words in enumerate(DNF):
        root = RpmRoot(tmp_path / f"system {number}")
        root.install(*loose).checked()
        root.dnf(*words, repo=repo)
        assert is_sound(single(root.installed())), words
        if len(available) == 2:
            assert single(root.installed()) == both_at(NEW), words
