"""Every rule on every fixture: each fires where it must, and on correct packages none does.

A fixture is a TOML file in ``rules``: a manifest by its name in ``rules/manifests``, packages as control
stanzas or tag lines, and what must be found of them at warning or above (and the notes it is about). All
that is found is kept in a JSON file beside it; with PKGGUARD_UPDATE=1 in the environment it is written anew.
"""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from contradictions import contradictions
from snapshots import assert_no_others, assert_snapshot

import pkgguard.errors
from pkgguard import api
from pkgguard.check.acceptable import ENDED, UNUSED
from pkgguard.check.files import PAIR_NOT_JUDGED
from pkgguard.check.registry import RULE_SET, aliases, every, manifest_rules, rules
from pkgguard.families import losses, registry
from pkgguard.families.expression import constraints
from pkgguard.integrations import substvar_uses
from pkgguard.manifest import mistakes
from pkgguard.protocol import verification

HERE = Path(__file__).parents[1] / "rules"
PACKAGE = Path(api.__file__).parent
MANIFESTS = {
    path.stem: api.read_manifest(path, path.name) for path in sorted((HERE / "manifests").glob("*.toml"))
}
NOTES = {
    "peer-not-required",
    "missing-recommendation",
    "recommendation-too-strict",
    "depends-not-enforced",
    "file-move",
    "older-client-guards-itself",
    "admits-unknown-peer",
    "bound-blocks-backports",
    "left-out-by-peers",
}
ONE_FAMILY = {
    "depends-not-enforced": "deb",  # rpm looks at every requirement in every transaction
    "older-client-guards-itself": "deb",
    "breaks-on-virtual-name": "deb",  # rpm compares the version that is provided
    "file-move": "deb",  # rpm has no Replaces
    "bound-blocks-backports": "deb",  # an rpm bound without a release is met by every release
    "met-by-other-architecture": "rpm",  # apt installs one version for all architectures
    "dependency-name-with-operator": "rpm",  # a deb's comparison stands in parentheses
}
"""The rules that have nothing to look for in the other family."""


@dataclass(frozen=True)
class Fixture:
    name: str
    title: str
    manifest: str
    family: str
    packages: tuple[str, ...]
    expect: tuple[tuple[str, str, str], ...]
    mended_by_relations: bool

    def described(self) -> list[api.Package]:
        return [api.describe_package(self.family, text.strip("\n") + "\n") for text in self.packages]

    def judgement(self) -> api.CheckResult:
        return api.Project(MANIFESTS[self.manifest]).check_packages(self.described())


def load(path: Path) -> Fixture:
    table = tomllib.loads(path.read_text("utf-8"))
    expect = tuple(tuple(one) for one in table["expect"])
    return Fixture(
        path.stem,
        table["title"],
        table["manifest"],
        table["family"],
        tuple(table["packages"]),
        expect,
        table.get("mended_by_relations", True),
    )


FIXTURES = {path.stem: load(path) for path in sorted(HERE.glob("*.toml"))}
RIGHT = [name for name in FIXTURES if name.startswith("right-")]
WRONG = [name for name in FIXTURES if name not in RIGHT]


def triples(judgement: api.CheckResult) -> set[tuple[str, str, str]]:
    return {(one.id, one.package.name, one.peer) for one in judgement.findings}


def shown(judgement: api.CheckResult) -> dict[str, Any]:
    findings = []
    for one in judgement.findings:
        entry: dict[str, Any] = {
            "id": one.id,
            "severity": one.severity.value,
            "package": str(one.package),
            "peer": one.peer,
            "message": one.message,
            "relations": list(one.relations),
            "reasons": [reason.sentence for reason in one.reasons],
            "fix": list(one.fix),
        }
        if one.witness is not None:
            can, work = one.witness.installable, one.witness.compatible
            entry["witness"] = f"{one.witness.package} with {one.witness.peer}: {can} {work}"
        findings.append({key: value for key, value in entry.items() if value not in ("", [])})
    return {
        "findings": findings,
        "pairs": [
            f"{one.package} with {one.peer}: {one.installable} {one.compatible}" for one in judgement.pairs
        ],
        "judged": list(map(str, judgement.judged)),
        "passed_over": list(map(str, judgement.passed_over)),
    }


