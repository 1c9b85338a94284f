"""The package families: each folder beside this module with a ``family`` module is one.

Folders are found automatically, so nothing outside a folder names it. Families are
loaded when they are first used.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pkgguard.families

if TYPE_CHECKING:
    from pkgguard.families.summary import Summary


@cache
def names() -> tuple[str, ...]:
    """Return the names of the families, sorted."""
    folders = map(Path, pkgguard.families.__path__)
    return tuple(sorted(path.parent.name for folder in folders for path in folder.glob("*/family.py")))


@cache
def summary(name: str) -> Summary:
    """Return the description of a family without loading it."""
    return cast("Summary", import_module(f"pkgguard.families.{name}.summary").SUMMARY)
