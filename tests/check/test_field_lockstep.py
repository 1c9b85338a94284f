"""Field cases: packages in lockstep that pin each other, and clients that refuse wrong servers themselves."""

from __future__ import annotations

import pytest

from pkgguard import api

LZ4 = """
manifest = 1
project = "lz4"
[component.cli]
releases = ["1.7.2", "1.7.3", "1.7.5"]
[component.libs]
releases = ["1.7.2", "1.7.3", "1.7.5"]
[package.lz4]
carries = ["cli"]
[package.lz4-libs]
carries = ["libs"]
[protocol.p]
client = ["cli"]
server = "libs"
[policy]
mode = "lockstep"
"""
GUARDED = LZ4.replace('server = "libs"', 'server = "libs"\nguarded_since = "{}"')


def spec(name: str, version: str, release: str, *lines: str) -> api.Package:
    head = (f"Name: {name}", f"Version: {version}", f"Release: {release}")
    return api.describe_package("rpm", "\n".join((*head, "BuildArch: noarch", *lines)) + "\n")


def packages() -> list[api.Package]:
    """Return the old and the new lz4 and its library, each in lockstep with the other."""
    return [
        one
        for version, release in (("1.7.3", "4"), ("1.7.5", "3"))
        for one in (
            spec("lz4", version, release, f"Requires: lz4-libs = {version}-{release}"),
            spec("lz4-libs", version, release),
        )
    ]


def blamed(text: str) -> list[str]:
    found = api.Project(api.parse_manifest(text)).check_packages(packages()).findings
    return [f"{one.package}: {one.message}" for one in found if one.id == "missing-breaks-on-older-peer"]


def test_siblings_that_pin_each_other_owe_nothing_to_clients_that_guard_themselves() -> None:
    assert blamed(LZ4)
    assert blamed(GUARDED.format("1.7.2")) == []


def test_clients_from_before_that_release_are_still_to_be_refused() -> None:
    (finding, *others) = blamed(GUARDED.format("1.7.3"))
    assert "lz4 1.7.2" in finding
    assert all("1.7.3-" not in one.partition(": ")[2].partition(":")[0] for one in (finding, *others))


@pytest.mark.parametrize(
    ("since", "conflicts"), [("1.7.2", ["Conflicts: lz4 < 1.7.2"]), ("1.7.3", ["Conflicts: lz4 < 1.7.3"])]
)
def test_a_server_refuses_only_the_clients_from_before(since: str, conflicts: list[str]) -> None:
    project = api.Project(api.parse_manifest(GUARDED.format(since)))
    server = project.relations("rpm", "lz4-libs", "1.7.5-3")
    assert [str(one.relation) for one in server.relations] == conflicts
    client = project.relations("rpm", "lz4", "1.7.5-3")
    assert [str(one.relation) for one in client.relations] == [
        "Requires: (lz4-libs >= 1.7.5 with lz4-libs < 1.7.6~)",
        "Conflicts: lz4-libs < 1.7.5",
        "Conflicts: lz4-libs >= 1.7.6~",
    ]


def test_a_broken_client_is_refused_though_it_guards_itself() -> None:
    broken = '[[broken]]\ncomponent = "cli"\nrelease = "1.7.3"\nbecause = "it loses data"\n'
    project = api.Project(api.parse_manifest(GUARDED.format("1.7.2") + broken))
    server = project.relations("rpm", "lz4-libs", "1.7.5-3")
    assert "Conflicts: lz4 < 1.7.4" in [str(one.relation) for one in server.relations]


def test_a_pair_that_does_not_work_is_judged_as_before() -> None:
    project = api.Project(api.parse_manifest(GUARDED.format("1.7.2")))
    loose = spec("lz4", "1.7.3", "4", "Requires: lz4-libs")
    found = project.check_packages([loose, spec("lz4-libs", "1.7.5", "3")])
    assert [(one.compatible, one.installable) for one in found.pairs] == [(False, True)]
    assert ("admits-incompatible-peer", "lz4 1.7.3-4") in {
        (one.id, str(one.package)) for one in found.findings
    }
