"""What is installed from a wheel is whole: data, templates, types, the console script."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import pkgguard

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pkgguard", "templates"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w"]
    subprocess.run([*pip, str(folder), str(source)], check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_it_holds_all_that_a_checkout_holds(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in (ROOT / "pkgguard").rglob("*"):
        if path.suffix in (".py", ".toml", ".json", ".j2", ".typed") and path.is_file():
            assert str(path.relative_to(ROOT)) in names
    for path in (ROOT / "templates").iterdir():
        if path.suffix in (".css", ".j2", ".js", ".py"):
            assert f"pkgguard/templates/{path.name}" in names


@pytest.mark.parametrize(
    ("command", "written"),
    [
        (
            "generate kata-runtime 1.1.0-1 --quiet",
            " kata-containers-image (>= 1.1.0) | kata-agent (>= 1.1.0)",
        ),
        ("matrix --format html", '"use strict";'),
    ],
)
def test_it_fills_templates_by_itself(wheel: Path, tmp_path: Path, command: str, written: str) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "pkgguard", *command.split(" ")],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert written in done.stdout


def test_it_has_its_console_script(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (entry,) = (name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert "pkgguard = pkgguard.__main__:main" in archive.read(entry).decode()


def test_every_place_names_the_same_version() -> None:
    version = pkgguard.__version__
    for name, words in {
        "debian/changelog": f"pkgguard ({version}-",
        "debian/debhelper/dh_pkgguard": f"our $VERSION = '{version}';",
        "debian/debhelper/dh_pkgguard_precheck": f"our $VERSION = '{version}';",
        "debian/debhelper/dh_pkgguard_check": f"our $VERSION = '{version}';",
        "rpm/pkgguard.spec": f"Version:        {version}\n",
        "docs/packaging-rpm.md": f"--prefix=pkgguard-{version}/",
        "CHANGELOG.md": f"will be {version}.",
    }.items():
        assert words in (ROOT / name).read_text(encoding="utf-8"), name
