"""Verdicts of rpm, held against what ``rpm -i --test`` said of real packages.

``rpm.jsonl.gz`` and ``rpm-more.jsonl.gz`` hold sets of packages, each as [name,
[epoch:]version-release, architecture, {tag: [relations]}], with the verdict of
rpm 4.18.0 on an empty database, the packages given in that order. The second
was made by random generation, and holds forms that nobody would think of.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkgguard.diagnostics import PackageRef
from pkgguard.families.interface import Peer
from pkgguard.families.rpm.evaluate import admitted, coinstallable
from pkgguard.families.rpm.package import describe
from pkgguard.families.rpm.relation import parse
from pkgguard.families.rpm.version import key, range_of
from pkgguard.versions.sets import Boundary, VersionSet

VECTORS = Path(__file__).parents[1] / "data" / "vectors"


def vectors(name):
    with gzip.open(VECTORS / name, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def described(name, version, architecture="noarch", relations=None):
    epoch, _, rest = version.rpartition(":")
    upstream, _, release = rest.rpartition("-")
    lines = [f"Name: {name}", f"Version: {upstream}", f"Release: {release}", f"BuildArch: {architecture}"]
    lines += [f"Epoch: {epoch}"] if epoch else []
    lines += [f"{tag}: {text}" for tag, texts in (relations or {}).items() for text in texts]
    return describe("\n".join(lines))


def verdict(*packages, **options):
    return coinstallable([described(*package) for package in packages], **options)


@pytest.mark.parametrize(("name", "least"), [("rpm.jsonl.gz", 1868), ("rpm-more.jsonl.gz", 300)])
def test_every_vector_is_given_as_rpm_gives_it(name, least):
    rows = vectors(name)
    assert len(rows) >= least
    wrong = [row["id"] for row in rows if verdict(*row["packages"]).installable is not row["installable"]]
    assert wrong == []


def test_every_vector_is_explained():
    for row in vectors("rpm.jsonl.gz"):
        found = verdict(*row["packages"])
        assert bool(found.problems) is not row["installable"]
        assert all(problem.reason and problem.package for problem in found.problems)


def test_a_refusal_names_the_relation_and_the_packages():
    found = verdict(("r", "1-1", "noarch", {"Requires": ["p < 1.1~"]}), ("p", "2-1"))
    (problem,) = found.problems
    assert problem.package == PackageRef("rpm", "r", "1-1", "noarch")
    assert str(problem.relation) == "Requires: p < 1.1~"
    assert problem.others == (PackageRef("rpm", "p", "2-1", "noarch"),)
    assert problem.reason == "r 1-1 requires p < 1.1~, which p 2-1 does not satisfy"
    found = verdict(("r", "1-1", "noarch", {"Conflicts": ["p >= 2"]}), ("p", "2-1"))
    assert found.problems[0].others == problem.others


def test_a_plain_conflict_spares_its_own_package_and_a_rich_one_does_not():
    """rpm drops a package's own Provides for a plain Conflicts only."""
    assert verdict(("p", "1-1", "noarch", {"Provides": ["slot"], "Conflicts": ["slot"]})).installable
    for rich in ("(slot or x)", "(slot)", "(slot with p)"):
        package = ("p", "1-1", "noarch", {"Provides": ["slot"], "Conflicts": [rich]})
        assert verdict(package).installable is False


def test_a_path_is_not_judged_unless_it_is_provided():
    package = ("r", "1-1", "noarch", {"Requires": ["/bin/sh"]})
    found = verdict(package)
    assert found.installable is None
    assert "/bin/sh" in found.not_judged[0]
    assert verdict(package, ("sh", "1-1", "noarch", {"Provides": ["/bin/sh"]})).installable
    assert verdict(package, assumed={"/bin/sh"}).installable
    assert verdict(package, ("q", "1-1", "noarch", {"Requires": ["nothing"]})).installable is False
    assert verdict(("r", "1-1", "noarch", {"Requires": ["(/bin/sh or r)"]})).installable


