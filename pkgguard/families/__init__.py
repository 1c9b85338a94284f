"""The package families, each loaded when it is first asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from pkgguard.errors import PackageError, UnknownNameError
from pkgguard.families.open_regular import opened

if TYPE_CHECKING:
    from pathlib import Path

    from pkgguard.families.interface import Family

NAMES: Final = ("deb", "rpm")

_MAGIC: Final = {b"!<arch>\n": "deb", b"\xed\xab\xee\xdb": "rpm"}
"""The first bytes of the files of each family: ar(5), and rpm's lead."""


@cache
def family(name: str) -> Family:
    """Return a family by its name; raise :class:`UnknownNameError` for any other."""
    if name not in NAMES:
        raise UnknownNameError("family", name, NAMES)
    module = import_module(f"pkgguard.families.{name}.family")
    return cast("Family", module.FAMILY)


def family_of(path: Path) -> Family:
    """Return a package file's family by its first bytes; raise :class:`PackageError`."""
    with opened(path) as (file, _):
        start = file.read(8)
    for magic, name in _MAGIC.items():
        if start.startswith(magic):
            return family(name)
    raise PackageError(
        str(path), "", "it is neither a .deb nor an .rpm by its first bytes", "give package files"
    )
