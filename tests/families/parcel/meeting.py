"""Every pair of parcels is judged separately."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkgguard.families.interface import Package


def profile(package: Package) -> None:
    """Return None: nothing is shared between pairs."""
    del package


def accepts(package: Package, other: Package) -> None:
    """Return None: each pair must be judged."""
    del package, other
