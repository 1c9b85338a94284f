"""A baseline accepts the findings that it counts, and only shrinks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from runner import run

from pkgguard.check.baseline import Entry, read_baseline, written_baseline
from pkgguard.errors import BaselineError

PACKAGES = Path(__file__).parents[2] / "examples/packages/kata-2018"
BAD = PACKAGES / "kata-runtime_1.1.0-1_amd64.deb"
IMAGE = PACKAGES / "kata-containers-image_1.0.0-29_amd64.deb"
OTHER = PACKAGES / "kata-runtime-1.0.0+git.086d197-41.1.x86_64.rpm"


def findings(*arguments):
    document = json.loads(run("check", "--format", "json", *arguments).stdout)
    return document["findings"], document["accepted"]


@pytest.fixture
def baseline(tmp_path):
    path = tmp_path / "baseline.json"
    assert run("check", BAD).exit_code == 1
    assert run("check", "--baseline", path, "--update-baseline", BAD).exit_code == 0
    return path


def test_only_new_findings_count(baseline):
    before, _ = findings(BAD)
    after, accepted = findings("--baseline", baseline, BAD)
    assert (len(after), len(accepted)) == (0, len(before))
    assert {one["place"] for one in accepted} == {str(baseline)}
    assert run("check", "--baseline", baseline, BAD).exit_code == 0
    assert run("check", "--baseline", baseline, BAD, OTHER).exit_code == run("check", OTHER).exit_code == 1


def test_a_baseline_never_grows(baseline):
    text = baseline.read_text()
    run("check", "--baseline", baseline, "--update-baseline", BAD, OTHER)
    assert baseline.read_text() == text


def test_what_is_fixed_leaves_the_baseline(baseline):
    document = json.loads(baseline.read_text())
    first = document["findings"][0]
    first["count"] += 3
    gone = {**first, "rule": "siblings-disagree", "count": 2}
    elsewhere = {**first, "package": "not-given"}
    document["findings"] += [gone, elsewhere]
    baseline.write_text(json.dumps(document))
    result = run("check", "--baseline", baseline, BAD)
    assert "5 findings no longer found" in result.stderr
    assert json.loads(baseline.read_text()) == document
    run("check", "--baseline", baseline, "--update-baseline", BAD)
    left = read_baseline(baseline)
    assert left[Entry(*(first[key] for key in Entry._fields))] == first["count"] - 3
    assert not left[Entry(*(gone[key] for key in Entry._fields))]
    assert left[Entry(*(elsewhere[key] for key in Entry._fields))] == elsewhere["count"]


def test_a_baseline_is_not_written_if_something_could_not_be_judged(tmp_path):
    path, broken = tmp_path / "baseline.json", tmp_path / "broken.deb"
    broken.write_bytes(b"!<arch>\nno package")
    result = run("check", "--baseline", path, "--update-baseline", BAD, broken)
    assert result.exit_code == 3
    assert not path.exists()
    assert "was not written" in result.stderr


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[]",
        '{"baseline": 2, "findings": []}',
        '{"baseline": 1}',
        '{"baseline": 1, "findings": [], "more": 1}',
        '{"baseline": 1, "findings": [{}]}',
        '{"baseline": 1, "findings": ["x"]}',
        "[" * 100_000,
    ],
)
def test_a_file_that_is_no_baseline_is_refused(tmp_path, text):
    path = tmp_path / "baseline.json"
    path.write_text(text)
    with pytest.raises(BaselineError):
        read_baseline(path)
    result = run("check", "--baseline", path, "--update-baseline", BAD)
    assert result.exit_code == 3
    assert path.read_text() == text


@pytest.mark.parametrize("count", [0, -1, True, "1", 1.5])
def test_a_wrong_count_is_refused(baseline, count):
    document = json.loads(baseline.read_text())
    document["findings"][0]["count"] = count
    baseline.write_text(json.dumps(document))
    with pytest.raises(BaselineError, match="count of 1 or more"):
        read_baseline(baseline)


def test_what_is_written_reads_back(baseline):
    assert written_baseline(read_baseline(baseline)) == baseline.read_text()


def test_options_that_lack_something(tmp_path):
    assert run("check", "--update-baseline", BAD).exit_code == 2
    assert run("check", "--baseline", tmp_path / "none.json", BAD).exit_code == 3
    assert run("check", "--accept", tmp_path / "none.toml", BAD).exit_code == 3
    assert run("check", "--profile", "none", BAD).exit_code == 2


def test_reports_for_programs_keep_what_is_accepted_apart(tmp_path, baseline):
    sarif = json.loads(run("check", "--format", "sarif", "--baseline", baseline, BAD).stdout)
    results = sarif["runs"][0]["results"]
    assert results
    assert all(one["suppressions"][0]["kind"] == "external" for one in results)
    junit = run("check", "--format", "junit", "--baseline", baseline, BAD).stdout
    assert f'skipped="{len(results)}"' in junit
    assert 'failures="0"' in junit
    assert run("check", "--format", "github", "--baseline", baseline, BAD).stdout == ""
    assert json.loads(run("check", "--format", "gitlab", "--baseline", baseline, BAD).stdout) == []


def test_a_finding_prints_the_entry_that_accepts_it(tmp_path):
    found, _ = findings(BAD, IMAGE)
    path = tmp_path / "accept.toml"
    entries = dict.fromkeys("\n".join(one["accept"]) for one in found)
    path.write_text("\n".join(entries))
    refused = run("check", "--accept", path, BAD, IMAGE)
    assert refused.exit_code == 3
    assert "is empty" in refused.stderr
    path.write_text(path.read_text().replace('because = ""', 'because = "examined"'))
    left, accepted = findings("--accept", path, BAD, IMAGE)
    assert (left, len(accepted)) == ([], len(found))
    shown = run("check", "--verbose", BAD).stdout
    assert all(line in shown for line in found[0]["accept"])
    listed = run("check", "--verbose", "--accept", path, BAD, IMAGE).stdout
    assert f"because   examined ({path}:" in listed


def test_a_further_finding_of_a_counted_kind_is_new_and_never_added(baseline):
    document = json.loads(baseline.read_text())
    (twice,) = [one for one in document["findings"] if one["rule"] == "admits-incompatible-peer"]
    assert twice["count"] > 1
    twice["count"] = 1
    baseline.write_text(json.dumps(document))
    left, _ = findings("--baseline", baseline, BAD)
    assert [one["id"] for one in left] == ["admits-incompatible-peer"]
    assert run("check", "--baseline", baseline, "--update-baseline", BAD).exit_code == 1
    assert read_baseline(baseline)[Entry(*(twice[key] for key in Entry._fields))] == 1
