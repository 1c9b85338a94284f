"""``pkgguard manifest release`` and ``change`` from the command line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from runner import run
from small_project import MANIFEST

from pkgguard.manifest.read import read_manifest

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PKGGUARD_MANIFEST", raising=False)
    (tmp_path / "debian").mkdir()
    found = tmp_path / "debian/pkgguard.toml"
    found.write_text(MANIFEST, "utf-8")
    return found


def release(*words: str) -> Result:
    return run("manifest", "release", *words)


def change(*words: str) -> Result:
    return run("manifest", "change", *words)


def test_a_release_is_added_shown_and_what_is_left_to_judge_listed(path: Path) -> None:
    path.chmod(0o640)
    result = release("1.2.0")
    assert (result.exit_code, result.stderr) == (0, "")
    before, _, after = result.stdout.partition("\n\n")
    assert before.startswith("--- debian/pkgguard.toml\n+++ debian/pkgguard.toml\n@@ ")
    assert before.count('\n+releases = ["1.0.0", "1.1.0", "1.2.0"]') == 2
    record = (
        "pkgguard manifest change --manifest debian/pkgguard.toml --protocol agent --kind compatible"
        " --what 'everything in 1.2.0' --client 1.2.0 --server 1.2.0"
    )
    assert after.splitlines() == [
        "not judged yet for 1.2.0; until then it counts as 1.1.0:",
        "  agent protocol: runtime (client), agent (server)",
        "Look at what changed upstream since 1.1.0, and record each change, or that nothing changed:",
        f"  {record}",
    ]
    assert [str(one) for one in read_manifest(path).components["agent"].releases][-1] == "1.2.0"
    assert path.stat().st_mode & 0o777 == 0o640
    assert not list(path.parent.glob("*.pkgguard-new"))
    text = path.read_text("utf-8")
    again = release("1.2.0")
    assert again.stderr == "debian/pkgguard.toml lists 1.2.0 already\n"
    assert again.stdout == "\n" + after
    assert path.read_text("utf-8") == text
    # What is recorded as the last line says is not listed again.
    recorded = change(
        "--kind", "compatible", "--what", "everything in 1.2.0", "--client", "1.2.0", "--server", "1.2.0"
    )
    assert recorded.exit_code == 0
    assert release("1.2.0").stdout == ""


def test_a_side_that_is_judged_or_broken_is_not_listed(path: Path) -> None:
    path.write_text(MANIFEST + '[[broken]]\ncomponent = "agent"\nrelease = "1.0.0"\n', "utf-8")
    assert release("1.1.0").stdout == ""
    assert "agent protocol: runtime (client)\n" in release("1.0.0").stdout


def test_where_the_promise_decides_there_is_nothing_to_judge(path: Path) -> None:
    path.write_text(MANIFEST + '[policy]\nmode = "lockstep"\n', "utf-8")
    assert "not judged" not in release("1.2.0").stdout


def test_a_dry_run_writes_nothing(path: Path) -> None:
    assert '+releases = ["1.0.0", "1.1.0", "1.2.0"]' in release("1.2.0", "--dry-run").stdout
    assert "+[[change]]" in change("--kind", "added", "--what", "x", "--server", "1.1.0", "--dry-run").stdout
    assert path.read_text("utf-8") == MANIFEST


def test_a_quiet_command_says_nothing(path: Path) -> None:
    assert release("1.2.0", "--quiet").output == ""
    assert path.read_text("utf-8") != MANIFEST


def test_a_link_goes_on_to_name_the_same_file(path: Path) -> None:
    other = path.with_name("other.toml")
    path.rename(other)
    path.symlink_to("other.toml")
    assert release("1.2.0").exit_code == 0
    assert path.is_symlink()
    assert "1.2.0" in other.read_text("utf-8")


def test_components_with_different_releases_have_to_be_named(path: Path) -> None:
    path.write_text(
        MANIFEST.replace('[component.agent]\nreleases = ["1.0.0", ', "[component.agent]\nreleases = ["),
        "utf-8",
    )
    result = release("1.2.0")
    assert result.exit_code == 2
    assert (
        "the components have different releases (runtime; agent); name those that have 1.2.0 with --component"
        in result.stderr
    )
    assert "agent protocol: agent (server)" in release("1.2.0", "--component", "agent").stdout
    manifest = read_manifest(path)
    assert [len(one.releases) for one in manifest.components.values()] == [2, 2]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["1.2"], 2, "'1.2' is not a valid semver version"),
        (["1.2.0", "--component", "agnt"], 2, "no component is called 'agnt'; did you mean 'agent'?"),
        (["1.2.0", "--manifest", "no.toml"], 3, "no.toml"),
    ],
)
def test_what_is_wrong_with_a_release(path: Path, words: list[str], code: int, said: str) -> None:
    result = release(*words)
    assert result.exit_code == code
    assert said in result.stderr
    assert path.read_text("utf-8") == MANIFEST


def test_without_a_manifest_here_the_built_in_one_is_not_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = release("4.2.0")
    assert result.exit_code == 2
    assert "there is no pkgguard.toml or debian/pkgguard.toml here" in result.stderr


def test_the_variable_names_the_manifest(path: Path) -> None:
    other = path.with_name("other.toml")
    other.write_text(MANIFEST, "utf-8")
    result = run("manifest", "release", "1.2.0", env={"PKGGUARD_MANIFEST": str(other)})
    assert result.stdout.startswith(f"--- {other}\n")
    assert path.read_text("utf-8") == MANIFEST


def test_an_invalid_manifest_is_not_changed(path: Path) -> None:
    path.write_text(MANIFEST + "x = 1\n", "utf-8")
    result = release("1.2.0")
    assert result.exit_code == 3
    assert "unknown key" in result.stderr


def test_a_change_has_every_key(path: Path) -> None:
    words = {
        "kind": "changed", "protocol": "agent", "server": "1.1.0", "client": "1.1.0", "need": "optional",
        "because": "why", "hits": "who", "symptom": "what", "see": "where",
    }  # fmt: skip
    options = [one for key, value in words.items() for one in (f"--{key}", value)]
    release("1.2.0")
    result = change(*options, "--what", "A", "--what", "B", "--see", "there", "--old-until", "1.2.0")
    assert result.exit_code == 0
    _, found = read_manifest(path).changes
    assert (found.kind, found.what, found.need, found.see) == (
        "changed",
        ("A", "B"),
        "optional",
        ("where", "there"),
    )
    assert (found.because, found.hits, found.symptom, str(found.old_until)) == ("why", "who", "what", "1.2.0")
    same = change(*options, "--what", "A", "--what", "B", "--see", "there", "--old-until", "1.2.0")
    assert (same.exit_code, same.stdout) == (0, "")
    assert same.stderr == "debian/pkgguard.toml has this change already\n"


def test_several_clients_are_named(path: Path) -> None:
    text = MANIFEST.replace('client = ["runtime"]', 'client = ["runtime", "shim"]').replace(
        'client = "1.1.0"', 'client = { runtime = "1.1.0" }'
    )
    text = text.replace("[component.agent]", '[component.shim]\nreleases_of = "runtime"\n[component.agent]')
    path.write_text(text.replace('["runtime"]\n[package', '["runtime", "shim"]\n[package'), "utf-8")
    assert (
        release("1.2.0").stdout.rstrip().endswith("--client runtime=1.2.0 --client shim=1.2.0 --server 1.2.0")
    )
    words = ("--kind", "added", "--what", "Resume", "--server", "1.2.0")
    assert change(*words, "--client", "shim=1.2.0", "--client", "runtime=1.2.0").exit_code == 0
    assert 'client = { shim = "1.2.0", runtime = "1.2.0" }' in path.read_text("utf-8")
    assert (
        "write NAME=RELEASE for each" in change(*words, "--client", "shim=1.2.0", "--client", "1.1.0").stderr
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--server", "9.0.0"], "9.0.0 is not a listed release of agent"),
        (["--server", "1.0.0", "--client", "nobody=1.0.0"], "'nobody' is not a client of agent"),
        (["--protocol", "agnt"], "no protocol is called 'agnt'; did you mean 'agent'?"),
        ([], "server: is missing"),
    ],
)
def test_a_change_that_would_be_a_mistake_is_refused(path: Path, words: list[str], said: str) -> None:
    result = change("--kind", "added", "--what", "Resume", *words)
    assert result.exit_code == 2
    assert (
        "nothing was added, since the result is not valid: debian/pkgguard.toml: 1 mistake" in result.stderr
    )
    assert said in result.stderr
    assert result.stdout == ""
    assert path.read_text("utf-8") == MANIFEST


def test_one_of_several_protocols_has_to_be_named(path: Path) -> None:
    path.write_text(MANIFEST + '[protocol.other]\nclient = ["agent"]\nserver = "runtime"\n', "utf-8")
    result = change("--kind", "added", "--what", "Resume", "--server", "1.1.0")
    assert result.exit_code == 2
    assert "name one of the protocols with --protocol: agent, other" in result.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_cannot_be_written_is_named(path: Path) -> None:
    path.parent.chmod(0o555)
    result = release("1.2.0")
    path.parent.chmod(0o755)
    assert result.exit_code == 3


def test_a_manifest_that_extends_another_gets_a_table_of_its_own(path: Path) -> None:
    path.rename(path.with_name("base.toml"))
    path.write_text('manifest = 1\nextends = "./base.toml"\n\n# ours\n[policy]\nhorizon = "patch"\n', "utf-8")
    assert release("1.2.0").exit_code == 0
    text = path.read_text("utf-8")
    for name in ("agent", "runtime"):
        assert f'\n[component.{name}]\nreleases = ["1.2.0"]\n' in text
    assert '\n# ours\n[policy]\nhorizon = "patch"\n' in text
    assert [str(one) for one in read_manifest(path).components["agent"].releases] == [
        "1.0.0",
        "1.1.0",
        "1.2.0",
    ]
    assert "lists 1.2.0 already" in release("1.2.0").stderr
    assert '+releases = ["1.2.0", "1.3.0"]' in release("1.3.0").stdout
    words = ("--kind", "added", "--what", "Pause", "--server", "1.0.0", "--client", "1.1.0")
    replaced = change(*words, "--replaces", "Pause@1.1.0", "--because", "our patch", "--id", "patched")
    assert replaced.exit_code == 0
    (found,) = read_manifest(path).changes
    assert (found.because, str(found.server[0])) == ("our patch", "1.0.0")


def test_a_manifest_with_nothing_but_the_one_it_extends(path: Path) -> None:
    path.rename(path.with_name("base.toml"))
    path.write_text('manifest = 1\nextends = "./base.toml"', "utf-8")
    assert release("1.2.0", "--component", "agent").exit_code == 0
    assert path.read_text("utf-8") == (
        'manifest = 1\nextends = "./base.toml"\n\n[component.agent]\nreleases = ["1.2.0"]\n'
    )
