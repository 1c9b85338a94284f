"""Rules that were renamed or added later, shown by a made-up rule in a folder of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click.testing
import pytest
from mistakes import table_and_key
from runner import separate_runner

from pkgguard import api
from pkgguard.check import registry
from pkgguard.check import rules as folder
from pkgguard.check.manifest_lint import advise
from pkgguard.cli.main import cli
from pkgguard.compat.engine import engine_of
from pkgguard.manifest.serialize import write_manifest

HERE = Path(__file__).parents[1]
PAUSE = (HERE / "rules/manifests/pause.toml").read_text("utf-8")
ROOT = HERE.parent
DEB = ROOT / "examples/pause-container/packages/kata-runtime_1.0.0-1_amd64.deb"
EXAMPLE = ROOT / "examples/pause-container/pkgguard.toml"

RULE = '''
from pkgguard.diagnostics import Severity
from pkgguard.check.rule import Rule

ran = []

def check(subject):
    """Every package breaks it."""
    ran.append(subject)
    yield subject.report(RULE, None, "is a package")

RULE = Rule(
    id="made-up", severity=Severity.ERROR, title="A package", explanation="Because.", help="None.",
    references=(), order=1000, since=2, aliases=("before", "long-before"), check_subject=check,
)
'''


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Add the rule, in version 2 of the rule set; return the subjects that it looks at."""
    (tmp_path / "made_up.py").write_text(RULE, "utf-8")
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path)])
    monkeypatch.setattr(registry, "RULE_SET", 2)
    registry.rules.cache_clear()
    registry.every.cache_clear()
    assert api.rule("made-up").since == 2
    yield sys.modules["pkgguard.check.rules.made_up"].ran
    registry.rules.cache_clear()
    registry.every.cache_clear()
    del sys.modules["pkgguard.check.rules.made_up"]


def manifest(*lines: str) -> api.Manifest:
    return api.parse_manifest("\n".join((PAUSE, "[rules]", *lines, "")))


def severity(manifest: api.Manifest, **settings: str) -> str | None:
    """Return the severity of the made-up rule's finding, if there is one."""
    package = api.make_package("deb", "kata-runtime", "1.0.0-1", {})
    given = {name.replace("_", "-"): level for name, level in settings.items()}
    found = api.Project(manifest).check_packages([package], settings=given).findings
    return next((one.severity.value for one in found if one.id == "made-up"), None)


def run(*words: str) -> click.testing.Result:
    return separate_runner().invoke(cli, words)


def test_a_rule_that_is_off_does_not_run(ran: list[Any]) -> None:
    assert severity(manifest('made-up = "off"')) is None
    assert ran == []
    assert severity(manifest()) == "error"
    assert len(ran) == 1


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((), "error"),
        (("version = 2",), "error"),
        (("version = 1",), "warning"),
        (("version = 1", 'all = "error"'), "warning"),
        (("version = 1", 'all = "info"'), "info"),
        (("version = 1", 'all = "off"'), None),
        (("version = 1", 'made-up = "error"'), "error"),
        (("version = 1", 'made-up = "info"'), "info"),
        (("version = 1", 'before = "error"'), "error"),
        (("version = 2", 'all = "error"'), "error"),
    ],
)
def test_a_newer_rule_is_at_most_a_warning(
    ran: list[Any], lines: tuple[str, ...], expected: str | None
) -> None:
    assert severity(manifest(*lines)) == expected


def test_the_caller_goes_over_the_rule_set_only_by_naming_the_rule(ran: list[Any]) -> None:
    old = manifest("version = 1")
    assert severity(old, all="error") == "warning"
    assert severity(old, made_up="error") == "error"
    assert severity(old, before="off") is None


def test_an_older_rule_keeps_its_severity(ran: list[Any]) -> None:
    levels = api.select_rules(manifest("version = 1"))
    for name, rule in api.rules().items():
        assert levels.severity(name, rule.severity) == ("warning" if name == "made-up" else rule.severity)


