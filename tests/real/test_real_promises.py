"""Roles, windows and promises: generated packages, built, and what apt and rpm make of every set."""

from __future__ import annotations

import tomllib
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from reading import set_works

from pkgguard import api
from real.generated import TARGETS, Built, build_generated, real_verdicts

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]

ENGINES = """
manifest = 1
project = "podman"
[component.podman]
releases = ["4.3.1", "4.4.0", "4.5.0"]
[component.runc]
releases = ["1.0.0", "1.1.5"]
[component.crun]
releases = ["1.8.1", "1.9.0", "1.14.0"]
[package.podman]
carries = ["podman"]
[package.runc]
carries = ["runc"]
[package.crun]
carries = ["crun"]
[protocol.oci-crun]
client = ["podman"]
server = "crun"
role = "oci-runtime"
[protocol.oci-runc]
client = ["podman"]
server = "runc"
role = "oci-runtime"
[[change]]
protocol = "oci-crun"
kind = "added"
what = "krun"
server = "1.9.0"
client = { podman = "4.4.0" }
[[change]]
protocol = "oci-crun"
kind = "removed"
what = "old cgroups"
server = "1.14.0"
client = { podman = "4.5.0" }
[[change]]
protocol = "oci-runc"
kind = "added"
what = "checkpoints"
server = "1.1.5"
client = { podman = "4.4.0" }
[policy]
horizon = "major"
"""
SKEW = """
manifest = 1
project = "kubernetes"
[component.kubelet]
releases = ["1.26.0", "1.27.0", "1.28.0", "1.29.0", "1.30.0"]
[component.kubectl]
releases = ["1.26.0", "1.27.0", "1.28.0", "1.29.0", "1.30.0"]
[component.apiserver]
releases = ["1.26.0", "1.27.0", "1.28.0", "1.29.0", "1.30.0"]
[package.kubelet]
carries = ["kubelet"]
[package.kubectl]
carries = ["kubectl"]
[package.kube-apiserver]
carries = ["apiserver"]
presence = "optional"
[protocol.node]
client = ["kubelet"]
server = "apiserver"
window = { older = 3, newer = 0 }
[protocol.cli]
client = ["kubectl"]
server = "apiserver"
window = 1
[policy]
mode = "window"
"""
SPLITS = """
manifest = 1
project = "kata"
[component.runtime]
releases = ["1.0.0", "1.1.0", "2.0.0"]
[component.agent]
releases = ["1.0.0", "1.1.0", "2.0.0"]
[package.kata-runtime]
carries = ["runtime"]
[package.kata-containers-image]
carries = ["agent"]
[package.kata-agent]
carries = ["agent"]
presence = "optional"
[protocol.agent]
client = ["runtime"]
server = "agent"
[[change]]
protocol = "agent"
kind = "added"
what = "PauseContainer"
server = "1.1.0"
client = { runtime = "1.1.0" }
[[change]]
protocol = "agent"
kind = "changed"
what = "transport"
server = "2.0.0"
client = { runtime = "2.0.0" }
"""
NAMED = SPLITS.replace(
    "[[change]]",
    """[protocol.agent.provides]
"1.0.0" = "agent-abi-2018.1"
"2.0.0" = "agent-abi-2.3.abiv19"
[[change]]""",
    1,
)
SERIES = """
manifest = 1
project = "mariadb"
[component.client]
releases = ["10.6.4", "10.7.3", "10.8.2"]
[component.server]
releases = ["10.6.4", "10.7.1", "10.7.3", "10.8.2"]
[package.mariadb-client]
carries = ["client"]
[package."mariadb-server-10.6"]
carries = ["server"]
[package."mariadb-server-10.7"]
carries = ["server"]
[package."mariadb-server-10.8"]
carries = ["server"]
[protocol.p]
client = ["client"]
server = "server"
[[change]]
protocol = "p"
kind = "added"
what = "wait-free commits"
server = "10.7.3"
client = { client = "10.7.3" }
[policy]
mode = "window"
window = 1
"""
MANIFESTS = {
    "engines": (ENGINES, "podman"),
    "kubelet": (SKEW.replace("[package.kubectl]", "[package.kubectl-not-here]"), "kubelet"),
    "kubectl": (SKEW.replace("[package.kubelet]", "[package.kubelet-not-here]"), "kubectl"),
    "splits": (SPLITS, "kata-runtime"),
    "names": (NAMED, "kata-runtime"),
}


@pytest.mark.parametrize(
    ("target", "versions"),
    [
        (TARGETS[0], ["1.0.0-1", "1.1.0-1", "1.1.0-1+b1", "1.1.0-1ubuntu1", "1.1.0-2", "2.0.0-1"]),
        (TARGETS[1], ["1.0.0-1", "1.1.0-1", "1.1.0-1.fc39", "1.1.0-2", "2.0.0-1"]),
        (TARGETS[2], ["1.0.0-1", "1.1.0-1", "1.1.0-1.fc39", "1.1.0-2", "2.0.0-1"]),
    ],
    ids=lambda one: one[1],
)
def test_packages_of_mode_exact_install_only_in_one_version(
    tmp_path: Path, target: tuple[str, str], versions: list[str]
) -> None:
    start = SPLITS.index("[package.kata-agent]")
    text = SPLITS[:start] + SPLITS[SPLITS.index("[protocol.agent]") : SPLITS.index("[[change]]")]
    manifest = api.parse_manifest(text + '[policy]\nmode = "exact"\n')
    keys = list(product(("kata-runtime", "kata-containers-image"), versions))
    packages = build_generated(tmp_path / "packages", manifest, target, keys)
    pairs = list(product(versions, versions))
    files = [
        [packages["kata-runtime", one].path, packages["kata-containers-image", other].path]
        for one, other in pairs
    ]
    verdicts = real_verdicts(tmp_path, target[0], files)
    for (one, other), real in zip(pairs, verdicts, strict=True):
        # What was rebuilt fits what it was rebuilt from, but not the other way round.
        assert real == (other in {one, one.removesuffix("+b1")}), (one, other)


