"""``manifest`` and ``init``."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command_project import document
from runner import both, run
from small_project import MANIFEST

from pkgguard import api


def test_manifest_check_says_that_a_manifest_is_right(mine: Path) -> None:
    result = run("manifest", "check", mine)
    assert result.exit_code == 0
    assert "valid: 1 change, 0 pieces of advice" in result.stdout
    assert both(run("manifest", "check", mine, "--quiet")) == ""
    document(run("manifest", "check", mine, "--format", "json"))


def test_manifest_check_of_the_built_in_one(here: Path) -> None:
    assert run("manifest", "check").exit_code == 0
    assert run("manifest", "check", "--fail-on", "warning").exit_code == 0


def test_manifest_check_tells_every_mistake(here: Path) -> None:
    path = here / "m.toml"
    path.write_text(
        MANIFEST.replace('"added"', '"addd"').replace('server = "1.1.0"', 'server = "3.0.0"'), "utf-8"
    )
    result = run("manifest", "check", path)
    assert result.exit_code == 1
    assert f"{path}: 2 mistakes in the manifest" in both(result)
    assert "line 16: [change] kind: 'addd' is not a kind; did you mean 'added'?" in both(result)
    assert "line 18: [change] server: 3.0.0 is not a listed release of agent" in both(result)
    found = document(run("manifest", "check", path, "--format", "json"))
    assert "'addd'" in json.dumps(found)


def test_manifest_check_tells_what_is_doubtful(here: Path) -> None:
    path = here / "m.toml"
    path.write_text(MANIFEST + '[policy]\nmode = "window"\n', "utf-8")
    assert run("manifest", "check", path).exit_code == 0
    result = run("manifest", "check", path, "--fail-on", "warning")
    assert result.exit_code == 1
    assert f"{path}:14: warning: window-promise-broken" in result.stdout
    assert run("manifest", "check", path, "--fail-on", "never").exit_code == 0
    document(run("manifest", "check", path, "--format", "json"))


SEVERAL = {
    "right": (["mine.toml", "other.toml"], 0),
    "mistaken first": (["bad.toml", "mine.toml"], 1),
    "mistaken last": (["mine.toml", "bad.toml"], 1),
    "unread first": (["missing.toml", "bad.toml", "mine.toml"], 3),
    "unread last": (["mine.toml", "bad.toml", "missing.toml"], 3),
    "a folder": (["mine.toml", "."], 3),
}


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("kind", SEVERAL)
def test_manifest_check_of_several_looks_at_all_and_tells_the_worst(
    here: Path, mine: Path, kind: str, form: str
) -> None:
    names, code = SEVERAL[kind]
    (here / "other.toml").write_text(MANIFEST, "utf-8")
    (here / "bad.toml").write_text(MANIFEST.replace('"added"', '"addd"'), "utf-8")
    result = run("manifest", "check", "--format", form, *names)
    assert result.exit_code == code
    if form == "json":
        found = document(result)
        assert found["kind"] == "manifest-checks"
        told = {one["path"]: one["valid"] for one in found["checks"]}
        told |= {one["path"]: None for one in found["unread"]}
        answers = {"mine.toml": True, "other.toml": True, "bad.toml": False, "missing.toml": None, ".": None}
        assert told == {name: answers[name] for name in names}
    else:
        for name in names:
            assert f"manifest: {name} " in result.stdout or f"pkgguard: {name}: " in result.stderr
        assert ("'addd' is not a kind" in result.stderr) == ("bad.toml" in names)


def test_manifest_check_of_several_counts_what_is_doubtful(here: Path, mine: Path) -> None:
    doubtful = here / "doubtful.toml"
    doubtful.write_text(MANIFEST + '[policy]\nmode = "window"\n', "utf-8")
    assert run("manifest", "check", doubtful, mine).exit_code == 0
    result = run("manifest", "check", "--quiet", "--fail-on", "warning", doubtful, mine)
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{doubtful}:14: warning: window-promise-broken")


def test_manifest_show(mine: Path) -> None:
    result = run("manifest", "show", mine)
    assert result.exit_code == 0
    for part in ("project mine", "component runtime: 2 releases, 1.0.0 to 1.1.0", "Pause", "kata-image"):
        assert part in result.stdout
    assert "\n1 change\n" in result.stdout
    document(run("manifest", "show", mine, "--format", "json"))
    written = run("manifest", "show", mine, "--format", "toml").stdout
    assert api.parse_manifest(written).project == "mine"
    assert run("manifest", "show").exit_code == 0


def test_init_writes_a_manifest_with_gaps_and_does_not_overwrite(here: Path) -> None:
    result = run("init")
    assert result.exit_code == 0
    assert (
        "wrote pkgguard.toml, with 5 gaps to fill in; check it with: pkgguard manifest check" in result.stderr
    )
    text = (here / "pkgguard.toml").read_text("utf-8")
    checked = run("manifest", "check")
    assert checked.exit_code == 1
    assert checked.stderr.count("[manifest-gap]") == 5
    assert run("generate", "example-client", "1.1.0-1").exit_code == 3
    (here / "pkgguard.toml").write_text("mine")
    again = run("init")
    assert again.exit_code == 2
    assert "exists already" in again.stderr
    assert (here / "pkgguard.toml").read_text() == "mine"
    assert run("init", "--force").exit_code == 0
    assert (here / "pkgguard.toml").read_text("utf-8") == text


def test_a_manifest_whose_gaps_are_filled_in_is_right(here: Path) -> None:
    options = ["--project", "foo", "--client", "cli", "--server", "daemon", "--protocol", "wire"]
    assert run("init", "m.toml", *options).exit_code == 0
    text = (here / "m.toml").read_text("utf-8")
    for answer in ('"1.0.0", "1.1.0"', '"Call"', '"1.1.0"', '"1.1.0"', '"foo calls it"'):
        text = re.sub('"FILL IN: [^"]*"', answer, text, count=1)
    (here / "m.toml").write_text(text, "utf-8")
    manifest = api.read_manifest(here / "m.toml")
    assert (manifest.project, set(manifest.components), set(manifest.protocols)) == (
        "foo", {"cli", "daemon"}, {"wire"},
    )  # fmt: skip
    assert run("manifest", "check", "m.toml", "--fail-on", "info").exit_code == 0
    assert run("compatible", "cli=1.1.0", "daemon=1.0.0", "--manifest", "m.toml").exit_code == 1
    assert run("generate", "foo-cli", "1.1.0-1", "--manifest", "m.toml").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["missing/m.toml"], 3),
        (["."], 2),
        (["m.toml", "--project", 'x"\ny'], 2),
        (["m.toml", "--client", "a", "--server", "a"], 2),
        (["m.toml", "--client", ""], 2),
    ],
)
def test_init_misused(here: Path, arguments: list[str], code: int) -> None:
    result = run("init", *arguments)
    assert result.exit_code == code
    assert not (here / "m.toml").exists()


def test_a_summary_of_a_manifest_has_the_peers(mine: Path) -> None:
    assert "peers" not in run("manifest", "show", mine).stdout
    mine.write_text(MANIFEST.replace('["runtime"]\n[', '["runtime"]\npeers = ["kata-image"]\n[', 1), "utf-8")
    assert (
        "  package kata-runtime carries runtime\n    peers kata-image\n"
        in run("manifest", "show", mine).stdout
    )
    mine.write_text(MANIFEST.replace('["runtime"]\n[', '["runtime"]\npeers = []\n[', 1), "utf-8")
    assert "    peers none\n" in run("manifest", "show", mine).stdout
