"""SARIF, JUnit XML, workflow commands and Code Quality: each is what its readers take, and complete."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tracemalloc
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from hostile_texts import MANIFEST
from runner import run

from pkgguard.diagnostics import Diagnostic, PackageRef, Severity
from pkgguard.errors import LongAnswerError
from pkgguard.manifest import limits
from pkgguard.report import as_gitlab, as_junit, formats
from pkgguard.report.answers import ManifestCheckAnswer, ManifestChecksAnswer

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SCHEMAS = ROOT / "tests/data/schemas"
SARIF = jsonschema.Draft4Validator(
    json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8")), format_checker=jsonschema.FormatChecker()
)
PACKAGES = [
    str(path) for ending in ("deb", "rpm") for path in sorted(EXAMPLES.glob(f"packages/*/*.{ending}"))
]
PAUSE = EXAMPLES / "pause-container"
CALLS = {
    "check": ["check", *PACKAGES],
    "named": [
        "check", "--manifest", str(PAUSE / "pkgguard.toml"), *map(str, sorted(PAUSE.glob("packages/*.deb"))),
    ],
    "unread": ["check", str(EXAMPLES / "nowhere.deb"), str(EXAMPLES), PACKAGES[0]],
    "clean": ["check", "--rule", "all=off", PACKAGES[0]],
    "manifest": ["manifest", "check", str(PAUSE / "pkgguard.toml")],
    "manifests": [
        "manifest", "check", str(PAUSE / "pkgguard.toml"), str(EXAMPLES / "nowhere.toml"),
        str(ROOT / "README.md"),
    ],
}  # fmt: skip
COMMAND = re.compile(r"::(\w+) ([^:]*)::(.*)")
FORMATS = ("sarif", "junit", "github", "gitlab")


def output(form: str, words: list[str]) -> str:
    return run(*words, "--format", form).stdout


def diagnostics(words: list[str]) -> list[dict[str, Any]]:
    """Return what the JSON document has, in its order."""
    document = json.loads(output("json", words))
    if document["kind"] == "check":
        return [*document["findings"], *document["unread"], *document["not_judged"]]
    checks = document.get("checks", [document])
    return [one for check in checks for one in (*check["mistakes"], *check["advice"])] + document.get(
        "unread", []
    )


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Return the commands of an output, as GitHub's runner reads a line of it."""
    found = []
    for line in text.splitlines():
        match = COMMAND.fullmatch(line)
        assert match, line
        properties = {}
        for one in match[2].split(","):
            name, _, value = one.partition("=")
            for escape, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
                value = value.replace(escape, character)
            properties[name] = value
        message = match[3].replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
        found.append((match[1], properties, message))
    return found


def cases(text: str) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(text)  # noqa: S314 - our own
    suite = root[0]
    found = suite.findall("testcase")
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert suite.get(attribute) == str(sum(one.find(tag) is not None for one in found))
    assert suite.get("tests") == str(len(found))
    return found


@pytest.mark.parametrize("name", CALLS)
def test_sarif_keeps_to_its_schema_and_has_everything(name: str) -> None:
    log = json.loads(output("sarif", CALLS[name]))
    SARIF.validate(log)
    (one,) = log["runs"]
    rules = one["tool"]["driver"]["rules"]
    expected = diagnostics(CALLS[name])
    assert [result["ruleId"] for result in one["results"]] == [found["id"] for found in expected]
    levels = {"error": "error", "warning": "warning", "info": "note"}
    for result, found in zip(one["results"], expected, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] == levels[found["severity"]]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert one["invocations"][0]["executionSuccessful"] == (run(*CALLS[name]).exit_code != 3)


def test_the_schema_of_sarif_refuses_what_is_not() -> None:
    log = json.loads(output("sarif", CALLS["named"]))
    for breaking in ({"version": "2.0.0"}, {"runs": [{}]}, {"new": 1}):
        with pytest.raises(jsonschema.ValidationError):
            SARIF.validate(log | breaking)


def test_the_rules_of_sarif_have_their_texts() -> None:
    (one,) = json.loads(output("sarif", CALLS["named"]))["runs"]
    (rule,) = (one for one in one["tool"]["driver"]["rules"] if one["id"] == "admits-incompatible-peer")
    described = json.loads(run("explain", "admits-incompatible-peer", "--format", "json").stdout)["rule"]
    assert rule["shortDescription"]["text"] == described["title"]
    assert rule["fullDescription"]["text"] == described["explanation"]
    assert rule["help"]["text"].startswith(described["help"])
    assert all(f"- {reference}" in rule["help"]["text"] for reference in described["references"])


