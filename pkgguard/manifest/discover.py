"""Finding the manifest that is used."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.errors import AmbiguousManifestError, ManifestError, MissingManifestError, UnknownNameError
from pkgguard.manifest import catalog
from pkgguard.manifest.read import built_in_manifest, built_in_names, read_manifest
from pkgguard.manifest.source import built_in_file
from pkgguard.manifest.typed_table import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from pkgguard.manifest.model import Manifest

VARIABLE: Final = "PKGGUARD_MANIFEST"
ARCHIVE: Final = "PKGGUARD_ARCHIVE"
"""The variable that names the archive whose epochs apply, if a manifest has several."""
LOCAL: Final = ("pkgguard.toml", "debian/pkgguard.toml")
BUILT_IN_ORIGIN: Final = "built in"
INSTALLED_ORIGIN: Final = "installed"


class Found(NamedTuple):
    """The manifest that is used; ``origin`` describes for people where it came from."""

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
    components: Collection[str] = (),
    protocols: Collection[str] = (),
) -> Found:
    """Find and read the manifest to use.

    It is the first of these that is given or exists: the named one, the one in the
    variable ``PKGGUARD_MANIFEST``, one of ``local`` in ``folder`` (default:
    ``pkgguard.toml`` and then ``debian/pkgguard.toml`` in the current one), and, of
    those in ``/usr/share/pkgguard/manifests`` and the built-in ones, the one that knows
    any of ``packages`` (names in a family or in a manifest). If none knows any, it is
    the built-in one that has all of ``components`` and ``protocols``, or else Kata's.
    An installed one that extends another takes its place. The names ``kata`` and ``cri``
    are those of built-in ones. Raises :class:`ManifestError`,
    :class:`MissingManifestError` if the requested one does not exist,
    :class:`AmbiguousManifestError` if several know the packages, and :class:`OSError`
    if a file cannot be read.

    ``PKGGUARD_ARCHIVE`` names an archive with different epochs. Raises
    :class:`UnknownNameError` if a named or local manifest does not know it.
    """
    found = chosen(named, environ=environ, folder=folder, local=local)
    if found is not None:
        return found
    archive = _archive(environ)
    installed = _remaining(every_installed(), archive)
    if packages:
        found = only(_knowing(installed, packages, archive), packages)
    return found or _built_in_with(components, protocols, installed, archive)


class Choice(NamedTuple):
    """The manifests that judge packages; each package is judged by the one that knows it.

    ``chosen`` is a named or local manifest, which judges all packages. Without it, the
    ``installed`` ones and the built-in ones do. ``refused`` are the installed ones that
    could not be read, each path with its error. ``archive`` names the archive whose
    epochs apply.
    """

    chosen: Found | None
    installed: tuple[Found, ...] = ()
    refused: tuple[tuple[str, ManifestError | OSError], ...] = ()
    archive: str = ""

    @property
    def among(self) -> tuple[Found, ...]:
        """The manifests of which one is used for a package."""
        if self.chosen is not None:
            return (self.chosen,)
        return _every(self.installed, self.archive)

    @property
    def default(self) -> Found:
        """The manifest to name if none knows a package."""
        return self.chosen or _in_place_of(catalog.BUILT_IN[-1], self.installed, self.archive)[-1]

    def of(self, family: str, name: str) -> Found | None:
        """Return the manifest that knows a package by its name in its family, or None.

        Raises :class:`AmbiguousManifestError` if several do.
        """
        chosen = (self.chosen,) if self.chosen is not None else ()
        among = chosen or _knowing(self.installed, (name,), self.archive)
        return only([one for one in among if one.manifest.package_named(family, name)], (name,))


def choose(
    named: str | os.PathLike[str] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
    local: Collection[str] = LOCAL,
) -> Choice:
    """Find the manifests that judge packages, and the installed ones that could not be read.

    The arguments are those of :func:`find_manifest`, whose errors it raises for a named
    or local manifest.
    """
    found = chosen(named, environ=environ, folder=folder, local=local)
    if found is not None:
        return Choice(found)
    installed: list[Found] = []
    refused: list[tuple[str, ManifestError | OSError]] = []
    for path in catalog.installed_paths():
        try:
            installed.append(Found(read_manifest(path), str(path), INSTALLED_ORIGIN))
        except ManifestError as error:
            refused.append((str(path), error.detached()))
        except OSError as error:
            refused.append((str(path), error))
    archive = _archive(environ)
    return Choice(None, _remaining(installed, archive), tuple(refused), archive)


def only(knowing: Sequence[Found], packages: Collection[str]) -> Found | None:
    """Return the manifest that knows some packages, or None.

    Raises :class:`AmbiguousManifestError` if there are several.
    """
    if len(knowing) > 1:
        raise AmbiguousManifestError(tuple(sorted(packages)), tuple(one.path for one in knowing))
    return knowing[0] if knowing else None


def chosen(
    named: str | os.PathLike[str] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
    local: Collection[str] = LOCAL,
) -> Found | None:
    """Return the manifest that is used for any package, or None; see :func:`find_manifest`."""
    found = _chosen(named, environ, folder, local)
    archive = _archive(environ)
    if found is not None and archive and archive not in found.manifest.archives:
        known = found.manifest.archives
        raise UnknownNameError(f"archive ({ARCHIVE})", archive, known, nearest(archive, known))
    return _in_archive(found, archive) if found is not None else None


def _chosen(
    named: str | os.PathLike[str] | None,
    environ: Mapping[str, str] | None,
    folder: Path | None,
    local: Collection[str],
) -> Found | None:
    if named is not None:
        return _asked_for(Path(named), "named on the command line")
    if environ is not None and environ.get(VARIABLE):
        path = Path(environ[VARIABLE])
        return _asked_for(path, f"named by {VARIABLE}{_remark(path, folder)}")
    for one in local:
        path = (folder or Path()) / one
        if os.path.lexists(path):
            return Found(read_manifest(path), str(path), f"found here{_remark(path, folder)}")
    return None


def passed_over(used: str | os.PathLike[str], folder: Path | None = None) -> tuple[str, ...]:
    """Return the manifests in a folder that would be found there, and are not the one that is used."""
    paths = [(folder or Path()) / one for one in LOCAL]
    real = os.path.realpath(used)
    return tuple(str(path) for path in paths if os.path.lexists(path) and os.path.realpath(path) != real)


def _remark(used: Path, folder: Path | None) -> str:
    """Return what an origin says of the manifests that are passed over."""
    others = passed_over(used, folder)
    if not others:
        return ""
    return f"; {' and '.join(others)} {'is' if len(others) == 1 else 'are'} not used"


def _archive(environ: Mapping[str, str] | None) -> str:
    """Return the archive that the environment names, or an empty text."""
    return environ.get(ARCHIVE, "") if environ is not None else ""


def _in_archive(found: Found, archive: str) -> Found:
    """Return a manifest with its epochs in an archive, if it has any."""
    if archive not in found.manifest.archives:
        return found
    return found._replace(manifest=found.manifest.in_archive(archive))


def is_built_in(named: str) -> bool:
    """Return whether an argument is the name of a built-in manifest.

    It goes before a file of that name, which an untrusted checkout could have.
    """
    return named in catalog.BUILT_IN


def _asked_for(path: Path, origin: str) -> Found:
    if is_built_in(str(path)):
        return built_in(str(path))
    try:
        return Found(read_manifest(path), str(path), origin)
    except FileNotFoundError as error:
        raise MissingManifestError(str(path), origin) from error


def every_installed() -> tuple[Found, ...]:
    """Return all installed manifests, sorted by name."""
    return tuple(
        Found(read_manifest(path), str(path), INSTALLED_ORIGIN) for path in catalog.installed_paths()
    )


def every_candidate(environ: Mapping[str, str] | None = None) -> tuple[Found, ...]:
    """Return the manifests that may know a package: the installed ones, and then the built-in ones.

    One that extends another takes its place.
    """
    archive = _archive(environ)
    return _every(_remaining(every_installed(), archive), archive)


def _remaining(installed: Iterable[Found], archive: str) -> tuple[Found, ...]:
    """Return the installed manifests that no other one extends, with their epochs in an archive."""
    every = tuple(installed)
    extended = {file.identity for one in every for file in one.manifest.files[1:]}
    left = (one for one in every if one.manifest.files[0].identity not in extended)
    return tuple(_in_archive(one, archive) for one in left)


def _every(installed: Sequence[Found], archive: str) -> tuple[Found, ...]:
    """Return the installed and the built-in manifests; one that extends a built-in one replaces it."""
    others = (one for one in installed if not one.manifest.files[-1].built_in)
    built_in = (_in_place_of(project, installed, archive) for project in catalog.BUILT_IN)
    return (*others, *(one for some in built_in for one in some))


def _in_place_of(project: str, installed: Sequence[Found], archive: str) -> tuple[Found, ...]:
    """Return the manifests that extend a built-in one, or else that one."""
    extending = tuple(one for one in installed if _extends(one, project))
    return extending or (_built_in(project, archive),)


def _extends(found: Found, project: str) -> bool:
    return built_in_file(f"{project}.toml").identity in {one.identity for one in found.manifest.files[1:]}


def _built_in_with(
    components: Collection[str], protocols: Collection[str], installed: Sequence[Found], archive: str
) -> Found:
    """Return the first built-in manifest, or one that extends it, that has these; else the default."""
    for project in catalog.BUILT_IN if components or protocols else ():
        for one in _in_place_of(project, installed, archive):
            manifest = one.manifest
            if manifest.components.keys() >= set(components) and manifest.protocols.keys() >= set(protocols):
                return one
    return _in_place_of(catalog.BUILT_IN[-1], installed, archive)[-1]


def every_built_in() -> tuple[Found, ...]:
    """Return all built-in manifests; the last one is the default."""
    return tuple(map(built_in, catalog.BUILT_IN))


def built_in(project: str = catalog.BUILT_IN[-1]) -> Found:
    """Return a built-in manifest by its project: ``kata``, which is the default, or ``cri``."""
    name = f"{project}.toml"
    return Found(built_in_manifest(name), name, BUILT_IN_ORIGIN)


@cache
def _built_in(project: str, archive: str) -> Found:
    return _in_archive(built_in(project), archive)


@cache
def _names_in(project: str) -> frozenset[str]:
    return built_in_names(f"{project}.toml")


def _knowing(installed: Sequence[Found], packages: Collection[str], archive: str) -> tuple[Found, ...]:
    """Return the installed and the built-in manifests that know any of these packages."""
    left = (project for project in catalog.BUILT_IN if not any(_extends(one, project) for one in installed))
    projects = (project for project in left if not _names_in(project).isdisjoint(packages))
    return (
        *(one for one in installed if not one.manifest.names.isdisjoint(packages)),
        *(_built_in(project, archive) for project in projects),
    )