@pytest.mark.parametrize("name", FIXTURES)
def test_the_snapshot_holds_all_that_is_found(name: str) -> None:
    found = shown(FIXTURES[name].judgement())
    assert_snapshot(HERE / f"{name}.json", json.dumps(found, indent=1, ensure_ascii=False) + "\n")


def test_every_snapshot_has_its_fixture() -> None:
    assert_no_others(HERE, "*.json", {f"{name}.json" for name in FIXTURES})


@pytest.mark.parametrize("name", WRONG)
def test_a_rule_fires_where_it_must(name: str) -> None:
    fixture = FIXTURES[name]
    assert fixture.expect
    judgement = fixture.judgement()
    found = triples(judgement)
    expected = set(fixture.expect)
    assert expected <= found
    severe = {(one.id, one.package.name, one.peer) for one in judgement.findings if one.severity != "info"}
    assert severe <= expected


@pytest.mark.parametrize("name", RIGHT)
def test_nothing_fires_on_a_correct_package(name: str) -> None:
    fixture = FIXTURES[name]
    assert fixture.expect == ()
    judgement = fixture.judgement()
    severe = [f"{one.id}: {one.message}" for one in judgement.findings if one.severity != "info"]
    assert severe == []
    for pair in judgement.pairs:
        assert pair.installable == pair.compatible
    assert len(judgement.judged) + len(judgement.passed_over) == len(fixture.packages)


@pytest.mark.parametrize("name", WRONG)
def test_what_is_told_to_paste_is_what_would_be_generated(name: str) -> None:
    fixture = FIXTURES[name]
    lines: dict[str, set[str]] = {}
    for package in fixture.described():
        try:
            generated = api.Project(MANIFESTS[fixture.manifest]).relations(
                fixture.family, package.name, package.version
            )
        except (api.UnknownReleaseError, api.WrongEpochError):
            continue
        lines[f"{package.name} {package.version}"] = {str(one.relation) for one in generated.relations}
    for one in fixture.judgement().findings:
        assert set(one.fix) <= lines.get(str(one.package), set())
        assert one.fix or one.id not in MENDED


MENDED = {
    "admits-incompatible-peer", "missing-breaks-on-older-peer", "no-relation-to-peer", "never-satisfiable",
    "missing-protocol-provides", "no-relation-to-optional-peer",
}  # fmt: skip
"""The rules of which a finding always has something to paste."""


@pytest.mark.parametrize("name", WRONG)
def test_what_is_told_to_paste_mends_what_is_wrong(name: str) -> None:
    """A package that holds what is generated in the place of its own relations is clean."""
    fixture = FIXTURES[name]
    if {one[0] for one in fixture.expect} & {"unknown-release", "broken-release", "malformed-relation"}:
        pytest.skip("no relation mends it")
    if not fixture.mended_by_relations:
        pytest.skip("what is generated is what refuses the peer")
    mended = []
    for package in fixture.described():
        generated = api.Project(MANIFESTS[fixture.manifest]).relations(
            fixture.family, package.name, package.version
        )
        own = [one for one in package.relations if not touches(one, fixture)]
        mended.append(
            package._replace(relations=(*(one.relation for one in generated.relations), *own), malformed=())
        )
    left = api.Project(MANIFESTS[fixture.manifest]).check_packages(mended).findings
    assert [f"{one.id}: {one.message}" for one in left if one.severity != "info"] == []


def touches(relation: api.Relation, fixture: Fixture) -> bool:
    """Return whether a relation is about a peer or a protocol, or is wrong in any case."""
    names = [one.name for one in constraints(relation.expression)]
    guarded = ("kata-image", "kata-initrd", "kata-runtime", "kata-proto", "container-runtime")
    if relation.field == "Provides" and fixture.family == "rpm":
        # rpmbuild itself adds a package's own name in its own version.
        return any(name.startswith("kata-proto") or name.endswith("-slot") for name in names) or not getattr(
            relation.expression, "operator", None
        )
    return (
        any(name.startswith(guarded) for name in names) or "git." in relation.text or ">=2" in relation.text
    )


