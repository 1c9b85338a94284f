"""What a valid manifest means."""

from __future__ import annotations

from typing import Any

import pytest
from manifest_texts import EXAMPLE, SMALL, timeline

from pkgguard.diagnostics import Position
from pkgguard.manifest.model import Horizon, Kind, Mode, Need, Prereleases
from pkgguard.manifest.package_spec import Presence
from pkgguard.manifest.read import parse_manifest
from pkgguard.manifest.serialize import write_manifest


def test_the_example_of_the_design_reads() -> None:
    manifest = parse_manifest(EXAMPLE)
    assert manifest.project == "kata-containers"
    assert [str(one) for one in manifest.components["agent"].releases] == ["1.0.0", "1.1.0", "1.1.1", "1.2.0"]
    assert manifest.packages["kata-runtime"].carries == ("runtime",)
    assert (
        manifest.package_named("rpm", "kata-containers-image") is manifest.packages["kata-containers-image"]
    )
    assert manifest.protocols["agent"].clients == ("runtime",)
    assert manifest.protocols["agent"].server == "agent"
    (pause,) = manifest.changes
    assert (pause.kind, pause.need) == (Kind.ADDED, Need.REQUIRED)
    assert [str(one) for one in pause.server] == ["1.1.0"]
    assert {name: [str(one) for one in some] for name, some in pause.client.items()} == {"runtime": ["1.1.0"]}
    assert pause.because == "docker pause calls it"
    assert pause.see == ("kata-containers/agent#272",)
    assert pause.position == Position("manifest", 19)
    (broken,) = manifest.broken
    assert (broken.component, str(broken.release), broken.because) == ("agent", "1.1.0", "…")
    policy = manifest.policy
    assert (policy.mode, policy.window, policy.horizon) == (Mode.PROTOCOL, (1, 1), Horizon.MINOR)
    assert policy.prereleases is Prereleases.EXCLUDE


def test_the_small_manifest_has_the_defaults() -> None:
    manifest = parse_manifest(SMALL)
    assert manifest.policy.horizon is Horizon.MINOR
    assert manifest.policy.mode is Mode.PROTOCOL
    assert manifest.broken == ()
    image = manifest.packages["kata-image"]
    assert image.presence is Presence.REQUIRED
    assert image.peers is None
    assert {"deb", "rpm"} <= set(image.shipping)
    assert {one.name for one in image.shipping.values()} == {"kata-image"}
    assert {one.epoch for one in image.shipping.values()} == {""}


def test_names_and_epochs_differ_by_family() -> None:
    text = SMALL.replace(
        'carries = ["agent"]',
        'carries = ["agent"]\nepoch = 1\ndeb = "kata-img"\nrpm = { name = "Kata_Image", epoch = 2 }',
    )
    image = parse_manifest(text).packages["kata-image"]
    assert (image.shipping["deb"].name, image.shipping["deb"].epoch) == ("kata-img", "1")
    assert (image.shipping["rpm"].name, image.shipping["rpm"].epoch) == ("Kata_Image", "2")


def test_a_family_can_be_without_the_epoch_of_the_other() -> None:
    text = SMALL.replace('carries = ["agent"]', 'carries = ["agent"]\nepoch = 1\nrpm = { epoch = 0 }')
    shipping = parse_manifest(text).packages["kata-image"].shipping
    assert shipping["deb"].epoch == "1"
    assert shipping["rpm"].epoch == ""


def test_a_package_can_be_absent_from_a_family() -> None:
    manifest = parse_manifest(SMALL.replace('carries = ["agent"]', 'carries = ["agent"]\nrpm = false'))
    assert "deb" in manifest.packages["kata-image"].shipping
    assert "rpm" not in manifest.packages["kata-image"].shipping
    assert manifest.package_named("rpm", "kata-image") is None


def test_releases_are_sorted_by_precedence_and_not_by_text() -> None:
    text = SMALL.replace('"1.2.0"]\n[component.shim]', '"1.10.0", "1.2.0", "1.2.0-rc.1"]\n[component.shim]')
    releases = [str(one) for one in parse_manifest(text).components["runtime"].releases]
    assert releases[-4:] == ["1.1.1", "1.2.0-rc.1", "1.2.0", "1.10.0"]


def test_one_string_stands_for_a_list_of_one() -> None:
    text = SMALL.replace('client = ["runtime"]', 'client = "runtime"').replace('["Pause"]', '"Pause"')
    manifest = parse_manifest(text)
    assert manifest.protocols["agent"].clients == ("runtime",)
    assert manifest.changes[0].what == ("Pause",)


def test_components_can_share_one_list_of_releases() -> None:
    text = """\
manifest = 1
project = "shared"
[component.agent]
releases_of = "runtime"
title = "the agent"
[component.runtime]
scheme = "numbers"
branch = 1
releases = ["1.2", "1.1"]
[package.both]
carries = ["agent", "runtime"]
[protocol.agent]
client = ["runtime"]
server = "agent"
"""
    manifest = parse_manifest(text)
    runtime, agent = manifest.components["runtime"], manifest.components["agent"]
    assert [str(one) for one in agent.releases] == ["1.1", "1.2"]
    assert (agent.name, agent.title, agent.releases_of) == ("agent", "the agent", "runtime")
    assert agent.scheme is runtime.scheme
    assert list(manifest.components) == ["agent", "runtime"]
    written = write_manifest(manifest)
    assert 'releases_of = "runtime"' in written
    assert written.count("numbers") == 1
    assert parse_manifest(written).components["agent"].releases_of == "runtime"


def test_a_change_names_a_release_for_each_of_several_clients() -> None:
    text = SMALL.replace('client = ["runtime"]', 'client = ["runtime", "shim"]').replace(
        'client = "1.1.0"', 'client = { runtime = ["1.1.0", "1.0.5"], shim = "1.2.0" }'
    )
    client = parse_manifest(text).changes[0].client
    assert {name: [str(one) for one in some] for name, some in client.items()} == {
        "runtime": ["1.0.5", "1.1.0"],
        "shim": ["1.2.0"],
    }


@pytest.mark.parametrize(
    "changes",
    [
        [{}, {"kind": "removed", "server": "1.2.0", "client": "1.2.0"}],
        [{"kind": "removed", "server": "1.1.0"}, {"server": "1.2.0"}],
        [{"client": "1.1.0"}, {"kind": "changed", "server": "1.2.0", "client": "1.1.0"}],
        [{"kind": "changed"}, {"kind": "changed", "server": "1.1.1"}],
        [{}, {"kind": "changed", "server": "1.1.1"}, {"kind": "removed", "server": "1.2.0"}],
        [{"kind": "changed", "server": "1.1.0", "old_until": "1.2.0"}],
        [{"server": ["1.1.0", "1.0.5"]}],
        [{}, {"kind": "compatible", "server": "1.1.0"}, {"kind": "compatible", "server": None}],
        [{}, {"what": ["Resume"], "kind": "removed"}],
    ],
    ids=str,
)
def test_histories_that_agree(changes: list[dict[str, Any]]) -> None:
    assert len(parse_manifest(timeline(*changes)).changes) == len(changes)
