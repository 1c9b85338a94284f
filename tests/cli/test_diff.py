"""``pkgguard diff``: its formats, exit codes and errors."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from runner import run
from small_project import MANIFEST

from pkgguard.escape.markdown import markdown_code

SCHEMA = json.loads(files("pkgguard.report").joinpath("schema.json").read_text("utf-8"))
BEFORE = MANIFEST.split("[[change]]")[0]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.toml").write_text(BEFORE, "utf-8")
    (tmp_path / "new.toml").write_text(MANIFEST, "utf-8")
    return tmp_path


def test_text() -> None:
    result = run("diff", "old.toml", "new.toml")
    assert result.exit_code == 1
    assert result.stdout == (
        "from old.toml to new.toml\n"
        "forbidden: runtime 1.1.0 with agent 1.0.0 (1 pair)\n"
        "  because   runtime from 1.1.0 on needs Pause, which agent offers from 1.1.0 on\n"
        "    why       docker pause\n"
        "    symptom   Unimplemented\n"
        "1 pair forbidden, 0 allowed\n"
    )
    back = run("diff", "new.toml", "old.toml", "--quiet").stdout
    assert back.startswith("allowed: runtime 1.1.0 with agent 1.0.0 (1 pair)\n  was       runtime")


def test_json() -> None:
    found = json.loads(run("diff", "old.toml", "new.toml", "--format", "json").stdout)
    jsonschema.validate(found, SCHEMA)
    assert (found["kind"], found["old"], found["new"]) == ("diff", "old.toml", "new.toml")
    assert found["summary"] == {"forbidden": 1, "allowed": 0}
    (change,) = found["changes"]
    assert change["client_releases"] == {"first": "1.1.0", "last": "1.1.0"}
    assert [one["because"] for one in change["reasons"]] == ["docker pause"]


def test_markdown() -> None:
    assert run("diff", "old.toml", "new.toml", "--format", "markdown").stdout == (
        "**1 pair of releases forbidden, 0 pairs allowed**\n\n"
        "`old.toml` → `new.toml`\n\n"
        "Forbidden:\n\n"
        "- `runtime 1.1.0` with `agent` `1.0.0` (1 pair)\n"
        "  - `runtime from 1.1.0 on needs Pause, which agent offers from 1.1.0 on`: `docker pause`\n"
    )


def test_exit_codes(here: Path) -> None:
    assert run("diff", "old.toml", "new.toml", "--exit-zero").exit_code == 0
    same = run("diff", "new.toml", "new.toml")
    assert (same.exit_code, same.stdout) == (0, "from new.toml to new.toml\nno pair changes\n")
    (here / "more.toml").write_text(MANIFEST.replace('"1.1.0"]', '"1.1.0", "1.2.0"]', 1), "utf-8")
    more = run("diff", "new.toml", "more.toml", "--quiet")
    assert (more.exit_code, more.stdout) == (0, "added: runtime 1.2.0\nno pair changes\n")
    (here / "bad.toml").write_text("manifest = 7\n", "utf-8")
    for words, part in (
        (
            ["old.toml", "nowhere.toml"],
            "nowhere.toml: the manifest does not exist (named on the command line); name an",
        ),
        (["HEAD:nowhere.toml", "new.toml"], "HEAD:nowhere.toml: git "),
        (["old.toml", "bad.toml"], "bad.toml: "),
    ):
        result = run("diff", *words)
        assert (result.exit_code, result.stdout) == (3, "")
        assert part in result.stderr
    assert run("diff", "old.toml").exit_code == 2


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_revision(here: Path) -> None:
    for words in (["init", "--quiet"], ["add", "new.toml"], ["commit", "--quiet", "--message=one"]):
        who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
        subprocess.run(["git", *who, *words], cwd=here, check=True)
    (here / "new.toml").write_text(BEFORE, "utf-8")
    result = run("diff", "HEAD:new.toml", "new.toml")
    assert result.exit_code == 1
    assert "allowed: runtime 1.1.0 with agent 1.0.0 (1 pair)" in result.stdout


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("a", "`a`"),
        ("@user <b> [x](y) !1", "`@user <b> [x](y) !1`"),
        ("a`b", "``a`b``"),
        ("`", "`` ` ``"),
        ("``a", "``` ``a ```"),
        (" a ", "`  a  `"),
        ("a\nb\x1b", "`a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}`"),
    ],
)
def test_a_text_is_one_code_span(text: str, shown: str) -> None:
    assert markdown_code(text) == shown


def test_no_text_of_a_manifest_is_markup(here: Path) -> None:
    hostile = "`` @everyone <img src=x> ``` | # x"
    (here / "new.toml").write_text(MANIFEST.replace("docker pause", hostile), "utf-8")
    shown = run("diff", "old.toml", "new.toml", "--format", "markdown").stdout
    (line,) = [one for one in shown.splitlines() if "@everyone" in one]
    assert line.endswith(": ```` `` @everyone <img src=x> ``` | # x ````")
