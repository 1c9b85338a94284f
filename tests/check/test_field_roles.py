"""Field cases: roles, windows and promises, with what the reporter or the maintainer says is right."""

from __future__ import annotations

import pytest

from pkgguard import api

SERVED = """
manifest = 1
project = "p"
[component.podman]
releases = ["4.3.1", "4.4.0"]
[component.runc]
releases = ["1.0.0", "1.1.5"]
[component.crun]
releases = ["1.8.1", "1.9.0"]
[package.podman]
carries = ["podman"]
[package.runc]
carries = ["runc"]
[package.crun]
carries = ["crun"]
[protocol.oci-runc]
client = ["podman"]
server = "runc"
role = "oci-runtime"
[protocol.oci-crun]
client = ["podman"]
server = "crun"
role = "oci-runtime"
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


def lines(text: str, family: str, name: str, version: str) -> list[str]:
    generated = api.Project(api.parse_manifest(text)).relations(family, name, version)
    assert not generated.losses
    return [str(one.relation) for one in generated.relations]


def rules(text: str, *packages: api.Package) -> set[str]:
    return {one.id for one in api.Project(api.parse_manifest(text)).check_packages(packages).findings}


def deb(name: str, version: str, **fields: str) -> api.Package:
    return api.make_package("deb", name, version, fields)


def test_podman_needs_one_of_two_engines() -> None:
    assert lines(SERVED, "deb", "podman", "4.4.0-1")[0] == "Depends: runc (>= 1.0.0) | crun (>= 1.8.1)"
    assert lines(SERVED, "rpm", "podman", "4.4.0-1")[0] == "Requires: (runc >= 1.0.0 or crun >= 1.8.1)"


@pytest.mark.parametrize("depends", ["crun | runc", "crun (>= 1.8.1)", "runc", "runc (>= 1.0.0) | crun"])
def test_a_client_that_asks_for_one_engine_is_right(depends: str) -> None:
    podman = deb("podman", "4.4.0-1", Depends=depends)
    assert not rules(SERVED, podman) - {"admits-unknown-peer", "no-relation-to-optional-peer"}


def test_a_client_that_asks_for_neither_engine_is_told() -> None:
    assert "no-relation-to-peer" in rules(SERVED, deb("podman", "4.4.0-1", Depends="conmon"))


def test_an_engine_that_no_version_satisfies_is_told_though_another_would_do() -> None:
    podman = deb("podman", "4.4.0-1", Depends="runc (>= 7)")
    assert "never-satisfiable" in rules(SERVED, podman)
    assert "never-satisfiable" not in rules(SERVED, deb("podman", "4.4.0-1", Depends="runc (>= 7) | crun"))


def test_the_built_in_manifest_lets_fedora_s_split_stand() -> None:
    """Fedora 1.x has kata-runtime and kata-agent, and no kata-containers-image."""
    project = api.Project(api.built_in())
    (requires,) = [
        one.relation
        for one in project.relations("rpm", "kata-runtime", "1.11.0-1").relations
        if one.relation.field == "Requires"
    ]
    runtime = api.make_package("rpm", "kata-runtime", "1.11.0-1", {"Requires": [requires.text]})
    agent = api.make_package("rpm", "kata-agent", "1.11.0-1", {})
    assert api.coinstallable([runtime, agent]).installable
    assert not api.coinstallable([runtime]).installable


def test_a_role_that_no_other_protocol_has_is_doubtful() -> None:
    misspelt = SERVED.replace('role = "oci-runtime"', 'role = "oci-runtme"', 1)
    found = api.Project(api.parse_manifest(misspelt)).advise()
    told = [(one.id, one.help) for one in found if one.id == "role-of-one-protocol"]
    assert [help for _, help in told] == ["Did you mean 'oci-runtme'?", "Did you mean 'oci-runtime'?"]
    assert "role-of-one-protocol" not in {one.id for one in api.Project(api.parse_manifest(SERVED)).advise()}


@pytest.mark.parametrize(
    ("kubelet", "kubectl", "apiserver", "works"),
    [
        ("1.27.0", "1.29.0", "1.30.0", (True, True)),
        ("1.26.0", "1.28.0", "1.30.0", (False, False)),
        ("1.30.0", "1.30.0", "1.29.0", (False, True)),
        ("1.29.0", "1.28.0", "1.29.0", (True, True)),
    ],
)
def test_a_kubelet_is_never_newer_than_its_apiserver(
    kubelet: str, kubectl: str, apiserver: str, works: tuple[bool, bool]
) -> None:
    asked = {"kubelet": kubelet, "kubectl": kubectl, "apiserver": apiserver}
    verdicts = api.Project(api.parse_manifest(SKEW)).compatible(asked).verdicts
    assert tuple(one.compatible for one in verdicts.values()) == works


def test_the_reason_tells_the_direction() -> None:
    project = api.Project(api.parse_manifest(SKEW))
    (verdict,) = project.compatible({"kubelet": "1.30.0", "apiserver": "1.29.0"}).verdicts.values()
    assert verdict.reasons[0].sentence == (
        "upstream promises only that kubelet 1.30.0 works with apiserver releases"
        " that are at most 3 minor versions newer and not older (window)"
    )
    (verdict,) = project.compatible({"kubectl": "1.26.0", "apiserver": "1.28.0"}).verdicts.values()
    assert verdict.reasons[0].sentence.endswith(
        "works with apiserver releases at most one minor version away (window)"
    )


def test_a_kubelet_s_bounds_have_the_window_s_direction() -> None:
    assert lines(SKEW, "deb", "kubelet", "1.27.0-1.1") == [
        "Breaks: kube-apiserver (<< 1.27.0)",
        "Breaks: kube-apiserver (>= 1.31.0~)",
    ]
    assert lines(SKEW, "deb", "kube-apiserver", "1.29.0-1.1") == [
        "Breaks: kubectl (<< 1.28.0)",
        "Breaks: kubectl (>= 1.31.0~)",
        "Breaks: kubelet (<< 1.26.0)",
        "Breaks: kubelet (>= 1.30.0~)",
    ]
