"""Measure how many published versions stand for some release in a fitting scheme.

    python bench/release_coverage.py deb debian.tsv
    python bench/release_coverage.py rpm fedora.tsv

A file has one package per line: its name, a tab, and its full version. ``--sources FILE`` reads a
Sources file of a Debian archive instead, as apt stores it. A version counts if it is read as a
release of semver or of numbers; the rest is shown by what keeps it from being read.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from pkgguard.errors import VersionError
from pkgguard.families.lookup import family
from pkgguard.versions.lookup import names, scheme_class
from pkgguard.versions.release import Scheme

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = 6
"""Examples of each reason that are shown."""


def packages(path: Path, *, sources: bool) -> Iterator[tuple[str, str]]:
    """Yield the names and versions in a file."""
    text = path.read_text("utf-8", "replace")
    if not sources:
        for line in text.splitlines():
            name, _, version = line.partition("\t")
            if version:
                yield name, version
        return
    for stanza in text.split("\n\n"):
        fields = dict(re.findall(r"^(Package|Version): (\S+)", stanza, re.MULTILINE))
        if len(fields) == 2:
            yield fields["Package"], fields["Version"]


def reading(kind: str, version: str, schemes: list[Scheme]) -> str:
    """Return the name of the first scheme in which a version stands for a release, or why none does."""
    found = family(kind)
    try:
        found.key(version)
    except VersionError as error:
        return f"- {error.reason}"
    _, upstream, revision = found.split(version)
    why = ""
    for scheme in schemes:
        read = found.releases.read(upstream, revision, scheme)
        if read.why:
            why = re.sub(r"[0-9][^ ]*", "N", re.sub(r"'[^']*'", "…", read.why))
            continue
        try:
            scheme.parse(read.release)
        except VersionError:
            continue
        return scheme.name
    return f"- {why}"


def main() -> int:
    """Count, and show what is left."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("family", choices=("deb", "rpm"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--sources", action="store_true")
    options = parser.parse_args()
    schemes = [scheme_class(name)() for name in sorted(names(), key=lambda name: name != "semver")]
    counts: Counter[str] = Counter()
    examples: defaultdict[str, list[str]] = defaultdict(list)
    for name, version in packages(options.file, sources=options.sources):
        result = reading(options.family, version, schemes)
        counts[result] += 1
        if result.startswith("-"):
            examples[result].append(f"{name} {version}")
    total = counts.total()
    read = sum(count for result, count in counts.items() if not result.startswith("-"))
    print(f"{total} versions, {read} stand for a release: {100 * read / max(total, 1):.2f} %")
    for result, count in counts.most_common():
        print(f"{count:8} {result}")
        if examples[result]:
            step = max(1, len(examples[result]) // SHOWN)
            print(f"         {', '.join(examples[result][::step][:SHOWN])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
