"""apt's verdicts, recorded from real apt on real packages, and the versions that are admitted."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from real.qualified import QUALIFIED

from pkgguard.families.deb.evaluate import admitted, coinstallable
from pkgguard.families.deb.relation import RELATION_FIELDS, parse, range_of
from pkgguard.families.deb.version import key
from pkgguard.families.interface import Package, Peer
from pkgguard.versions.sets import Boundary, VersionSet

VECTORS = Path(__file__).parents[1] / "data" / "vectors"


def package(name: str, version: str = "1", architecture: str = "amd64", **fields: str) -> Package:
    given_fields = {field.replace("_", "-"): text for field, text in fields.items()}
    relations = tuple(
        relation
        for field, text in given_fields.items()
        if field in RELATION_FIELDS
        for relation in parse(field, text)
    )
    attributes = {field: text for field, text in given_fields.items() if field not in RELATION_FIELDS}
    return Package("deb", name, version, architecture, relations, attributes=attributes)


def recorded(file: str) -> list[dict]:
    return [json.loads(line) for line in gzip.decompress((VECTORS / file).read_bytes()).splitlines()]


def packages_of(case: dict) -> list[Package]:
    return [
        package(one.pop("Package"), one.pop("Version"), one.pop("Architecture"), **one)
        for one in ({**each} for each in case["packages"])
    ]


@pytest.mark.parametrize(("file", "count"), [("deb.jsonl.gz", 1308), ("deb-more.jsonl.gz", 360)])
def test_every_recorded_verdict_of_apt(file, count):
    cases = recorded(file)
    assert len(cases) == count
    for case in cases:
        verdict = coinstallable(packages_of(case), native="amd64")
        assert verdict.installable == case["coinstallable"], case
        assert bool(verdict.problems) != case["coinstallable"], case


def test_a_problem_names_the_relation_and_the_packages():
    verdict = coinstallable([package("r", Depends="p (>= 2)"), package("p", "1-1")])
    (problem,) = verdict.problems
    assert (problem.package, str(problem.relation), problem.others) == (
        package("r").ref,
        "Depends: p (>= 2)",
        (package("p", "1-1").ref,),
    )
    verdict = coinstallable([package("r", Breaks="p (<< 2)"), package("p", "1-1")])
    (problem,) = verdict.problems
    assert (problem.package, problem.others, problem.reason) == (
        package("r").ref,
        (package("p", "1-1").ref,),
        "r 1 has 'Breaks: p (<< 2)', which refuses p 1-1",
    )


def test_assumed_names_meet_every_relation():
    one = package("r", Depends="libc6 (>= 2.36), q | p", Breaks="libc6 (<< 9)", Pre_Depends="init")
    assert coinstallable([one]).installable is False
    assert coinstallable([one], assumed={"libc6", "q", "init"}).installable is True


def test_what_could_not_be_read_is_never_passed():
    broken = Package(
        "deb", "r", "1", "amd64", (), malformed=(("Depends", "b (== 1)", "'==' is not an operator"),)
    )
    verdict = coinstallable([broken])
    assert verdict.installable is None
    assert "b (== 1)" in verdict.not_judged[0]
    assert coinstallable([broken, package("p", Conflicts="r")]).installable is False


def test_a_provided_name_asked_for_by_architecture_is_not_judged_where_apt_wavers():
    one = package("r", Depends="v:amd64 (>= 2)")
    assert coinstallable([one, package("p", "1", Provides="v (= 2)")]).installable is None
    assert coinstallable([one, package("p", "2", Provides="v (= 2)")]).installable is True
    assert coinstallable([one, package("p", "1", Provides="v (= 1)")]).installable is False


@pytest.mark.parametrize("architecture", ["all", "amd64"])
@pytest.mark.parametrize(("ours", "theirs", "installable"), QUALIFIED)
def test_what_apt_or_dpkg_refuses_by_a_qualifier(architecture, ours, theirs, installable):
    pair = [package("c", architecture=architecture, **ours)]
    pair.append(package("s", "1.1-1", architecture, **theirs))
    assert coinstallable(pair).all_installed is installable
    assert coinstallable(pair[::-1]).all_installed is installable


NEEDED = [
    ("Conflicts: x:any (>= 2)", False),
    ("Conflicts: x:any (<< 2)", True),
    ("Breaks: x:any", False),
    # A package that provides x (= 2), and has itself a lower version, is refused by neither tool.
    ("Breaks: x:any (>= 2)", None),
    ("Breaks: x:amd64 (>= 2)", None),
    ("Breaks: x:any (<< 2)", True),
]


@pytest.mark.parametrize(("refusal", "installable"), NEEDED)
def test_a_qualified_refusal_of_what_the_other_needs(refusal, installable):
    field, _, text = refusal.partition(": ")
    pair = [package("c", Depends="x (>= 2)"), package("s", **{field: text})]
    assert coinstallable(pair, assumed={"x"}).all_installed is installable


def test_the_native_architecture_is_taken_from_the_packages():
    pair = [package("r", architecture="i386", Depends="p"), package("p", architecture="all")]
    assert coinstallable(pair).installable is True
    assert coinstallable(pair, native="amd64").installable is False
    mixed = [
        package("r", architecture="i386", Depends="p"),
        package("p", architecture="all"),
        package("s", architecture="arm64"),
    ]
    verdict = coinstallable(mixed)
    assert verdict.installable is None
    assert "arm64, i386" in verdict.not_judged[0]


def between(low: str, high: str) -> VersionSet:
    return range_of(">=", low) & range_of("<", high)


@pytest.mark.parametrize(
    ("fields", "versions"),
    [
        ({}, VersionSet.full()),
        ({"Depends": "p (>= 1~), p (<< 2~)"}, between("1~", "2~")),
        ({"Depends": "p (<< 1~) | p (>= 2~)"}, ~between("1~", "2~")),
        ({"Depends": "p (>= 1~) | q"}, VersionSet.full()),
        ({"Depends": "q, p"}, VersionSet.full()),
        ({"Depends": "v (>= 2)"}, VersionSet.full()),
        ({"Breaks": "p (<< 1~), p (>= 2~)"}, between("1~", "2~")),
        ({"Breaks": "p (>= 1~), p (<< 2~)"}, VersionSet.empty()),
        ({"Conflicts": "p (= 1-1)"}, ~range_of("=", "1-1")),
        ({"Conflicts": "p"}, VersionSet.empty()),
        ({"Conflicts": "q"}, VersionSet.full()),
        ({"Recommends": "p (>= 9)", "Suggests": "p (<< 1)", "Replaces": "p (<< 2)"}, VersionSet.full()),
        ({"Depends": "p (< 1)"}, range_of("<=", "1")),
        ({"Depends": "p:any (>= 1)"}, range_of(">=", "1")),
        # What only dpkg enforces protects nobody: apt unpacks both before dpkg refuses.
        ({"Breaks": "p:any (<< 1)"}, VersionSet.full()),
        ({"Conflicts": "p:any (<< 1)"}, VersionSet.full()),
        # Only apt enforces it.
        ({"Breaks": "p:native (<< 1)"}, VersionSet.full()),
        ({"Depends": "p:any (>= 1)", "Breaks": "p:any (<< 2)"}, range_of(">=", "2")),
        ({"Depends": "p:i386 (>= 1)"}, range_of(">=", "1")),
        ({"Breaks": "p:amd64 (<< 1)"}, range_of(">=", "1")),
        ({"Depends": "p (>= 3)", "Provides": "p (= 4)"}, VersionSet.full()),
    ],
)
def test_admitted(fields, versions):
    assert admitted(package("r", **fields), Peer("p")) == versions


def test_admitted_by_what_the_peer_provides():
    peer = Peer(
        "p",
        (
            (between("1~", "2~"), parse("Provides", "v (= 1.3)")),
            (range_of(">=", "2~"), parse("Provides", "v (= 1.3), v (= 2), slot")),
        ),
    )
    assert admitted(package("r", Depends="v (>= 1.3), v (<< 2)"), peer) == range_of(">=", "1~")
    assert admitted(package("r", Depends="v (>= 2)"), peer) == range_of(">=", "2~")
    assert admitted(package("r", Conflicts="v (>= 2)"), peer) == range_of("<", "2~")
    assert admitted(package("r", Depends="v (>= 2) | w"), peer) == VersionSet.full()
    assert admitted(package("r", Conflicts="slot", Provides="slot"), peer) == range_of("<", "2~")
    assert admitted(package("r", Depends="v (>= 2)", Provides="v (= 3)"), peer) == VersionSet.full()


def test_admitted_by_some_fields_only():
    one = package("r", Depends="p (>= 1~), p (<< 2~)", Breaks="p (<< 1~)")
    assert admitted(one, Peer("p"), fields={"Breaks", "Conflicts"}) == range_of(">=", "1~")
    assert admitted(one, Peer("p"), fields={"Recommends"}) == VersionSet.full()


bounds = st.builds(
    "p ({} {})".format,
    st.sampled_from(("<<", "<=", "=", ">=", ">>")),
    st.sampled_from(("1", "1-1", "2~", "2", "1:1")),
)
alternatives = st.lists(bounds, min_size=1, max_size=3).map(" | ".join)


@given(
    st.lists(alternatives, min_size=1, max_size=3).map(", ".join),
    st.lists(bounds, min_size=1, max_size=2).map(", ".join),
    st.sampled_from(("0", "1", "1-0", "1-1", "1.5", "2~", "2~rc1", "2", "2-1", "1:0", "1:1", "1:1-1")),
)
def test_admitted_and_coinstallable_agree(depends, breaks, version):
    one = package("r", Depends=depends, Breaks=breaks)
    told = coinstallable([one, package("p", version)]).installable
    assert (Boundary.before(key(version)) in admitted(one, Peer("p"))) == told
