"""The relations of an .rpm according to the files that it ships, for rpmbuild's dependency generator.

``files`` in a manifest identifies a package by its files, whatever its name is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pkgguard import api
from pkgguard.budget import spend
from pkgguard.families.lookup import family
from pkgguard.manifest import discover
from pkgguard.manifest.globs import expression, fits

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from pkgguard.manifest.model import Manifest
    from pkgguard.manifest.package_spec import PackageSpec

_FAMILY: Final = "rpm"


@dataclass(frozen=True, slots=True)
class Shipped:
    """A package of the manifest, the shipped file that identifies it, and its relations."""

    entry: str
    path: str
    generated: api.Generated


def candidates(
    named: str | os.PathLike[str] | None, environ: Mapping[str, str] | None = None
) -> tuple[discover.Found, ...]:
    """Return the manifests that may apply to a package; the last one is the default.

    A manifest that is named, in ``PKGGUARD_MANIFEST`` or in the current folder is the
    only one. Otherwise they are all installed ones and the built-in one.
    """
    one = discover.chosen(named, environ=environ)
    return (one,) if one is not None else discover.every_candidate(environ)


def expressions(among: Sequence[discover.Found]) -> tuple[str, ...]:
    """Return a regular expression for each file pattern of the manifests."""
    patterns = {
        pattern
        for found in among
        for entry in found.manifest.packages.values()
        if _FAMILY in entry.shipping
        for pattern in entry.files
    }
    return tuple(expression(pattern) for pattern in sorted(patterns))


def manifest_of(among: Sequence[discover.Found], name: str, paths: Sequence[str]) -> discover.Found:
    """Return the manifest that knows a package by its name or else by a file, or else the last one.

    Raises :class:`AmbiguousManifestError` if several manifests know it by its name, or
    several by a file.
    """
    by_name = [one for one in among if one.manifest.package_named(_FAMILY, name)]
    by_files = (one for one in among if _named_by_files(one.manifest, paths))
    return discover.only(by_name or list(by_files), (name,)) or among[-1]


def relations_by_files(
    manifest: Manifest,
    name: str,
    version: str,
    paths: Sequence[str],
    *,
    target: str = "",
    newest_if_unknown: bool = False,
    settings: Mapping[str, str] | None = None,
) -> tuple[Shipped, ...]:
    """Return the relations of each package of the manifest whose files an .rpm ships.

    If the manifest knows the .rpm by its own name, the name decides instead of its
    files, and the epoch of ``version`` must be the one in the manifest. Raises
    :class:`SourceError` if a package of that name does not carry a component that its
    files identify, or if an .rpm of an unknown name ships both sides of a protocol.
    ``settings`` maps losses to levels. Also raises the errors of
    :func:`pkgguard.api.Project.relations`.
    """
    by_files = _named_by_files(manifest, paths)
    if not by_files:
        return ()
    own = manifest.package_named(_FAMILY, name)
    if own is None:
        _refuse_both_sides(manifest, name, by_files)
    else:
        _refuse_another_shape(own, by_files)
        by_files = [(own, by_files[0][1])]
    return tuple(
        Shipped(
            entry.name,
            path,
            api.Project(manifest).relations(
                _FAMILY,
                entry.shipping[_FAMILY].name,
                version if own is entry else _with_epoch(entry, version),
                target=target,
                newest_if_unknown=newest_if_unknown,
                settings=settings,
            ),
        )
        for entry, path in by_files
    )


def _with_epoch(entry: PackageSpec, version: str) -> str:
    """Return a version with the epoch of an entry, for an .rpm of another name."""
    rpm = family(_FAMILY)
    _, upstream, release = rpm.split(version)
    return rpm.join(entry.shipping[_FAMILY].epoch, upstream, release)


def _named_by_files(manifest: Manifest, paths: Sequence[str]) -> list[tuple[PackageSpec, str]]:
    """Return the packages with a file pattern that matches a path, each with the first such path."""
    found = []
    for entry in manifest.packages.values():
        if _FAMILY in entry.shipping:
            path = next((path for path in paths if _is_named(path, entry.files)), None)
            if path is not None:
                found.append((entry, path))
    return found


def _is_named(path: str, patterns: Sequence[str]) -> bool:
    spend()
    return any(fits(pattern, path) for pattern in patterns)


def _refuse_another_shape(own: PackageSpec, by_files: Sequence[tuple[PackageSpec, str]]) -> None:
    for entry, path in by_files:
        if missing := [one for one in entry.carries if one not in own.carries]:
            raise api.SourceError(
                own.shipping[_FAMILY].name,
                path,
                f"the file shows that the package carries {', '.join(missing)} (it is listed in files of"
                f" [package.{entry.name}]), but [package.{own.name}] of the manifest does not list that",
                f"fix carries of [package.{own.name}] or files of [package.{entry.name}]",
            )


def _refuse_both_sides(manifest: Manifest, name: str, by_files: Sequence[tuple[PackageSpec, str]]) -> None:
    ships = {component: path for entry, path in by_files for component in entry.carries}
    for protocol in manifest.protocols.values():
        for client in protocol.clients:
            if client in ships and protocol.server in ships:
                raise api.SourceError(
                    name,
                    "",
                    f"it ships both sides of the {protocol.name} protocol, {client} ({ships[client]}) and"
                    f" {protocol.server} ({ships[protocol.server]}), but the manifest knows no such package",
                    f'add [package.{name}] with carries = ["{client}", "{protocol.server}"] to the manifest,'
                    " or write %global __pkgguard_path %{nil} in the spec: one atomic set needs no relations",
                )
