"""Packages built with the addon or the macros, upgraded from 1.0.0 to 1.1.0 by the real tools in every order.

At no moment is a pair configured that does not work together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from real.build import build_deb, deb_repository, rpm_repository
from real.deb_root import DebRoot
from real.rpm_root import RpmRoot
from real.rpmbuild import Rpmbuild
from real.source import Addon, Source
from small_project import MANIFEST

from pkgguard import api

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]

#: What was known when 1.0.0 was packaged: nothing of 1.1.0.
BEFORE = MANIFEST.partition("[[change]]")[0].replace(', "1.1.0"', "")
#: Both sides of a call change in 1.1.0, and either one alone breaks.
CHANGED = MANIFEST.replace('kind = "added"', 'kind = "changed"')
#: A call is added in 1.1.0: the older client works with the newer server.
ADDED = MANIFEST
CLIENT, SERVER = "kata-runtime", "kata-image"


@dataclass(frozen=True)
class Built:
    """The two packages at both versions, and the manifest that says what works."""

    manifest: api.Manifest
    files: dict[tuple[str, str], Path]
    folder: Path

    def at(self, version: str) -> list[Path]:
        return [self.files[CLIENT, version], self.files[SERVER, version]]

    def works(self, configured: dict[str, str]) -> bool:
        """Return whether what is configured works together; one package alone, or none, does."""
        if not {CLIENT, SERVER} <= set(configured):
            return True
        releases = {"runtime": configured[CLIENT][:5], "agent": configured[SERVER][:5]}
        return api.Project(self.manifest).compatible(releases).compatible


def build_debs(folder: Path, then: str, now: str) -> Built:
    addon = Addon(folder / "addon")
    files = {}
    for version, manifest in (("1.0.0-1", then), ("1.1.0-1", now)):
        for name in (CLIENT, SERVER):
            source = Source(version, (name,), {"debian/pkgguard.toml": manifest})
            addon.build(source.write(folder / version / name)).checked()
            files[name, version] = folder / version / f"{name}_{version}_all.deb"
    return Built(api.parse_manifest(now), files, folder)


HISTORIES = {
    "changed, unknown before": (BEFORE, CHANGED),
    "changed, known before": (CHANGED, CHANGED),
    "added, unknown before": (BEFORE, ADDED),
}


@pytest.fixture(scope="module", params=HISTORIES.values(), ids=HISTORIES.keys())
def debs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build_debs(tmp_path_factory.mktemp("debs"), *request.param)


ORDERS = {
    "install the client": ("install", CLIENT),
    "install the server": ("install", SERVER),
    "install both, client first": ("install", CLIENT, SERVER),
    "install both, server first": ("install", SERVER, CLIENT),
    "upgrade": ("upgrade",),
    "dist-upgrade": ("dist-upgrade",),
}


@pytest.mark.parametrize("words", ORDERS.values(), ids=ORDERS.keys())
def test_apt_never_configures_a_pair_that_does_not_work(
    tmp_path: Path, debs: Built, words: tuple[str, ...]
) -> None:
    root = DebRoot(tmp_path / "system")
    root.apt_install(*debs.at("1.0.0-1")).checked()
    assert root.configured() == {CLIENT: "1.0.0-1", SERVER: "1.0.0-1"}
    repository = deb_repository(tmp_path / "repo", list(debs.files.values()))
    root.apt(*words, repo=repository).checked()
    states = root.states()
    assert {CLIENT: "1.0.0-1", SERVER: "1.0.0-1"} in states
    for state in states:
        assert debs.works(state), state
    # Nobody loses a package over it, and both end where the archive is, or work where they are.
    assert set(root.configured()) == {CLIENT, SERVER}
    if words[1:] != (SERVER,):
        assert root.configured() == {CLIENT: "1.1.0-1", SERVER: "1.1.0-1"}


@pytest.mark.parametrize("first", [CLIENT, SERVER])
def test_dpkg_alone_never_configures_a_pair_that_does_not_work(
    tmp_path: Path, debs: Built, first: str
) -> None:
    root = DebRoot(tmp_path / "system")
    root.dpkg_install(*debs.at("1.0.0-1")).checked()
    second = SERVER if first == CLIENT else CLIENT
    for name in (first, second):
        root.dpkg_install(debs.files[name, "1.1.0-1"])
    root.dpkg_install(*debs.at("1.1.0-1"), options=["--auto-deconfigure"])
    root.dpkg_configure()
    for state in root.states():
        assert debs.works(state), state
    assert root.configured() == {CLIENT: "1.1.0-1", SERVER: "1.1.0-1"}


@pytest.mark.parametrize("name", [CLIENT, SERVER])
def test_a_downgrade_of_one_never_leaves_a_pair_that_does_not_work(
    tmp_path: Path, debs: Built, name: str
) -> None:
    root = DebRoot(tmp_path / "system")
    root.apt_install(*debs.at("1.1.0-1")).checked()
    other = SERVER if name == CLIENT else CLIENT
    may = debs.works({name: "1.0.0-1", other: "1.1.0-1"})
    assert bool(root.dpkg_install(debs.files[name, "1.0.0-1"])) == may
    repository = deb_repository(tmp_path / "repo", list(debs.files.values()))
    root.apt("install", "--allow-downgrades", f"{name}=1.0.0-1", repo=repository)
    root.apt("install", "--allow-downgrades", f"{CLIENT}=1.0.0-1", f"{SERVER}=1.0.0-1", repo=repository)
    for state in root.states():
        assert debs.works(state), state
    assert root.configured() == {CLIENT: "1.0.0-1", SERVER: "1.0.0-1"}


@pytest.mark.parametrize("held", [CLIENT, SERVER])
@pytest.mark.parametrize("words", [("upgrade",), ("dist-upgrade",)], ids=" ".join)
def test_a_held_package_keeps_back_what_does_not_work_with_it(
    tmp_path: Path, debs: Built, held: str, words: tuple[str, ...]
) -> None:
    root = DebRoot(tmp_path / "system")
    root.apt_install(*debs.at("1.0.0-1")).checked()
    root.hold(held)
    repository = deb_repository(tmp_path / "repo", list(debs.files.values()))
    root.apt(*words, repo=repository).checked()
    other = SERVER if held == CLIENT else CLIENT
    may = debs.works({held: "1.0.0-1", other: "1.1.0-1"})
    assert root.configured() == {held: "1.0.0-1", other: "1.1.0-1" if may else "1.0.0-1"}
    # To name the other one alone is refused where it does not work with what is held.
    assert bool(root.apt("install", f"{other}=1.1.0-1", repo=repository)) == may
    for state in root.states():
        assert debs.works(state), state


def test_without_the_addon_the_pair_that_does_not_work_is_reached_and_seen(tmp_path: Path) -> None:
    pairs = [(name, version) for name in (CLIENT, SERVER) for version in ("1.0.0-1", "1.1.0-1")]
    files = {(name, version): build_deb(tmp_path / "bare", name, version) for name, version in pairs}
    built = Built(api.parse_manifest(CHANGED), files, tmp_path)
    root = DebRoot(tmp_path / "system")
    root.dpkg_install(*built.at("1.0.0-1")).checked()
    root.dpkg_install(files[CLIENT, "1.1.0-1"]).checked()
    assert not all(built.works(state) for state in root.states())


# --- rpm, built with the macros


SPEC = """\
Name: {name}
Version: {version}
Release: 1
Summary: test package
License: none
BuildArch: noarch
%{{pkgguard_relations {name}}}
%pkgguard_check
%description
Test.
%files
"""


def build_rpms(folder: Path, then: str, now: str) -> Built:
    files = {}
    for version, manifest in (("1.0.0", then), ("1.1.0", now)):
        rpmbuild = Rpmbuild(folder / version)
        (rpmbuild.sources / "pkgguard.toml").write_text(manifest, encoding="utf-8")
        for name in (CLIENT, SERVER):
            built = rpmbuild.build(SPEC.format(name=name, version=version))
            built.outcome.checked()
            files[name, f"{version}-1"] = built.packages[name]
    return Built(api.parse_manifest(now), files, folder)


@pytest.fixture(scope="module", params=HISTORIES.values(), ids=HISTORIES.keys())
def rpms(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build_rpms(tmp_path_factory.mktemp("rpms"), *request.param)


def installed(root: RpmRoot) -> dict[str, str]:
    """Return what is installed; two versions of a package would be an error here."""
    return {name: version for name, (version,) in root.installed().items()}


TRANSACTIONS = {
    "upgrade": (("upgrade",),),
    "upgrade the client": (("upgrade", CLIENT),),
    "upgrade the server": (("upgrade", SERVER),),
    "upgrade one, then the other": (("upgrade", CLIENT), ("upgrade", SERVER)),
    "upgrade the other, then one": (("upgrade", SERVER), ("upgrade", CLIENT)),
    "the best or nothing": (("--best", "upgrade", CLIENT),),
    "install the client": (("install", CLIENT),),
    "without the server": (("--exclude", SERVER, "upgrade"), ("upgrade",)),
    "without the client": (("--exclude", CLIENT, "upgrade"), ("upgrade",)),
    "upgrade, then the client back": (("upgrade",), ("downgrade", f"{CLIENT}-1.0.0")),
    "upgrade, then the server back": (("upgrade",), ("downgrade", f"{SERVER}-1.0.0")),
}


@pytest.mark.parametrize("commands", TRANSACTIONS.values(), ids=TRANSACTIONS.keys())
def test_dnf_never_leaves_a_pair_that_does_not_work(
    tmp_path: Path, rpms: Built, commands: tuple[tuple[str, ...], ...]
) -> None:
    root = RpmRoot(tmp_path / "system")
    root.install(*rpms.at("1.0.0-1")).checked()
    repository = rpm_repository(tmp_path / "repo", list(rpms.files.values()))
    for words in commands:
        root.dnf(*words, repo=repository)
        assert set(installed(root)) == {CLIENT, SERVER}
        assert rpms.works(installed(root)), (words, installed(root))
    if commands[-1] == ("upgrade",):
        assert installed(root) == {CLIENT: "1.1.0-1", SERVER: "1.1.0-1"}


@pytest.mark.parametrize("first", [CLIENT, SERVER])
def test_rpm_alone_never_leaves_a_pair_that_does_not_work(tmp_path: Path, rpms: Built, first: str) -> None:
    root = RpmRoot(tmp_path / "system")
    root.install(*rpms.at("1.0.0-1")).checked()
    root.install(rpms.files[first, "1.1.0-1"], upgrade=True)
    assert rpms.works(installed(root)), installed(root)
    root.install(*rpms.at("1.1.0-1"), upgrade=True, options=["--replacepkgs"])
    assert installed(root) == {CLIENT: "1.1.0-1", SERVER: "1.1.0-1"}
    root.install(rpms.files[first, "1.0.0-1"], upgrade=True, options=["--oldpackage"])
    assert rpms.works(installed(root)), installed(root)
