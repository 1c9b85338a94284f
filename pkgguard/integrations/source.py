"""A Debian source package: its binary packages, from debian/control and debian/changelog."""

from __future__ import annotations

import contextlib
import io
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from debian.deb822 import Deb822

from pkgguard.errors import SourceError, VersionError
from pkgguard.families.lookup import family
from pkgguard.regular_files import content

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LARGEST: Final = 32_000_000
"""The most bytes that a file of a source package may have: the longest changelogs have a few million."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9+.-]+")  # Debian Policy 5.6.7
_HEADING: Final = re.compile(r"\w[-+0-9a-z.]* \(([^() \t]+)\)(?:\s+[-+0-9a-z.]+)+;", re.IGNORECASE)
"""The first line of a changelog entry (deb-changelog(5))."""
_NOT_DEB: Final = re.compile(r"udeb\b")
_DEBPUTY: Final = re.compile(r"(?<![\w+.-])dh-sequence-(?:zz-)?debputy(?:-rrr)?(?![\w+.-])")


@dataclass(frozen=True, slots=True)
class BinaryPackage:
    """A binary package, from a stanza of debian/control.

    ``fields`` are not expanded; their names are case-insensitive.
    """

    name: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SourcePackage:
    """A Debian source package, unpacked; ``folder`` contains debian/.

    ``merges_substvars`` is whether packages get the relations of a substvar even
    if debian/control does not use it, as with dh_debputy(1). ``versions`` maps the
    names of binary packages to versions that differ from their changelog. ``name`` is
    the name of the source.
    """

    folder: Path
    binaries: tuple[BinaryPackage, ...]
    merges_substvars: bool = False
    versions: Mapping[str, str] = field(default_factory=dict)
    name: str = ""

    @property
    def control(self) -> Path:
        """The path of debian/control."""
        return self.folder / "debian/control"

    @property
    def names(self) -> frozenset[str]:
        """The names of the binary packages."""
        return frozenset(binary.name for binary in self.binaries)

    def changelog(self, name: str) -> Path:
        """Return the changelog that a binary package takes its version from, as in dh_gencontrol(1).

        That is ``debian/NAME.changelog``, possibly with the ending of an architecture
        or a system (debhelper(7)), or else ``debian/changelog``.
        """
        endings = [os.environ.get(variable, "") for variable in ("DEB_HOST_ARCH", "DEB_HOST_ARCH_OS")]
        for ending in (*(f".{one}" for one in endings if one), ""):
            own = self.folder / f"debian/{name}.changelog{ending}"
            if own.is_file():
                return own
        return self.folder / "debian/changelog"

    def version(self, name: str) -> str:
        """Return the version of a binary package: by default that of the newest changelog entry (Policy 4.4).

        Raises :class:`SourceError` if the changelog cannot be read.
        """
        return self.versions.get(name) or newest_version(self.changelog(name))


def read_source(folder: Path, versions: Mapping[str, str] | None = None) -> SourcePackage:
    """Read debian/control of a source package.

    ``folder`` contains debian/, and ``versions`` maps packages to versions that differ
    from their changelog. Raises :class:`SourceError` if the file is missing, is not in
    UTF-8, or lacks the stanza of the source or of a binary package (Debian Policy 5.2).
    """
    path = folder / "debian/control"
    text = _text(path, "run this in the folder that contains debian/")
    stanzas = list(Deb822.iter_paragraphs(text.splitlines(keepends=True), use_apt_pkg=False))
    if not stanzas or "Source" not in stanzas[0]:
        raise SourceError(str(path), "", "its first stanza has no Source", "begin it with 'Source: NAME'")
    binaries = []
    for number, stanza in enumerate(stanzas[1:], 2):
        name = stanza.get("Package", "")
        if not _NAME.fullmatch(name):
            reason = f"{name!r} is not a package name" if name else "there is no Package field"
            raise SourceError(str(path), f"stanza {number}", reason, "begin it with 'Package: NAME'")
        if not _NOT_DEB.match(stanza.get("Package-Type", stanza.get("XC-Package-Type", ""))):
            binaries.append(BinaryPackage(name, stanza))
    if not binaries:
        raise SourceError(str(path), "", "it has no binary package", "add a stanza 'Package: NAME'")
    depends = ("Build-Depends", "Build-Depends-Arch", "Build-Depends-Indep")
    merges = any(_DEBPUTY.search(stanzas[0].get(name, "")) for name in depends)
    return SourcePackage(folder, tuple(binaries), merges, versions or {}, stanzas[0]["Source"].strip())


def newest_version(path: Path) -> str:
    """Return the version in the first heading of a changelog, which is the newest entry (deb-changelog(5)).

    Other mistakes in the changelog are left to dpkg-parsechangelog(1), which ignores
    most of them. Raises :class:`SourceError` if there is no heading with a version.
    """
    text = read_text(path, "write one with 'dch --create', or name the source package's folder")
    heading = next(filter(None, map(_HEADING.match, text.split("\n"))), None)
    help = "fix it until dpkg-parsechangelog reads it"
    if heading is None:
        reason = "it has no entry that begins like 'name (1.0-1) unstable; urgency=medium'"
        raise SourceError(str(path), "", reason, help)
    try:
        family("deb").key(heading[1])
    except VersionError as error:
        raise SourceError(str(path), "newest entry", str(error), help) from error
    return heading[1]


def versions_of(path: Path) -> tuple[str, ...]:
    """Return the versions of all entries of a changelog, the newest first, without those that are not valid.

    Raises :class:`SourceError` if the newest one cannot be read.
    """
    found = {newest_version(path): None}
    for heading in map(_HEADING.match, read_text(path, "").split("\n")):
        with contextlib.suppress(VersionError):
            if heading is not None:
                family("deb").key(heading[1])
                found[heading[1]] = None
    return tuple(found)


def read_text(path: Path, help: str) -> str:
    """Read a file of a source package; bytes that are not UTF-8 become lone surrogates (PEP 383).

    Raises :class:`SourceError` for a missing file, with ``help``, and for one that is
    larger than any file of a source package.
    """
    try:
        data = content(path, LARGEST + 1)
    except FileNotFoundError as error:
        raise SourceError(str(path), "", "the file does not exist", help) from error
    if len(data) > LARGEST:
        raise SourceError(str(path), "", f"it is larger than {LARGEST} bytes", "shorten it")
    return io.TextIOWrapper(io.BytesIO(data), "utf-8", "surrogateescape").read()


def _text(path: Path, help: str) -> str:
    text = read_text(path, help)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        reason = f"character {error.start} is not UTF-8"
        raise SourceError(str(path), "", reason, "write it in UTF-8 (Debian Policy 5.1)") from error
    return text
