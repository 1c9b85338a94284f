"""The built-in manifest of CRI: its boundaries, its packages, and which manifest judges a package."""

from __future__ import annotations

import re
from itertools import product

import pytest

from pkgguard import api
from pkgguard.compat.engine import Compatibility
from pkgguard.data import text_of
from pkgguard.errors import AmbiguousManifestError
from pkgguard.manifest import catalog
from pkgguard.manifest.catalog import BUILT_IN
from pkgguard.manifest.discover import built_in, choose, every_built_in, find_manifest

CRI = built_in("cri").manifest
CRI_TEXT = text_of("pkgguard.manifests", "cri.toml")
PROJECT = api.Project(CRI)


@pytest.mark.parametrize(
    ("client", "server", "works"),
    [
        ("kubelet 1.25.16", "containerd 1.5.18", True),
        ("kubelet 1.26.0", "containerd 1.5.18", False),
        ("kubelet 1.26.0", "containerd 1.6.0", True),
        ("kubelet 1.22.17", "containerd 1.7.34", True),
        ("kubelet 1.22.17", "containerd 2.0.0", False),
        ("kubelet 1.23.0", "containerd 2.0.0", True),
        ("cri-tools 1.26.0", "containerd 1.5.18", False),
        ("cri-tools 1.25.0", "containerd 1.5.18", True),
        ("cri-tools 1.23.0", "containerd 2.3.4", False),
        ("cri-tools 1.24.0", "containerd 2.3.4", True),
        ("kubelet 1.26.0", "cri-o 1.20.9", False),
        ("kubelet 1.26.0", "cri-o 1.21.0", True),
        ("kubelet 1.22.17", "cri-o 1.26.0", False),
        ("cri-tools 1.19.0", "cri-o 1.26.0", None),
        ("cri-tools 1.23.0", "cri-o 1.25.5", True),
        ("cri-tools 1.23.0", "cri-o 1.26.0", False),
    ],
)
def test_each_boundary_is_where_the_code_changed(client: str, server: str, works: bool | None) -> None:
    releases = dict(one.split() for one in (client, server))
    if works is None:
        with pytest.raises(api.UnknownReleaseError):
            PROJECT.compatible(releases)
    else:
        assert PROJECT.compatible(releases).compatible == works


def test_the_same_minor_of_kubernetes_and_cri_o_works() -> None:
    engine = Compatibility(CRI)
    kubelets, servers = (CRI.components[name].releases for name in ("kubelet", "cri-o"))
    for kubelet, server in product(kubelets, servers):
        if kubelet.key[:2] == server.key[:2]:
            assert engine.verdict("cri-cri-o", "kubelet", kubelet, server).compatible, (kubelet, server)


def test_every_change_has_its_source_and_symptom() -> None:
    for change in CRI.changes:
        assert change.because
        assert change.hits
        assert change.symptom
        assert len(change.see) >= 3
        assert all(re.match(r"(https://|[\w-]+/[\w-]+[@#:]\S)", source) for source in change.see)


def test_no_runtime_is_required_and_each_is_refused_where_it_does_not_fit() -> None:
    for family, peers in (
        ("deb", ["containerd", "containerd.io", "cri-o"]),
        ("rpm", ["containerd.io", "cri-o"]),
    ):
        found = PROJECT.relations(family, "kubelet", "1.26.0-1.1").relations
        assert {one.relation.field for one in found} <= {"Breaks", "Conflicts"}
        named = {re.match(r"[\w.-]+", one.relation.text)[0] for one in found}  # type: ignore[index]
        assert named == set(peers)


def test_debian_s_own_version_of_containerd_is_known() -> None:
    found = PROJECT.relations("deb", "containerd", "1.6.20~ds1-1+deb12u3")
    assert str(found.identity.releases["containerd"]) == "1.6.20"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("kubelet", "cri.toml"),
        ("containerd.io", "cri.toml"),
        ("kata-runtime", "kata.toml"),
        ("unknown", None),
    ],
)
def test_a_package_is_judged_by_the_built_in_manifest_that_knows_it(
    name: str, path: str | None, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "INSTALLED", tmp_path_factory.mktemp("none"))
    monkeypatch.chdir(tmp_path_factory.mktemp("here"))
    found = choose().of("deb", name)
    assert (found.path if found else None) == path
    assert find_manifest(packages=[name]).path == (path or "kata.toml")
    assert choose().default.path == "kata.toml"


@pytest.mark.parametrize(
    ("components", "path"),
    [
        (["kubelet", "cri-o"], "cri.toml"),
        (["runtime", "agent"], "kata.toml"),
        (["kubelet", "agent"], "kata.toml"),
    ],
)
def test_releases_are_judged_by_the_built_in_manifest_that_has_their_components(
    components: list[str],
    path: str,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(catalog, "INSTALLED", tmp_path_factory.mktemp("none"))
    monkeypatch.chdir(tmp_path_factory.mktemp("here"))
    assert find_manifest(components=components).path == path


def test_an_installed_manifest_that_knows_a_package_of_a_built_in_one_is_an_error(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("manifests")
    (folder / "mine.toml").write_text(CRI_TEXT, "utf-8")
    monkeypatch.setattr(catalog, "INSTALLED", folder)
    monkeypatch.chdir(tmp_path_factory.mktemp("here"))
    with pytest.raises(AmbiguousManifestError, match=r"list kubelet: \S+mine\.toml, cri\.toml"):
        choose().of("deb", "kubelet")


def test_no_package_and_no_file_is_in_two_built_in_manifests() -> None:
    assert [one.path for one in every_built_in()] == [f"{name}.toml" for name in BUILT_IN]
    names = [key for one in every_built_in() for key in one.manifest.by_shipped_name]
    files = [
        path for one in every_built_in() for entry in one.manifest.packages.values() for path in entry.files
    ]
    assert len(names) == len(set(names))
    assert len(files) == len(set(files))
