"""Versions of source packages, read from spec files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SPECS = {
    "plain": ("Version: 1.2.3\nRelease: 4%{?dist}\n", "1.2.3-4.fc43"),
    "epoch": ("Epoch: 2\nVersion: 1.0\nRelease: %autorelease\n", "2:1.0-1.fc43"),
    "candidate": (
        "%global prerel rc1\nVersion: 1.0%{?prerel:~%{prerel}}\nRelease: 1%{!?prerel:.2}%{?dist}\n",
        "1.0~rc1-1.fc43",
    ),
    "commit": (
        "%global commit 0123456789abcdef\n%global short %(c=%{commit}; echo ${c:0:7})\n"
        "Version: 0^20240102git%{short}\nRelease: 1\n",
        "0^20240102git0123456-1",
    ),
    "subpackage": ("Version: 1\nRelease: 1\n%package libs\nVersion: 9\n", "1-1"),
    "foreign": ("Version: %{forgeversion}\nRelease: 1\n", ""),
    "none": ("Release: 1\n", ""),
}


@pytest.fixture
def versions(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.syspath_prepend(str(ROOT / "bench"))
    import spec_versions

    return spec_versions


@pytest.mark.parametrize("name", SPECS)
def test_the_version_of_the_main_package_is_read(versions: object, name: str) -> None:
    text, version = SPECS[name]
    assert versions.version(text) == version  # type: ignore[attr-defined]


def test_a_folder_becomes_a_list(
    versions: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, (text, _) in SPECS.items():
        (tmp_path / f"{name}.spec").write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["spec_versions.py", str(tmp_path)])
    assert versions.main() == 0  # type: ignore[attr-defined]
    written = capsys.readouterr()
    assert written.out.splitlines() == [f"{n}\t{v}" for n, (_, v) in sorted(SPECS.items()) if v]
    assert written.err == "2 left out\n"
