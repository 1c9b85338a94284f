"""A contributor's first format, by CONTRIBUTING's walkthrough."""

from __future__ import annotations

from pathlib import Path

from checkout import blocks, changed, copy, shell


def test_the_walkthrough_makes_a_format_that_passes_the_checks(tmp_path: Path) -> None:
    checkout = copy(tmp_path)
    module, row, test = blocks("Your first format", "python")
    show, verify = blocks("Your first format", "sh")
    (checkout / "pkgguard/report/as_tsv.py").write_text(module, "utf-8")
    table = checkout / "pkgguard/report/formats.py"
    last = '    "toml": Format('
    before, found, after = table.read_text("utf-8").partition(last)
    assert found
    table.write_text(before + row + found + after, "utf-8")
    (checkout / "tests/report/test_as_tsv.py").write_text(test, "utf-8")
    first, *others = shell(checkout, show).splitlines()
    assert first == "id\tseverity\ttitle"
    assert len(others) > 20
    assert all(line.count("\t") == 2 for line in others)
    shell(checkout, verify)
    assert changed(checkout) == {
        "pkgguard/report/as_tsv.py",
        "pkgguard/report/formats.py",
        "tests/report/test_as_tsv.py",
    }
