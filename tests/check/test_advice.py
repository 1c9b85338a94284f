"""Advice on valid manifests."""

from __future__ import annotations

from typing import Any

import pytest
from histories import manifest_of

from pkgguard.check.manifest_lint import advise
from pkgguard.compat.engine import Compatibility
from pkgguard.diagnostics import Diagnostic
from pkgguard.manifest.discover import built_in
from pkgguard.manifest.model import Manifest, Mode, Window


def advice(manifest: Manifest) -> list[Diagnostic]:
    return list(advise(Compatibility(manifest)))


def ids(manifest: Manifest) -> set[str]:
    return {one.id for one in advice(manifest)}


def test_the_built_in_manifest_has_nothing_doubtful_in_its_own_mode() -> None:
    assert [one for one in advice(built_in().manifest) if one.severity != "info"] == []


def test_a_window_that_the_changes_break_is_told_of_kata() -> None:
    kata = built_in().manifest
    kept = Manifest(
        kata.project, kata.components, kata.packages, kata.protocols, kata.changes, kata.broken,
        type(kata.policy)(Mode.WINDOW, Window(1, 1)), path=kata.path,
    )  # fmt: skip
    found = [one for one in advice(kept) if one.id == "window-promise-broken"]
    told = " ".join(one.message for one in found)
    # The pause calls, GetGuestDetails, CopyFile, the routes, the tracing calls, the vfio-pci device.
    for mine, theirs in (
        ("1.1", "1.0"),
        ("1.3", "1.2"),
        ("1.5", "1.4"),
        ("1.9", "1.8"),
        ("2.0", "2.1"),
        ("2.4", "2.3"),
        ("3.2", "3.1"),
        ("3.1", "3.2"),
    ):
        assert f"runtime {mine}.x works with agent {theirs}.x" in told, (mine, theirs)
    assert "runtime 1.4.x works with agent" not in told
    assert all(one.line for one in found)
    assert "runtime 2.0.x works with agent 1.12.x" not in told
    lines = {one.position.line: one for one in kata.changes}
    assert {one.line for one in found} <= set(lines)


BACKWARDS = {"server": "1.2.0", "client": "1.1.0"}


DOUBTFUL: dict[str, tuple[Manifest, str]] = {
    "window-promise-broken": (
        manifest_of({"server": "1.1.0", "client": "1.1.0"}, policy={"mode": "window"}),
        "runtime 1.1.x works with agent 1.0.x",
    ),
    "release-fits-nothing": (
        manifest_of(
            {"server": "1.1.0", "client": "1.0.5"},
            {"what": ["Old"], "kind": "removed", "server": "1.1.0", "client": "1.2.0"},
        ),
        "1.0.5, 1.0.6, 1.1.0, 1.1.1",
    ),
    "same-release-incompatible": (manifest_of(BACKWARDS), "runtime and agent 1.1.0 do not work together"),
    "component-in-no-package": (
        manifest_of(package={"kata-runtime": {"carries": ["runtime"]}}),
        "no package carries the component agent",
    ),
    "package-without-release": (
        manifest_of(
            component={
                "runtime": {"releases": ["1.0.0"]},
                "agent": {"releases": ["1.0.0"]},
                "shim": {"releases": ["9.0.0"]},
            },
            package={"kata-runtime": {"carries": ["runtime", "shim"]}, "kata-agent": {"carries": ["agent"]}},
        ),
        "the components of kata-runtime (runtime, shim)",
    ),
    "one-sided-peer": (
        manifest_of(
            package={
                "kata-runtime": {"carries": ["runtime"], "peers": ["kata-agent"]},
                "kata-agent": {"carries": ["agent"], "peers": []},
            }
        ),
        "kata-runtime lists kata-agent",
    ),
    "no-common-server-release": (
        manifest_of(
            {"server": "1.1.0", "client": {"runtime": "1.0.5"}},
            {"what": ["Old"], "kind": "removed", "server": "1.1.0", "client": {"shim": "1.2.0"}},
            clients=["runtime", "shim"],
        ),
        "both runtime and shim of release 1.0.5, 1.0.6, 1.1.0, 1.1.1",
    ),
    "change-without-reason": (manifest_of({"server": "1.1.0", "client": "1.1.0", "because": ""}), "Pause"),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_each_advice_can_be_given(name: str) -> None:
    manifest, part = DOUBTFUL[name]
    found = [one for one in advice(manifest) if one.id == name]
    assert found
    assert any(part in one.message for one in found), [one.message for one in found]
    assert all(one.help for one in found)


def test_a_right_manifest_gets_no_advice() -> None:
    assert ids(manifest_of({"server": "1.1.0", "client": "1.1.0"})) == set()
    assert ids(manifest_of({"server": "1.0.5", "client": "1.1.0"}, policy={"mode": "window"})) == {
        "window-promise-broken"
    }
    assert ids(manifest_of(policy={"mode": "window", "window": 0})) == set()


@pytest.mark.parametrize(
    "more",
    [
        {"component": {"runtime": {"releases": ["1.0.5"]}, "shim": {"releases": ["1.1.0"]},
            "agent": {"releases": ["1.0.5", "1.1.0"]}}, "policy": {"mode": "lockstep"}},
        {"protocol": {"agent": {"client": ["runtime", "shim"], "server": "agent", "same_machine": False}}},
        {"package": {"runtime": {"carries": ["runtime"]}, "shim": {"carries": ["shim"]},
            "agent": {"carries": ["agent"], "presence": "optional"}}},
        {"package": {"runtime": {"carries": ["runtime"]}, "shim": {"carries": ["shim"]},
            "agent": {"carries": ["agent"]}, "image": {"carries": ["agent"]}}},
        {"package": {"runtime": {"carries": ["runtime", "agent"]}, "shim": {"carries": ["shim"]}}},
    ],
    ids=["other releases", "another machine", "optional", "two packages", "one package"],
)  # fmt: skip
def test_clients_that_need_not_share_a_server_need_none_in_common(more: dict[str, Any]) -> None:
    changes: list[dict[str, Any]] = [
        {"server": "1.1.0", "client": {"runtime": "1.0.5"}},
        {"what": ["Old"], "kind": "removed", "server": "1.1.0", "client": {"shim": "1.2.0"}},
    ]
    if "component" in more:
        changes = []
    assert "no-common-server-release" not in ids(manifest_of(*changes, clients=["runtime", "shim"], **more))


def test_a_broken_release_is_no_surprise() -> None:
    manifest = manifest_of(broken=[{"component": "agent", "release": "1.1.0"}])
    assert "same-release-incompatible" not in ids(manifest)


def test_the_window_promise_is_not_said_to_be_broken_by_an_optional_need() -> None:
    change = {"server": "1.1.0", "client": "1.1.0", "need": "optional"}
    assert ids(manifest_of(change, policy={"mode": "window"})) == set()
