"""Which manifest is used, when several could be."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pkgguard.errors import AmbiguousManifestError, MissingManifestError
from pkgguard.manifest.read import built_in_manifest, read_manifest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pkgguard.manifest.model import Manifest

VARIABLE: Final = "PKGGUARD_MANIFEST"
LOCAL: Final = ("pkgguard.toml", "debian/pkgguard.toml")
INSTALLED: Final = Path("/usr/share/pkgguard/manifests")
"""Where packages drop manifests for whoever builds or checks against them."""
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
    local: Collection[str] = LOCAL,
    packages: Collection[str] = (),
) -> Found:
    """Find and read the manifest to use.

    The first of these that is given or exists: the one named, the one in the
    variable ``PKGGUARD_MANIFEST``, one of ``local`` in ``folder`` (default:
    ``pkgguard.toml`` and then ``debian/pkgguard.toml`` in the current one), the
    one of those in ``/usr/share/pkgguard/manifests`` that knows any of
    ``packages`` (names in a family or in a manifest), and Kata's own, which is
    built in. Raises :class:`ManifestError`, :class:`MissingManifestError` where
    the one that was asked for does not exist, :class:`AmbiguousManifestError`
    where several installed ones know the packages, and :class:`OSError` where a
    file cannot be read.
    """
    return chosen(named, environ=environ, folder=folder, local=local) or installed(packages) or built_in()


def chosen(
    named: str | os.PathLike[str] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
    local: Collection[str] = LOCAL,
) -> Found | None:
    """Give the manifest that is the one whatever the packages, or None; see :func:`find_manifest`."""
    if named is not None:
        return _asked_for(Path(named), "named on the command line")
    if environ is not None and environ.get(VARIABLE):
        return _asked_for(Path(environ[VARIABLE]), f"named by {VARIABLE}")
    for one in local:
        path = (folder or Path()) / one
        if os.path.lexists(path):
            return Found(read_manifest(path), str(path), "found here")
    return None


def _asked_for(path: Path, origin: str) -> Found:
    try:
        return Found(read_manifest(path), str(path), origin)
    except FileNotFoundError as error:
        raise MissingManifestError(str(path), origin) from error


def installed(packages: Collection[str]) -> Found | None:
    """Give the installed manifest that knows any of these packages, or None.

    Raises :class:`AmbiguousManifestError` where several do.
    """
    if not packages:
        return None
    found = [one for one in every_installed() if knows(one.manifest, packages)]
    if len(found) > 1:
        raise AmbiguousManifestError(tuple(sorted(packages)), tuple(one.path for one in found))
    return found[0] if found else None


def every_installed() -> tuple[Found, ...]:
    """Give all installed manifests, by their names."""
    return tuple(
        Found(read_manifest(path), str(path), "installed") for path in sorted(INSTALLED.glob("*.toml"))
    )


def knows(manifest: Manifest, packages: Collection[str]) -> bool:
    """Say whether a manifest knows any of these packages, by the name in a family or its own."""
    names = {name for _, name in manifest.by_shipped_name} | set(manifest.packages)
    return not names.isdisjoint(packages)


def built_in() -> Found:
    """Give the built-in manifest."""
    name = f"{BUILT_IN}.toml"
    return Found(built_in_manifest(name), name, "built in")
