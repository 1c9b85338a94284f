"""The rpm family, assembled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.families.interface import Encoded, Package, Peer, Relation, Verdict
from pkgguard.families.rpm import encode, evaluate, relation
from pkgguard.families.rpm import version as versions

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from pkgguard.families.interface import Demand, Family
    from pkgguard.versions.ranges import Key, Range


class RpmFamily:
    """rpm packages, judged as rpm judges them."""

    name = "rpm"
    suffixes: tuple[str, ...] = (".rpm",)
    negative_fields = frozenset({"Conflicts", "Obsoletes"})
    relation_fields: tuple[str, ...] = encode.FIELDS
    targets: tuple[str, ...] = ("rpm", encode.LEGACY)

    def key(self, version: str) -> Key:
        """Turn a full version into its key; raise :class:`VersionError`."""
        return versions.key(version)

    def split(self, version: str) -> tuple[str, str, str]:
        """Divide a full version into epoch, version and release."""
        return versions.split(version)

    def range_of(self, operator: str, version: str) -> Range:
        """Give the versions that a bound admits."""
        return relation.range_of(operator, version)

    def parse(self, field: str, text: str) -> tuple[Relation, ...]:
        """Read a relation field; raise :class:`RelationError`."""
        return relation.parse(field, text)

    def describe(self, text: str) -> Package:
        """Read tag lines as in a spec; raise :class:`PackageError`."""
        from pkgguard.families.rpm import package  # noqa: PLC0415 - rpmfile is slow to load

        return package.describe(text)

    def read(self, path: Path) -> Package:
        """Read a package file; raise :class:`PackageError`."""
        from pkgguard.families.rpm import package  # noqa: PLC0415 - rpmfile is slow to load

        return package.read(path)

    def coinstallable(self, packages: Sequence[Package], *, assumed: Collection[str] = ()) -> Verdict:
        """Say whether rpm can install the packages together, by themselves."""
        return evaluate.coinstallable(packages, assumed=assumed)

    def admitted(self, package: Package, peer: Peer, *, fields: Collection[str] | None = None) -> Range:
        """Give the versions of the peer that the package's relations let in."""
        return evaluate.admitted(package, peer, fields=fields)

    def encode(self, demand: Demand, target: str) -> Encoded:
        """Write a demand as relations."""
        return encode.encode(demand, target)


FAMILY: Final[Family] = RpmFamily()
