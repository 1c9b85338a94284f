"""The manifests that have a name: the built-in ones, and those that packages install."""

from __future__ import annotations

from pathlib import Path
from typing import Final

INSTALLED: Final = Path("/usr/share/pkgguard/manifests")
"""Where packages install manifests for those that build or check against them."""
BUILT_IN: Final = ("cri", "kata")
"""The built-in manifests; the last one is the default, which is named if none knows a package."""


def installed_paths() -> list[Path]:
    """Return the paths of all installed manifests, sorted by name."""
    return sorted(INSTALLED.glob("*.toml"))


def installed_path(name: str) -> Path:
    """Return the path of the installed manifest with a name, which may not exist."""
    return INSTALLED / f"{name}.toml"
