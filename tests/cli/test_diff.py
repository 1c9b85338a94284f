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


CHANGED = """\
relations: kata-runtime (deb) 1.1.0 (1 release)
  - Depends: kata-image (>= 1.0.0)
  + Depends: kata-image (>= 1.1.0)
  - Breaks: kata-image (<< 1.0.0)
  + Breaks: kata-image (<< 1.1.0)
relations: kata-image (deb) 1.0.0 (1 release)
  - Breaks: kata-runtime (>= 2.0.0~)
  + Breaks: kata-runtime (>= 1.1.0~)
relations: kata-runtime (rpm) 1.1.0 (1 release)
  - Requires: (kata-image >= 1.0.0 with kata-image < 2.0.0~)
  + Requires: (kata-image >= 1.1.0 with kata-image < 2.0.0~)
  - Conflicts: kata-image < 1.0.0
  + Conflicts: kata-image < 1.1.0
relations: kata-image (rpm) 1.0.0 (1 release)
  - Conflicts: kata-runtime >= 2.0.0~
  + Conflicts: kata-runtime >= 1.1.0~
"""


def test_generated_relations_as_text() -> None:
    plain = run("diff", "old.toml", "new.toml").stdout
    result = run("diff", "old.toml", "new.toml", "--relations")
    assert result.stdout == f"{plain}{CHANGED}relations of 4 packages change\n"
    asked = run("diff", "old.toml", "new.toml", "--published", "kata-runtime=1.1.0-3").stdout
    assert asked == (
        f"{plain}{CHANGED}rebuild: kata-runtime 1.1.0-3 (deb)\n"
        "relations of 4 packages change; 1 published package needs a rebuild\n"
    )
    same = run("diff", "new.toml", "new.toml", "--relations", "-q")
    assert (same.exit_code, same.stdout) == (0, "no pair changes\nno generated relation changes\n")


def test_generated_relations_as_json() -> None:
    words = ("diff", "old.toml", "new.toml", "--published", "kata-runtime=1.1.0-3", "--format", "json")
    found = json.loads(run(*words).stdout)
    jsonschema.validate(found, SCHEMA)
    assert found["generated"]["relations"][1] == {
        "family": "deb",
        "package": "kata-image",
        "releases": [{"first": "1.0.0", "last": "1.0.0"}],
        "number": 1,
        "changes": [
            {"field": "Breaks", "old": "kata-runtime (>= 2.0.0~)", "new": "kata-runtime (>= 1.1.0~)"}
        ],
    }
    (rebuild,) = found["generated"]["rebuilds"]
    assert rebuild["package"]["version"] == "1.1.0-3"
    plain = json.loads(run("diff", "old.toml", "new.toml", "--format", "json").stdout)
    assert plain["generated"] is None


def test_generated_relations_as_markdown() -> None:
    words = ("diff", "old.toml", "new.toml", "--published", "kata-runtime=1.1.0-3", "--format", "markdown")
    shown = run(*words).stdout
    assert "\n**relations of 4 packages change; 1 published package needs a rebuild**\n" in shown
    assert (
        "- `kata-image` (deb) `1.0.0` (1 release)\n"
        "  - `Breaks: kata-runtime (>= 2.0.0~)` → `Breaks: kata-runtime (>= 1.1.0~)`\n"
    ) in shown
    assert shown.endswith("\nTo rebuild:\n\n- `kata-runtime 1.1.0-3` (deb)\n")


def test_relations_that_change_alone_are_exit_code_1(here: Path) -> None:
    (here / "epoch.toml").write_text(
        MANIFEST.replace('carries = ["runtime"]', 'carries = ["runtime"]\ndeb = { epoch = 1 }'), "utf-8"
    )
    words = ("diff", "new.toml", "epoch.toml")
    assert run(*words).exit_code == 0
    assert run(*words, "--relations").exit_code == 1
    assert run(*words, "--relations", "--exit-zero").exit_code == 0


def test_published_packages_that_cannot_be_compared() -> None:
    words = ("diff", "old.toml", "new.toml", "--published")
    for argument, code, part in (
        ("kata-runtime", 2, "neither NAME=VERSION"),
        ("kata-runtim=1.1.0-1", 2, "kata-runtime"),
        ("kata-runtime=7.0.0-1", 3, "7.0.0"),
        ("nowhere.deb", 3, "nowhere.deb"),
    ):
        result = run(*words, argument)
        assert (result.exit_code, result.stdout) == (code, "")
        assert part in result.stderr


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
