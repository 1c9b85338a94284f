"""Rebuilds of a package from the same source, which its full version counts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkgguard.families.interface import Family


def built_from(version: str, family: Family) -> str:
    """Return the full version of the source that a version was built from, without its epoch."""
    _, upstream, revision = family.split(version)
    plain = family.join("", upstream, revision)
    return re.sub(f"(?:{family.traits.rebuilt})$", "", plain) if family.traits.rebuilt else plain