def test_rpmlib_features():
    assert verdict(("r", "1-1", "noarch", {"Requires": ["rpmlib(RichDependencies) <= 4.12.0-1"]})).installable
    found = verdict(("r", "1-1", "noarch", {"Requires": ["rpmlib(Telepathy) <= 9-1"]}))
    assert found.installable is False
    assert "feature" in found.problems[0].reason


def test_a_requirement_before_the_transaction_is_met_by_none_of_it():
    package = ("r", "1-1", "noarch", {"Requires(pretrans)": ["p"]})
    assert verdict(package, ("p", "1-1")).installable is False


def test_assumed_names_satisfy_and_never_conflict():
    package = (
        "r",
        "1-1",
        "noarch",
        {"Requires": ["glibc >= 99", "(x if glibc)"], "Conflicts": ["glibc < 2"]},
    )
    assert verdict(package, ("x", "1-1"), assumed={"glibc"}).installable
    assert verdict(package, assumed={"glibc"}).installable is False


@pytest.mark.parametrize(
    ("architectures", "installable"),
    [
        (["x86_64", "i686", "noarch"], True),
        (["x86_64", "aarch64"], False),
        (["aarch64", "noarch"], True),
        (["s390x", "s390"], True),
        (["x86_64", "pdp11"], None),
        (["pdp11", "noarch"], True),
    ],
)
def test_architectures(architectures, installable):
    packages = [(f"p{number}", "1-1", one) for number, one in enumerate(architectures)]
    assert verdict(*packages).installable is installable


def test_an_isa_is_provided_by_its_architecture_alone():
    package = ("r", "1-1", "noarch", {"Requires": ["p(x86-64)"]})
    assert [verdict(package, ("p", "1-1", one)).installable for one in ("x86_64", "i686", "noarch")] == [
        True,
        False,
        False,
    ]


def test_obsoletes_leave_the_obsoleted_package_out():
    old = ("old", "1-1", "noarch", {"Requires": ["nothing"]})
    new = ("new", "1-1", "noarch", {"Obsoletes": ["old < 2"]})
    needs = ("needs", "1-1", "noarch", {"Requires": ["old"]})
    assert verdict(old, new).installable
    assert verdict(new, old).installable
    assert verdict(new, old, needs).installable is False
    # Only the first earlier package is replaced, and the second is then obsoleted.
    both = ("both", "1-1", "noarch", {"Obsoletes": ["a", "b"]})
    assert verdict(("a", "1-1"), ("b", "1-1"), both).installable is False
    assert verdict(both, ("a", "1-1"), ("b", "1-1")).installable


def test_the_same_package_twice_and_two_versions_of_one():
    assert verdict(("p", "1-1"), ("p", "1-1")).installable
    assert verdict(("p", "1-1"), ("p", "2-1")).installable


def test_a_malformed_relation_is_never_passed():
    found = verdict(("r", "1-1", "noarch", {"Requires": ["p >= @VERSION@"]}), ("p", "1-1"))
    assert found.installable is None
    assert "@VERSION@" in found.not_judged[0]


def let_in(relations, peer="p", provides=(), **options):
    return admitted(described("r", "1-1", "noarch", relations), Peer(peer, provides), **options)


