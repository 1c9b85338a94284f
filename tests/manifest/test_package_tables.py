"""What a manifest says of packages whose versions do not show their releases, and of epochs."""

from __future__ import annotations

import pytest
import toml

from pkgguard import api
from pkgguard.compat.identify import identify, wrong_epoch
from pkgguard.errors import UnknownNameError, UnknownReleaseError
from pkgguard.families.lookup import family
from pkgguard.manifest.discover import find_manifest
from pkgguard.manifest.serialize import as_document, write_manifest

HEAD = """
manifest = 1
project = "bundles"
[component.docker]
releases = ["24.0.7", "25.0.0"]
[component.containerd]
releases = ["1.6.20", "1.6.21", "1.6.28"]
[component.runc]
releases = ["1.1.5", "1.1.7", "1.1.12"]
[package.docker-ce]
carries = ["docker"]
[protocol.oci]
client = ["docker"]
server = "runc"
[[change]]
protocol = "oci"
kind = "added"
what = "features"
server = "1.1.12"
client = "25.0.0"
"""
BUNDLE = """
[package."containerd.io"]
carries = ["containerd", "runc"]
[package."containerd.io".published]
"1.6.21" = { runc = "1.1.7" }
"1.6.28" = { runc = "1.1.12" }
"""


def relations(manifest: api.Manifest, name: str, version: str, kind: str = "deb") -> list[str]:
    return [str(one.relation) for one in api.Project(manifest).relations(kind, name, version).relations]


def test_a_bundle_has_the_releases_that_the_manifest_names() -> None:
    manifest = api.parse_manifest(HEAD + BUNDLE)
    package = manifest.packages["containerd.io"]
    found = identify(manifest, package, family("deb"), "1.6.28-1")
    assert {name: str(one) for name, one in found.releases.items()} == {
        "containerd": "1.6.28",
        "runc": "1.1.12",
    }
    with pytest.raises(UnknownReleaseError, match="which runc is in"):
        identify(manifest, package, family("deb"), "1.6.20-1")


def test_bounds_on_a_bundle_have_its_own_numbers() -> None:
    manifest = api.parse_manifest(HEAD + BUNDLE)
    assert relations(manifest, "docker-ce", "25.0.0-1") == [
        "Depends: containerd.io (>= 1.6.28)",
        "Depends: containerd.io (<< 2.0.0~)",
        "Breaks: containerd.io (<< 1.6.28)",
        "Breaks: containerd.io (>= 2.0.0~)",
    ]
    assert "Breaks: containerd.io (<< 1.6.21)" in relations(manifest, "docker-ce", "24.0.7-1")
    assert "Breaks: docker-ce (>= 25.0.0~)" in relations(manifest, "containerd.io", "1.6.21-1")


def test_a_package_whose_components_share_no_release_gets_no_bound_and_is_an_error() -> None:
    manifest = api.parse_manifest(HEAD + BUNDLE.partition('[package."containerd.io".published]')[0])
    project = api.Project(manifest)
    assert not relations(manifest, "docker-ce", "24.0.7-1")
    (loss,) = project.relations("deb", "docker-ce", "24.0.7-1").losses
    assert (loss.peer, "no release in common" in loss.message) == ("containerd.io", True)
    (advice,) = (one for one in project.advise() if one.id == "package-without-release")
    assert advice.severity == "error"
    packages = [
        api.make_package("deb", name, version, {})
        for name, version in (("docker-ce", "24.0.7-1"), ("containerd.io", "1.6.21-1"))
    ]
    findings = project.check_packages(packages).findings
    assert {one.id for one in findings if one.severity == "error"} == {
        "peer-without-release",
        "unknown-release",
    }
    assert not any(one.fix for one in findings)


REALLY = """
manifest = 1
project = "really"
[component.client]
releases = ["1.0.0", "1.1.0"]
[component.server]
releases = ["1.20.2", "1.20.5", "1.21.0"]
[package.client]
carries = ["client"]
[package.server]
carries = ["server"]
rpm = false
[package.server.deb.published]
"1.20.5+really1.20.2-1.1+deb12u1" = "1.20.2"
[protocol.api]
client = ["client"]
server = "server"
[[change]]
protocol = "api"
kind = "added"
what = "call"
server = "1.20.5"
client = "1.1.0"
"""


def test_a_version_with_really_counts_as_what_the_manifest_says() -> None:
    manifest = api.parse_manifest(REALLY)
    found = identify(manifest, manifest.packages["server"], family("deb"), "1.20.5+really1.20.2-1.1+deb12u1")
    assert (str(found.releases["server"]), found.displaced) == ("1.20.2", False)
    project = api.Project(manifest)
    generated = project.relations("deb", "client", "1.1.0-1")
    package = api.make_package("deb", "client", "1.1.0-1", fields(generated))
    for version, works in (
        ("1.20.2-1", False),
        ("1.20.5-1", True),
        ("1.20.5+really1.20.2-1.1+deb12u1", False),
        ("1.20.5+really1.20.2-1.1+deb12u2", False),
        ("1.21.0-1", True),
    ):
        server = api.make_package("deb", "server", version, {})
        assert api.coinstallable([package, server]).installable is works, version


def fields(generated: api.Generated) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in generated.relations:
        found.setdefault(one.relation.field, []).append(one.relation.text)
    return found


