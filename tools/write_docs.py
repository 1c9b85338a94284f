"""``python -m tools.write_docs``: write the pages about the rules, and the snapshots of the tests, anew.

``docs/rules.md`` and ``docs/rules/`` are made from the rules themselves. The
snapshots are what the checker finds in the fixtures of ``tests/rules/``: look at
what has changed in them before you commit it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pkgguard.check.registry import rules

if TYPE_CHECKING:
    from pkgguard.check.rule import Rule

ROOT: Final = Path(__file__).resolve().parent.parent
SNAPSHOTS: Final = ("tests/check/test_rules.py", "-k", "snapshot")
"""The tests that write the snapshots."""


def pages() -> dict[str, str]:
    """Return the text of each page about the rules by its path in the repository."""
    texts = {f"docs/rules/{name}.md": rule_page(rule) for name, rule in rules().items()}
    return {"docs/rules.md": rules_page(), **texts}


def rules_page() -> str:
    """Return the page that lists the rules."""
    lines = [
        "# The rules",
        "",
        "What `pkgguard check` looks for; `pkgguard explain RULE` shows each rule too. Findings with a",
        "severity of `--fail-on` or above (default: error) make the exit code 1. `--rule RULE=LEVEL` and",
        "the manifest's [`[rules]`](manifest.md) set a rule to another severity, or turn it off.",
        "",
        "| rule | severity | |",
        "|---|---|---|",
    ]
    lines += [
        f"| [{rule.id}](rules/{rule.id}.md) | {rule.severity.value} | {rule.title} |"
        for rule in rules().values()
    ]
    return "\n".join(lines) + "\n"


def rule_page(rule: Rule) -> str:
    """Return the page about one rule."""
    lines = [f"# {rule.id}", "", f"**{rule.severity.value}**: {rule.title}.", "", rule.explanation, ""]
    lines.append(f"Help: {rule.help}")
    if rule.references:
        lines += ["", f"References: {'; '.join(rule.references)}"]
    lines += ["", f"In the rule set since version {rule.since}."]
    if rule.aliases:
        lines += ["", f"Renamed from: {', '.join(f'`{alias}`' for alias in rule.aliases)}."]
    return "\n".join(lines) + "\n"


def write_pages(root: Path = ROOT) -> None:
    """Write the pages into a checkout, and remove those of rules that no longer exist."""
    texts = pages()
    for old in (root / "docs/rules").glob("*.md"):
        if f"docs/rules/{old.name}" not in texts:
            old.unlink()
    for name, text in texts.items():
        (root / name).write_text(text, "utf-8")


def write_snapshots(root: Path = ROOT) -> int:
    """Write the snapshots of the tests; return the exit code of pytest."""
    command = [sys.executable, "-m", "pytest", "-q", *SNAPSHOTS]
    environment = {**os.environ, "PKGGUARD_UPDATE": "1"}
    return subprocess.run(command, cwd=root, env=environment, check=False).returncode


if __name__ == "__main__":
    write_pages()
    sys.exit(write_snapshots())
