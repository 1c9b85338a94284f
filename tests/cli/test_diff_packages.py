"""``pkgguard diff`` of packages: its formats, exit codes and errors."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from runner import run
from small_project import MANIFEST, deb

SCHEMA = json.loads(files("pkgguard.report").joinpath("schema.json").read_text("utf-8"))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pkgguard.toml").write_text(MANIFEST, "utf-8")
    deb(tmp_path, "kata-runtime", "1.0.0-1", "Depends: kata-image, libc6\n").rename("old.deb")
    fields = "Depends: kata-image (>= 1.1.0), libc6\nBreaks: kata-image (= 1.1.0-1)\n"
    deb(tmp_path, "kata-runtime", "1.1.0-1", fields).rename("new.deb")
    return tmp_path


def test_text() -> None:
    result = run("diff", "old.deb", "new.deb", "--quiet")
    assert result.exit_code == 1
    assert result.stdout == (
        "from kata-runtime 1.0.0-1 to kata-runtime 1.1.0-1\n"
        "  - Depends: kata-image\n"
        "  + Depends: kata-image (>= 1.1.0)\n"
        "  + Breaks: kata-image (= 1.1.0-1)\n"
        "refused: kata-image 1.0.0 (1 release), right by the manifest\n"
        "  by        Depends: kata-image (>= 1.1.0)\n"
        "  because   runtime 1.1.0 needs Pause, which agent offers from 1.1.0 on\n"
        "2 relations differ; 0 releases of peers admitted, 1 refused; wrong by the manifest: 0\n"
    )
    shown = run("diff", "old.deb", "new.deb", "--quiet", "--verbose").stdout
    assert "on\n    why       docker pause\n    symptom   Unimplemented\n" in shown
    back = run("diff", "new.deb", "old.deb", "--quiet").stdout
    assert (
        "admitted: kata-image 1.0.0 (1 release), right by the manifest\n  was by    Depends: kata-im" in back
    )
    assert run("diff", "old.deb", "new.deb").stdout.startswith("manifest: pkgguard.toml")


def test_reasons_in_brief(here: Path) -> None:
    head, change = MANIFEST.split("[[change]]")
    changes = [change.replace("Pause", f"Call{number}") for number in range(5)]
    (here / "pkgguard.toml").write_text("[[change]]".join((head, *changes)), "utf-8")
    words = ("diff", "old.deb", "new.deb")
    for form, reason in (("text", "  because   "), ("markdown", "  - `runtime 1.1.0 needs ")):
        brief, whole = (run(*words, "--format", form, *more).stdout for more in ((), ("--verbose",)))
        assert [brief.count(reason), whole.count(reason)] == [3, 5]
        assert "and 2 more reasons" in brief
        assert "more reasons" not in whole


def test_generated() -> None:
    result = run("diff", "--generated", "new.deb", "--quiet")
    assert result.exit_code == 1
    assert result.stdout == (
        "from kata-runtime 1.1.0-1 to what would be generated for it\n"
        "  - Breaks: kata-image (= 1.1.0-1)\n"
        "  + Breaks: kata-image (<< 1.1.0)\n"
        "  + Depends: kata-image (<< 2.0.0~)\n"
        "  + Breaks: kata-image (>= 2.0.0~)\n"
        "3 relations differ; 0 releases of peers admitted, 0 refused\n"
    )


def test_json() -> None:
    found = json.loads(run("diff", "old.deb", "new.deb", "--format", "json").stdout)
    jsonschema.validate(found, SCHEMA)
    assert (found["kind"], found["generated"], found["in_manifest"]) == ("package-diff", False, True)
    assert found["summary"] == {"relations": 2, "admitted": 0, "refused": 1, "wrong": 0}
    assert found["relations"][1] == {"field": "Breaks", "old": None, "new": "kata-image (= 1.1.0-1)"}
    (peer,) = found["peers"]
    assert (peer["becomes"], peer["right"], peer["relations"]) == (
        "refused",
        True,
        ["Depends: kata-image (>= 1.1.0)"],
    )


def test_markdown() -> None:
    assert run("diff", "old.deb", "new.deb", "--format", "markdown").stdout == (
        "**2 relations differ; 0 releases of peers admitted, 1 refused; wrong by the manifest: 0**\n\n"
        "from `kata-runtime 1.0.0-1` to `kata-runtime 1.1.0-1`\n\n"
        "- `Depends: kata-image` → `Depends: kata-image (>= 1.1.0)`\n"
        "- added `Breaks: kata-image (= 1.1.0-1)`\n\n"
        "Releases of peers:\n\n"
        "- refused: `kata-image` `1.0.0` (1 release), right by the manifest\n"
        "  - refused by `Depends: kata-image (>= 1.1.0)`\n"
        "  - `runtime 1.1.0 needs Pause, which agent offers from 1.1.0 on`: `docker pause`\n"
    )


def test_no_text_of_a_manifest_is_markup(here: Path) -> None:
    hostile = "`` @everyone <img src=x> ``` | # x"
    (here / "pkgguard.toml").write_text(MANIFEST.replace("docker pause", hostile), "utf-8")
    shown = run("diff", "old.deb", "new.deb", "--format", "markdown").stdout
    (line,) = [one for one in shown.splitlines() if "@everyone" in one]
    assert line.endswith(": ```` `` @everyone <img src=x> ``` | # x ````")


def test_exit_codes(here: Path) -> None:
    assert run("diff", "old.deb", "new.deb", "--exit-zero").exit_code == 0
    same = run("diff", "new.deb", "new.deb")
    assert (same.exit_code, same.stdout.splitlines()[-1]) == (0, "no relation differs")
    deb(here, "kata-runtime", "1.1.0-1", "Depends: kata-image (>> )\n").rename("bad.deb")
    (here / "no.deb").write_text("no package", "utf-8")
    deb(here, "other", "1-1").rename("other.deb")
    for words, code, part in (
        (["new.deb", "bad.deb"], 3, "malformed"),
        (["new.deb", "no.deb"], 3, "no.deb"),
        (["new.deb", "nowhere.deb"], 3, "nowhere.deb"),
        (["new.deb"], 2, "add another package, or --generated"),
        (["pkgguard.toml"], 2, "add another manifest"),
        (["new.deb", "pkgguard.toml"], 2, "a package and a manifest"),
        (["--generated", "new.deb", "old.deb"], 2, "leave out old.deb"),
        (["--generated", "pkgguard.toml"], 2, "needs a package file"),
        (["--generated", "other.deb"], 2, "other"),
        (["--relations", "old.deb", "new.deb"], 2, "--relations is only for manifests"),
        (["--family=rpm", "old.deb", "new.deb"], 2, "--family is only for manifests"),
        (["--target=deb", "old.deb", "new.deb"], 2, "--target is only for --generated"),
        (["--verbose", "pkgguard.toml", "pkgguard.toml"], 2, "--verbose is only for packages"),
        (["--manifest=kata", "pkgguard.toml", "pkgguard.toml"], 2, "--manifest is only for packages"),
    ):
        result = run("diff", *words)
        assert (result.exit_code, result.stdout) == (code, ""), words
        assert part in result.stderr, words


def test_packages_that_the_manifest_does_not_know(here: Path) -> None:
    deb(here, "other", "1-1", "Depends: a\n").rename("one.deb")
    deb(here, "other", "2-1", "Depends: b\n").rename("two.deb")
    result = run("diff", "one.deb", "two.deb", "-q")
    assert result.exit_code == 1
    assert result.stdout.endswith(
        "2 relations differ; the manifest does not know the packages, so their peers were not compared\n"
    )
