"""``pkgguard init`` in a source of packages, and at a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from limits import HANG, ROOT
from runner import run

from pkgguard import api

CONTROL = """\
Source: shop

Package: shop-till
Depends: shop-stock (>= 1.1.0)

Package: shop-stock
"""
CHANGES = """\
shop (1.1.0-1) unstable; urgency=medium

  * Test.

 -- N <n@e.org>  Thu, 21 Jun 2018 18:53:00 +0000

shop (1.0.0-1) unstable; urgency=medium
"""
SPEC = """\
Name: shop
Version: 1.1.0
Release: 1
%package stock
Conflicts: shop < 1.0.0
%changelog
* Thu Jun 21 2018 N <n@e.org> - 1.0.0-1
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def source(here: Path) -> Path:
    (here / "debian").mkdir()
    (here / "debian/control").write_text(CONTROL, "utf-8")
    (here / "debian/changelog").write_text(CHANGES, "utf-8")
    return here


def test_in_a_debian_source_it_is_written_where_the_addon_looks(source: Path) -> None:
    result = run("init")
    assert result.exit_code == 0
    assert result.stderr.splitlines()[0] == (
        "wrote debian/pkgguard.toml, with 2 gaps to fill in; check it with: pkgguard manifest check"
        " debian/pkgguard.toml"
    )
    assert "add dh-sequence-pkgguard to Build-Depends" in result.stderr
    assert (
        "# debian/control:4: shop-till: Depends: shop-stock (>= 1.1.0)\n"
        in Path("debian/pkgguard.toml").read_text()
    )
    checked = run("manifest", "check", "debian/pkgguard.toml")
    assert (checked.exit_code, checked.stderr.count("[manifest-gap]")) == (1, 2)
    # The build is refused too, as nobody has confirmed the change.
    built = run("debian", "substvars")
    assert built.exit_code == 3
    assert "is not filled in: why shop-till needs shop-stock 1.1.0 or newer" in built.stderr
    assert run("init").exit_code == 2
    (source / "pkgguard.toml").touch()
    again = run("init", "--force")
    assert again.exit_code == 0
    assert "warning: pkgguard.toml is there too; a build does not read it" in again.stderr


@pytest.mark.parametrize(
    ("words", "written", "has"),
    [
        (["mine.toml"], "mine.toml", "shop-till"),
        (["--source", "debian/.."], "debian/../debian/pkgguard.toml", "shop-till"),
        (["--protocol", "sale", "--project", "other"], "debian/pkgguard.toml", "[protocol.sale]"),
        (["--blank"], "pkgguard.toml", "example-client"),
        (["--server", "shop-till"], "debian/pkgguard.toml", 'server = "shop-till"'),
    ],
)
def test_what_is_read_and_written_can_be_chosen(
    source: Path, words: list[str], written: str, has: str
) -> None:
    assert run("init", *words).exit_code == 0
    assert has in (source / written).read_text("utf-8")


def test_a_manifest_in_another_folder_is_not_about_the_source_here(
    source: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("other") / "m.toml"
    assert run("init", path).exit_code == 0
    assert "example-client" in path.read_text("utf-8")
    assert source


def test_beside_a_spec_and_in_the_folders_of_rpmbuild(here: Path) -> None:
    for folder in ("SPECS", "SOURCES"):
        (here / folder).mkdir()
    (here / "SPECS/shop.spec").write_text(SPEC, "utf-8")
    result = run("init", "--source", "SPECS/shop.spec")
    assert result.exit_code == 0
    assert f"wrote {here}/SOURCES/pkgguard.toml; check it with" in result.stderr
    assert "%{pkgguard_relations PACKAGE}" in result.stderr
    assert api.read_manifest(here / "SOURCES/pkgguard.toml").protocols["api"].server == "shop-stock"
    (here / "shop.spec").write_text(SPEC, "utf-8")
    assert run("init").exit_code == 0
    assert (here / "pkgguard.toml").exists()


def test_several_specs_have_to_be_named(here: Path) -> None:
    for name in ("a.spec", "b.spec"):
        (here / name).write_text(SPEC, "utf-8")
    result = run("init")
    assert result.exit_code == 2
    assert ". has several specs; name one with --source: a.spec, b.spec" in result.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--source", "nowhere"], 2, "nowhere is neither a spec nor a folder with debian/control or a spec"),
        (["--source", ".", "--deb", "x"], 2, "omit --source and --blank"),
        (["--client", "../up"], 3, "'../up' is not a package name"),
        (["--client", "a", "--server", "a"], 2, "must be different"),
    ],
)
def test_misused(source: Path, words: list[str], code: int, said: str) -> None:
    result = run("init", *words)
    assert (result.exit_code, said in result.stderr) == (code, True)
    assert not (source / "debian/pkgguard.toml").exists()


def test_a_changelog_that_cannot_be_read_is_named(source: Path) -> None:
    (source / "debian/changelog").write_text("", "utf-8")
    result = run("init")
    assert result.exit_code == 3
    assert "debian/changelog: it has no entry that begins like" in result.stderr


def test_at_a_terminal_it_asks(source: Path) -> None:
    pty = pytest.importorskip("pty")
    try:
        main, terminal = pty.openpty()
    except OSError:
        pytest.skip("there is no terminal here")
    os.write(main, b'Stock/Reserve, "Stock\\Count"\n\n')
    done = subprocess.run(
        [sys.executable, "-m", "pkgguard", "init"],
        env={**os.environ, "PYTHONPATH": ROOT},
        cwd=source,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        timeout=HANG,
        check=False,
    )
    os.close(terminal)
    os.close(main)
    assert done.returncode == 0
    text = (source / "debian/pkgguard.toml").read_text("utf-8")
    assert 'what     = ["Stock/Reserve", "\\"Stock\\\\Count\\""]\n' in text
    assert text.count('"FILL IN: ') == 1
