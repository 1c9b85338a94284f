"""The manifests of real Debian families, held against stored control stanzas of the released packages."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from pkgguard import api

ROOT = Path(__file__).parents[2]
CONTROL = ROOT / "tests/data/debian-12.control"


@pytest.fixture(autouse=True)
def bench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "bench")


def released() -> dict[str, api.Package]:
    """Return the packages of Debian 12 by their names; the first line is a comment."""
    stanzas = CONTROL.read_text("utf-8").partition("\n")[2].split("\n\n")
    packages = [api.describe_package("deb", one.strip() + "\n") for one in stanzas if one.strip()]
    return {one.name: one for one in packages}


def test_only_what_is_expected_is_found_above_a_note() -> None:
    import debian_families

    packages = released()
    found = set()
    judged = set()
    for family, manifest in debian_families.manifests().items():
        given = [packages[name] for name in debian_families.names_in(manifest)]
        judgement = api.Project(manifest).check_packages(given)
        assert len(judgement.judged) == len(given)
        judged.update(one.name for one in judgement.judged)
        for one in judgement.findings:
            if one.severity != "info":
                assert one.package is not None
                found.add((family, one.severity.value, one.id, one.package.name, one.peer))
        assert all(pair.installable for pair in judgement.pairs), family
    assert judged == set(packages)
    assert found == debian_families.expected()


def test_each_expected_finding_has_a_reason() -> None:
    import debian_families

    findings = tomllib.loads(debian_families.EXPECTED.read_text("utf-8"))["finding"]
    assert all(one["reason"] and one["rule"] in api.rules() for one in findings)


def test_nothing_is_doubtful_in_the_manifests() -> None:
    import debian_families

    for family, manifest in debian_families.manifests().items():
        assert [one for one in api.Project(manifest).advise() if one.severity != "info"] == [], family


def test_what_was_not_fetched_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import debian_families

    (tmp_path / "netavark_1.4.0-3_amd64.deb").write_bytes(b"not a package")
    monkeypatch.setattr(sys, "argv", ["debian_families.py", "--folder", str(tmp_path)])
    assert debian_families.main() == 1
    output = capsys.readouterr().out
    assert "not fetched: aardvark-dns" in output
    assert "expected, and not found: mariadb" in output
    assert "not fetched: netavark" not in output