@pytest.mark.parametrize("name", ["manifest-syntax", "unreadable-package", "unknown-name"])
def test_what_is_never_a_pass_cannot_be_set(name: str) -> None:
    with pytest.raises(api.ManifestError) as caught:
        api.select_rules(manifest(f'{name} = "off"'))
    (mistake,) = caught.value.mistakes
    assert mistake.message == "cannot be set: what it reports is never a pass"
    with pytest.raises(api.UnknownNameError, match="rule that can be set"):
        api.select_rules(manifest(), {name: "off"})


def test_all_sets_no_diagnostic_that_is_fixed() -> None:
    levels = api.select_rules(manifest('all = "off"'))
    assert levels.severity("pinned-revision", api.Severity.WARNING) is None
    with pytest.raises(api.ManifestError):
        api.parse_manifest("manifest = 2")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("version = 3", "is 3, but the newest rule set of this pkgguard is 2"),
        ("version = 0", "must be a whole number"),
        ('version = "error"', "must be a whole number"),
        ('before = "off"\nmade-up = "off"', "sets the same rule as before"),
        ('before = "of"', "'of' is not a level"),
        ('befor = "off"', "this rule does not exist"),
    ],
)
def test_mistakes(ran: list[Any], line: str, reason: str) -> None:
    with pytest.raises(api.ManifestError) as caught:
        api.select_rules(manifest(line))
    (mistake,) = caught.value.mistakes
    assert reason in mistake.message
    assert table_and_key(mistake)[0] == "rules"
    assert mistake.line == len(PAUSE.split("\n")) + 2 + line.count("\n")


def test_the_version_is_written_back() -> None:
    said = manifest("version = 1", 'broken-release = "off"')
    again = api.parse_manifest(write_manifest(said))
    assert again.rule_set[0] == 1
    assert again.rules.keys() == {"broken-release"}
    assert api.parse_manifest(write_manifest(manifest("version = 1"))).rule_set[0] == 1


@pytest.mark.parametrize("old", ["before", "long-before"])
def test_a_manifest_may_use_the_old_id_and_is_told_the_new_one(ran: list[Any], old: str) -> None:
    said = manifest(f'{old} = "info"')
    assert severity(said) == "info"
    (advice,) = [one for one in advise(engine_of(said)) if one.id == "renamed-rule"]
    assert advice.message == f"the rule {old} is now called made-up"
    assert advice.line == len(PAUSE.split("\n")) + 2
    assert not [one for one in advise(engine_of(manifest('made-up = "info"'))) if one.id == "renamed-rule"]


def test_explain_takes_the_old_id(ran: list[Any]) -> None:
    shown = run("explain", "before")
    assert shown.exit_code == 0
    assert shown.stdout == run("explain", "made-up").stdout
    assert shown.stdout.startswith("made-up (error)\n")
    assert shown.stderr == "the rule before is now called made-up\n"
    assert json.loads(run("explain", "before", "--format", "json").stdout)["rule"]["id"] == "made-up"


def test_the_command_line_takes_the_old_id_and_json_shows_the_new_one(ran: list[Any]) -> None:
    checked = run(
        "check", "--manifest", str(EXAMPLE), "--rule", "before=warning", "--format", "json", str(DEB)
    )
    assert checked.exit_code == 0
    found = [(one["id"], one["severity"]) for one in json.loads(checked.stdout)["findings"]]
    assert ("made-up", "warning") in found
    assert '"before"' not in checked.stdout
    assert checked.stderr == "the rule before is now called made-up\n"
    assert not run("check", "--manifest", str(EXAMPLE), "--rule", "made-up=warning", str(DEB)).stderr


def test_the_old_ids_are_not_listed(ran: list[Any]) -> None:
    assert "made-up" in api.rules()
    assert not {"before", "long-before"} & set(api.rules())