def test_witnesses_say_what_their_rule_says() -> None:
    said = {
        "admits-incompatible-peer": (True, False),
        "missing-breaks-on-older-peer": (True, False),
        "refuses-compatible-peer": (False, True),
        "never-satisfiable": (False, True),
        "depends-not-enforced": (False, False),
        "prerelease-slips-through": (True, False),
        "prerelease-shut-out": (False, True),
        "pair-not-installable": (False, True),
        "left-out-by-peers": (False, True),
        "unguarded-by-peers": (True, False),
        "no-relation-to-optional-peer": (True, False),
        "file-move": (False, True),
    }
    seen = set()
    for fixture in FIXTURES.values():
        for one in fixture.judgement().findings:
            assert one.witness is None or one.id in said
            if one.id in said and one.peer:
                assert one.witness is not None
                assert (one.witness.installable, one.witness.compatible) == said[one.id]
                assert one.witness.peer.name == one.peer
                seen.add(one.id)
    assert seen == set(said)


@pytest.mark.parametrize("name", [name for name in FIXTURES if "admits" in name or "missing" in name])
def test_a_witness_is_let_in_by_the_package_itself(name: str) -> None:
    fixture = FIXTURES[name]
    packages = fixture.described()
    for one in fixture.judgement().findings:
        if one.witness is not None and one.witness.installable:
            subject = next(each for each in packages if each.ref == one.package)
            peer, version = one.witness.peer.name, one.witness.peer.version
            verdict = api.coinstallable([subject, bare(fixture.family, peer, version)])
            assert verdict.installable, one.witness


@pytest.mark.parametrize("name", FIXTURES)
def test_no_finding_contradicts_the_verdict_of_the_same_pair(name: str) -> None:
    fixture = FIXTURES[name]
    assert contradictions(fixture.judgement(), MANIFESTS[fixture.manifest]) == []


def test_no_finding_contradicts_a_pair_of_all_the_fixtures_of_a_manifest_at_once() -> None:
    groups: dict[tuple[str, str], dict[str, api.Package]] = {}
    for fixture in FIXTURES.values():
        for package in fixture.described():
            kept = groups.setdefault((fixture.manifest, fixture.family), {})
            kept.setdefault(f"{package.name} {package.version}", package)
    seen = 0
    for (manifest, _), packages in groups.items():
        judgement = api.Project(MANIFESTS[manifest]).check_packages(list(packages.values()))
        assert contradictions(judgement, MANIFESTS[manifest]) == []
        seen += len(judgement.pairs)
    assert seen > 100


@pytest.mark.parametrize("name", FIXTURES)
def test_no_pair_that_disagrees_with_the_protocol_is_silent(name: str) -> None:
    judgement = FIXTURES[name].judgement()
    told = {frozenset((one.package.name, one.peer)) for one in judgement.findings if one.witness is not None}
    for pair in judgement.pairs:
        if pair.installable is not None and pair.installable != pair.compatible:
            assert frozenset((pair.package.name, pair.peer.name)) in told


def test_the_releases_that_are_like_the_witness_are_other_releases() -> None:
    seen = 0
    for fixture in FIXTURES.values():
        for one in fixture.judgement().findings:
            if like := re.search(r"\(also (?:(\d+) releases from )?(\S+?)(?: to (\S+))?\)", one.message):
                assert one.witness is not None
                release = one.witness.peer.version.rpartition(":")[2].partition("-")[0]
                assert release not in like.groups(), (fixture.name, one.message)
                seen += 1
    assert seen


def test_a_message_says_nothing_twice() -> None:
    for fixture in FIXTURES.values():
        for one in fixture.judgement().findings:
            for relation in one.relations if one.id == "malformed-relation" else ():
                field, _, text = relation.partition(": ")
                assert one.message.count(f"{field}: ") <= 1, one.message
                assert one.message.count(text) <= 1, one.message
            assert " 1 more compatible releases" not in one.message


def bare(family: str, name: str, version: str) -> api.Package:
    if family == "deb":
        return api.describe_package("deb", f"Package: {name}\nVersion: {version}\nArchitecture: all\n")
    epoch, _, rest = version.rpartition(":")
    upstream, _, release = rest.partition("-")
    text = f"Name: {name}\nVersion: {upstream}\nRelease: {release or 1}\nBuildArch: noarch\n"
    return api.describe_package("rpm", text + (f"Epoch: {epoch}\n" if epoch else ""))


