"""A package that takes too long is not read or not judged, with exit code 3, and the others are judged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from runner import run
from small_project import GUARDED, MANIFEST, deb

from pkgguard import api
from pkgguard.check import engine, files, pairs
from pkgguard.check.finding import brief

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(MANIFEST)
    return path


def check(manifest: Path, *packages: Path) -> tuple[int, dict[str, Any]]:
    result = run("check", "--manifest", manifest, "--format", "json", *packages)
    return result.exit_code, json.loads(result.stdout)


def test_one_that_takes_too_long_to_read(
    manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "READ_SECONDS", -1.0)
    code, found = check(manifest, deb(tmp_path, "kata-runtime", "1.1.0-1", GUARDED))
    assert code == 3
    assert "reading it takes" in found["unread"][0]["message"]
    assert found["packages"] == []


def test_one_that_takes_too_long_to_judge(
    manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = deb(tmp_path, "kata-runtime", "1.1.0-1", GUARDED + "Suggests: slow\n")
    quick = deb(tmp_path, "kata-image", "1.1.0-1")
    rules = engine.rules()
    broken = rules["broken-release"]
    whole = broken.check_subject
    assert whole is not None

    def rule(subject: Any) -> Any:
        if any(relation.field == "Suggests" for relation in subject.package.relations):
            raise engine.OverBudgetError(0.7)
        return whole(subject)

    slowed = {**rules, broken.id: broken._replace(check_subject=rule)}
    monkeypatch.setattr(engine, "rules", lambda: slowed)
    code, found = check(manifest, slow, quick)
    assert code == 3
    (unread,) = found["unread"]
    assert unread["path"] == str(slow)
    assert "judging it takes" in unread["message"]
    assert [(one["name"], one["in_manifest"]) for one in found["packages"]] == [
        ("kata-runtime", False),
        ("kata-image", True),
    ]
    assert found["pairs"] == []
    assert not any(one["package"]["name"] == "kata-runtime" for one in found["findings"])


def test_a_pair_that_takes_too_long_is_not_judged(
    manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairs, "PAIR_SECONDS", -1.0)
    code, found = check(
        manifest, deb(tmp_path, "kata-runtime", "1.1.0-1", GUARDED), deb(tmp_path, "kata-image", "1.1.0-1")
    )
    assert code == 3
    (pair,) = found["pairs"]
    assert pair["installable"] is None
    assert "seconds of CPU time" in pair["not_judged"][0]


def test_a_package_that_takes_too_long_in_a_pair_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def installable(_self: object, one: api.Package, other: api.Package) -> bool:
        tried.append((one.name, other.version))
        raise pairs.OverBudgetError(0.5)

    monkeypatch.setattr(pairs.Meetings, "installable", installable)
    slow = api.make_package("deb", "kata-runtime", "1.1.0-1", {"Depends": "kata-image (>= 1.1.0)"})
    others = [api.make_package("deb", "kata-image", f"1.1.0-{number}") for number in range(1, 6)]
    judgement = api.Project(api.parse_manifest(MANIFEST)).check_packages([slow, *others])
    assert tried == [("kata-runtime", "1.1.0-1")]
    assert [pair.installable for pair in judgement.pairs] == [None] * 5
    assert all(pair.not_judged for pair in judgement.pairs)


def test_a_finding_quotes_the_first_of_many_relations() -> None:
    bounds = ", ".join(f"kata-image (= 1.0.{number})" for number in range(1000))
    package = api.make_package("deb", "kata-runtime", "1.1.0-1", {"Breaks": bounds, "Depends": "kata-image"})
    judgement = api.Project(api.parse_manifest(MANIFEST)).check_packages([package])
    (finding,) = (one for one in judgement.findings if one.id == "admits-incompatible-peer")
    assert len(finding.relations) == 21
    assert finding.relations[-1] == "… and 981 more"


def test_packages_whose_relations_are_too_many_together_are_not_read(
    manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "RELATION_TEXT", 300)
    first = deb(tmp_path, "kata-runtime", "1.1.0-1", GUARDED)
    second = deb(tmp_path, "kata-image", "1.1.0-1", f"Suggests: {'x' * 250}\n")
    third = deb(tmp_path, "kata-image", "1.1.0-2")
    code, found = check(manifest, first, second, third)
    assert code == 3
    (unread,) = found["unread"]
    assert unread["path"] == str(second)
    assert "more than 300 bytes" in unread["message"]
    assert "fewer packages" in unread["help"]
    assert [one["version"] for one in found["packages"]] == ["1.1.0-1", "1.1.0-2"]


def test_a_long_clause_is_not_repeated_whole_for_each_pair(manifest: Path, tmp_path: Path) -> None:
    clause = " | ".join(f"some-other-package-{number} (>= 1.0)" for number in range(200))
    unread = f"Depends: kata-image (>= 1.1.0), {clause} | kata-image (> > 1)\n"
    refusing = f"Depends: {clause} | kata-image (<< 0.5)\nBreaks: kata-image (>= 0.5)\n"
    debs = [
        deb(tmp_path, "kata-runtime", "1.1.0-1", unread),
        deb(tmp_path, "kata-runtime", "1.1.0-2", refusing),
        *(deb(tmp_path, "kata-image", f"1.1.0-{number}") for number in range(1, 6)),
    ]
    code, found = check(manifest, *debs)
    assert code == 3
    texts = [text for pair in found["pairs"] for text in pair["not_judged"]]
    assert len(texts) == 5
    assert all(len(text) < 500 and "characters) …" in text for text in texts)
    (refused,) = [one for one in found["findings"] if one["id"] == "pair-not-installable"]
    assert len(refused["message"]) < 2000
    assert len(json.dumps(found)) < 5 * len(clause)


def test_of_many_reasons_the_first_are_told_and_the_rest_counted() -> None:
    assert brief(["a", "b", "a"]) == ("a", "b")
    assert brief(map(str, range(7))) == ("0", "1", "2", "3", "4", "… and 2 more")
    (text,) = brief(["<" + "x" * 1000 + ">"])
    assert text.startswith("<x")
    assert text.endswith("x>")
    assert " … (602 characters) … " in text
