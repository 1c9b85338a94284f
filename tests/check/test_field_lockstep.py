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


def servers() -> list[api.Package]:
    """Return the old and the new library, each alone: what its clients say is not known."""
    return [spec("lz4-libs", "1.7.3", "4"), spec("lz4-libs", "1.7.5", "3")]


def blamed(text: str) -> list[str]:
    found = api.Project(api.parse_manifest(text)).check_packages(servers()).findings
    return [f"{one.package}: {one.message}" for one in found if one.id == "missing-breaks-on-older-peer"]


def test_siblings_that_pin_each_other_owe_nothing_to_clients_that_guard_themselves() -> None:
    assert blamed(LZ4)
    assert blamed(GUARDED.format("1.7.2")) == []


def test_clients_from_before_that_release_are_still_to_be_refused() -> None:
    told = blamed(GUARDED.format("1.7.3"))
    assert len(told) == 2
    assert all("accepts lz4 1.7.2-" in one for one in told)


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


EXACT = LZ4.replace('"lockstep"', '"exact"')


def deb(name: str, version: str, depends: str = "") -> api.Package:
    return api.make_package("deb", name, version, {"Depends": depends} if depends else {})


def judged(*packages: api.Package) -> tuple[list[tuple[bool, bool | None]], set[str]]:
    """Return whether each pair works and installs, and the ids of what is found of the client."""
    found = api.Project(api.parse_manifest(EXACT)).check_packages(packages)
    pairs = [(one.compatible, one.installable) for one in found.pairs]
    return pairs, {one.id for one in found.findings if one.package and one.package.name == "lz4"}


@pytest.mark.parametrize(
    ("kind", "version", "expected"),
    [
        (
            "deb", "1.7.5-3",
            [
                "Depends: lz4-libs (= 1.7.5-3)",
                "Breaks: lz4-libs (<< 1.7.5-3)",
                "Breaks: lz4-libs (>> 1.7.5-3)",
            ],
        ),
        (
            "rpm", "1.7.5-3",
            [
                "Requires: lz4-libs = 1.7.5-3",
                "Conflicts: lz4-libs < 1.7.5-3",
                "Conflicts: lz4-libs > 1.7.5-3",
            ],
        ),
        (
            "deb", "1.7.5-3+b1",
            [
                "Depends: lz4-libs (>= 1.7.5-3)",
                "Depends: lz4-libs (<= 1.7.5-3) | lz4-libs (>= 1.7.5-3+b1)",
                "Depends: lz4-libs (<= 1.7.5-3+b1)",
                "Breaks: lz4-libs (<< 1.7.5-3)",
                "Breaks: lz4-libs (>> 1.7.5-3+b1)",
            ],
        ),
    ],
)  # fmt: skip
def test_a_client_of_mode_exact_needs_its_own_full_version(
    kind: str, version: str, expected: list[str]
) -> None:
    project = api.Project(api.parse_manifest(EXACT))
    assert [str(one.relation) for one in project.relations(kind, "lz4", version).relations] == expected
    server = project.relations(kind, "lz4-libs", "1.7.5-3").relations
    assert all("1.7.5-" not in str(one.relation) for one in server)


def test_a_bound_on_the_release_is_not_enough_for_mode_exact() -> None:
    loose = deb("lz4", "1.7.5-3", "lz4-libs (>= 1.7.5), lz4-libs (<< 1.7.6~)")
    pairs, found_ids = judged(loose, deb("lz4-libs", "1.7.5-4"))
    assert pairs == [(False, True)]
    assert "admits-incompatible-peer" in found_ids
    found = api.Project(api.parse_manifest(EXACT)).check_packages([loose]).findings
    (finding,) = (one for one in found if one.id == "admits-incompatible-peer")
    assert finding.witness is not None
    assert finding.witness.peer.version.startswith("1.7.5-")
    assert finding.witness.peer.version != "1.7.5-3"


@pytest.mark.parametrize(
    ("client", "server", "works"),
    [
        ("1.7.5-3", "1.7.5-3", True),
        ("1.7.5-3", "1.7.5-4", False),
        ("1.7.5-3+b1", "1.7.5-3", True),
        ("1.7.5-3+b1", "1.7.5-3+b1", True),
        ("1.7.5-3+b1", "1.7.5-3ubuntu1", False),
        ("1.7.5-3", "1.7.3-3", False),
    ],
)
def test_what_is_generated_for_mode_exact_is_right(client: str, server: str, works: bool) -> None:
    project = api.Project(api.parse_manifest(EXACT))
    packages = [
        api.make_package(
            "deb", name, version,
            {
                field: [one.relation.text for one in relations if one.relation.field == field]
                for field in ("Depends", "Breaks")
            },
        )
        for name, version in (("lz4", client), ("lz4-libs", server))
        for relations in [project.relations("deb", name, version).relations]
    ]  # fmt: skip
    found = project.check_packages(packages)
    assert [(one.compatible, one.installable) for one in found.pairs] == [(works, works)]
    assert not found.findings


def test_a_rebuild_of_the_server_alone_is_told() -> None:
    """An architecture-independent client keeps its version when the server is rebuilt."""
    pairs, found = judged(deb("lz4", "1.7.5-3", "lz4-libs (= 1.7.5-3)"), deb("lz4-libs", "1.7.5-3+b1"))
    assert pairs == [(True, False)]
    assert "pair-not-installable" in found


def test_a_given_sibling_stands_for_older_clients_unless_the_manifest_names_a_release() -> None:
    client = spec("lz4", "1.7.5", "3", "Requires: lz4-libs = 1.7.5-3")
    for text, count in ((LZ4, 0), (GUARDED.format("1.7.2"), 0), (GUARDED.format("1.7.3"), 1)):
        found = api.Project(api.parse_manifest(text)).check_packages([client, servers()[1]]).findings
        assert len({one.id for one in found if one.id == "missing-breaks-on-older-peer"}) == count
