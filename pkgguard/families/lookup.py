"""A package family by its name, or by a package file; each is loaded when it is first asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

from pkgguard.errors import PackageError, UnknownNameError
from pkgguard.families.package_file import opened
from pkgguard.families.registry import names, summary

if TYPE_CHECKING:
    from pathlib import Path

    from pkgguard.families.interface import Family


@cache
def family(name: str) -> Family:
    """Return a family by its name; raise :class:`UnknownNameError` for any other."""
    if name not in names():
        raise UnknownNameError("family", name, names())
    return cast("Family", import_module(f"pkgguard.families.{name}.family").FAMILY)


def family_of(path: Path) -> Family:
    """Return the family of a package file by its first bytes; raise :class:`PackageError`."""
    with opened(path) as (file, _):
        start = file.read(16)
    # The family that the file's name speaks of is asked first, so that often no other is loaded.
    for name in sorted(names(), key=lambda name: path.suffix != f".{name}"):
        if start.startswith(summary(name).magic):
            return family(name)
    kinds = " nor ".join(summary(name).described for name in names())
    raise PackageError(str(path), "", f"by its first bytes it is neither {kinds}", "name package files")
