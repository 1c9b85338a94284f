"""No finding says of a pair what its verdict denies, and no package takes a finding of another away."""

from __future__ import annotations

from typing import Any

import pytest
from contradictions import contradictions, place, silent
from hypothesis import assume, given
from hypothesis import strategies as st
from test_rules import FIXTURES, MANIFESTS

from pkgguard import api
from pkgguard.check.registry import rules

MANIFEST = """
manifest = 1
project = "pairs"
[component.client]
releases = ["1.0.0", "1.0.1", "1.1.0", "1.2.0"]
[component.server]
releases = ["1.0.0", "1.0.1", "1.1.0", "1.2.0"]
[package.client]
carries = ["client"]
[package.server]
carries = ["server"]
{more}
[protocol.talk]
client = ["client"]
server = "server"
[[change]]
protocol = "talk"
kind = "{kind}"
what = ["Call"]
server = "1.1.0"
client = "1.1.0"
[policy]
mode = "{mode}"
"""
UPSTREAMS = ("1.0.0", "1.0.1", "1.1.0", "1.2.0")
SUFFIXES = ("", "", "", "~ce", "~rc1", "~rc2", "+dfsg", "+git1", "~bpo12+1", "~", "+really1.0.0")
REVISIONS = {
    "deb": ("-1", "-1", "-2", "", "-0", "-1~bpo12+1", "-1+b1", "-0ubuntu1"),
    "rpm": ("-1", "-1", "-2", "-0.1.rc1", "-1.fc40", "-0"),
}
EPOCHS = ("", "", "", "0:", "1:")
OPERATORS = {"deb": ("<<", "<=", "=", ">=", ">>"), "rpm": ("<", "<=", "=", ">=", ">")}
FIELDS = {"deb": (("Depends",), ("Breaks", "Conflicts")), "rpm": (("Requires",), ("Conflicts",))}


@st.composite
def versions(draw: st.DrawFn, family: str) -> str:
    parts = (EPOCHS, UPSTREAMS, SUFFIXES, REVISIONS[family])
    return "".join(draw(st.sampled_from(part)) for part in parts)


@st.composite
def clauses(draw: st.DrawFn, family: str, peer: str, pool: list[str]) -> str:
    if not draw(st.integers(0, 5)):
        return peer
    operator = draw(st.sampled_from(OPERATORS[family]))
    version = draw(st.one_of(st.sampled_from(pool), versions(family)))
    return f"{peer} ({operator} {version})" if family == "deb" else f"{peer} {operator} {version}"


@st.composite
def sets(draw: st.DrawFn) -> tuple[api.Manifest, list[api.Package]]:
    """Draw some packages of a client and a server, whose relations name one another's versions."""
    family = draw(st.sampled_from(("deb", "deb", "rpm")))
    more = draw(st.sampled_from(("", 'presence = "optional"', "epoch = 1")))
    kind = draw(st.sampled_from(("added", "changed", "removed")))
    mode = draw(st.sampled_from(("protocol", "protocol", "lockstep")))
    manifest = api.parse_manifest(MANIFEST.format(more=more, kind=kind, mode=mode))
    pools = {
        name: draw(st.lists(versions(family), min_size=1, max_size=3, unique=True))
        for name in ("client", "server")
    }
    packages = []
    for name, peer in (("client", "server"), ("server", "client")):
        for version in pools[name]:
            relations: dict[str, Any] = {}
            for fields, most in zip(FIELDS[family], (2, 1), strict=True):
                field = draw(st.sampled_from(fields))
                count = draw(st.integers(0, most if name == "client" else 1))
                said = [draw(clauses(family, peer, pools[peer])) for _ in range(count)]
                if family == "deb" and field == "Depends" and len(said) > 1 and draw(st.booleans()):
                    said = [" | ".join(said)]
                if said and (name == "client" or field not in ("Depends", "Requires")):
                    relations[field] = said
            packages.append(api.make_package(family, name, version, relations, architecture=ARCH[family]))
    return manifest, packages


ARCH = {"deb": "amd64", "rpm": "x86_64"}


@given(sets())
def test_no_finding_contradicts_a_verdict_on_random_packages(
    drawn: tuple[api.Manifest, list[api.Package]],
) -> None:
    manifest, packages = drawn
    judgement = api.Project(manifest).check_packages(packages)
    assume(not judgement.given_up)  # a machine that stands still may charge a second to one package
    assert contradictions(judgement, manifest) == []
    assert silent(judgement) == []


