"""Which package families there are: each is a folder beside this module that has a ``family`` module.

A folder is found by being there, so that nothing outside it names it. Families are
loaded when they are first asked for.
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
    """Return what a family calls its packages and versions."""
    return cast("Summary", import_module(f"pkgguard.families.{name}.summary").SUMMARY)
