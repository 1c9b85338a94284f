"""``python3 -m pkgguard.prepare [FOLDER]``: what the build prepares of the data files.

FOLDER is the one that holds ``pkgguard`` (default: the one that this module is
in). It needs nothing but Python itself, since a build may have nothing else.
"""

from __future__ import annotations

import marshal
import sys
import tomllib
from pathlib import Path
from typing import Final

from pkgguard.data import Prepared, prepared_name
from pkgguard.manifest.toml_positions import Locator

SOURCES: Final = ("pkgguard/manifests/kata.toml",)
"""The files that are prepared, by their place in a folder that holds ``pkgguard``."""

_FORMAT: Final = 2
"""The format of marshal that every Python reads, and in which the same text always gives the same bytes."""


def prepare(folder: Path) -> list[Path]:
    """Write what each of the files says beside it; return what was written.

    Raises :class:`OSError` where one cannot be read or written, and
    :class:`ValueError` where one is not valid TOML, or holds what cannot be
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
    """Return what a TOML text says as :mod:`pkgguard.data` reads it."""
    says = Prepared(text, tomllib.loads(text), Locator(text).lines)
    written = marshal.dumps(tuple(says), _FORMAT)
    if marshal.loads(written) != says:  # noqa: S302 - it was written here
        raise ValueError("what is prepared does not hold all that the TOML text says")
    return written


if __name__ == "__main__":
    for one in prepare(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent):
        print(one)
