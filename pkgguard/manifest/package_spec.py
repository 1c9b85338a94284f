"""A package of a manifest: what it carries, and how each family ships it."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkgguard.versions.release import Release


class Presence(StrEnum):
    """Whether a client requires the package, or only refuses incompatible versions of it."""

    REQUIRED = "required"
    OPTIONAL = "optional"


Epochs: TypeAlias = "tuple[tuple[Release | None, str], ...]"
"""In order, the release from which on a package has an epoch (None: from the first on), and the epoch."""

Contents: TypeAlias = "Mapping[str, tuple[tuple[Release, Release], ...]]"
"""For a component, (release of the package's number, release of the component from there on), in order."""


class Archive(NamedTuple):
    """An archive in which a package has different epochs."""

    name: str
    epochs: Epochs


class Shipping(NamedTuple):
    """How one family ships a package: its name, its epochs, its published versions.

    ``published`` lists full versions that exist in archives, which can enumerate a hole
    if the family cannot express it. ``rebuilds`` are suffixes of rebuilds that sort
    below their release. ``irregular`` maps published versions that do not show their
    release to it. ``archives`` are those with different epochs.
    """

    name: str
    epochs: Epochs = ()
    published: tuple[str, ...] = ()
    rebuilds: tuple[str, ...] = ()
    irregular: tuple[tuple[str, Release], ...] = ()
    archives: tuple[Archive, ...] = ()

    @property
    def epoch(self) -> str:
        """The epoch that the newest releases have, or an empty text."""
        return self.epochs[-1][1] if self.epochs else ""

    def epoch_of(self, release: Release | None) -> str:
        """Return the epoch with which a release is shipped, or an empty text."""
        found = ""
        for start, epoch in self.epochs:
            if start is None or release is None or start <= release:
                found = epoch
        return found

    def in_archive(self, name: str) -> Shipping:
        """Return how an archive ships the package: with epochs of its own, if it has any."""
        for archive in self.archives:
            if archive.name == name:
                return self._replace(epochs=archive.epochs)
        return self


class PackageSpec(NamedTuple):
    """A package: the components it carries, and how each family ships it.

    ``peers`` limits the packages it is guarded against (None: every package that
    carries a peer component). ``presence`` is whether clients depend on it. ``files``
    are patterns of paths that identify a package of any name with the same content
    (:mod:`pkgguard.manifest.globs`). ``series`` are the first numbers of every release
    that it can carry (empty: any). ``contents`` has the components whose releases have
    other numbers than the package's version.
    """

    name: str
    carries: tuple[str, ...]
    shipping: Mapping[str, Shipping]
    peers: tuple[str, ...] | None = None
    presence: Presence = Presence.REQUIRED
    title: str = ""
    files: tuple[str, ...] = ()
    series: tuple[int, ...] = ()
    contents: Contents = MappingProxyType({})

    def can_carry(self, release: Release) -> bool:
        """Return whether a release is of the package's series."""
        return release.numbers[: len(self.series)] == self.series

    @property
    def numbered(self) -> tuple[str, ...]:
        """The components whose releases have the number of the package's version."""
        return tuple(name for name in self.carries if name not in self.contents)

    def content(self, component: str, release: Release) -> Release | None:
        """Return the release of a component in the package at a release of its number, or None."""
        if component not in self.contents:
            return release
        found = None
        for start, carried in self.contents[component]:
            if start <= release:
                found = carried
        return found