@pytest.mark.parametrize(
    ("relations", "expected"),
    [
        ({}, VersionSet.full()),
        ({"Requires": ["p >= 1~", "p < 2~"]}, range_of(">=", "1~") & range_of("<", "2~")),
        ({"Requires": ["(p >= 1~ with p < 2~)"]}, range_of(">=", "1~") & range_of("<", "2~")),
        ({"Conflicts": ["p < 1~", "p >= 2~"]}, range_of(">=", "1~") & range_of("<", "2~")),
        ({"Conflicts": ["(p >= 1~ with p < 2~)"]}, ~(range_of(">=", "1~") & range_of("<", "2~"))),
        ({"Requires": ["(p < 2 or other)"]}, VersionSet.full()),
        ({"Requires": ["(p < 2 and other)"]}, range_of("<", "2")),
        ({"Requires": ["(p >= 1 if p)"]}, range_of(">=", "1")),
        ({"Requires": ["(p >= 1 if other)"]}, VersionSet.full()),
        ({"Requires": ["other"]}, VersionSet.full()),
        ({"Requires": ["rpmlib(Nope)"]}, VersionSet.empty()),
        ({"Requires": ["p(x86-64) < 2"]}, range_of("<", "2")),
        ({"Conflicts": ["p(x86-64) < 2"]}, VersionSet.full()),
        ({"Requires": ["/bin/sh"]}, VersionSet.full()),
        ({"Recommends": ["p < 2"], "Obsoletes": ["p < 2"]}, VersionSet.full()),
        ({"Conflicts": ["(p unless other)"]}, VersionSet.full()),
    ],
)
def test_admitted(relations, expected):
    assert let_in(relations) == expected


def test_admitted_by_what_the_peer_provides():
    provides = (
        (range_of("<", "1.1~"), parse("Provides", "proto = 1")),
        (range_of(">=", "1.1~"), parse("Provides", "proto = 2, proto-2 = 2.3")),
    )
    assert let_in({"Requires": ["proto >= 2"]}, provides=provides) == range_of(">=", "1.1~")
    assert let_in({"Requires": ["proto-2"]}, provides=provides) == range_of(">=", "1.1~")
    assert let_in({"Conflicts": ["proto < 2"]}, provides=provides) == range_of(">=", "1.1~")
    assert let_in({"Requires": ["(p with proto < 2)"]}, provides=provides) == range_of("<", "1.1~")
    own = {"Provides": ["proto = 9"], "Requires": ["proto >= 2"]}
    assert let_in(own, provides=provides) == VersionSet.full()


def test_admitted_by_some_fields():
    relations = {"Requires": ["p >= 1"], "Conflicts": ["p >= 2"]}
    assert let_in(relations, fields={"Requires"}) == range_of(">=", "1")
    assert let_in(relations, fields={"Conflicts"}) == range_of("<", "2")
    assert let_in(relations, fields={"Recommends"}) == VersionSet.full()


BOUND = st.builds(
    "p {} {}".format,
    st.sampled_from(["<", "<=", "=", ">=", ">"]),
    st.sampled_from(["1", "1~", "1-2", "2", "1:1", "1^x"]),
) | st.just("p")
SETS = st.recursive(
    BOUND,
    lambda part: st.builds("({} {} {})".format, part, st.sampled_from(["with", "without", "or"]), part),
    max_leaves=4,
)
CLAUSE = st.tuples(
    st.sampled_from(["Requires", "Conflicts"]),
    SETS | st.builds("({} {} {})".format, SETS, st.sampled_from(["and", "or"]), SETS),
)
PEER_VERSIONS = [
    "0.9-1",
    "1~-1",
    "1~rc-1",
    "1-1",
    "1-2",
    "1-3",
    "1^x-1",
    "1.5-1",
    "2-0",
    "2-1",
    "3-1",
    "1:0-1",
    "1:1-1",
    "1:2-1",
]


@given(st.lists(CLAUSE, min_size=1, max_size=3), st.sampled_from(PEER_VERSIONS))
def test_admitted_agrees_with_coinstallable(clauses, version):
    """Where a package speaks of its peer alone, the open world is the closed one."""
    relations = {}
    for field, text in clauses:
        relations.setdefault(field, []).append(text)
    package = described("r", "1-1", "noarch", relations)
    together = coinstallable([package, described("p", version)]).installable
    assert (Boundary.before(key(version)) in admitted(package, Peer("p"))) is together


def test_import_is_light():
    code = (
        "import sys, pkgguard.families.rpm.evaluate, pkgguard.families.rpm.package;"
        "sys.exit(any(name in sys.modules for name in ('rpmfile', 'click', 'semver', 'debian')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
