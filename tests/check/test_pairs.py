"""Packages that are given together: which two are a pair, and the verdict on it."""

from __future__ import annotations

import itertools

import pytest
from third_packages import APART_DEB, THIRD_DEB, THIRD_RPM, TOGETHER_DEB

from pkgguard import api
from pkgguard.report.json_document import check_document

MANIFEST = """
manifest = 1
project = "pairs"
[component.client]
releases = ["1.0.0", "1.1.0"]
[component.server]
releases = ["1.0.0", "1.1.0"]
[package.client]
carries = ["client"]
[package.server]
carries = ["server"]
presence = "optional"
rpm = false
[protocol.talk]
client = ["client"]
server = "server"
[[change]]
protocol = "talk"
kind = "added"
what = ["Call"]
server = "1.1.0"
client = "1.1.0"
"""


def deb(name: str, version: str, architecture: str = "amd64", **fields: str) -> api.Package:
    return api.make_package("deb", name, version, dict(fields), architecture=architecture)


def check(*packages: api.Package, text: str = MANIFEST) -> api.CheckResult:
    return api.Project(api.parse_manifest(text)).check_packages(packages)


def rules_of(judgement: api.CheckResult, level: str = "error") -> set[str]:
    return {one.id for one in judgement.findings if one.severity == level}


def test_a_package_of_the_other_family_is_not_the_one_that_the_manifest_knows() -> None:
    packages = [deb("server", "1.1.0-1"), api.make_package("rpm", "server", "1.1.0-1", architecture="amd64")]
    manifest = api.parse_manifest(MANIFEST)
    judgement = api.Project(manifest).check_packages(packages)
    checked = api.FileCheckResult(judgement, tuple(packages), ())
    document = check_document(checked, api.Found(manifest, "pairs.toml", "named"))
    assert [one["in_manifest"] for one in document["packages"]] == [True, False]
    assert document["summary"]["judged"] == document["summary"]["not_in_manifest"] == 1


def test_builds_for_two_architectures_are_two_packages() -> None:
    amd64, arm64 = deb("client", "1.1.0-1"), deb("client", "1.1.0-1", "arm64")
    judgement = check(amd64, arm64, deb("server", "1.1.0-1"), deb("server", "1.1.0-1", "arm64"))
    assert [(one.package.architecture, one.peer.architecture) for one in judgement.pairs] == [
        ("amd64", "amd64"),
        ("arm64", "arm64"),
    ]
    assert len(set(judgement.judged)) == 4


def test_packages_of_two_architectures_are_a_pair_where_they_meet_and_do_not_work() -> None:
    client = deb("client", "1.1.0-1")
    assert check(client, deb("server", "1.1.0-1", "arm64")).pairs == ()
    judgement = check(client, deb("server", "1.0.0-1", "arm64"))
    assert [(one.compatible, one.installable) for one in judgement.pairs] == [(False, True)]
    assert rules_of(judgement) == {"no-relation-to-optional-peer"}


def test_packages_of_two_architectures_that_cannot_meet_are_no_pair() -> None:
    client = deb("client", "1.1.0-1", Breaks="server (<< 1.1.0)")
    assert check(client, deb("server", "1.0.0-1", "arm64")).pairs == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"Conflicts": "server"},
        {"Breaks": "server (<< 1.1.0-2)"},
        {"Depends": "server (>= 1.1.0-2)", "Breaks": "server (<< 1.1.0-2)"},
    ],
)
def test_packages_of_two_architectures_that_work_and_refuse_each_other_are_an_error(
    fields: dict[str, str],
) -> None:
    judgement = check(deb("client", "1.1.0-1", **fields), deb("server", "1.1.0-1", "arm64"))
    assert [(one.compatible, one.installable) for one in judgement.pairs] == [(True, False)]
    assert "pair-not-installable" in rules_of(judgement)


@pytest.mark.parametrize("levels", [{"all": "off", "pair-not-installable": "error"}, {}])
def test_a_compatible_pair_that_is_refused_is_an_error(levels: dict[str, str]) -> None:
    client = deb("client", "1.1.0-1", Conflicts="server")
    manifest = api.parse_manifest(MANIFEST)
    judgement = api.Project(manifest).check_packages([client, deb("server", "1.1.0-1")], settings=levels)
    (finding,) = (one for one in judgement.findings if one.id == "pair-not-installable")
    assert finding.severity == "error"
    assert finding.relations == ("Conflicts: server",)
    assert "works with server 1.1.0-1, but cannot be installed with it" in finding.message