@pytest.mark.parametrize("rule", rules())
def test_each_rule_fires_on_a_deb_and_on_an_rpm_and_is_checked_on_as_many_correct_ones(rule: str) -> None:
    families = Counter(
        FIXTURES[name].family for name in WRONG if rule in {one[0] for one in FIXTURES[name].expect}
    )
    assert set(families) == ({ONE_FAMILY[rule]} if rule in ONE_FAMILY else {"deb", "rpm"})
    right = Counter(FIXTURES[name].family for name in RIGHT)
    for family, count in families.items():
        assert right[family] >= count


def test_every_manifest_of_the_fixtures_is_used() -> None:
    assert {one.manifest for one in FIXTURES.values()} == set(MANIFESTS)


def test_every_title_is_given_once_in_a_family() -> None:
    titles = Counter((one.family, one.title) for one in FIXTURES.values())
    assert [title for title, count in titles.items() if count > 1] == []


# ------------------------------------------------------------------ the rules as data

CHECKS = ("check_subject", "check_pairs", "check_subjects", "check_package", "check_unidentified")


def test_a_rule_is_a_file_of_its_name() -> None:
    folder = PACKAGE / "check/rules"
    assert {path.stem.replace("_", "-") for path in folder.glob("*.py")} - {"--init--"} == set(rules())
    for name in rules():
        text = (folder / f"{name.replace('-', '_')}.py").read_text("utf-8")
        assert text.startswith(f'"""{name}: ')
        assert f'id="{name}"' in text


def test_each_rule_has_a_check_that_says_what_it_looks_for() -> None:
    for rule in rules().values():
        checks = [one for one in (getattr(rule, name) for name in CHECKS) if one is not None]
        assert checks, rule.id
        assert all(one.__doc__ for one in checks), rule.id


def test_no_code_names_a_rule_but_its_own() -> None:
    names = {*rules(), *manifest_rules(), *aliases()}
    for path in PACKAGE.rglob("*.py"):
        own = path.stem.replace("_", "-") if path.parent.name in {"rules", "manifest_rules"} else ""
        texts = {
            node.value
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        if path.name == "summary.py":
            texts -= {rule_id for name in registry.names() for rule_id, _ in registry.summary(name).notes}
        assert (texts & names) - {own} == set(), path


def described() -> set[str]:
    """Return the ids that no rule makes, as the code that makes them has them."""
    errors = {one.id for one in vars(pkgguard.errors).values() if hasattr(one, "diagnostics")}
    constants = {
        value
        for module in (losses, mistakes, substvar_uses, verification)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    }
    return errors | constants | {"unreadable-file", PAIR_NOT_JUDGED, UNUSED, ENDED}


def test_every_id_is_described_and_every_description_is_of_one() -> None:
    assert set(every()) == {*rules(), *manifest_rules(), *described()}
    assert {one.group for one in every().values()} == {
        "package",
        "manifest",
        "loss",
        "build",
        "input",
        "usage",
    }
    fixed = {name for name, one in every().items() if not one.settable}
    assert fixed.isdisjoint({*rules(), *manifest_rules()})
    assert {name for name, one in every().items() if one.group == "loss"}.isdisjoint(fixed)


def test_no_two_rules_share_an_id_or_a_place() -> None:
    names = [name for rule in every().values() for name in (rule.id, *rule.aliases)]
    assert len(names) == len(set(names)) == len(rules()) + len(manifest_rules()) + len(described())
    assert {"all", "version"}.isdisjoint(names)
    orders = [rule.order for rule in every().values()]
    assert orders == sorted(set(orders))


def test_no_rule_is_newer_than_the_rule_set() -> None:
    assert all(1 <= rule.since <= RULE_SET for rule in every().values())


def test_each_rule_is_told_in_full() -> None:
    for name, rule in every().items():
        assert rule.id == name
        assert rule.title
        assert not rule.title.endswith(".")
        assert rule.explanation.endswith(".")
        assert rule.help
        assert "\n" not in rule.explanation + rule.title + rule.help
        assert rule.references or name == "broken-release" or not rule.settable


def test_a_finding_has_the_severity_of_its_rule() -> None:
    for fixture in FIXTURES.values():
        for one in fixture.judgement().findings:
            assert one.severity is rules()[one.id].severity


def test_the_notes_are_the_rules_that_are_only_told() -> None:
    assert {name for name, rule in rules().items() if rule.severity == "info"} == NOTES
