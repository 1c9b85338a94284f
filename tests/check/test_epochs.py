"""A package with another epoch than the manifest gives it is an error wherever its version is told."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from pkgguard import api
from pkgguard.cli.main import cli

MANIFEST = """
manifest = 1
project = "epochs"
[component.client]
releases = ["1.0.0"]
[component.server]
releases = ["1.0.0"]
[package.client]
carries = ["client"]
files = ["/usr/bin/client"]
deb = { epoch = 2 }
[package.server]
carries = ["server"]
[protocol.talk]
client = ["client"]
server = "server"
"""


@pytest.fixture
def manifest(tmp_path: Path) -> str:
    path = tmp_path / "epochs.toml"
    path.write_text(MANIFEST)
    return str(path)


def run(*words: str, text: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(cli, words, input=io.BytesIO(text.encode()))
    return result.exit_code, result.output


@pytest.mark.parametrize("version", ["2:1.0.0-1", "02:1.0.0-1"])
def test_the_epoch_of_the_manifest_is_right(manifest: str, version: str) -> None:
    code, output = run("generate", "--manifest", manifest, "client", version)
    assert code == 0, output


@pytest.mark.parametrize(
    ("command", "family", "version"),
    [
        ("generate", "deb", "1.0.0-1"),
        ("generate", "deb", "0:1.0.0-1"),
        ("generate", "deb", "3:1.0.0-1"),
        ("generate", "rpm", "2:1.0.0-1"),
        ("explain", "deb", "1.0.0-1"),
        ("explain", "rpm", "1:1.0.0-1"),
    ],
)
def test_another_epoch_is_an_error(manifest: str, command: str, family: str, version: str) -> None:
    code, output = run(command, "--manifest", manifest, "--family", family, "client", version)
    assert code == 3
    assert f"client {version}: its epoch is" in output
    assert f"set {family} = {{ epoch =" in output
    assert "[package.client]" in output


def test_what_the_message_says_to_set_is_what_the_manifest_takes() -> None:
    text = MANIFEST.replace("deb = { epoch = 2 }", "deb = { epoch = 3 }")
    generated = api.Project(api.parse_manifest(text)).relations("deb", "client", "3:1.0.0-1")
    assert generated.relations


def test_an_epoch_that_is_none_is_zero() -> None:
    manifest = api.parse_manifest(MANIFEST)
    assert api.Project(manifest).relations("deb", "server", "0:1.0.0-1")
    with pytest.raises(api.WrongEpochError, match="its epoch is 1, but none in the manifest"):
        api.Project(manifest).relations("deb", "server", "1:1.0.0-1")


def test_substvars_are_refused(manifest: str, tmp_path: Path) -> None:
    debian = tmp_path / "debian"
    debian.mkdir()
    (debian / "control").write_text("Source: client\n\nPackage: client\nArchitecture: all\n")
    heading = "client (1.0.0-1) unstable; urgency=medium"
    (debian / "changelog").write_text(
        f"{heading}\n\n  * x\n\n -- x <x@y.z>  Thu, 26 Nov 2026 00:00:00 +0000\n"
    )
    code, output = run("debian", "substvars", "--manifest", manifest, "--source", str(tmp_path))
    assert code == 3
    assert "its epoch is none, but 2 in the manifest" in output


@pytest.mark.parametrize("epoch", ["", "2"])
def test_the_generator_of_rpm_holds_a_package_of_the_manifest_to_its_epoch(
    epoch: str, tmp_path: Path
) -> None:
    path = tmp_path / "epochs.toml"
    path.write_text(MANIFEST.replace("deb = {", "rpm = {") if epoch else MANIFEST)
    command = ("rpm", "generator", "--manifest", str(path))
    for given in ("", "0:", "1:", "2:", "02:"):
        code, output = run(*command, "client", f"{given}1.0.0-1", text="/usr/bin/client\n")
        if given.strip("0:") == epoch:
            assert code == 0, output
        else:
            assert code == 3
            assert f"its epoch is {given.strip('0:') or 'none'}" in output
        code, output = run(*command, "another-name", f"{given}1.0.0-1", text="/usr/bin/client\n")
        assert code == 0, output


def test_check_finds_it(manifest: str) -> None:
    package = api.make_package("deb", "client", "1.0.0-1")
    judgement = api.Project(api.read_manifest(manifest)).check_packages([package])
    assert ("wrong-epoch", "error") in {(one.id, one.severity) for one in judgement.findings}
