"""``python3 -m pkgguard.prepare [FOLDER]``: prepare the data files, as the build does.

FOLDER contains the folder ``pkgguard`` (default: the one that this module is in). Only
Python itself is needed, since a build may have nothing else.
"""

from __future__ import annotations

import marshal
import sys
import tomllib
from pathlib import Path
from typing import Final

from pkgguard.data import Content, Prepared, prepared_name
from pkgguard.manifest.read import parse_manifest
from pkgguard.manifest.toml_positions import Locator

SOURCES: Final = (
    "pkgguard/cli/commands.toml",
    "pkgguard/evolution/policies.toml",
    "pkgguard/manifests/cri.toml",
    "pkgguard/manifests/kata.toml",
)
"""The files to prepare, relative to the folder that contains ``pkgguard``."""

_FORMAT: Final = 2
"""The marshal format that every Python reads, and that always gives the same bytes for the same text."""


def prepare(folder: Path) -> list[Path]:
    """Write the prepared form beside each file; return the paths that were written.

    Raises :class:`OSError` if a file cannot be read or written, and
    :class:`ValueError` if one is not valid TOML or contains a value that cannot be
    prepared, such as a date.
    """
    written = []
    for source in SOURCES:
        path = folder / source
        target = path.with_name(prepared_name(path.name))
        target.write_bytes(prepared_bytes(path.read_bytes().decode("utf-8")))
        written.append(target)
    return written


def prepared_bytes(text: str) -> bytes:
    """Return the prepared form of a TOML text, as :mod:`pkgguard.data` reads it."""
    content = Content(tomllib.loads(text), Locator(text).lines)
    names = parse_manifest(text).names if "manifest" in content.tables else ()
    says = Prepared(text, tuple(sorted(names)), marshal.dumps(tuple(content), _FORMAT))
    if says.content() != content:
        raise ValueError("the prepared form does not contain everything in the TOML text")
    return marshal.dumps(tuple(says), _FORMAT)


if __name__ == "__main__":
    for one in prepare(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent):
        print(one)
