"""The count of published versions that stand for a release."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def coverage(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.syspath_prepend(str(ROOT / "bench"))
    import release_coverage

    return release_coverage


def counted(coverage: object, monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr(sys, "argv", ["release_coverage.py", *words])
    assert coverage.main() == 0  # type: ignore[attr-defined]


def test_each_version_is_counted_by_the_scheme_that_reads_it(
    coverage: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "list.tsv"
    path.write_text("a\t1.2.3-1\nb\t252-1\nc\t1:9.2p1-2\nd\t1.2.3.4.5-1\ne\t1.2q3z4-1\n", encoding="utf-8")
    counted(coverage, monkeypatch, "deb", str(path))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "5 versions, 3 stand for a release: 60.00 %"
    assert {
        line.split()[1]: line.split()[0] for line in lines if line.split()[1] in ("semver", "numbers")
    } == {
        "semver": "1",
        "numbers": "2",
    }
    assert any("d 1.2.3.4.5-1" in line for line in lines)


def test_a_sources_file_is_read(
    coverage: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "Sources"
    path.write_text("Package: a\nVersion: 1.2-1\n\nPackage: b\nFormat: 3.0\nVersion: 7-1\n", encoding="utf-8")
    counted(coverage, monkeypatch, "deb", "--sources", str(path))
    assert capsys.readouterr().out.startswith("2 versions, 2 stand for a release: 100.00 %")