def test_a_witness_carries_the_release_that_it_shows() -> None:
    manifest = api.parse_manifest(MANIFEST.format(more="", kind="added", mode="lockstep"))
    packages = [
        api.make_package(
            "deb", "client", "1.0.0-2", {"Depends": ["server (>> 1:1.0.1-1)"]}, architecture=ARCH["deb"]
        ),
        api.make_package("deb", "server", "1:1.0.1-2", {}, architecture=ARCH["deb"]),
        api.make_package("deb", "server", "1:1.0.1-1", {}, architecture=ARCH["deb"]),
    ]
    result = api.Project(manifest).check_packages(packages)
    assert contradictions(result, manifest) == []
    witnesses = [one.witness.peer.version for one in result.findings if one.witness is not None]
    assert "1:1.2.0-1" in witnesses
    assert "1:1.0.1-1+1" not in witnesses


def test_no_version_of_another_release_is_a_witness() -> None:
    manifest = api.parse_manifest(MANIFEST.format(more="", kind="added", mode="lockstep"))
    bounds = ["server (>> 1:1.0.1-1)", "server (<< 1:1.0.1-5)"]
    client = api.make_package("deb", "client", "1.0.0-2", {"Depends": bounds}, architecture=ARCH["deb"])
    found = api.Project(manifest).check_packages([client]).findings
    assert "epoch-forgotten" in {one.id for one in found}
    accepted = [one.witness.peer.version for one in found if one.witness and one.witness.installable]
    assert accepted == []


@pytest.mark.parametrize(
    ("relation", "pinned"),
    [
        (["server (= 1.1.0-1)"], True),
        (["server (<= 1.1.0-1)"], False),
        (["server (<< 1.1.0-1) | server (= 1.1.0-1)"], False),
        (["server | server (= 1.1.0-1)"], False),
    ],
)
def test_only_a_version_that_stands_alone_is_pinned(relation: list[str], pinned: bool) -> None:
    manifest = api.parse_manifest(MANIFEST.format(more="", kind="added", mode="protocol"))
    client = api.make_package("deb", "client", "1.1.0-2", {"Depends": relation}, architecture=ARCH["deb"])
    found = api.Project(manifest).check_packages([client]).findings
    assert any(one.id == "pinned-revision" for one in found) is pinned


AMONG_SIBLINGS = {
    "pinned-revision",
    "bound-blocks-backports",
    "missing-breaks-on-older-peer",
    "no-relation-to-peer",
}
"""The rules that packages need not keep which are built together, or whose peers refuse them."""
TOLD_OF_THE_PAIR = {"refuses-compatible-peer", "prerelease-shut-out", "prerelease-slips-through"}
"""The rules of which a finding is left out where a worse one is told of the same pair."""
LEFT_OUT = AMONG_SIBLINGS | TOLD_OF_THE_PAIR
OF_SEVERAL = {
    "older-client-guards-itself",
    *(rule.id for rule in rules().values() if rule.check_subjects or rule.check_pairs),
}
"""The rules that only several packages can break."""


def told(judgement: api.CheckResult, package: api.Package) -> set[tuple[str, str]]:
    return {(one.id, one.peer) for one in judgement.findings if one.package == package.ref}


@pytest.mark.parametrize("name", FIXTURES)
def test_further_files_take_no_finding_of_a_package_away_and_add_none(name: str) -> None:
    fixture = FIXTURES[name]
    manifest = MANIFESTS[fixture.manifest]
    packages = fixture.described()
    together = api.Project(manifest).check_packages(packages)
    for package in packages:
        alone = told(api.Project(manifest).check_packages([package]), package)
        with_others = told(together, package)
        assert {
            one for one in alone - with_others if one[0] not in AMONG_SIBLINGS | TOLD_OF_THE_PAIR
        } == set()
        assert {one for one in with_others - alone if one[0] not in OF_SEVERAL} == set()


def test_a_given_package_denies_what_is_said_of_its_release() -> None:
    manifest = api.parse_manifest(MANIFEST.format(more="", kind="added", mode="protocol"))
    for depends, version in (
        ("server (= 1.1.0~ce-1)", "1.1.0~ce-1"),
        ("server (<< 1.1.0)", "1.1.0~ce-1"),
        ("server (= 1.1.0~rc1-1)", "0:1.1.0~rc1-1"),
    ):
        client = api.make_package("deb", "client", "1.1.0-1", {"Depends": depends})
        judgement = api.Project(manifest).check_packages([client, api.make_package("deb", "server", version)])
        assert [(one.compatible, one.installable) for one in judgement.pairs] == [(True, True)]
        assert "never-satisfiable" not in {one.id for one in judgement.findings}
        assert contradictions(judgement, manifest) == []


