"""A contributor's first family, by CONTRIBUTING's walkthrough."""

from __future__ import annotations

from pathlib import Path

from checkout import ROOT, blocks, changed, copy, shell


def test_the_walkthrough_makes_a_family_that_passes_the_checks(tmp_path: Path) -> None:
    checkout = copy(tmp_path)
    make, show, verify = blocks("Your first family", "sh")
    shell(checkout, make)
    assert "needs: kata-containers-image >=1.1.0 <2.0.0-0\n" in shell(checkout, show)
    shell(checkout, verify)
    modules = {path.name for path in (ROOT / "tests/families/parcel").iterdir() if path.suffix == ".py"}
    assert changed(checkout) == {
        "docs/api.md",
        "pkgguard/families/crate/crate.j2",
        *(f"pkgguard/families/crate/{name}" for name in modules),
    }
