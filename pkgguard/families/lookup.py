"""Package families by name or by package file; each is loaded when it is first used."""

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
    """Return the family with a name; raise :class:`UnknownNameError` if it does not exist."""
    if name not in names():
        raise UnknownNameError("family", name, names())
    return cast("Family", import_module(f"pkgguard.families.{name}.family").FAMILY)


def family_of(path: Path) -> Family:
    """Return the family of a package file by its first bytes; raise :class:`PackageError`."""
    with opened(path) as (file, _):
        start = file.read(16)
    # The family that matches the file's name is tried first, so that usually no other one is loaded.
    for name in sorted(names(), key=lambda name: path.suffix != f".{name}"):
        if start.startswith(summary(name).magic):
            return family(name)
    kinds = " nor ".join(summary(name).described for name in names())
    raise PackageError(str(path), "", f"by its first bytes it is neither {kinds}", "name package files")
