"""One manifest file as it was read: its tables, their lines, and where the files beside it are."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from pkgguard.budget import spend
from pkgguard.data import prepared, text_of
from pkgguard.errors import ManifestError, ManifestLimitError
from pkgguard.manifest.composition import SourceFile
from pkgguard.manifest.limits import LARGEST
from pkgguard.manifest.mistakes import SYNTAX, TOO_LARGE, mistake
from pkgguard.manifest.places import Places
from pkgguard.manifest.shape import Shape, check_shape
from pkgguard.regular_files import content

if TYPE_CHECKING:
    from pkgguard.data import Prepared
    from pkgguard.diagnostics import Diagnostic

_SYNTAX_PLACE: Final = r"\s*\(at line (\d+), column (\d+)\)$"
_BUILT_IN: Final = "pkgguard.manifests"


class Origin(Protocol):
    """Where a manifest was read from, which finds the files beside it."""

    @property
    def file(self) -> SourceFile:
        """The file."""

    def read(self) -> bytes:
        """Return the content, or of one that is too long for a manifest, something as long."""

    def beside(self, path: str) -> Origin | None:
        """Return the origin of the file with a relative path, or None if there can be no such file."""


class InFolder(NamedTuple):
    """A manifest in a file; ``shown`` is its name in messages."""

    path: Path
    shown: str

    @property
    def file(self) -> SourceFile:
        """The file."""
        return SourceFile(self.shown, os.path.realpath(self.path))

    def read(self) -> bytes:
        """Return the content of the file, which must be a regular one."""
        return content(self.path, LARGEST + 1)

    def beside(self, path: str) -> InFolder:
        """Return the file with a path relative to the folder of this one."""
        shown = os.path.normpath(os.path.join(os.path.dirname(self.shown), path))
        return InFolder(Path(os.path.normpath(self.path.parent / path)), shown)


class Unplaced(NamedTuple):
    """A text that is in no file; ``shown`` is its name in messages."""

    shown: str

    @property
    def file(self) -> SourceFile:
        """Its name, without an identity."""
        return SourceFile(self.shown)

    def read(self) -> bytes:
        """Raise :class:`OSError`: there is no file."""
        raise OSError(errno.ENOENT, "is in no file", self.shown)

    def beside(self, path: str) -> None:
        """Return None: there is nothing beside it."""
        del path


class Source(NamedTuple):
    """One manifest file; ``shape`` counts what is in it."""

    tables: dict[str, Any]
    places: Places
    origin: Origin
    shape: Shape

    @property
    def file(self) -> SourceFile:
        """The file."""
        return self.origin.file

    @property
    def shown(self) -> str:
        """The name in messages."""
        return self.places.path


class _BuiltIn(NamedTuple):
    """A built-in manifest."""

    name: str
    shown: str

    @property
    def file(self) -> SourceFile:
        """The file."""
        return built_in_file(self.name, self.shown)

    def read(self) -> bytes:
        """Return the content."""
        return text_of(_BUILT_IN, self.name).encode("utf-8")

    def beside(self, path: str) -> None:
        """Return None: a built-in manifest extends no file."""
        del path


def built_in_file(name: str, shown: str = "") -> SourceFile:
    """Return the file of a built-in manifest; ``shown`` is its name in messages (default: its own name)."""
    return SourceFile(shown or name, f"{_BUILT_IN}/{name}", built_in=True)


def prepared_built_in(name: str) -> Prepared | None:
    """Return a built-in manifest in the form that the build prepared, or None."""
    return prepared(_BUILT_IN, name, text_of(_BUILT_IN, name))


def built_in_source(name: str, shown: str) -> Source:
    """Return a built-in manifest, in the form that the build prepared if there is one."""
    origin = _BuiltIn(name, shown)
    ready = prepared_built_in(name)
    if ready is None:
        return source_of(origin)._replace(shape=Shape(0, 0, 0))
    content = ready.content()
    return Source(content.tables, Places(content.lines, shown), origin, Shape(0, 0, 0))


def source_of(origin: Origin) -> Source:
    """Read a manifest file.

    Raises :class:`ManifestError` if it is not TOML, :class:`ManifestLimitError` if it
    is too large, and :class:`OSError` if it cannot be read.
    """
    return source_of_text(read_text(origin), origin)


def read_text(origin: Origin) -> str:
    """Read the text of a manifest file; see :func:`source_of`."""
    name = origin.file.path
    data = origin.read()
    if len(data) > LARGEST:
        help = "split it by protocol"
        raise ManifestLimitError(name, mistake(TOO_LARGE, 0, f"is larger than {LARGEST} bytes", help))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ManifestError(
            name, (mistake(SYNTAX, line, "is not UTF-8", "save the file as UTF-8"),)
        ) from error


def source_of_text(text: str, origin: Origin) -> Source:
    """Read the text of a manifest; see :func:`source_of`."""
    # Not needed for a built-in manifest, which is prepared.
    import tomllib  # noqa: PLC0415

    from pkgguard.manifest.toml_positions import Locator  # noqa: PLC0415

    shown = origin.file.path
    shape = check_shape(text, shown)
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # thousands of digits raise a plain ValueError
        raise ManifestError(shown, (_syntax(error, text),)) from error
    spend()
    return Source(tables, Locator(text, shown), origin, shape)


def _syntax(error: Exception, text: str) -> Diagnostic:
    if isinstance(error, RecursionError):
        return mistake(SYNTAX, 1, "is nested too deeply to be a manifest")
    message = str(error)
    place = re.search(_SYNTAX_PLACE, message)
    line = int(place.group(1)) if place else text.count("\n") + 1
    column = f" (column {place.group(2)})" if place else " (at the end of the document)"
    reason = re.sub(_SYNTAX_PLACE, "", message).removesuffix(" (at end of document)")
    return mistake(SYNTAX, line, f"is not valid TOML: {reason}{column}")
