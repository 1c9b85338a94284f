"""Which manifest is used, when several could be."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pkgguard.manifest.read import read_manifest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkgguard.manifest.model import Manifest

VARIABLE: Final = "PKGGUARD_MANIFEST"
LOCAL: Final = ("pkgguard.toml", "debian/pkgguard.toml")
BUILT_IN: Final = "kata"


@dataclass(frozen=True, slots=True)
class Found:
    """A manifest and why it is the one: ``origin`` says where it came from, for people."""

    manifest: Manifest
    path: str
    origin: str


def find_manifest(
    named: str | os.PathLike[str] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Found:
    """Find and read the manifest to use.

    The first of these that is given or exists: the one named, the one in the
    variable ``PKGGUARD_MANIFEST``, ``pkgguard.toml`` and then
    ``debian/pkgguard.toml`` in ``folder`` (default: the current one), and Kata's
    own, which is built in. Raises :class:`ManifestError`, and :class:`OSError`
    where a file that was asked for cannot be read.
    """
    if named is not None:
        return Found(read_manifest(named), str(named), "named on the command line")
    if environ is not None and environ.get(VARIABLE):
        path = Path(environ[VARIABLE])
        return Found(read_manifest(path), str(path), f"named by {VARIABLE}")
    for local in LOCAL:
        path = (folder or Path()) / local
        if os.path.lexists(path):
            return Found(read_manifest(path), str(path), "found here")
    return built_in()


def built_in() -> Found:
    """Give the built-in manifest."""
    with as_file(files("pkgguard.manifests").joinpath(f"{BUILT_IN}.toml")) as path:
        return Found(read_manifest(path, f"{BUILT_IN}.toml"), f"{BUILT_IN}.toml", "built in")
