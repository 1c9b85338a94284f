"""``python -m tools.kata.buf_breaking BUF AGENT KATA``: what ``buf breaking`` says of Kata's releases.

BUF is the program buf; AGENT and KATA are clones as for :mod:`tools.kata.protocols`. For
each pair of releases between which the protocol changed, a line has the classes of
pkgguard and the rules of buf's category WIRE and of its category PACKAGE.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pkgguard.manifest.discover import built_in
from pkgguard.protocol.change_classes import Weight
from pkgguard.protocol.descriptors import read_descriptors
from pkgguard.protocol.differences import differences
from tools.kata.protocols import clones_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tools.kata.protocols import Clones

_CATEGORIES: Final = ("WIRE", "PACKAGE")


def main(words: Sequence[str]) -> int:
    """Run the command; return 2 if it was called wrongly."""
    if len(words) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    buf, agent, kata = words
    with clones_of(Path(agent), Path(kata)) as clones, tempfile.TemporaryDirectory() as folder:
        for line in compared(buf, clones, Path(folder)):
            print(line)
    return 0


def compared(buf: str, clones: Clones, folder: Path) -> Iterator[str]:
    """Yield a line for each pair of releases between which the protocol changed."""
    releases = [release.text for release in built_in().manifest.components["agent"].releases]
    for old, new in pairwise(releases):
        images = [_image(clones, release, folder) for release in (old, new)]
        found = differences(*(read_descriptors(image.read_bytes(), image.name) for image in images))
        if found:
            own = Counter(one.change_class.id for one in found if one.weight is not Weight.NONE)
            theirs = [f"{category} {_listed(_rules(buf, category, *images))}" for category in _CATEGORIES]
            yield f"{old} -> {new}: {_listed(own)}; {'; '.join(theirs)}"


def _image(clones: Clones, release: str, folder: Path) -> Path:
    path = folder / f"{release}.binpb"
    if not path.exists():
        path.write_bytes(clones.descriptors(release))
    return path


def _rules(buf: str, category: str, old: Path, new: Path) -> Counter[str]:
    config = json.dumps({"version": "v2", "breaking": {"use": [category]}})
    command = [buf, "breaking", str(new), "--against", str(old), "--config", config, "--error-format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return Counter(json.loads(line)["type"] for line in done.stdout.splitlines())


def _listed(numbers: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(numbers.items())) or "nothing"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
