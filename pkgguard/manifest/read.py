"""Reading a manifest: from TOML to the model; all mistakes are reported at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pkgguard.errors import ManifestError
from pkgguard.manifest.decode import Document
from pkgguard.manifest.extend import with_extended
from pkgguard.manifest.format import note_format
from pkgguard.manifest.limits import manifest_budget
from pkgguard.manifest.merge import merged
from pkgguard.manifest.source import (
    InFolder,
    Unplaced,
    built_in_source,
    prepared_built_in,
    source_of,
    source_of_text,
)
from pkgguard.manifest.typed_table import Mistakes, Table
from pkgguard.manifest.validate import note_disagreements

if TYPE_CHECKING:
    import os

    from pkgguard.manifest.model import Manifest
    from pkgguard.manifest.source import Origin, Source


def read_manifest(path: str | os.PathLike[str], shown: str = "") -> Manifest:
    """Read a manifest file, and those that it extends.

    ``shown`` is its name in messages (default: the path). Raises :class:`ManifestError`
    with every mistake, and :class:`OSError` if the file cannot be read.
    """
    return manifest_from(InFolder(Path(path), shown or str(path)))


def manifest_from(origin: Origin) -> Manifest:
    """Read a manifest, and those that it extends; see :func:`read_manifest`."""
    with manifest_budget(origin.file.path):
        return _sum(source_of(origin))


def manifest_of_text(text: str, origin: Origin) -> Manifest:
    """Return a manifest as if its file had another text; see :func:`read_manifest`."""
    with manifest_budget(origin.file.path):
        return _sum(source_of_text(text, origin))


def parse_manifest(text: str, shown: str = "manifest") -> Manifest:
    """Read the text of a manifest; raise :class:`ManifestError` with every mistake.

    It can extend built-in and installed manifests. Raises :class:`ManifestLimitError`
    if the text exceeds a limit of size or time.
    """
    return manifest_of_text(text, Unplaced(shown))


def built_in_manifest(name: str) -> Manifest:
    """Return a built-in manifest, in the form that the build prepared if there is one."""
    with manifest_budget(name):
        return _sum(built_in_source(name, name))


def built_in_names(name: str) -> frozenset[str]:
    """Return the names of the packages of a built-in manifest, as :attr:`Manifest.names`."""
    ready = prepared_built_in(name)
    return built_in_manifest(name).names if ready is None else frozenset(ready.names)


def _sum(own: Source) -> Manifest:
    """Return a manifest with everything that it adds to those that it extends."""
    chain = with_extended(own)
    tables, places = merged(chain)
    mistakes = Mistakes(places, own.shown)
    for source in chain:
        of_file = Mistakes(source.places, source.shown)
        note_format(Table(source.tables, (), of_file))
        mistakes.include(of_file.found())
    document = Document(tables, mistakes, [source.file for source in chain])
    manifest = document.manifest()
    if not mistakes:
        note_disagreements(manifest, document.places_of_changes, mistakes)
    if mistakes:
        raise ManifestError(own.shown, mistakes.found())
    return manifest