@pytest.mark.parametrize("mode", ["protocol", "lockstep", "window"])
@pytest.mark.parametrize("source", ["", "one"])
def test_it_is_an_error_in_every_mode_and_from_one_source_or_two(mode: str, source: str) -> None:
    text = f'{MANIFEST}[policy]\nmode = "{mode}"\n'
    stanza = "Package: {}\nVersion: {}\nArchitecture: all\n" + (f"Source: {source}\n" if source else "")
    client = api.describe_package("deb", stanza.format("client", "1.1.0-1") + "Depends: server (= 1.1.0-1)\n")
    server = api.describe_package("deb", stanza.format("server", "1.1.0-2"))
    judgement = check(client, server, text=text)
    assert [(one.compatible, one.installable) for one in judgement.pairs] == [(True, False)]
    assert "pair-not-installable" in rules_of(judgement)


def test_many_given_versions_are_told_once() -> None:
    servers = [deb("server", f"1.1.0-{number}") for number in range(1, 8)]
    judgement = check(deb("client", "1.1.0-1", Conflicts="server"), *servers)
    (finding,) = (one for one in judgement.findings if one.id == "pair-not-installable")
    assert "server 1.1.0-1 (and 1.1.0-2, 1.1.0-3, 1.1.0-4, 3 more)" in finding.message
    assert len(judgement.pairs) == 7


def test_an_older_client_that_refuses_a_server_needs_no_breaks() -> None:
    """Where no older client is given, the one that was built with the server stands for them."""
    text = MANIFEST.replace('kind = "added"', 'kind = "changed"').replace('presence = "optional"\n', "")
    new = [deb("client", "1.1.0-1", Depends="server (= 1.1.0-1)"), deb("server", "1.1.0-1")]
    old = deb("client", "1.0.0-1", Depends="server (= 1.0.0-1)")
    for given in (new, [*new, old], [new[1], old]):
        judgement = check(*given, text=text)
        assert rules_of(judgement) == set()
        assert "older-client-guards-itself" in rules_of(judgement, "info")
    for given in ([new[1]], [*new, deb("client", "1.0.0-1", Depends="server")]):
        assert "missing-breaks-on-older-peer" in rules_of(check(*given, text=text))


def test_a_client_of_another_source_does_not_stand_for_older_ones() -> None:
    text = MANIFEST.replace('kind = "added"', 'kind = "changed"').replace('presence = "optional"\n', "")
    server = deb("server", "1.1.0-1", Source="talk")
    for source, rules in (("talk", set()), ("other", {"missing-breaks-on-older-peer"})):
        client = api.describe_package(
            "deb",
            f"Package: client\nSource: {source}\nVersion: 1.1.0-1\nArchitecture: amd64\n"
            "Depends: server (= 1.1.0-1)\n",
        )
        assert rules_of(check(client, server, text=text)) == rules


def test_an_older_given_client_that_refuses_nothing_is_still_to_be_stopped() -> None:
    text = MANIFEST.replace('kind = "added"', 'kind = "changed"').replace('presence = "optional"\n', "")
    new = [deb("client", "1.1.0-1", Depends="server (= 1.1.0-1)"), deb("server", "1.1.0-1")]
    for versions in itertools.permutations(("1.0.0-1", "1.0.0-2")):
        old = [
            deb("client", version, Depends="server (= 1.0.0-1)" if version.endswith("1") else "server")
            for version in versions
        ]
        assert "missing-breaks-on-older-peer" in rules_of(check(*new, *old, text=text))


# Packages of two architectures that do no harm are not a pair.
@pytest.mark.parametrize(
    ("client", "server", "installable", "architecture"),
    [
        (client, server, installable, architecture)
        for client, server, installable in THIRD_DEB
        for architecture in (("amd64",) if installable else ("amd64", "arm64"))
    ],
)
def test_two_that_contradict_each_other_over_a_third_package_are_an_error(
    client: dict[str, str], server: dict[str, str], installable: bool, architecture: str
) -> None:
    judgement = check(deb("client", "1.1.0-1", **client), deb("server", "1.1.0-1", architecture, **server))
    assert [(one.compatible, one.installable) for one in judgement.pairs] == [(True, installable)]
    assert ("pair-not-installable" in rules_of(judgement)) is not installable


@pytest.mark.parametrize(("client", "server"), APART_DEB)
def test_it_is_not_known_whether_two_meet_that_need_different_versions_of_a_third(
    client: dict[str, str], server: dict[str, str]
) -> None:
    judgement = check(deb("client", "1.1.0-1", **client), deb("server", "1.1.0-1", **server))
    (pair,) = judgement.pairs
    assert (pair.compatible, pair.installable) == (True, None)
    (reason,) = pair.not_judged
    assert "no version of common is both" in reason
    assert all(one in reason for one in ("client 1.1.0-1 has", "common ("))
    assert rules_of(judgement) == {"no-relation-to-optional-peer"}


