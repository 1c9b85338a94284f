"""Reading a manifest: from TOML to the model; all mistakes are reported at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pkgguard.budget import spend
from pkgguard.data import prepared, text_of
from pkgguard.errors import ManifestError, ManifestLimitError
from pkgguard.manifest.decode import Document
from pkgguard.manifest.limits import LARGEST, manifest_budget
from pkgguard.manifest.mistakes import SYNTAX, TOO_LARGE, mistake
from pkgguard.manifest.places import Places
from pkgguard.manifest.typed_table import Mistakes
from pkgguard.manifest.validate import note_disagreements
from pkgguard.regular_files import content

if TYPE_CHECKING:
    import os

    from pkgguard.diagnostics import Diagnostic
    from pkgguard.manifest.model import Manifest

_SYNTAX_PLACE: Final = r"\s*\(at line (\d+), column (\d+)\)$"


def read_manifest(path: str | os.PathLike[str], shown: str = "") -> Manifest:
    """Read a manifest file.

    ``shown`` is its name in messages (default: the path). Raises :class:`ManifestError`
    with every mistake, and :class:`OSError` if the file cannot be read.
    """
    path = Path(path)
    name = shown or str(path)
    return parse_manifest_bytes(content(path, LARGEST + 1), name)


def parse_manifest_bytes(data: bytes, name: str) -> Manifest:
    """Read the bytes of a manifest; raise :class:`ManifestError` with every mistake.

    ``name`` is how messages name it.
    """
    if len(data) > LARGEST:
        help = "split it by protocol"
        raise ManifestLimitError(name, mistake(TOO_LARGE, 0, f"is larger than {LARGEST} bytes", help))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ManifestError(
            name, (mistake(SYNTAX, line, "is not UTF-8", "save the file as UTF-8"),)
        ) from error
    return parse_manifest(text, name)


def parse_manifest(text: str, shown: str = "manifest") -> Manifest:
    """Read the text of a manifest; raise :class:`ManifestError` with every mistake.

    Raises :class:`ManifestLimitError` if the text exceeds a limit of size or time.
    """
    with manifest_budget(shown):
        return _parse(text, shown)


def built_in_manifest(name: str) -> Manifest:
    """Return a built-in manifest, in the form that the build prepared if there is one."""
    text = text_of("pkgguard.manifests", name)
    ready = prepared("pkgguard.manifests", name, text)
    if ready is None:
        return parse_manifest(text, name)
    with manifest_budget(name):
        content = ready.content()
        return _manifest(content.tables, Places(content.lines), name)


def built_in_names(name: str) -> frozenset[str]:
    """Return the names of the packages of a built-in manifest, as :attr:`Manifest.names`."""
    text = text_of("pkgguard.manifests", name)
    ready = prepared("pkgguard.manifests", name, text)
    return parse_manifest(text, name).names if ready is None else frozenset(ready.names)


def _parse(text: str, shown: str) -> Manifest:
    # Not needed for a built-in manifest, which is prepared.
    import tomllib  # noqa: PLC0415

    from pkgguard.manifest.shape import check_shape  # noqa: PLC0415
    from pkgguard.manifest.toml_positions import Locator  # noqa: PLC0415

    check_shape(text, shown)
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # thousands of digits raise a plain ValueError
        raise ManifestError(shown, (_syntax(error, text),)) from error
    spend()
    return _manifest(document, Locator(text), shown)


def _manifest(document: dict[str, Any], places: Places, shown: str) -> Manifest:
    mistakes = Mistakes(places, shown)
    manifest = Document(document, mistakes, shown).manifest()
    if not mistakes:
        note_disagreements(manifest, mistakes)
    if mistakes:
        raise ManifestError(shown, mistakes.found())
    return manifest


def _syntax(error: Exception, text: str) -> Diagnostic:
    if isinstance(error, RecursionError):
        return mistake(SYNTAX, 1, "is nested too deeply to be a manifest")
    message = str(error)
    place = re.search(_SYNTAX_PLACE, message)
    line = int(place.group(1)) if place else text.count("\n") + 1
    column = f" (column {place.group(2)})" if place else " (at the end of the document)"
    reason = re.sub(_SYNTAX_PLACE, "", message).removesuffix(" (at end of document)")
    return mistake(SYNTAX, line, f"is not valid TOML: {reason}{column}")
