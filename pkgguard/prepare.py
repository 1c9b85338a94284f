"""``python3 -m pkgguard.prepare [FOLDER]``: what the build prepares of the data files.

FOLDER is the one that holds ``pkgguard`` (default: the one that this module is
in). It needs nothing but Python itself, since a build may have nothing else.
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Final

from pkgguard.data import prepared_name
from pkgguard.manifest.locate import Locator

SOURCES: Final = ("pkgguard/check/rules.toml", "pkgguard/manifests/kata.toml")
"""The files that are prepared, by their place in a folder that holds ``pkgguard``."""


def prepare(folder: Path) -> list[Path]:
    """Write what each of the files says beside it; return what was written.

    Raises :class:`OSError` where one cannot be read or written, and
    :class:`ValueError` or :class:`TypeError` where one is not valid TOML, or holds
    what JSON cannot, such as a date.
    """
    written = []
    for source in SOURCES:
        path = folder / source
        target = path.with_name(prepared_name(path.name))
        target.write_text(as_json(path.read_bytes().decode("utf-8")), encoding="utf-8")
        written.append(target)
    return written


def as_json(text: str) -> str:
    """Return what a TOML text says as JSON, with the text itself; see :mod:`pkgguard.data`."""
    tables = tomllib.loads(text)
    lines = [[list(place), line] for place, line in Locator(text).lines.items()]
    document = json.dumps({"text": text, "tables": tables, "lines": lines}, ensure_ascii=False)
    if json.loads(document)["tables"] != tables:
        raise ValueError("JSON does not hold all that the TOML text says")
    return f"{document}\n"


if __name__ == "__main__":
    for one in prepare(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent):
        print(one)