@pytest.mark.parametrize("version", ["1.0.0-1", "0:1.0.0-1", "00:1.0.0-1", "1.0.0-01"])
def test_a_witness_is_the_given_package_however_its_version_is_written(version: str) -> None:
    manifest = api.parse_manifest(MANIFEST.format(more="", kind="added", mode="protocol"))
    client = api.make_package("deb", "client", "1.1.0-1", {"Depends": "server (>= 1.0.0-1)"})
    server = api.make_package("deb", "server", version)
    judgement = api.Project(manifest).check_packages([client, server])
    (finding,) = (one for one in judgement.findings if one.id == "admits-incompatible-peer")
    assert finding.witness is not None
    assert finding.witness.peer == server.ref
    refusing = api.make_package("deb", "server", version, {"Breaks": "client"})
    judgement = api.Project(manifest).check_packages([client, refusing])
    (finding,) = (one for one in judgement.findings if one.id == "admits-incompatible-peer")
    assert finding.witness is not None
    assert place(finding.witness.peer) != place(refusing.ref)


CLAIMS = {
    "never-satisfiable": (False, True),
    "refuses-compatible-peer": (False, True),
    "prerelease-shut-out": (False, True),
    "two-providers-hole": (False, False),
    "depends-not-enforced": (False, False),
    "admits-incompatible-peer": (True, False),
    "missing-breaks-on-older-peer": (True, False),
    "prerelease-slips-through": (True, False),
}
"""What a finding of a rule says of a peer: whether it installs with the package, and whether it works."""


@given(sets())
def test_a_finding_is_taken_away_by_a_pair_that_denies_it_only(
    drawn: tuple[api.Manifest, list[api.Package]],
) -> None:
    manifest, packages = drawn
    together = api.Project(manifest).check_packages(packages)
    for package in packages:
        verdicts = {
            (pair.installable, pair.compatible)
            for pair in together.pairs
            if package.ref in (pair.package, pair.peer)
        }
        alone = told(api.Project(manifest).check_packages([package]), package)
        for rule, _ in alone - told(together, package):
            assert rule in LEFT_OUT or verdicts - {CLAIMS[rule]}


def test_each_refused_pair_is_told_with_the_relation_that_refuses_it() -> None:
    """Three servers, each refused by another relation; the reviewer's case of packages that do not exist."""
    manifest = api.parse_manifest(MANIFEST.format(more="", kind="added", mode="protocol"))
    client = api.make_package(
        "deb",
        "client",
        "1.1.0-1",
        {"Depends": "server (>= 1.1.0), server (<< 1.2.0-2)"},
        architecture="amd64",
    )
    servers = [
        api.make_package("deb", "server", "1.1.0-1", {"Breaks": "client (= 1.1.0-1)"}, architecture="amd64"),
        api.make_package("deb", "server", "1.2.0-1", {"Breaks": "client (<< 9)"}, architecture="amd64"),
        api.make_package("deb", "server", "1.2.0-2", architecture="amd64"),
    ]
    judgement = api.Project(manifest).check_packages([client, *servers])
    assert {pair.installable for pair in judgement.pairs} == {False}
    told = {
        (str(one.package), one.relations): one.message
        for one in judgement.findings
        if one.id == "pair-not-installable"
    }
    assert set(told) == {
        ("server 1.1.0-1", ("Breaks: client (= 1.1.0-1)",)),
        ("server 1.2.0-1", ("Breaks: client (<< 9)",)),
        ("client 1.1.0-1", ("Depends: server (<< 1.2.0-2)",)),
    }
    assert all(" (and " not in message for message in told.values())


@pytest.mark.parametrize("order", [1, -1])
def test_a_pair_of_which_one_obsoletes_the_other_is_not_installable(order: int) -> None:
    """Rpm keeps one of the two and says nothing, and dnf refuses them."""
    manifest = api.parse_manifest(MANIFEST.format(more="", kind="added", mode="protocol"))
    client = api.make_package(
        "rpm", "client", "1.0.0-1", {"Obsoletes": "server < 3", "Provides": "client = 1.0.0-1"}
    )
    server = api.make_package("rpm", "server", "1.1.0-1", {"Provides": "server = 1.1.0-1"})
    judgement = api.Project(manifest).check_packages([client, server][::order])
    (pair,) = judgement.pairs
    assert (pair.compatible, pair.installable) == (True, False)
    (finding,) = (one for one in judgement.findings if one.id == "pair-not-installable")
    assert finding.relations == ("Obsoletes: server < 3",)
    assert "rpm installs only one of" in finding.message
