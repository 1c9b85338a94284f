"""The version is in pkgguard/__init__.py; files of other tools that must repeat it agree with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pkgguard

ROOT = Path(__file__).parents[2]

# Where a version is repeated, and an expression for it; every match is compared.
PLACES = (
    ("debian/changelog", r"\Apkgguard \((.*?)-[^-()]*\) "),
    ("debian/debhelper/dh_pkgguard", r"^our \$VERSION = '(.*)';$"),
    ("debian/debhelper/dh_pkgguard_precheck", r"^our \$VERSION = '(.*)';$"),
    ("debian/debhelper/dh_pkgguard_check", r"^our \$VERSION = '(.*)';$"),
    ("rpm/pkgguard.spec", r"^Version: +(\S+)$"),
    ("rpm/pkgguard.spec", r"pkgguard-(\d[\d.]*\d)[/.]"),
    ("rpm/pkgguard.spec", r"%changelog\n\*.* - (\S+)-\d+\n"),
    ("docs/packaging-rpm.md", r"pkgguard-(\d[\d.]*\d)[/.]"),
    ("docs/two-changes.md", r"relations by pkgguard (\S+) from"),
    ("docs/tutorial.md", r"relations by pkgguard (\S+) from"),
    ("docs/questions/images.md", r"relations by pkgguard (\S+) from"),
    ("docs/questions/other-repositories.md", r"relations by pkgguard (\S+) from"),
    ("docs/questions/wrong-bound.md", r"relations by pkgguard (\S+) from"),
    ("docs/kata.md", r"relations by pkgguard (\S+) from"),
    ("docs/formats.md", r'"name": "pkgguard",\s+"version": "([^"]+)"'),
)

# Not what a build puts into debian/.
LOOKED_AT = (
    "setup.*", "pyproject.toml", "action.yml", "README.md", "CONTRIBUTING.md", "SECURITY.md", "ci/*",
    "debian/*", "debian/[dstu]*/*", "rpm/*", "docs/**/*.md", "templates/*", "tools/*.py",
)  # fmt: skip


@pytest.mark.parametrize(("path", "expression"), PLACES)
def test_a_file_that_repeats_the_version_agrees(path: str, expression: str) -> None:
    found = re.findall(expression, (ROOT / path).read_text("utf-8"), re.MULTILINE)
    assert found, f"{path} no longer has a version where one is expected"
    assert set(found) == {pkgguard.__version__}


def test_no_other_file_has_a_version_of_its_own() -> None:
    """A new place that repeats the version must be listed above, or read it."""
    files = [
        ROOT / name for name in ("setup.cfg", "setup.py", "pyproject.toml", "action.yml", "ci", "debian")
    ]
    files += [ROOT / name for name in ("rpm", "docs", "templates", "README.md", "CONTRIBUTING.md")]
    own = re.compile(rf"(?<![\d.]){re.escape(pkgguard.__version__)}(?![\d.]*\d)")
    every = {path for pattern in LOOKED_AT for path in ROOT.glob(pattern) if path.is_file()}
    named = {str(path.relative_to(ROOT)) for path in every if own.search(path.read_text("utf-8", "replace"))}
    assert named <= {path for path, _ in PLACES}
    assert len(every) > 50
