"""A package that the manifest knows, with its releases, its guards and the relations generated for it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pkgguard.check.file_moves import move_relations
from pkgguard.check.numbered_names import series_of
from pkgguard.families.interface import relations_of
from pkgguard.generate.relations import guarded

if TYPE_CHECKING:
    from pkgguard.compat.engine import Compatibility
    from pkgguard.compat.guard import Guard
    from pkgguard.compat.identify import Identity
    from pkgguard.diagnostics import PackageRef
    from pkgguard.families.interface import Family, Package, Relation
    from pkgguard.generate.relations import Generated
    from pkgguard.generate.release_to_version import Translations
    from pkgguard.versions.release import Release
    from pkgguard.versions.sets import Key


class JudgedPackage:
    """A package that the manifest knows; ``translations`` are those of its manifest."""

    def __init__(
        self,
        compatibility: Compatibility,
        family: Family,
        package: Package,
        identity: Identity,
        guards: tuple[Guard, ...],
        translations: Translations,
    ) -> None:
        self.compatibility = compatibility
        self.family = family
        self.package = package
        self.identity = identity
        self.guards = guards
        self.translations = translations

    @property
    def label(self) -> str:
        """The name and version of the package, for messages."""
        return str(self.ref)

    @cached_property
    def ref(self) -> PackageRef:
        """The reference to the package."""
        return self.package.ref

    @cached_property
    def key(self) -> Key:
        """The key of the package's version in the family's order."""
        return self.family.key(self.package.version)

    @cached_property
    def carried(self) -> tuple[Release, ...]:
        """The releases that the package's own number stands for, without duplicates."""
        identity = self.identity
        return tuple(dict.fromkeys(identity.releases[name] for name in identity.package.numbered))

    @cached_property
    def refusals(self) -> Package:
        """The package with only its negative relations and its Provides."""
        fields = self.family.traits.negative_fields | {self.family.traits.providing_field}
        kept = tuple(relation for relation in self.package.relations if relation.field in fields)
        return self.package._replace(relations=kept)

    @cached_property
    def origin(self) -> tuple[str, str]:
        """The source package's name and the upstream version, which are equal for packages built together.

        A package without a Source field is built from the source of the same name (deb-control(5)).
        """
        source = (self.package.source or self.package.name).split(" ")[0]
        return source, self.family.split(self.package.version)[1]

    @property
    def provided(self) -> list[Relation]:
        """The Provides relations of the package."""
        field = self.family.traits.providing_field
        return [relation for relation in self.package.relations if relation.field == field]

    @cached_property
    def needed_series(self) -> dict[str, frozenset[str]]:
        """The numbered names that the package needs, by the text before the number."""
        return series_of(relations_of(self.package, self.family.traits.positive_fields))

    @cached_property
    def provided_series(self) -> dict[str, frozenset[str]]:
        """The numbered names that the package provides, by the text before the number."""
        return series_of(self.provided)

    def generated_for(self, target: str) -> Generated:
        """Return the relations that pkgguard would generate for this package in a dialect of its family."""
        return guarded(
            self.compatibility,
            self.family,
            self.identity,
            target=target,
            translations=self.translations,
        )

    @cached_property
    def generated(self) -> Generated:
        """The relations that pkgguard would generate for this package."""
        return self.generated_for("")

    @cached_property
    def moves(self) -> tuple[Relation, ...]:
        """The relations by which files have moved from peers into the package."""
        return move_relations(self.family, self.package)
