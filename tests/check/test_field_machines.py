"""Field cases: client and server that are installed on different machines."""

from __future__ import annotations

import pytest

from pkgguard import api

KUBERNETES = """
manifest = 1
project = "kubernetes"
[component.kubeadm]
releases = ["1.29.0", "1.30.0"]
[component.kubectl]
releases = ["1.28.0", "1.29.0", "1.30.0"]
[component.apiserver]
releases = ["1.28.0", "1.29.0", "1.30.0"]
[component.crictl]
releases = ["1.28.0", "1.29.0", "1.30.0"]
[package.kubeadm]
carries = ["kubeadm"]
[package.kubectl]
carries = ["kubectl"]
[package.kube-apiserver]
carries = ["apiserver"]
[package.cri-tools]
carries = ["crictl"]
[protocol.cli]
client = ["kubectl"]
server = "apiserver"
mode = "window"
window = 1
same_machine = false
[protocol.cri]
client = ["kubeadm"]
server = "crictl"
[[change]]
protocol = "cri"
kind = "added"
what = "pod sandboxes by name"
server = "1.30.0"
client = "1.30.0"
because = "kubeadm passes the names"
"""


def deb(name: str, version: str, **fields: str) -> api.Package:
    return api.make_package("deb", name, version, fields)


def test_packages_of_two_machines_get_no_relations() -> None:
    project = api.Project(api.parse_manifest(KUBERNETES))
    for family in ("deb", "rpm"):
        for name in ("kubectl", "kube-apiserver"):
            assert not project.relations(family, name, "1.29.0-1.1").relations
    assert project.relations("deb", "kubeadm", "1.30.0-1.1").relations


def test_packages_of_two_machines_are_no_pair() -> None:
    project = api.Project(api.parse_manifest(KUBERNETES))
    found = project.check_packages([deb("kubectl", "1.30.0-1.1"), deb("kube-apiserver", "1.28.0-1.1")])
    assert (found.pairs, found.findings) == ((), ())


@pytest.mark.parametrize(("kubectl", "works"), [("1.30.0", False), ("1.29.0", True)])
def test_whether_they_work_together_is_still_answered(kubectl: str, works: bool) -> None:
    project = api.Project(api.parse_manifest(KUBERNETES))
    assert project.compatible({"kubectl": kubectl, "apiserver": "1.28.0"}).compatible is works


def test_kubeadm_refuses_the_older_cri_tools_that_it_does_not_work_with() -> None:
    """https://github.com/kubernetes/release: kubeadm 1.30 wants cri-tools 1.30."""
    project = api.Project(api.parse_manifest(KUBERNETES))
    kubeadm, tools = (
        deb("kubeadm", "1.30.0-1.1", Depends="cri-tools (>= 1.30.0)"),
        deb("cri-tools", "1.29.0-1.1"),
    )
    (pair,) = project.check_packages([kubeadm, tools]).pairs
    assert (pair.compatible, pair.installable) == (False, False)
