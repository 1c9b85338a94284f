"""Check several hundred real Debian packages: none is misread, and no rule raises a false alarm.

    python bench/debian_packages.py [--count 300] [--folder DIR]

Fetches small packages with apt-get download (into a temporary folder unless one is
given), then checks them twice: with the built-in manifest, which knows none of them;
and each with its own manifest, in which it is the client of one of its versioned
dependencies and all releases work together. So every rule examines real relations, but
no finding is right.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import toml

from pkgguard import api
from pkgguard.families.upstream import read_upstream

LARGEST = 300_000


def stanzas() -> list[dict[str, str]]:
    """Return the available packages, as apt knows them."""
    text = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, check=True).stdout
    return [
        dict(line.split(": ", 1) for line in stanza.splitlines() if re.match(r"[A-Za-z-]+: ", line))
        for stanza in text.split("\n\n")
        if stanza.strip()
    ]


def choose(count: int) -> list[str]:
    """Choose small packages with versioned dependencies on one another, spread over the archive."""
    known = {one["Package"]: one for one in stanzas()}
    pairs = []
    for name, one in known.items():
        for bound in re.findall(r"([a-z0-9+.-]+) \([<>=]", one.get("Depends", "")):
            if bound in known and all(
                int(known[each].get("Size", LARGEST)) < LARGEST for each in (name, bound)
            ):
                pairs.append((name, bound))
                break
    pairs.sort(key=lambda pair: hashlib.sha256(pair[0].encode()).digest())
    chosen: dict[str, None] = {}
    for pair in pairs:
        chosen.update(dict.fromkeys(pair))
        if len(chosen) >= count:
            break
    return list(chosen)


def fetch(names: list[str], folder: Path) -> list[Path]:
    """Download packages into a folder."""
    for start in range(0, len(names), 50):
        subprocess.run(
            ["apt-get", "download", "-q", "-o", "APT::Sandbox::User=root", *names[start : start + 50]],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            check=True,
        )
    return sorted(folder.glob("*.deb"))


def release_of(package: api.Package) -> str:
    """Return the semver release that a package carries, or an empty text."""
    version = package.version.rpartition(":")[2]
    upstream, _, revision = version.rpartition("-") if "-" in version else (version, "", "")
    reading = read_upstream(upstream, revision)
    return "" if reading.why or re.search(r"(^|\.)0\d", reading.release) else reading.release


def own_manifest(package: api.Package, peer: api.Package) -> api.Manifest | None:
    """Return a manifest in which two packages work together at every version."""
    releases = [release_of(one) for one in (package, peer)]
    if not all(releases):
        return None
    names = ("client", "server")
    document = {
        "manifest": 1,
        "project": "real",
        "component": {name: {"releases": [one]} for name, one in zip(names, releases, strict=True)},
        "package": {
            one.name: {
                "carries": [name],
                "rpm": False,
                "epoch": int(one.version.partition(":")[0]) if ":" in one.version else 0,
            }
            for name, one in zip(names, (package, peer), strict=True)
        },
        "protocol": {"api": {"client": ["client"], "server": "server"}},
        "policy": {"horizon": "major"},
    }
    return api.parse_manifest(toml.dumps(document))


def dependency(package: api.Package, known: dict[str, api.Package]) -> api.Package | None:
    """Return a given package on which this one depends with a version."""
    for relation in package.relations:
        if relation.field == "Depends":
            name = relation.text.partition(" ")[0]
            if "(" in relation.text and "|" not in relation.text and name in known and name != package.name:
                return known[name]
    return None


def main() -> int:
    """Fetch, check, and print which rules reported something."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        files = sorted(folder.glob("*.deb")) or fetch(choose(options.count), folder)
        checked = api.Project(api.built_in().manifest).check(files)
        found = len(checked.judgement.findings)
        print(f"{len(files)} packages: {len(checked.unread)} not read, {found} findings")
        for error in checked.unread:
            print(f"  {error}")
        known = {package.name: package for package in checked.packages}
        fired: Counter[str] = Counter()
        pairs = 0
        for package in checked.packages:
            peer = dependency(package, known)
            manifest = own_manifest(package, peer) if peer is not None else None
            if peer is None or manifest is None:
                continue
            pairs += 1
            for finding in api.Project(manifest).check_packages([package, peer]).findings:
                fired[finding.id] += 1
                print(f"  {finding.severity}: {finding.id}: {finding.package} {finding.message}")
        print(f"{pairs} of them as client of a real dependency: {dict(fired) or 'nothing fired'}")
    return 1 if checked.unread or checked.judgement.findings else 0


if __name__ == "__main__":
    sys.exit(main())
