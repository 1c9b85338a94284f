"""Check real families of Debian 12 packages with the manifests in examples/debian-12.

    python bench/debian_families.py [--folder DIR]

Fetches with apt-get download the packages that each manifest names, on a Debian 12
machine (into a temporary folder unless one is given; a folder with packages is used as
it is). Prints each finding above a note, and compares them with expected.toml beside
the manifests, which has the reason for each. The exit code is 1 if they differ.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import tomllib
from pathlib import Path

from debian_packages import fetch

from pkgguard import api

EXAMPLES = Path(__file__).resolve().parent.parent / "examples/debian-12"
EXPECTED = EXAMPLES / "expected.toml"


def manifests() -> dict[str, api.Manifest]:
    """Return the manifest of each family by its name."""
    paths = (path for path in sorted(EXAMPLES.glob("*.toml")) if path != EXPECTED)
    return {path.stem: api.read_manifest(path) for path in paths}


def expected() -> set[tuple[str, ...]]:
    """Return the findings that are expected: family, severity, rule, package and peer."""
    findings = tomllib.loads(EXPECTED.read_text("utf-8"))["finding"]
    return {tuple(one[key] for key in ("family", "severity", "rule", "package", "peer")) for one in findings}


def names_in(manifest: api.Manifest) -> list[str]:
    """Return the names of the .deb packages of a manifest."""
    return [one.shipping["deb"].name for one in manifest.packages.values() if "deb" in one.shipping]


def found_in(family: str, manifest: api.Manifest, files: list[Path]) -> set[tuple[str, ...]]:
    """Return the findings above a note in the packages of one family."""
    checked = api.Project(manifest).check(files, newest_if_unknown=True)
    for error in checked.unread:
        print(f"  {error}")
    found = set()
    for one in checked.judgement.findings:
        if one.severity != "info" and one.package is not None:
            print(f"  {one.severity}: {one.id}: {one.package} {one.message}")
            found.add((family, one.severity.value, one.id, one.package.name, one.peer))
    print(f"{family}: {len(checked.judgement.judged)} packages, {len(found)} findings above a note")
    return found


def main() -> int:
    """Fetch, check, and compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    families = manifests()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        wanted = list(dict.fromkeys(name for one in families.values() for name in names_in(one)))
        files = sorted(folder.glob("*.deb")) or fetch(wanted, folder)
        by_name: dict[str, list[Path]] = {}
        for path in files:
            by_name.setdefault(path.name.partition("_")[0], []).append(path)
        missing = [name for name in wanted if name not in by_name]
        found: set[tuple[str, ...]] = set()
        for family, manifest in families.items():
            given = [path for one in names_in(manifest) for path in by_name.get(one, ())]
            found |= found_in(family, manifest, given)
    awaited = expected()
    for sign, some in (("unexpected", found - awaited), ("expected, and not found", awaited - found)):
        for one in sorted(some):
            print(f"{sign}: {' '.join(one)}")
    for name in missing:
        print(f"not fetched: {name}")
    return 1 if found != awaited or missing else 0


if __name__ == "__main__":
    sys.exit(main())
