"""A Debian source package: what debian/control and debian/changelog say of its binary packages."""

from __future__ import annotations

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
"""Bytes of a file of a source package: the longest changelogs have a few million."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9+.-]+")  # Debian Policy 5.6.7
_HEADING: Final = re.compile(r"\w[-+0-9a-z.]* \(([^() \t]+)\)(?:\s+[-+0-9a-z.]+)+;", re.IGNORECASE)
"""The first line of a changelog entry (deb-changelog(5))."""
_NOT_DEB: Final = re.compile(r"udeb\b")
_DEBPUTY: Final = re.compile(r"(?<![\w+.-])dh-sequence-(?:zz-)?debputy(?:-rrr)?(?![\w+.-])")


@dataclass(frozen=True, slots=True)
class BinaryPackage:
    """A binary package as a stanza of debian/control has it.

    ``fields`` are as they stand there; their names are looked up in any case.
    """

    name: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SourcePackage:
    """The tree of a Debian source package; ``folder`` is the one that holds debian/.

    ``merges_substvars`` says that its packages get the relations in a substvar
    whether or not debian/control uses it: dh_debputy(1) makes them. ``versions``
    are those of binary packages, by name, that are built in another version than
    the one of their changelog.
    """

    folder: Path
    binaries: tuple[BinaryPackage, ...]
    merges_substvars: bool = False
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def control(self) -> Path:
        """The path of debian/control."""
        return self.folder / "debian/control"

    @property
    def names(self) -> frozenset[str]:
        """The names of the binary packages."""
        return frozenset(binary.name for binary in self.binaries)

    def changelog(self, name: str) -> Path:
        """Return the changelog that a binary package takes its version from, as dh_gencontrol(1) does.

        That is ``debian/NAME.changelog``, maybe for an architecture or a system by
        a further ending (debhelper(7)), or else ``debian/changelog``.
        """
        endings = [os.environ.get(variable, "") for variable in ("DEB_HOST_ARCH", "DEB_HOST_ARCH_OS")]
        for ending in (*(f".{one}" for one in endings if one), ""):
            own = self.folder / f"debian/{name}.changelog{ending}"
            if own.is_file():
                return own
        return self.folder / "debian/changelog"

    def version(self, name: str) -> str:
        """Return the version of a binary package: by default that of the newest changelog entry (Policy 4.4).

        Raises :class:`SourceError` where the changelog cannot be read.
        """
        return self.versions.get(name) or newest_version(self.changelog(name))


def read_source(folder: Path, versions: Mapping[str, str] | None = None) -> SourcePackage:
    """Read debian/control of a source package.

    ``folder`` is the one that holds debian/, ``versions`` are those of packages
    that are built in another version than that of their changelog. Raises
    :class:`SourceError` where it is missing, is no UTF-8 text or has no stanza of
    a source and one of a binary package (Debian Policy 5.2).
    """
    path = folder / "debian/control"
    text = _text(path, "run this in the folder that holds debian/")
    stanzas = list(Deb822.iter_paragraphs(text.splitlines(keepends=True), use_apt_pkg=False))
    if not stanzas or "Source" not in stanzas[0]:
        raise SourceError(str(path), "", "its first stanza has no Source", "begin it with 'Source: NAME'")
    binaries = []
    for number, stanza in enumerate(stanzas[1:], 2):
        name = stanza.get("Package", "")
        if not _NAME.fullmatch(name):
            reason = f"{name!r} is no package name" if name else "it has no Package"
            raise SourceError(str(path), f"stanza {number}", reason, "begin it with 'Package: NAME'")
        if not _NOT_DEB.match(stanza.get("Package-Type", stanza.get("XC-Package-Type", ""))):
            binaries.append(BinaryPackage(name, stanza))
    if not binaries:
        raise SourceError(str(path), "", "it has no binary package", "add a stanza 'Package: NAME'")
    depends = ("Build-Depends", "Build-Depends-Arch", "Build-Depends-Indep")
    merges = any(_DEBPUTY.search(stanzas[0].get(name, "")) for name in depends)
    return SourcePackage(folder, tuple(binaries), merges, versions or {})


def newest_version(path: Path) -> str:
    """Return the version of the newest entry of a changelog: that of its first heading (deb-changelog(5)).

    What else may be wrong with the changelog is for dpkg-parsechangelog(1) to
    judge, which reads on over most of it. Raises :class:`SourceError` where there
    is no heading, or no version in it.
    """
    text = read_text(path, "write one with 'dch --create', or name the source package's folder")
    heading = next(filter(None, map(_HEADING.match, text.split("\n"))), None)
    help = "mend it until dpkg-parsechangelog reads it"
    if heading is None:
        reason = "it has no entry, which begins as in 'name (1.0-1) unstable; urgency=medium'"
        raise SourceError(str(path), "", reason, help)
    try:
        family("deb").key(heading[1])
    except VersionError as error:
        raise SourceError(str(path), "newest entry", str(error), help) from error
    return heading[1]


def read_text(path: Path, help: str) -> str:
    """Read a file of a source package; a byte that is not UTF-8 is a lone surrogate (PEP 383).

    Raises :class:`SourceError` with ``help`` where it is not there, and for a file
    that is larger than any of a source package.
    """
    try:
        data = content(path, LARGEST + 1)
    except FileNotFoundError as error:
        raise SourceError(str(path), "", "there is no such file", help) from error
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
