"""A family, assembled from the modules of its folder."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
    from pathlib import Path

    from pkgguard.families.interface import (
        EncodedRelations,
        GuardRequirements,
        InstallabilityVerdict,
        Package,
        Peer,
        Pitfall,
        Relation,
        Releases,
        Traits,
    )
    from pkgguard.families.summary import Summary
    from pkgguard.versions.sets import Key, VersionSet


class Encoding(Protocol):
    """The interface of a family's ``encode`` module."""

    @property
    def FIELDS(self) -> tuple[str, ...]:  # noqa: N802 - it is a constant of a module
        """Every field that ``encode`` may write, in the order to write them."""

    def encode(self, demand: GuardRequirements, target: str) -> EncodedRelations:
        """Return the relations of a guard."""


class Judging(Protocol):
    """The interface of a family's ``evaluate`` module."""

    def coinstallable(
        self, packages: Sequence[Package], *, assumed: Collection[str] = ()
    ) -> InstallabilityVerdict:
        """Return whether packages can be installed together."""

    def admitted(self, package: Package, peer: Peer, *, fields: Collection[str] | None = None) -> VersionSet:
        """Return the versions of a peer that a package's relations admit."""


class Meeting(Protocol):
    """The interface of a family's ``meeting`` module."""

    def profile(self, package: Package) -> Hashable | None:
        """Return the profile of a package."""

    def accepts(self, package: Package, other: Package) -> VersionSet | None:
        """Return the versions of ``other`` with which the package's relations are met."""


class Reading(Protocol):
    """The interface of a family's ``package`` module."""

    def read(self, path: Path) -> Package:
        """Read a package file."""

    def describe(self, text: str) -> Package:
        """Read metadata written as text."""

    def compose(
        self, name: str, version: str, architecture: str, relations: Mapping[str, Sequence[str]]
    ) -> Package:
        """Return a package with relations as text."""


class Assembled(NamedTuple):
    """A family from the modules of its folder; see :class:`~pkgguard.families.interface.Family`.

    ``folder`` is the name of the package with its modules. ``encode``, ``evaluate``,
    ``meeting`` and ``package`` are each loaded when they are first needed.
    """

    name: str
    traits: Traits
    summary: Summary
    releases: Releases
    key: Callable[[str], Key]
    version_of: Callable[[Key], str]
    split: Callable[[str], tuple[str, str, str]]
    join: Callable[[str, str, str], str]
    range_of: Callable[[str, str], VersionSet]
    parse: Callable[[str, str], tuple[Relation, ...]]
    pitfalls: Callable[[Relation], tuple[tuple[Pitfall, str], ...]]
    folder: str

    @property
    def relation_fields(self) -> tuple[str, ...]:
        """Every field that the encoder may write, in the order to write them."""
        return self._encoding().FIELDS

    def encode(self, demand: GuardRequirements, target: str) -> EncodedRelations:
        """Return the relations of a guard; they never admit a version that it refuses."""
        return self._encoding().encode(demand, target)

    def describe(self, text: str) -> Package:
        """Read a package's metadata written as text; raise :class:`PackageError`."""
        return self._reading().describe(text)

    def compose(
        self, name: str, version: str, architecture: str, relations: Mapping[str, Sequence[str]]
    ) -> Package:
        """Return a package with relations as text; raise :class:`PackageError`."""
        return self._reading().compose(name, version, architecture, relations)

    def read(self, path: Path) -> Package:
        """Read the metadata of a package file; raise :class:`PackageError`."""
        return self._reading().read(path)

    def coinstallable(
        self, packages: Sequence[Package], *, assumed: Collection[str] = ()
    ) -> InstallabilityVerdict:
        """Return whether packages can be installed together on an empty system."""
        return self._judging().coinstallable(packages, assumed=assumed)

    def admitted(self, package: Package, peer: Peer, *, fields: Collection[str] | None = None) -> VersionSet:
        """Return the versions of the peer that the package's own relations admit."""
        return self._judging().admitted(package, peer, fields=fields)

    def profile(self, package: Package) -> Hashable | None:
        """Return the profile of a package, or None if each pair must be judged."""
        return self._meeting().profile(package)

    def accepts(self, package: Package, other: Package) -> VersionSet | None:
        """Return the versions of ``other`` with which the package's own relations are met."""
        return self._meeting().accepts(package, other)

    def _encoding(self) -> Encoding:
        return cast("Encoding", import_module(f"{self.folder}.encode"))

    def _judging(self) -> Judging:
        return cast("Judging", import_module(f"{self.folder}.evaluate"))

    def _meeting(self) -> Meeting:
        return cast("Meeting", import_module(f"{self.folder}.meeting"))

    def _reading(self) -> Reading:
        return cast("Reading", import_module(f"{self.folder}.package"))
