"""An installed manifest is found by the packages that it knows, after all that stands closer."""

from __future__ import annotations

from pathlib import Path

import pytest
from runner import run, said
from small_project import GUARDED, MANIFEST, deb

from pkgguard import api
from pkgguard.manifest import catalog


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "manifests"
    folder.mkdir()
    monkeypatch.setattr(catalog, "INSTALLED", folder)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return folder


def drop(folder: Path, name: str, **replaced: str) -> Path:
    text = MANIFEST.replace('"mine"', f'"{name}"')
    for old, new in replaced.items():
        text = text.replace(old.replace("_", "-"), new)
    (folder / f"{name}.toml").write_text(text, "utf-8")
    return folder / f"{name}.toml"


def test_it_is_found_by_a_package_that_it_knows(shared: Path) -> None:
    path = drop(shared, "other", kata_runtime="other-runtime", kata_image="other-image")
    found = f"manifest: {path} (installed), project other"
    assert said(run("generate", "other-runtime", "1.1.0-1")) == found
    assert said(run("explain", "other-image", "1.1.0-1")) == found
    assert said(run("check", deb(Path(), "other-runtime", "1.1.0-1", GUARDED))) == found
    assert said(run("generate", "kata-runtime", "1.1.0-1")).endswith("(built in), project kata-containers")
    assert said(run("manifest", "show")).endswith("(built in), project kata-containers")


def test_a_name_of_one_family_is_enough(shared: Path) -> None:
    path = drop(shared, "other", kata_runtime="other-runtime", kata_image="other-image")
    path.write_text(
        path.read_text("utf-8").replace('carries = ["agent"]', 'carries = ["agent"]\nrpm = "img"')
    )
    assert api.find_manifest(packages=["img"]).path == str(path)


OTHER = {"kata_runtime": "other-runtime", "kata_image": "other-image"}


def test_what_stands_closer_goes_before_it(shared: Path) -> None:
    drop(shared, "installed", **OTHER)
    assert said(run("generate", "other-runtime", "1.1.0-1")).endswith("project installed")
    drop(Path(), "pkgguard", **OTHER)
    assert said(run("generate", "other-runtime", "1.1.0-1")).endswith("(found here), project pkgguard")
    assert api.find_manifest(packages=["other-runtime"], local=()).origin == "installed"


def test_two_that_know_a_package_are_named_and_not_chosen_from(shared: Path) -> None:
    one, other = drop(shared, "one", **OTHER), drop(shared, "other", **OTHER)
    result = run("generate", "other-runtime", "1.1.0-1")
    assert result.exit_code == 3
    assert f"several manifests list other-runtime: {one}, {other}; name one with --manifest" in result.stderr
    assert run("generate", "other-runtime", "1.1.0-1", "--manifest", one).exit_code == 0


def test_the_built_in_one_is_one_of_them(shared: Path) -> None:
    path = drop(shared, "mine")
    for command in (("generate", "kata-runtime", "1.1.0-1"), ("explain", "kata-runtime", "1.1.0-1")):
        result = run(*command)
        assert result.exit_code == 3
        assert f"several manifests list kata-runtime: {path}, kata.toml" in result.stderr


def test_a_broken_one_is_an_error_and_not_passed_over(shared: Path) -> None:
    (shared / "broken.toml").write_text("manifest = 1\n", "utf-8")
    result = run("generate", "kata-runtime", "1.1.0-1")
    assert result.exit_code == 3
    assert "broken.toml: " in result.stderr
