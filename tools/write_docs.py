"""``python -m tools.write_docs``: rewrite the pages about the diagnostics, and the snapshots.

``docs/rules.md`` and ``docs/rules/`` are made from the rules themselves and from
kinds.toml. The snapshots contain the findings in the fixtures of ``tests/rules/``:
review their changes before you commit them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pkgguard.check.registry import every

if TYPE_CHECKING:
    from pkgguard.check.rule import Rule

ROOT: Final = Path(__file__).resolve().parent.parent
SNAPSHOTS: Final = ("tests/check/test_rules.py", "-k", "snapshot")
"""The tests that write the snapshots."""


def pages() -> dict[str, str]:
    """Return the text of each page about the rules by its path in the repository."""
    texts = {f"docs/rules/{name}.md": rule_page(rule) for name, rule in every().items()}
    return {"docs/rules.md": rules_page(), **texts}


GROUPS: Final = {
    "package": "What `pkgguard check` finds in packages",
    "manifest": "What is wrong with a manifest, or doubtful in it",
    "loss": "What a package family cannot express",
    "build": "What is wrong in a Debian source package",
    "input": "What cannot be read or judged",
    "usage": "Why a command cannot do what it was asked",
}
"""The groups of diagnostics, in the order of the page, and the title of each."""


def rules_page() -> str:
    """Return the page that lists all diagnostics."""
    lines = [
        "# The diagnostics",
        "",
        "Everything that pkgguard reports has one of these ids; `pkgguard explain ID` shows each page too.",
        "Diagnostics with a severity of `--fail-on` or above (default: error) make the exit code 1.",
        "The manifest's [`[rules]`](manifest.md) set one to another severity, or turn it off, unless it is",
        "fixed: what cannot be read or judged is never a pass. `--rule ID=LEVEL` does the same for one run:",
        "of `check` for the rules about packages, of `manifest check` for those about manifests, of",
        "`generate`, `rpm generator`, `debian substvars` and dh_pkgguard for losses, and of the last two for",
        "the rules about a source package. `all` does not reach losses and the rules about a source package.",
    ]
    for group, title in GROUPS.items():
        lines += ["", f"## {title}", "", "| id | severity | |", "|---|---|---|"]
        lines += [
            f"| [{rule.id}](rules/{rule.id}.md) | {_severity(rule)} | {rule.title} |"
            for rule in every().values()
            if rule.group == group
        ]
    return "\n".join(lines) + "\n"


def _severity(rule: Rule) -> str:
    return rule.severity.value if rule.settable else f"{rule.severity.value}, fixed"


def rule_page(rule: Rule) -> str:
    """Return the page about one rule."""
    lines = [f"# {rule.id}", "", f"**{_severity(rule)}**: {rule.title}.", "", rule.explanation, ""]
    lines.append(f"Help: {rule.help}")
    if rule.references:
        lines += ["", f"References: {'; '.join(rule.references)}"]
    if rule.settable:
        lines += ["", f"In the rule set since version {rule.since}."]
    if rule.aliases:
        lines += ["", f"Renamed from: {', '.join(f'`{alias}`' for alias in rule.aliases)}."]
    return "\n".join(lines) + "\n"


def write_pages(root: Path = ROOT) -> None:
    """Write the pages into a checkout, and remove pages of rules that do not exist."""
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