PATCHED = """
manifest = 1
project = "patched"
[component.client]
releases = ["1.0.0"]
[component.server]
scheme = "numbers"
releases = ["1.6.20", "1.6.20.3", "1.6.21", "1.7.0"]
branch = 3
[package.client]
carries = ["client"]
[package.server]
carries = ["server"]
[package.server.published]
"1.6.20-3" = "1.6.20.3"
[protocol.api]
client = ["client"]
server = "server"
[[change]]
protocol = "api"
kind = "added"
what = "backported call"
server = ["1.6.20.3", "1.7.0"]
client = "1.0.0"
"""


@pytest.mark.parametrize("kind", ["deb", "rpm"])
def test_a_change_that_a_revision_brings_is_in_the_bounds(kind: str) -> None:
    manifest = api.parse_manifest(PATCHED)
    server = manifest.packages["server"]
    versions = {"1.6.20-2": "1.6.20", "1.6.20-3": "1.6.20.3", "1.6.20-4": "1.6.20.3", "1.6.21-1": "1.6.21"}
    for version, release in versions.items():
        assert str(identify(manifest, server, family(kind), version).releases["server"]) == release
    text = " ".join(relations(manifest, "client", "1.0.0-1", kind))
    assert "1.6.20-3" in text
    assert "1.6.20.3" not in text


EPOCHS = """
manifest = 1
project = "epochs"
[component.common]
releases = ["0.59.1"]
[component.netavark]
releases = ["1.0.0", "1.5.0", "1.6.0", "1.12.0"]
[package.containers-common]
carries = ["common"]
[package.netavark]
carries = ["netavark"]
[package.netavark.rpm]
epoch = { "1.0.0" = 0, "1.6.0" = 2 }
archives = { copr = { epoch = 102 } }
[protocol.net]
client = ["common"]
server = "netavark"
[[change]]
protocol = "net"
kind = "added"
what = "x"
server = "1.5.0"
client = "0.59.1"
"""


def test_an_epoch_begins_with_a_release() -> None:
    manifest = api.parse_manifest(EPOCHS)
    package = manifest.packages["netavark"]
    for version, right in (("1.5.0-1", True), ("2:1.6.0-1", True), ("1.12.0-1", False), ("2:1.0.0-1", False)):
        found = identify(manifest, package, family("rpm"), version)
        assert (wrong_epoch(found, family("rpm")) is None) is right, version
    assert relations(manifest, "containers-common", "0.59.1-1", "rpm") == [
        "Requires: (netavark >= 1.5.0 with netavark < 2:2.0.0~)",
        "Conflicts: netavark < 1.5.0",
        "Conflicts: netavark >= 2:2.0.0~",
    ]
    assert "Breaks: netavark (<< 1.5.0)" in relations(manifest, "containers-common", "0.59.1-1")


def test_an_archive_has_epochs_of_its_own(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "pkgguard.toml"
    path.write_text(EPOCHS, encoding="utf-8")
    found = find_manifest(path, environ={"PKGGUARD_ARCHIVE": "copr"})
    assert "Conflicts: netavark < 102:1.5.0" in relations(
        found.manifest, "containers-common", "0.59.1-1", "rpm"
    )
    with pytest.raises(UnknownNameError, match="did you mean 'copr'"):
        find_manifest(path, environ={"PKGGUARD_ARCHIVE": "cpr"})
    assert find_manifest(path, environ={}).manifest.packages["netavark"].shipping["rpm"].epoch == "2"


REBUILDS = """
manifest = 1
project = "rebuilds"
[component.cli]
releases = ["20.10.1", "23.0.1", "29.0.0"]
[component.engine]
releases = ["20.10.1", "23.0.1", "29.0.0"]
[package.docker-ce-cli]
carries = ["cli"]
epoch = 5
[package.docker-ce]
carries = ["engine"]
epoch = 5
[package.engine]
carries = ["engine"]
rebuilds = ["~custom", "~zz-1"]
presence = "optional"
[protocol.api]
client = ["cli"]
server = "engine"
"""


def test_bounds_open_to_rebuilds_that_sort_below_their_release() -> None:
    manifest = api.parse_manifest(REBUILDS)
    found = relations(manifest, "docker-ce-cli", "5:23.0.1-1~debian.10~buster")
    assert "Breaks: docker-ce (<< 5:20.10.1~3)" in found
    assert "Breaks: engine (<< 20.10.1~custom)" in found
    engine = manifest.packages["engine"]
    assert not identify(manifest, engine, family("deb"), "20.10.1~zz-1").prerelease
    assert identify(manifest, engine, family("deb"), "20.10.1~other-1").prerelease


@pytest.mark.parametrize("text", [HEAD + BUNDLE, REALLY, PATCHED, EPOCHS, REBUILDS])
def test_what_is_written_reads_back(text: str) -> None:
    manifest = api.parse_manifest(text)
    written = write_manifest(manifest)
    assert as_document(api.parse_manifest(written)) == as_document(manifest)
    given, back = toml.loads(text), toml.loads(written)
    assert back["component"] == given["component"]
    for kind in api.FAMILIES:
        for name, package in manifest.packages.items():
            again = api.parse_manifest(written).packages[name]
            assert again.shipping.get(kind) == package.shipping.get(kind)
            assert again.contents == package.contents


PAST = REBUILDS + '[policy]\npast = "oldest"\n'


def test_the_past_may_count_as_the_oldest() -> None:
    found = relations(api.parse_manifest(PAST), "docker-ce-cli", "5:23.0.1-1")
    assert not [line for line in found if "20.10.1" in line]
    assert "Breaks: docker-ce (>= 5:30.0.0~)" in found
