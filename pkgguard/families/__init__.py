"""The package families, each loaded when it is first asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from pkgguard.errors import UnknownNameError

if TYPE_CHECKING:
    from pkgguard.families.interface import Family

NAMES: Final = ("deb", "rpm")

_BY_SUFFIX: Final = {".deb": "deb", ".udeb": "deb", ".ddeb": "deb", ".rpm": "rpm"}


@cache
def family(name: str) -> Family:
    """Give a family by its name; raise :class:`UnknownNameError` for any other."""
    if name not in NAMES:
        raise UnknownNameError("family", name, NAMES)
    module = import_module(f"pkgguard.families.{name}.family")
    return cast("Family", module.FAMILY)
