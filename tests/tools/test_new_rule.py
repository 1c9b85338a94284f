"""A contributor's first rule: what the command writes, and what CONTRIBUTING's walkthrough makes of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from checkout import blocks, changed, copy, shell

from tools import new_rule


def rules_in(snapshot: Path) -> set[str]:
    return {one["id"] for one in json.loads(snapshot.read_text("utf-8"))["findings"]}


def test_the_walkthrough_makes_a_rule_that_passes_the_checks(tmp_path: Path) -> None:
    checkout = copy(tmp_path)
    make, mend, verify = blocks("Your first rule", "sh")
    (module,) = blocks("Your first rule", "python")
    path = checkout / "pkgguard/check/rules/depends_on_itself.py"
    snapshot = checkout / "tests/rules/depends-on-itself-deb.json"
    shell(checkout, make)
    # What the command wrote passes as it stands.
    assert rules_in(snapshot) == {"depends-on-itself"}
    shell(checkout, verify.replace("python -m tools.write_docs\n", ""))
    order = re.search(r"order=(\d+)", path.read_text("utf-8"))
    assert order
    path.write_text(module.replace("order=ORDER", order[0]), "utf-8")
    shell(checkout, mend)
    shell(checkout, verify)
    assert rules_in(snapshot) == {"depends-on-itself"}
    assert "Depends names the package itself" in snapshot.read_text("utf-8")
    assert changed(checkout) == {
        "docs/rules.md",
        "docs/rules/depends-on-itself.md",
        "pkgguard/check/rules/depends_on_itself.py",
        "tests/rules/depends-on-itself-deb.json",
        "tests/rules/depends-on-itself-deb.toml",
        "tests/rules/depends-on-itself-rpm.json",
        "tests/rules/depends-on-itself-rpm.toml",
    }


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("wrong-epoch", "already"),
        ("all", "a special meaning"),
        ("version", "a special meaning"),
        ("Wrong-Epoch", "lower-case"),
        ("../epoch", "lower-case"),
        ("a--b", "lower-case"),
        ("x" * 41, "up to 40 characters"),
        ("", "lower-case"),
    ],
)
def test_an_id_that_cannot_be_a_rule_is_refused(
    name: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert new_rule.main([name]) == 2
    assert reason in capsys.readouterr().err


def test_a_new_rule_comes_last_and_belongs_to_the_rule_set_of_the_next_release() -> None:
    texts = new_rule.files("made-up")
    assert set(texts) == {
        "pkgguard/check/rules/made_up.py",
        "tests/rules/made-up-deb.toml",
        "tests/rules/made-up-rpm.toml",
    }
    (module,) = (text for path, text in texts.items() if path.endswith(".py"))
    last = max(rule.order for rule in new_rule.rules().values())
    assert f"order={last + 10}," in module
    assert f"since={new_rule.RULE_SET}," in module
