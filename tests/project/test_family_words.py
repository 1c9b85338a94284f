"""What is true of one family alone is written in its folder, and not in the rest of the source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pkgguard import api
from pkgguard.families import registry

ROOT = Path(__file__).parents[2]

OWNERS = (
    "pkgguard/families/deb/", "pkgguard/families/rpm/", "pkgguard/manifests/", "pkgguard/integrations/",
    "pkgguard/cli/debian.py", "pkgguard/cli/rpm.py", "pkgguard/cli/init.py", "pkgguard/cli/commands.toml",
    "pkgguard/families/releases.py", "pkgguard/families/rebuilds.py",
    "tools/new_rule_packages/", "tools/kata/",
)  # fmt: skip
"""A family's own folder, what families with a tilde share, and the support for builds of packages."""

WORDS = {
    "the name of a family in quotes": r"[\"'](?:deb|rpm)[\"']",
    "the key or the table of a family": r"\b(?:deb|rpm) = |\btable (?:deb|rpm)\b",
    "a dialect": r"rpm-legacy",
    "the mark of prereleases": r"(?i:\btildes?\b)|[0-9]~(?:rc|bpo|beta|alpha)?[0-9`\"]",
    "the operators of one family": r"[`(](?:<<|>>) ",
}
ALLOWED = {
    ("pkgguard/cli/common.py", '"deb"'),  # the default of --family
    ("pkgguard/cli/main.py", '"rpm"'),  # the name of a command
    ("pkgguard/cli/candidates.py", "tilde"),  # which shells replace by a folder
}


def sources() -> list[str]:
    paths = [path for folder in ("pkgguard", "tools") for path in (ROOT / folder).rglob("*")]
    names = sorted(path.relative_to(ROOT).as_posix() for path in paths if path.suffix in {".py", ".toml"})
    return [name for name in names if not name.startswith(OWNERS)]


def found_in(text: str) -> list[tuple[str, str]]:
    """Return the words of one family in a text, each with its kind."""
    return [(kind, match[0]) for kind, words in WORDS.items() for match in re.finditer(words, text)]


@pytest.mark.parametrize("name", sources())
def test_no_word_of_a_family_stands_outside_its_folder(name: str) -> None:
    words = found_in((ROOT / name).read_text("utf-8"))
    assert [word for word in words if (name, word[1]) not in ALLOWED] == []


def test_what_families_add_is_about_rules_and_stands_in_their_explanations() -> None:
    for name in registry.names():
        family = registry.summary(name)
        for rule_id, note in family.notes:
            assert f"{family.title}: {note}" in api.rules()[rule_id].explanation


def test_what_is_allowed_is_needed() -> None:
    for name, word in ALLOWED:
        assert word in {found for _, found in found_in((ROOT / name).read_text("utf-8"))}


def test_a_word_of_a_family_would_be_found() -> None:
    for text in (
        "write deb = false",
        "a list in the table deb",
        'if family == "rpm":',
        "without a tilde",
        "`<< 1`",
    ):
        assert len(found_in(text)) == 1
    assert len(found_in("as in 1.0~rc1 with rpm-legacy")) == 2
    assert found_in("an rpm package, a .deb, x << 2") == []
