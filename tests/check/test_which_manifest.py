"""Each given package is judged by the manifest that knows it, whatever else is given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from runner import run
from small_project import GUARDED, MANIFEST, deb

from pkgguard.manifest import catalog

if TYPE_CHECKING:
    from pathlib import Path

BAD = "Depends: kata-containers-image (>= 1.0)\n"


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of installed manifests; the work is done in another one without any."""
    folder = tmp_path / "manifests"
    folder.mkdir()
    monkeypatch.setattr(catalog, "INSTALLED", folder)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return folder


def drop(folder: Path, name: str, more: str = "", **replaced: str) -> Path:
    text = MANIFEST.replace('"mine"', f'"{name}"')
    for old, new in replaced.items():
        text = text.replace(old.replace("_", "-"), new)
    (folder / f"{name}.toml").write_text(text + more, "utf-8")
    return folder / f"{name}.toml"


def document(*words: Any) -> tuple[int, dict[str, Any]]:
    result = run("check", "--format", "json", *words)
    return result.exit_code, json.loads(result.stdout)


def findings(found: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [one for one in found["findings"] if one["package"]["name"] == name]


def test_another_file_does_not_change_the_verdict_on_the_first(shared: Path, tmp_path: Path) -> None:
    path = drop(shared, "other", kata_runtime="other-runtime", kata_image="other-image")
    bad = deb(tmp_path, "kata-runtime", "2.4.0-1", BAD)
    good = deb(tmp_path, "other-image", "1.1.0-1", "Breaks: other-runtime (<< 1.0.0)\n")
    alone_code, alone = document(bad)
    code, both = document(bad, good)
    assert alone_code == code == 1
    assert findings(alone, "kata-runtime") == findings(both, "kata-runtime") != []
    assert [one["manifest"] for one in both["packages"]] == ["kata.toml", str(path)]
    assert {one["path"] for one in both["manifests"]} == {"kata.toml", str(path)}
    assert both["manifest"] is None
    assert alone["manifest"]["path"] == "kata.toml"
    for words in (("--expect-known", bad, good), (good, bad), ("--expect-known", good, bad)):
        assert document(*words)[0] == 1


def test_the_text_says_which_manifest_judged_what(shared: Path, tmp_path: Path) -> None:
    path = drop(shared, "other", kata_runtime="other-runtime", kata_image="other-image")
    bad = deb(tmp_path, "kata-runtime", "2.4.0-1", BAD)
    good = deb(tmp_path, "other-image", "1.1.0-1", "Breaks: other-runtime (<< 1.0.0)\n")
    lines = run("check", bad, good).stdout.split("\n")
    assert "manifest: kata.toml (built in), project kata-containers, judges kata-runtime" in lines
    assert f"manifest: {path} (installed), project other, judges other-image" in lines


def test_a_package_that_several_know_is_an_error_and_the_others_are_judged(
    shared: Path, tmp_path: Path
) -> None:
    path = drop(shared, "mine", kata_image="my-image")
    both, mine = deb(tmp_path, "kata-runtime", "1.1.0-1", GUARDED), deb(tmp_path, "my-image", "1.1.0-1")
    code, found = document(both, mine)
    assert code == 3
    (unread,) = found["unread"]
    assert unread["path"] == str(both)
    assert (
        f"several manifests list kata-runtime, so it was not judged: {path}, kata.toml" in unread["message"]
    )
    assert "--manifest" in unread["help"]
    assert [one["in_manifest"] for one in found["packages"]] == [False, True]
    assert document("--manifest", path, both, mine)[0] in (0, 1)


def test_each_manifest_sets_the_rules_of_its_own_packages(shared: Path, tmp_path: Path) -> None:
    rules = '\n[rules]\nall = "off"\n'
    drop(shared, "other", rules, kata_runtime="other-runtime", kata_image="other-image")
    other = deb(tmp_path, "other-runtime", "1.1.0-1", "Depends: other-image\n")
    bad = deb(tmp_path, "kata-runtime", "2.4.0-1", BAD)
    code, found = document(other, bad)
    assert code == 1
    assert findings(found, "other-runtime") == []
    assert findings(found, "kata-runtime")


def test_packages_of_two_manifests_are_no_pair(shared: Path, tmp_path: Path) -> None:
    drop(shared, "other", kata_runtime="other-runtime", kata_image="other-image")
    _, found = document(
        deb(tmp_path, "other-runtime", "1.1.0-1", "Depends: other-image\n"),
        deb(tmp_path, "kata-containers-image", "1.1.0-1"),
    )
    assert found["pairs"] == []
    assert found["summary"]["judged"] == 2


def test_a_name_of_the_other_family_is_not_known(shared: Path, tmp_path: Path) -> None:
    path = drop(shared, "other", kata_runtime="other-runtime", kata_image="other-image")
    text = path.read_text("utf-8").replace('carries = ["agent"]', 'carries = ["agent"]\ndeb = false')
    path.write_text(text, "utf-8")
    code, found = document(deb(tmp_path, "other-image", "1.1.0-1"))
    assert code == 0
    assert found["summary"]["not_in_manifest"] == 1
    result = run("check", "--expect-known", deb(tmp_path, "other-image", "1.1.0-1"))
    assert result.exit_code == 3
    assert (
        f"the manifests {path} (installed), cri.toml (built in) and kata.toml (built in) know none"
        in result.stderr
    )


def test_a_named_manifest_judges_all(shared: Path, tmp_path: Path) -> None:
    drop(shared, "other", kata_runtime="other-runtime", kata_image="other-image")
    named = drop(tmp_path, "named", kata_runtime="named-runtime")
    code, found = document("--manifest", named, deb(tmp_path, "other-image", "1.1.0-1"))
    assert code == 0
    assert found["manifest"]["path"] == str(named)
    assert found["summary"]["not_in_manifest"] == 1


@pytest.mark.parametrize("text", ["manifest = 1\n", "manifest = ", f"x = {'9' * 4000}\n", "\0"])
def test_a_broken_installed_manifest_is_never_passed_over(shared: Path, tmp_path: Path, text: str) -> None:
    """It may know the packages: exit 3, and what other manifests know is judged anyway."""
    path = shared / "broken.toml"
    path.write_text(text, "utf-8")
    code, found = document(deb(tmp_path, "kata-runtime", "1.1.0-1"))
    assert code == 3
    assert [one["path"] for one in found["unread"]] == [str(path)]
    assert found["summary"]["judged"] == 1
    assert found["findings"]


def test_an_installed_manifest_that_cannot_be_opened_is_not_read(shared: Path, tmp_path: Path) -> None:
    (shared / "gone.toml").symlink_to(tmp_path / "nowhere")
    code, found = document(deb(tmp_path, "kata-runtime", "1.1.0-1", GUARDED))
    assert code == 3
    assert "No such file" in found["unread"][0]["message"]
    assert found["summary"]["judged"] == 1


def test_a_source_whose_packages_two_manifests_know_is_guarded_by_both(shared: Path, tmp_path: Path) -> None:
    drop(shared, "other", kata_runtime="other-runtime", kata_image="other-image")
    debian = tmp_path / "here/debian"
    debian.mkdir()
    stanzas = "".join(
        f"\nPackage: {name}\nArchitecture: all\nDepends: ${{pkgguard:Depends}}\n"
        "Breaks: ${pkgguard:Breaks}\nDescription: d\n"
        for name in ("other-runtime", "kata-runtime")
    )
    (debian / "control").write_text(f"Source: both\n{stanzas}")
    heading = "both (1.1.0-1) unstable; urgency=medium"
    (debian / "changelog").write_text(
        f"{heading}\n\n  * x\n\n -- x <x@y.z>  Thu, 26 Nov 2026 00:00:00 +0000\n"
    )
    result = run("debian", "substvars")
    assert result.exit_code == 0, result.output
    assert "other-image" in (debian / "other-runtime.substvars").read_text()
    assert "kata-containers-image" in (debian / "kata-runtime.substvars").read_text()
    assert result.stderr.count("manifest: ") == 2
