"""``python -m tools.new_rule ID``: make a new rule, with a fixture for each family and its page in the docs.

The new files pass all checks: the rule reports a relation to a package called
``replace-me``, and the fixtures have one. Replace them with the real check, texts and
packages.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from pkgguard.check.levels import ALL
from pkgguard.check.registry import RULE_SET, aliases, every, rules
from pkgguard.manifest.model import RULE_SET_KEY

ROOT: Final = Path(__file__).resolve().parent.parent
_ID: Final = r"[a-z]+(-[a-z]+)*"
_LONGEST: Final = 40
_STEP: Final = 10

_MODULE: Final = '''"""{id}: a relation names replace-me."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.rule import Rule
from pkgguard.diagnostics import Severity
from pkgguard.families.expression import speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic


def check(subject: Subject) -> Iterator[Diagnostic]:
    """A relation names replace-me."""
    for relation in subject.package.relations:
        if speaks_of(relation.expression, "replace-me"):
            message = f"{{relation.field}} names replace-me"
            yield subject.report(RULE, None, message, relations=(str(relation),))


RULE: Final = Rule(
    id="{id}",
    severity=Severity.WARNING,
    title="A relation names replace-me",
    explanation="What this means to a user who installs the package, and why it is wrong.",
    help="What the maintainer of the package should do.",
    references=("docs/relations.md",),
    order={order},
    since={since},
    check_subject=check,
)
'''

_FIXTURE: Final = """title = "{id}"
manifest = "pause"
family = "{family}"
mended_by_relations = false
expect = [
  ["{id}", "kata-runtime", ""],
]
packages = [
'''
{package}''',
]
"""

PACKAGES: Final = ROOT / "tools/new_rule_packages"
"""Texts of a package of each family, which is correct except for the finding of the new rule."""


def objection(name: str) -> str:
    """Return why a new rule cannot have an id, or an empty string."""
    if not re.fullmatch(_ID, name) or len(name) > _LONGEST:
        return f"an id is words of lower-case letters joined by hyphens, of up to {_LONGEST} characters"
    if name in (ALL, RULE_SET_KEY):
        return f"{name!r} has a special meaning in [rules] of a manifest"
    if name in every() or name in aliases():
        return f"{name!r} is already the id or a former id of a rule"
    return ""


def files(name: str) -> dict[str, str]:
    """Return the text of each file of a new rule by its path in the repository."""
    order = max(rule.order for rule in rules().values()) + _STEP
    module = f"pkgguard/check/rules/{name.replace('-', '_')}.py"
    fixtures = {
        f"tests/rules/{name}-{path.stem}.toml": _FIXTURE.format(
            id=name, family=path.stem, package=path.read_text("utf-8")
        )
        for path in sorted(PACKAGES.glob("*.txt"))
    }
    return {module: _MODULE.format(id=name, order=order, since=RULE_SET), **fixtures}


def main(words: list[str]) -> int:
    """Write the files of a new rule; return the exit code."""
    if len(words) != 1 or words[0].startswith("-"):
        print(__doc__)
        return 0 if words in (["-h"], ["--help"]) else 2
    why = objection(words[0])
    if why:
        print(f"new_rule: {why}", file=sys.stderr)
        return 2
    for path, text in files(words[0]).items():
        with (ROOT / path).open("x", encoding="utf-8") as file:
            file.write(text)
        print(path)
    # In another process, because this one has already loaded the rules.
    return subprocess.run([sys.executable, "-m", "tools.write_docs"], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
