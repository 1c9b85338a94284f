"""The package families, each loaded when it is first asked for."""

from __future__ import annotations

import stat
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from pkgguard.errors import PackageError, UnknownNameError

if TYPE_CHECKING:
    from pathlib import Path

    from pkgguard.families.interface import Family

NAMES: Final = ("deb", "rpm")

_MAGIC: Final = {b"!<arch>\n": "deb", b"\xed\xab\xee\xdb": "rpm"}
"""The first bytes of the files of each family: ar(5), and rpm's lead."""


@cache
def family(name: str) -> Family:
    """Give a family by its name; raise :class:`UnknownNameError` for any other."""
    if name not in NAMES:
        raise UnknownNameError("family", name, NAMES)
    module = import_module(f"pkgguard.families.{name}.family")
    return cast("Family", module.FAMILY)


def family_of(path: Path) -> Family:
    """Tell a package file's family by its first bytes; raise :class:`PackageError`."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise PackageError(str(path), "", "is not a regular file", "name package files only")
        with path.open("rb") as stream:
            start = stream.read(8)
    except OSError as error:
        raise PackageError(str(path), "", f"cannot be opened: {error.strerror}") from error
    except ValueError as error:
        raise PackageError(repr(str(path)), "", "is no file name") from error
    for magic, name in _MAGIC.items():
        if start.startswith(magic):
            return family(name)
    raise PackageError(str(path), "", "is neither a .deb nor an .rpm by its first bytes")
