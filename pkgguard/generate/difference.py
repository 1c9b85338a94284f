"""What a change of a manifest does to the relations that are generated from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pkgguard.budget import spend
from pkgguard.compat.difference import ReleaseRange
from pkgguard.compat.guard import known_releases
from pkgguard.compat.identify import identify
from pkgguard.diagnostics import PackageRef
from pkgguard.errors import UnknownReleaseError, VersionError
from pkgguard.families import registry
from pkgguard.families.lookup import family as family_named
from pkgguard.families.relation_changes import RelationChange, relation_changes
from pkgguard.generate.relations import find_package, guarded
from pkgguard.generate.release_to_version import Translations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pkgguard.compat.engine import Compatibility
    from pkgguard.families.interface import Family, Relation
    from pkgguard.manifest.package_spec import PackageSpec
    from pkgguard.versions.release import Release


class GeneratedChange(NamedTuple):
    """How the relations that are generated for some releases of a package differ.

    ``package`` is its name in the family, ``number`` that of the releases.
    """

    family: str
    package: str
    releases: tuple[ReleaseRange, ...]
    number: int
    changes: tuple[RelationChange, ...]


class PackageRebuild(NamedTuple):
    """A published package that needs a rebuild, because the relations generated for it differ."""

    package: PackageRef
    changes: tuple[RelationChange, ...]


class GeneratedDifference(NamedTuple):
    """What a change of a manifest does to generated relations.

    ``relations`` are about the first build of each release that both manifests list,
    ``rebuilds`` about published versions. ``not_compared`` are published versions of
    which one of the manifests does not know the release.
    """

    relations: tuple[GeneratedChange, ...]
    rebuilds: tuple[PackageRebuild, ...]
    not_compared: tuple[PackageRef, ...]

    @property
    def differs(self) -> bool:
        """Whether any relation differs."""
        return bool(self.relations or self.rebuilds)


def generated_difference(
    old: Compatibility, new: Compatibility, packages: Iterable[PackageRef] = ()
) -> GeneratedDifference:
    """Return how the relations that are generated from two manifests differ, in each family's first dialect.

    A package is the same in both if it has the same name in the family. Those that the
    manifests list as published are compared in these versions too, and so are
    ``packages``, each by its name in the new manifest or in the family. Raises
    :class:`UnknownNameError` for an unknown one of these, and
    :class:`UnknownReleaseError` or :class:`VersionError` for its version.
    """
    changes: list[GeneratedChange] = []
    rebuilds: dict[PackageRef, PackageRebuild] = {}
    not_compared: dict[PackageRef, None] = {}
    for pair in _pairs(old, new):
        unknown: list[str] = []
        changes += pair.by_release(unknown)
        for version in pair.published():
            found = pair.known_changes(version, unknown)
            if found:
                ref = pair.ref(version)
                rebuilds[ref] = PackageRebuild(ref, found)
        not_compared |= dict.fromkeys(map(pair.ref, unknown))
    for one in packages:
        pair = _asked(old, new, one)
        ref = pair.ref(one.version)
        if found := pair.changes(one.version, one.version):
            rebuilds[ref] = PackageRebuild(ref, found)
    return GeneratedDifference(tuple(changes), tuple(rebuilds.values()), tuple(not_compared))


def _pairs(old: Compatibility, new: Compatibility) -> Iterator[_Pair]:
    for name in registry.names():
        shipped = [one for one in new.manifest.packages.values() if name in one.shipping]
        translations = Translations(old.manifest.policy), Translations(new.manifest.policy)
        for package in shipped:
            before = old.manifest.package_named(name, package.shipping[name].name)
            if before is not None:
                sides = (
                    _Side(old, before, family_named(name), translations[0]),
                    _Side(new, package, family_named(name), translations[1]),
                )
                yield _Pair(*sides)


def _asked(old: Compatibility, new: Compatibility, ref: PackageRef) -> _Pair:
    family = family_named(ref.family)
    package = find_package(new.manifest, ref.family, ref.name)
    before = find_package(old.manifest, ref.family, package.shipping[ref.family].name)
    return _Pair(
        _Side(old, before, family, Translations(old.manifest.policy)),
        _Side(new, package, family, Translations(new.manifest.policy)),
    )


class _Side(NamedTuple):
    """A package in one of the manifests."""

    engine: Compatibility
    package: PackageSpec
    family: Family
    translations: Translations

    def relations(self, version: str) -> tuple[Relation, ...]:
        """Return the relations that are generated for a version."""
        identity = identify(self.engine.manifest, self.package, self.family, version)
        generated = guarded(self.engine, self.family, identity, translations=self.translations)
        return tuple(one.relation for one in generated.relations)

    def first_build(self, release: Release) -> str:
        """Return the version of the first build of a release."""
        releases = self.family.releases
        _, upstream, revision = self.family.split(next(iter(releases.builds(releases.write(release), 1))))
        return self.family.join(self.package.shipping[self.family.name].epoch_of(release), upstream, revision)


class _Pair(NamedTuple):
    """A package in two manifests."""

    old: _Side
    new: _Side

    @property
    def family(self) -> Family:
        return self.new.family

    @property
    def name(self) -> str:
        return self.new.package.shipping[self.family.name].name

    def published(self) -> Sequence[str]:
        """Return the published versions that the manifests list."""
        some = (side.package.shipping[self.family.name].published for side in self)
        return tuple(dict.fromkeys(version for versions in some for version in versions))

    def ref(self, version: str) -> PackageRef:
        """Return the reference to one of its versions."""
        return PackageRef(self.family.name, self.name, version, "")

    def changes(self, before: str, after: str) -> tuple[RelationChange, ...]:
        """Return how the relations of a version differ; it may have another epoch in each manifest."""
        return relation_changes(self.old.relations(before), self.new.relations(after))

    def known_changes(self, version: str, unknown: list[str]) -> tuple[RelationChange, ...]:
        """Return how the relations of a version differ; add it to ``unknown`` if its release is."""
        try:
            return self.changes(version, version)
        except (UnknownReleaseError, VersionError):
            unknown.append(version)
            return ()

    def by_release(self, unknown: list[str]) -> Iterator[GeneratedChange]:
        """Yield how the relations of each release that both list differ; equal changes are one.

        Builds that belong to no known release are added to ``unknown``.
        """
        before, after = (known_releases(side.engine.manifest, side.package) for side in self)
        listed = frozenset(before)
        common = [release for release in after if release in listed]
        runs: dict[tuple[RelationChange, ...], list[tuple[int, int]]] = {}
        for place, release in enumerate(common):
            spend()
            before_build, after_build = (side.first_build(release) for side in self)
            try:
                changes = self.changes(before_build, after_build)
            except (UnknownReleaseError, VersionError):
                unknown.append(after_build)
                continue
            spans = runs.setdefault(changes, [])
            if spans and spans[-1][1] == place:
                spans[-1] = (spans[-1][0], place + 1)
            else:
                spans.append((place, place + 1))
        for changes, spans in runs.items():
            if changes:
                yield GeneratedChange(
                    self.family.name,
                    self.name,
                    tuple(ReleaseRange(common[low], common[high - 1]) for low, high in spans),
                    sum(high - low for low, high in spans),
                    changes,
                )