@pytest.mark.parametrize("name", CALLS)
def test_a_command_of_the_runner_for_each(name: str) -> None:
    names = {"error": "error", "warning": "warning", "info": "notice"}
    found = commands(output("github", CALLS[name]))
    expected = diagnostics(CALLS[name])
    assert [(level, said["title"]) for level, said, _ in found] == [
        (names[one["severity"]], f"pkgguard: {one['id']}") for one in expected
    ]
    for (_, said, message), one in zip(found, expected, strict=True):
        assert set(said) in ({"title", "file"}, {"title", "file", "line"})
        assert one["message"] in message.split("\n")[0]
        assert one["help"] in message


@pytest.mark.parametrize("name", CALLS)
def test_code_quality_has_the_documented_fields(name: str) -> None:
    issues = json.loads(output("gitlab", CALLS[name]))
    assert [one["check_name"] for one in issues] == [one["id"] for one in diagnostics(CALLS[name])]
    for one in issues:
        assert set(one) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert one["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert one["location"]["path"]
        assert not one["location"]["path"].startswith("./")
        assert one["location"]["lines"]["begin"] >= 1
        assert re.fullmatch("[0-9a-f]{64}", one["fingerprint"])
    assert len({one["fingerprint"] for one in issues}) == len(issues)
    assert issues == json.loads(output("gitlab", CALLS[name]))


@pytest.mark.parametrize("name", CALLS)
def test_junit_has_a_case_for_each_and_for_what_is_right(name: str) -> None:
    found = cases(output("junit", CALLS[name]))
    expected = diagnostics(CALLS[name])
    silent = found[len(expected) :]
    assert all(one.get("name") == one.get("classname") for one in silent)
    unread = {"unread", "manifests"}
    for case, one in zip(found[: len(expected)], expected, strict=True):
        assert str(case.get("name")).startswith(f"{one['id']}: ")
        assert one["message"] in str(case.get("name"))
        (outcome,) = case
        assert one["help"] in str(outcome.text)
        fails = one["severity"] == "error" and one["id"] != "pair-not-judged"
        assert (outcome.tag in {"failure", "error"}) >= fails or name in unread
    if name == "clean":
        assert [len(one) for one in found] == [0]


@pytest.mark.real
@pytest.mark.parametrize("name", CALLS)
def test_junit_keeps_to_its_schema(name: str, tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    words = ["xmllint", "--noout", "--schema", str(SCHEMAS / "junit-10.xsd"), str(path)]
    path.write_text(output("junit", CALLS[name]), "utf-8")
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    path.write_text(path.read_text("utf-8").replace("<testsuites ", "<testsuites new='1' "), "utf-8")
    assert subprocess.run(words, capture_output=True, check=False).returncode != 0


def test_a_case_fails_where_the_command_does() -> None:
    for level, fails in (("error", {"error"}), ("warning", {"error", "warning"}), ("never", set())):
        words = [*CALLS["check"], "--fail-on", level]
        failed = [one for one in cases(output("junit", words)) if one.find("failure") is not None]
        expected = [one for one in json.loads(output("json", words))["findings"] if one["severity"] in fails]
        assert len(failed) == len(expected)


def test_a_package_that_the_manifest_does_not_know_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text(MANIFEST, "utf-8")
    (case,) = (
        one
        for one in cases(output("junit", ["check", "--manifest", str(path), PACKAGES[0]]))
        if one.get("name") == one.get("classname")
    )
    assert [one.tag for one in case] == ["skipped"]


def test_findings_point_at_the_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (PAUSE / "pkgguard.toml", *PAUSE.glob("packages/*.deb")):
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    lines = (tmp_path / "pkgguard.toml").read_text("utf-8").splitlines()
    word = "kata-runtime_1.1.0-1_amd64.deb"
    for package in (word, str(tmp_path / word)):
        words = ["check", package]
        level, said, _ = commands(output("github", words))[0]
        assert (level, said["file"], lines[int(said["line"]) - 1]) == ("error", "pkgguard.toml", "[[change]]")
        result = json.loads(output("sarif", words))["runs"][0]["results"][0]
        (shown,) = result["locations"]
        assert shown["physicalLocation"]["artifactLocation"]["uri"] == "pkgguard.toml"
        assert shown["physicalLocation"]["region"]["startLine"] == int(said["line"])
        assert "runtime 1.1.0 needs" in shown["message"]["text"]
        assert result["relatedLocations"][-1]["physicalLocation"]["artifactLocation"]["uri"] == word
        issue = json.loads(output("gitlab", words))[0]
        assert issue["location"] == {"path": "pkgguard.toml", "lines": {"begin": int(said["line"])}}


def test_a_manifest_elsewhere_and_the_one_that_is_built_in_are_not_shown_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = "kata-runtime_1.1.0-1_amd64.deb"
    (tmp_path / "work").mkdir()
    shutil.copy(PAUSE / "packages" / word, tmp_path / "work")
    shutil.copy(PAUSE / "pkgguard.toml", tmp_path)
    monkeypatch.chdir(tmp_path / "work")
    for more, others in (([], 0), (["--manifest", str(tmp_path / "pkgguard.toml")], 1)):
        result = json.loads(output("sarif", ["check", word, *more]))["runs"][0]["results"][0]
        places = [*result["locations"], *result.get("relatedLocations", [])]
        uris = [one["physicalLocation"]["artifactLocation"]["uri"] for one in places]
        assert uris[0] == word
        assert bool(uris[1:]) == bool(others)
        assert set(uris[1:]) <= {f"file://{tmp_path}/pkgguard.toml"}


def test_mistakes_point_at_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(MANIFEST.replace('server = "1.1.0"', 'server = "7"', 1), "utf-8")
    words = ["manifest", "check", str(path)]
    expected = [one["line"] for one in diagnostics(words)]
    assert expected
    assert all(expected)
    assert [int(said["line"]) for _, said, _ in commands(output("github", words))] == expected
    issues = json.loads(output("gitlab", words))
    assert [one["location"]["lines"]["begin"] for one in issues] == expected
    assert run(*words, "--format", "junit").exit_code == 1


def test_a_fingerprint_does_not_depend_on_lines_or_folders(tmp_path: Path) -> None:
    name = "kata-runtime_1.1.0-1_amd64.deb"
    prints = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        shutil.copy(PAUSE / "packages" / name, folder)
        manifest = (PAUSE / "pkgguard.toml").read_text("utf-8")
        (folder / "pkgguard.toml").write_text("\n" * number + manifest, "utf-8")
        words = ["check", "--manifest", str(folder / "pkgguard.toml"), str(folder / name)]
        prints.append([one["fingerprint"] for one in json.loads(output("gitlab", words))])
        results = json.loads(output("sarif", words))["runs"][0]["results"]
        assert [one["partialFingerprints"]["pkgguard/v1"] for one in results] == prints[-1]
    assert prints[0] == prints[1]


def test_diagnostics_that_say_the_same_have_fingerprints_of_their_own() -> None:
    one = Diagnostic("change-without-reason", Severity.WARNING, "twice", path="a.toml", line=1)
    answer = ManifestCheckAnswer("a.toml", (one, one, one._replace(line=2)), None)
    issues = json.loads("".join(as_gitlab.render(answer, formats.PLAIN)))
    assert len({issue["fingerprint"] for issue in issues}) == 3


def test_what_is_not_judged_is_never_a_pass() -> None:
    one = Diagnostic(
        "pair-not-judged", Severity.INFO, "no", package=PackageRef("deb", "a", "1", "all"), path="a.deb"
    )
    (case,) = cases("".join(as_junit.render(ManifestChecksAnswer((), (one,)), formats.PLAIN)))
    assert case.find("error") is not None


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_on_manifests_is_bounded(form: str) -> None:
    long = Diagnostic(
        "change-without-reason", Severity.WARNING, "x" * (limits.ANSWER // 10), path="a.toml", line=1
    )
    answer = ManifestCheckAnswer("a.toml", (long,) * 11, None)
    with pytest.raises(LongAnswerError):
        list(formats.render(answer, form))
    assert list(formats.render(answer._replace(advice=(long,) * 3), form))


@pytest.mark.parametrize("form", FORMATS)
def test_a_check_is_written_piece_by_piece(form: str) -> None:
    from pkgguard import api
    from pkgguard.report.answers import CheckAnswer

    read = api.read_files(PACKAGES)
    choice = api.choose(None)
    checked = api.check_by_choice(read, choice)
    many = checked._replace(judgement=checked.judgement._replace(findings=checked.judgement.findings * 200))
    pieces = list(formats.render(CheckAnswer(many, choice.default), form))
    assert len(pieces) > 2
    assert max(map(len, pieces)) < sum(map(len, pieces)) / 2


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_a_long_check_takes_less_memory_than_its_report(form: str) -> None:
    from pkgguard import api
    from pkgguard.report.answers import CheckAnswer

    read = api.read_files(PACKAGES)
    choice = api.choose(None)
    checked = api.check_by_choice(read, choice)
    findings = checked.judgement.findings * (12_000 // len(checked.judgement.findings))
    answer = CheckAnswer(
        checked._replace(judgement=checked.judgement._replace(findings=findings)), choice.default
    )
    tracemalloc.start()
    try:
        size = sum(map(len, formats.render(answer, form)))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < size / 2


def test_packages_without_a_file_are_reported_too() -> None:
    from pkgguard import api

    package = api.Package("deb", "kata-runtime", "1.1.0-1", "amd64")
    project = api.Project(api.find_manifest(None))
    checked = project.check_packages([package])
    log = json.loads(project.render(checked, "sarif"))
    SARIF.validate(log)
    assert log["runs"][0]["results"]
    issues = json.loads(project.render(checked, "gitlab"))
    assert {one["location"]["path"] for one in issues} == {"kata-runtime 1.1.0-1"}
    assert len(commands(project.render(checked, "github"))) == len(issues)
    assert len(cases(project.render(checked, "junit"))) == len(issues)
