"""What the build prepares of the data files says the same as they do, and is used for no other text."""

from __future__ import annotations

import marshal
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pkgguard import data, prepare
from pkgguard.manifest.discover import built_in
from pkgguard.manifest.model import Manifest
from pkgguard.manifest.read import parse_manifest
from pkgguard.manifest.serialize import as_document
from pkgguard.manifest.toml_positions import Locator

ROOT = Path(__file__).parent.parent
KATA = ROOT / "pkgguard/manifests/kata.toml"
PREPARED = [source.removesuffix(".toml") + ".prepared" for source in prepare.SOURCES]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder of a package ``shelf`` that can be imported."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    sys.modules.pop("shelf", None)


def loads(written: bytes) -> data.Prepared:
    """Return what was prepared."""
    return data.Prepared(*marshal.loads(written))  # noqa: S302


def put(folder: Path, text: str, prepared: bytes | None) -> None:
    (folder / "a.toml").write_text(text, "utf-8")
    if prepared is not None:
        (folder / "a.prepared").write_bytes(prepared)


def statements(manifest: Manifest) -> object:
    """Return all that a manifest says, and on which line."""
    places = [one.position for one in (*manifest.changes, *manifest.broken)]
    return as_document(manifest), places, dict(manifest.rules), manifest.path


@pytest.mark.parametrize("source", prepare.SOURCES)
def test_it_holds_what_the_text_says_and_where(source: str) -> None:
    text = (ROOT / source).read_text("utf-8")
    ready = loads(prepare.prepared_bytes(text))
    assert (ready.text, *ready.content()) == (text, tomllib.loads(text), Locator(text).lines)


def test_it_names_the_packages_of_a_manifest() -> None:
    for source in prepare.SOURCES:
        text = (ROOT / source).read_text("utf-8")
        named = parse_manifest(text).names if "manifests" in source else frozenset()
        assert loads(prepare.prepared_bytes(text)).names == tuple(sorted(named))


def test_the_built_in_manifest_is_the_same_either_way(monkeypatch: pytest.MonkeyPatch) -> None:
    text = KATA.read_text("utf-8")
    ready = loads(prepare.prepared_bytes(text))
    asked: list[str] = []

    def prepared(_package: str, name: str, given: str) -> data.Prepared:
        asked.append(name)
        assert given == text
        return ready

    monkeypatch.setattr("pkgguard.manifest.source.prepared", prepared)
    with_it = built_in().manifest
    monkeypatch.setattr("pkgguard.manifest.source.prepared", lambda *_: None)
    without = built_in().manifest
    assert asked == ["kata.toml"]
    assert statements(with_it) == statements(without) == statements(parse_manifest(text, "kata.toml"))


def test_what_was_prepared_is_used(package: Path) -> None:
    put(package, "a = 1\n", marshal.dumps(("a = 1\n", (), marshal.dumps(({"a": 2}, {})))))
    assert data.tables_of("shelf", "a.toml") == {"a": 2}


def test_what_was_prepared_of_another_text_is_not_used(package: Path) -> None:
    put(package, "a = 2\n", prepare.prepared_bytes("a = 1\n"))
    assert data.prepared("shelf", "a.toml", "a = 2\n") is None
    assert data.tables_of("shelf", "a.toml") == {"a": 2}


@pytest.mark.parametrize(
    "prepared", [None, b"", b"x", marshal.dumps(1), marshal.dumps(("a = 1\n",)), marshal.dumps((1, 2, 3))]
)
def test_without_it_all_works_as_well(package: Path, prepared: bytes | None) -> None:
    put(package, "a = 1\n", prepared)
    assert data.tables_of("shelf", "a.toml") == {"a": 1}


def test_a_file_is_found_in_an_archive_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "shelf.zip", "w") as archive:
        archive.writestr("shelf/__init__.py", "")
        archive.writestr("shelf/a.toml", "a = 1\n")
    monkeypatch.syspath_prepend(tmp_path / "shelf.zip")
    try:
        assert data.tables_of("shelf", "a.toml") == {"a": 1}
    finally:
        sys.modules.pop("shelf", None)


def test_a_value_that_cannot_be_prepared_is_not_lost_in_silence() -> None:
    with pytest.raises(ValueError, match="unmarshallable"):
        prepare.prepared_bytes("a = 1979-05-27\n")


def test_the_same_text_is_always_prepared_as_the_same_bytes() -> None:
    text = KATA.read_text("utf-8")
    program = "import sys; from pkgguard.prepare import *; print(prepared_bytes(sys.stdin.read()).hex())"
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            input=text,
            env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert printed == {prepare.prepared_bytes(text).hex()}


def test_an_own_build_of_a_checkout_is_never_out_of_date() -> None:
    """Where something was prepared here, it is either of this text or not used."""
    for source in prepare.SOURCES:
        package, _, name = source.rpartition("/")
        text = (ROOT / source).read_text("utf-8")
        ready = data.prepared(package.replace("/", "."), name, text)
        assert ready is None or ready.content().tables == tomllib.loads(text)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    for name in ("pkgguard", "templates"):
        left_out = shutil.ignore_patterns("__pycache__", *map(os.path.basename, PREPARED))
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    for name in ("setup.cfg", "setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def build(source: Path, *words: str) -> None:
    command = [sys.executable, "setup.py", "-q", *words]
    subprocess.run(command, cwd=source, check=True, capture_output=True)


def test_a_build_prepares_what_it_builds(source: Path, tmp_path: Path) -> None:
    pytest.importorskip("setuptools")
    build(source, "build", "--build-base", str(tmp_path / "base"), "--build-lib", str(tmp_path / "lib"))
    for prepared, toml in zip(PREPARED, prepare.SOURCES, strict=True):
        text = (source / toml).read_text("utf-8")
        assert (tmp_path / "lib" / prepared).read_bytes() == prepare.prepared_bytes(text)
        assert not (source / prepared).exists()


def test_a_build_prepares_anew_what_was_prepared_before(source: Path, tmp_path: Path) -> None:
    pytest.importorskip("setuptools")
    for prepared in PREPARED:
        (source / prepared).write_bytes(prepare.prepared_bytes("old = 1\n"))
    build(source, "build", "--build-base", str(tmp_path / "base"), "--build-lib", str(tmp_path / "lib"))
    for prepared, toml in zip(PREPARED, prepare.SOURCES, strict=True):
        text = (source / toml).read_text("utf-8")
        assert loads((tmp_path / "lib" / prepared).read_bytes()).text == text


def test_an_editable_build_prepares_the_checkout(source: Path) -> None:
    for module in ("setuptools", "pip", "wheel"):
        pytest.importorskip(module)
    words = ["-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index", "--editable"]
    target = source.parent / "target"
    command = [sys.executable, *words, str(source), "--target", str(target)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert all((source / prepared).is_file() for prepared in PREPARED)