@pytest.mark.parametrize("target", TARGETS[:2], ids=lambda target: target[1])
def test_packages_of_series_install_exactly_if_they_work(tmp_path: Path, target: tuple[str, str]) -> None:
    """The table of all series and one table for each say the same."""
    document = tomllib.loads(SERIES)
    start, end = SERIES.index('[package."mariadb-server-10.6"]'), SERIES.index("[protocol.p]")
    name = '"mariadb-server-{major}.{minor}"'
    table = f'[package.mariadb-server]\ncarries = ["server"]\ndeb = {name}\nrpm = {name}\n'
    manifest = api.parse_manifest(SERIES[:start] + table + SERIES[end:])
    servers = [
        (f"mariadb-server-{release.rpartition('.')[0]}", release)
        for release in document["component"]["server"]["releases"]
    ]
    clients = [("mariadb-client", release) for release in document["component"]["client"]["releases"]]
    packages = build_generated(tmp_path / "packages", manifest, target, [*clients, *servers])
    sets = [[client, server] for client in clients for server in servers]
    sets += [[client, one, other] for client in clients for one in servers for other in servers]
    sets = [some for some in sets if len({name for name, _ in some}) == len(some)]
    verdicts = real_verdicts(tmp_path, target[0], [[packages[one].path for one in some] for some in sets])
    assert len(set(verdicts)) == 2
    for some, real in zip(sets, verdicts, strict=True):
        assert real == set_works(document, "mariadb-client", dict(some)), some


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target[1])
@pytest.mark.parametrize("name", MANIFESTS)
def test_every_set_installs_exactly_if_it_works(tmp_path: Path, name: str, target: tuple[str, str]) -> None:
    text, client = MANIFESTS[name]
    judge_every_set(tmp_path, tomllib.loads(text), api.parse_manifest(text), client, target)


EXTENDING = """
manifest = 1
extends = "base.toml"
[component.runtime]
releases = ["1.1.1"]
[component.agent]
releases = ["1.1.1"]
[package.kata-containers-image]
deb = "acme-image"
rpm = "acme-image"
[[change]]
replaces = "PauseContainer@1.1.0"
protocol = "agent"
kind = "added"
what = "PauseContainer"
server = "1.1.1"
client = "1.1.1"
because = "our 1.1.0 is without it"
[[dropped]]
change = "transport@2.0.0"
because = "our 2.0.0 speaks both"
"""
"""What a distribution adds to :data:`SPLITS`: a name, releases, and one change instead of two."""


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target[1])
def test_packages_of_an_extended_manifest_install_exactly_if_they_work(
    tmp_path: Path, target: tuple[str, str]
) -> None:
    (tmp_path / "base.toml").write_text(SPLITS, "utf-8")
    (tmp_path / "pkgguard.toml").write_text(EXTENDING, "utf-8")
    document = tomllib.loads(SPLITS)
    for component in document["component"].values():
        component["releases"].insert(2, "1.1.1")
    (pause, _) = document["change"]
    document["change"] = [{**pause, "server": "1.1.1", "client": {"runtime": "1.1.1"}}]
    manifest = api.read_manifest(tmp_path / "pkgguard.toml")
    packages = judge_every_set(tmp_path, document, manifest, "kata-runtime", target)
    names = {built.path.name for (name, _), built in packages.items() if name == "kata-containers-image"}
    assert names
    assert all(name.startswith("acme-image") for name in names)


def judge_every_set(
    tmp_path: Path,
    document: dict[str, Any],
    manifest: api.Manifest,
    client: str,
    target: tuple[str, str],
) -> dict[tuple[str, str], Built]:
    """Build the packages of a manifest, and compare the real verdict on each set with a reading of it."""
    releases = {
        package: document["component"][table["carries"][0]]["releases"]
        for package, table in document["package"].items()
        if not package.endswith("-not-here")
    }
    wanted = [(package, release) for package, some in releases.items() for release in some]
    packages = build_generated(tmp_path / "packages", manifest, target, wanted)
    others = [package for package in releases if package != client]
    sets = [
        [(client, own), *((one, release) for one, release in zip(others, choice, strict=True) if release)]
        for own in releases[client]
        for choice in product(*(("", *releases[one]) for one in others))
    ]
    verdicts = real_verdicts(tmp_path, target[0], [[packages[one].path for one in some] for some in sets])
    assert len(set(verdicts)) == 2, "all sets alike prove nothing"
    for some, real in zip(sets, verdicts, strict=True):
        lost = set().union(*(packages[one].excluded_releases for one in some))
        works = set_works(document, client, dict(some))
        assert real == works or (works and lost & set(some)), (some, real)
        assert not (lost and target[1] != "rpm-legacy"), "deb and rpm can say all of this"
    return packages
