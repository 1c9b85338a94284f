"""Every example in the documentation is run as printed, and prints the output shown there.

With PKGGUARD_REGENERATE set, the documentation is rewritten to what is printed.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pkgguard import api
from pkgguard.check.engine import SUBJECT_RULES
from pkgguard.check.pair_rules import PAIR_RULES
from pkgguard.cli.main import cli

ROOT = Path(__file__).parent.parent
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs/decisions").glob("*")),
]
BLOCK = re.compile(r"(?<=^```console\n)(.*?)(?=^```$)", re.DOTALL | re.MULTILINE)
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def printed(command: str) -> str:
    words = shlex.split(command, comments=True)
    assert words[0] == "pkgguard"
    paths = []
    for word in words[1:]:
        matches = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(word)) if "*" in word else []
        paths += matches or [word]
    result = CliRunner().invoke(cli, paths)
    assert isinstance(result.exception, SystemExit | None), command
    assert "Usage:" not in result.output, result.output
    return result.output


def rewritten(block: str) -> str:
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "\n".join(f"{command}\n{printed(command[2:])}" for command in commands)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_print_the_output_shown(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("PKGGUARD_MANIFEST", raising=False)
    text = page.read_text(encoding="utf-8")
    expected = BLOCK.sub(lambda match: rewritten(match.group()), text)
    if os.environ.get("PKGGUARD_REGENERATE"):
        page.write_text(expected, encoding="utf-8")
    assert text == expected


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (source,) = PYTHON.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    exec(compile(source, "README.md", "exec"), {})  # noqa: S102 - the README's own example
    assert "kata-containers-image" in capsys.readouterr().out


def test_every_rule_has_its_page() -> None:
    assert {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs/rules").glob("*.md")} == {
        f"{name}.md": rule_page(rule) for name, rule in api.rules().items()
    }
    assert (ROOT / "docs/rules.md").read_text(encoding="utf-8") == rules_page()
    elsewhere = {"unknown-release", "malformed-relation", "siblings-disagree"}
    assert set(SUBJECT_RULES) | set(PAIR_RULES) | elsewhere == set(api.rules())


def rules_page() -> str:
    """Make the index of the rules from their data."""
    lines = [
        "# The rules",
        "",
        "What `pkgguard check` finds, from the data in `pkgguard/check/rules.toml`; `pkgguard explain RULE`",
        "shows each too. Findings of a severity at or above `--fail-on` (default: error) make the exit",
        "code 1. `--rule RULE=LEVEL` and the manifest's [`[rules]`](manifest.md) set a rule to another",
        "severity, or off.",
        "",
        "| rule | severity | |",
        "|---|---|---|",
    ]
    lines += [
        f"| [{rule.id}](rules/{rule.id}.md) | {rule.severity.value} | {rule.title} |"
        for rule in api.rules().values()
    ]
    return "\n".join(lines) + "\n"


def rule_page(rule: api.Rule) -> str:
    """Make the page of one rule from its data."""
    lines = [f"# {rule.id}", "", f"**{rule.severity.value}**: {rule.title}.", "", rule.explanation, ""]
    lines.append(f"Mend: {rule.help}")
    if rule.references:
        lines += ["", f"See: {'; '.join(rule.references)}"]
    return "\n".join(lines) + "\n"


def test_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        names = [f"{name} {sub}" for sub in command.commands] if isinstance(command, click.Group) else [name]
        for one in names:
            assert f"`pkgguard {one}" in text


if __name__ == "__main__":
    (ROOT / "docs/rules").mkdir(exist_ok=True)
    (ROOT / "docs/rules.md").write_text(rules_page(), encoding="utf-8")
    for one in api.rules().values():
        (ROOT / f"docs/rules/{one.id}.md").write_text(rule_page(one), encoding="utf-8")