@pytest.mark.parametrize(("client", "server"), TOGETHER_DEB)
def test_two_meet_that_one_version_of_a_third_serves(client: dict[str, str], server: dict[str, str]) -> None:
    (pair,) = check(deb("client", "1.1.0-1", **client), deb("server", "1.1.0-1", **server)).pairs
    assert (pair.installable, pair.not_judged) == (True, ())


def test_rpm_installs_two_versions_of_a_third() -> None:
    packages = [
        api.make_package("rpm", name, "1.1.0-1", {"Requires": f"common = {version}"}, architecture="x86_64")
        for name, version in (("client", "1"), ("server", "2"))
    ]
    (pair,) = check(*packages, text=MANIFEST.replace("rpm = false\n", "")).pairs
    assert pair.installable is True


def test_many_pairs_that_need_different_versions_of_a_third_are_each_not_judged() -> None:
    clients = [deb("client", f"1.1.0-{one}", Depends=f"common (= {one % 3})") for one in range(1, 7)]
    servers = [deb("server", f"1.1.0-{one}", Depends=f"common (= {one % 3})") for one in range(1, 7)]
    pairs = check(*clients, *servers).pairs
    assert len(pairs) == 36
    for pair in pairs:
        alike = int(pair.package.version[-1]) % 3 == int(pair.peer.version[-1]) % 3
        assert pair.installable is (True if alike else None)


@pytest.mark.parametrize(("client", "server", "installable"), THIRD_RPM)
def test_two_rpms_that_contradict_each_other_over_a_third_are_an_error(
    client: dict[str, str | list[str]], server: dict[str, str | list[str]], installable: bool
) -> None:
    packages = [
        api.make_package("rpm", name, "1.1.0-1", fields, architecture="x86_64")
        for name, fields in (("client", client), ("server", server))
    ]
    (pair,) = check(*packages, text=MANIFEST.replace("rpm = false\n", "")).pairs
    assert (pair.compatible, pair.installable) == (True, installable)


def test_what_is_wrong_with_a_pair_is_told_once_at_the_level_of_the_worse() -> None:
    text = MANIFEST.replace('presence = "optional"\n', "")
    strict = deb("client", "1.0.0-1", Depends="server (>= 1.1.0)")
    old = deb("server", "1.0.0-1")
    judgement = check(strict, old, text=text)
    told = [one.id for one in judgement.findings if one.witness is not None]
    assert told == ["pair-not-installable"]
    # Of the two, the one that is left where the other is off.
    project = api.Project(api.parse_manifest(text))
    for settings in ({"pair-not-installable": "off"}, {"pair-not-installable": "info"}):
        left = project.check_packages([strict, old], settings=settings).findings
        assert [one.id for one in left if one.witness is not None] == ["refuses-compatible-peer"]


def test_two_that_depend_on_each_other_need_a_common_version_of_a_third() -> None:
    text = """
manifest = 1
project = "sets"
[component.one]
releases = ["1.0.0"]
[component.two]
releases = ["1.0.0"]
[component.server]
releases = ["1.0.0", "2.0.0"]
[package.one]
carries = ["one"]
[package.two]
carries = ["two"]
[package.server]
carries = ["server"]
[protocol.talk]
client = ["one", "two"]
server = "server"
[policy]
horizon = "major"
"""
    old = deb("one", "1.0.0-1", Depends="server (<< 2)")
    new = deb("one", "1.0.0-2", Depends="server (>= 2)")

    def found(*packages: api.Package) -> set[tuple[str, str]]:
        findings = check(*packages, text=text).findings
        return {
            (one.package.name, one.peer) for one in findings if one.id == "no-common-version" and one.package
        }

    two = deb("two", "1.0.0-1", Depends="server (>= 2), one")
    assert found(old, two) == {("two", "server")}
    assert found(new, two) == found(old, new, two) == found(two) == set()
    # A third package in between, a cycle, an alternative, and a version that does not meet what is asked.
    between = deb("between", "1.0.0-1", Depends="one")
    assert found(old, between, deb("two", "1.0.0-1", Depends="server (>= 2), between")) == set()
    assert found(deb("one", "1.0.0-1", Depends="server (<< 2), two"), two) in (
        {("one", "server")},
        {("two", "server")},
    )
    assert found(old, deb("two", "1.0.0-1", Depends="server (>= 2), one | other")) == set()
    assert found(old, deb("two", "1.0.0-1", Depends="server (>= 2), one (>= 1.0.0-2)")) == set()
    # A given version of the peer that the manifest does not list is a version too.
    middle = [deb("one", "1.0.0-1", Depends="server (<< 2), server (>> 1.2)"), deb("server", "1.0.0-1")]
    assert found(*middle, deb("two", "1.0.0-1", Depends="server (>= 1.1), one")) == set()
