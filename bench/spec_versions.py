"""Write the names and versions of source packages from a folder of spec files, for release_coverage.py.

    python bench/spec_versions.py FOLDER > fedora.tsv

Only the tags of the main package are read, with the macros that the spec file defines with plain
text. A version with any other macro is left out, and counted.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Final

_DEFINITION: Final = re.compile(r"\s*%(?:global|define)\s+(\w+)\s+(\S.*?)\s*\Z")
_TAG: Final = re.compile(r"(?i)\s*(Epoch|Version|Release)\s*:\s*(\S+)")
_SHORTENED: Final = re.compile(r"%\(\s*c=([^;%]*);\s*echo\s+\$\{c:0:(\d+)\}\s*\)")
_CONDITION: Final = re.compile(r"%\{(!?)\?(\w+)(?::([^{}]*))?\}")
_PLAIN: Final = re.compile(r"%\{(\w+)\}|%(\w+)")
_ROUNDS: Final = 10


def expanded(text: str, macros: dict[str, str]) -> str:
    """Expand the macros of a text, as far as they are plain."""
    for _ in range(_ROUNDS):
        before = text
        text = _PLAIN.sub(lambda match: macros.get(match[1] or match[2], match[0]), text)
        text = _CONDITION.sub(lambda match: _chosen(match, macros), text)
        text = _SHORTENED.sub(lambda match: match[1].strip()[: int(match[2])], text)
        if text == before:
            break
    return text


def _chosen(match: re.Match[str], macros: dict[str, str]) -> str:
    """Return what a conditional macro stands for: %{?x}, %{?x:then} or %{!?x:then}."""
    negated, name, then = match.groups()
    if bool(negated) == (name in macros):
        return ""
    return macros.get(name, "") if then is None else then


def version(text: str) -> str:
    """Return the version of the main package of a spec file, or an empty text if it cannot be read."""
    macros = {"dist": ".fc43", "fedora": "43", "nil": "", "autorelease": "1.fc43"}
    tags: dict[str, str] = {}
    for line in text.splitlines():
        if match := _DEFINITION.match(line):
            macros.setdefault(match[1], match[2])
        elif (match := _TAG.match(line)) and match[1].lower() not in tags:
            tags[match[1].lower()] = match[2]
            macros.setdefault(match[1].lower(), match[2])
    if not {"version", "release"} <= tags.keys():
        return ""
    epoch, upstream, release = (
        expanded(tags.get(tag, ""), macros) for tag in ("epoch", "version", "release")
    )
    found = f"{epoch}:{upstream}-{release}" if epoch else f"{upstream}-{release}"
    return "" if re.search(r"[^\w.+~^:-]|\.\.", found) else found


def main() -> int:
    """Write a line for each package."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    left_out = 0
    for path in sorted(parser.parse_args().folder.rglob("*.spec")):
        if found := version(path.read_text("utf-8", "replace")):
            print(f"{path.stem}\t{found}")
        else:
            left_out += 1
    print(f"{left_out} left out", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
