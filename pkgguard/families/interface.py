"""The interface of a package family: packages, versions, relations, verdicts.

A family is one folder that offers one object with these jobs: ordering versions,
reading and writing relations, deciding what can be installed together, and reading
packages. The modules above the families use nothing else of them.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pkgguard.diagnostics import PackageRef

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pkgguard.diagnostics import Diagnostic
    from pkgguard.families.expression import Expression
    from pkgguard.families.summary import Summary
    from pkgguard.families.upstream import Reading
    from pkgguard.versions.release import Release, Scheme
    from pkgguard.versions.sets import Boundary, Key, VersionSet


class Relation(NamedTuple):
    """One clause of one relation field.

    ``field`` is the field or tag (``Depends``, ``Requires``), ``text`` the clause in
    the family's syntax, ``expression`` its meaning.
    """

    field: str
    text: str
    expression: Expression

    def __str__(self) -> str:
        return f"{self.field}: {self.text}"


class Package(NamedTuple):
    """The metadata of one package.

    ``version`` is the full version in the family's own form. ``relations`` has every
    clause of every relation field, in the order of the package. ``malformed`` has the
    (field, text, reason) of relations that the family's tools would not accept; such a
    package can be judged by its other relations, but never passes. ``attributes`` has
    other metadata that decides a verdict, such as deb's ``Multi-Arch``. ``path`` is the
    file that it was read from, if any.
    """

    family: str
    name: str
    version: str
    architecture: str
    relations: tuple[Relation, ...] = ()
    malformed: tuple[tuple[str, str, str], ...] = ()
    source: str = ""
    attributes: Mapping[str, str] = MappingProxyType({})
    path: str = ""

    @property
    def ref(self) -> PackageRef:
        """The reference to this package."""
        return PackageRef(self.family, self.name, self.version, self.architecture)


class Peer(NamedTuple):
    """A package in all of its versions at once.

    ``provides`` has pairs of a set of versions and the Provides clauses of those
    versions.
    """

    name: str
    provides: tuple[tuple[VersionSet, tuple[Relation, ...]], ...] = ()


class Problem(NamedTuple):
    """A reason why packages cannot be installed together.

    ``package`` is the one whose ``relation`` is not met. ``relation`` is None if the
    package itself is refused. ``others`` are the other packages involved, and
    ``reason`` is one sentence.
    """

    package: PackageRef
    relation: Relation | None
    others: tuple[PackageRef, ...]
    reason: str


class InstallabilityVerdict(NamedTuple):
    """Whether packages can be installed together on an empty system.

    ``installable`` is None if a relation is of a kind that is not modelled;
    ``not_judged`` then names it. ``problems`` are the reasons against it. ``left_out``
    are packages that are not installed although the family's tool plans to install the
    set: rpm skips one that another package obsoletes, and dpkg refuses some that apt
    plans.
    """

    installable: bool | None
    problems: tuple[Problem, ...] = ()
    not_judged: tuple[str, ...] = ()
    left_out: tuple[Problem, ...] = ()

    @property
    def all_installed(self) -> bool | None:
        """Whether all of the packages are installed in the end; None if it is not known."""
        return False if self.left_out else self.installable


class AllowedVersions(NamedTuple):
    """The versions of one package that a guard admits, in a family's order.

    ``known`` maps the known releases of the package to the position just before the
    versions that carry them. An encoder that must refuse more than necessary uses it to
    give up as few releases as possible, and names them. ``published`` are full versions
    that exist in archives. ``own`` is the known release with the same number as the
    guarded package, if there is one: both are published together, so an encoder gives
    it up last. ``spellings`` has the upstream form of bounds, which may differ from the
    family's canonical version.
    """

    name: str
    versions: VersionSet
    known: Mapping[str, Boundary] = MappingProxyType({})
    published: tuple[str, ...] = ()
    own: str = ""
    spellings: Mapping[Key, str] = MappingProxyType({})

    def spelled(self, boundary: Boundary, version_of: Callable[[Key], str]) -> str:
        """Return the version at a boundary, as upstream writes it or else in the family's canonical form."""
        return self.spellings.get(boundary.key) or version_of(boundary.key)


class GuardRequirements(NamedTuple):
    """The input of a family's encoder: a guard.

    ``require``: at least one alternative of each group must be present in an allowed
    version. ``refuse``: none of these may be present in a version that is not allowed.
    ``recommend``: groups as in require, but only recommended.
    ``protocol``: groups of (name, lowest version); an installed package must provide
    one of each group. ``provide``: names to provide, each with a version.
    ``slots``: names that at most one installed package may hold.
    """

    require: tuple[tuple[AllowedVersions, ...], ...] = ()
    refuse: tuple[AllowedVersions, ...] = ()
    recommend: tuple[tuple[AllowedVersions, ...], ...] = ()
    protocol: tuple[tuple[tuple[str, str], ...], ...] = ()
    provide: tuple[tuple[str, str], ...] = ()
    slots: tuple[str, ...] = ()


class EncodedRelations(NamedTuple):
    """A guard in a family's syntax: its relations in the order to write, and the losses."""

    relations: tuple[Relation, ...]
    losses: tuple[Diagnostic, ...] = ()


class Traits(NamedTuple):
    """The meaning of a family's relation fields, as far as rules need it.

    ``positive_fields``: fields that must be met; ``pre_dependency_fields``: the
    positive fields that must be met before the package is unpacked;
    ``negative_fields``: fields that refuse packages; ``providing_field`` and
    ``recommending_field``: the fields for provided names and for recommended packages.
    ``replacing_fields``: sets of fields that together remove an installed peer.
    ``moving_fields``: the fields that together, on the same versions of a package,
    declare that files have moved from it, and refuse those versions; may be empty.
    ``rebuilt``: a regular expression of the end of a version that was rebuilt for one
    architecture, or empty. ``unversioned_on_virtual``: negative fields whose bounds on
    a provided name are compared with the provider's own version.
    ``rechecks_dependencies``: whether the package tool checks positive fields again
    when a peer changes later.
    ``several_versions``: whether two versions of one package can be installed.
    ``always_revised``: whether every package has a revision, and a bound without one
    covers all revisions.
    ``between_clauses``: the text between two clauses of a field on one line; empty if
    each clause is a line of its own.
    ``fields_occur_once``: whether a package's source has a field only once, with all of
    its clauses.
    """

    positive_fields: frozenset[str]
    pre_dependency_fields: frozenset[str]
    negative_fields: frozenset[str]
    providing_field: str
    recommending_field: str
    replacing_fields: tuple[frozenset[str], ...]
    moving_fields: frozenset[str]
    rebuilt: str
    unversioned_on_virtual: frozenset[str]
    rechecks_dependencies: bool
    several_versions: bool
    always_revised: bool
    between_clauses: str
    fields_occur_once: bool


class Pitfall(StrEnum):
    """A form of a relation that does not mean what it seems to mean."""

    OBSOLETE_OPERATOR = "obsolete operator"
    OPERATOR_IN_NAME = "operator in a name"
    SEPARATOR_IN_NAME = "separator in a name"


class Releases(Protocol):
    """How a family writes a release of the manifest as a version, and reads it back."""

    def write(self, release: Release) -> str:
        """Return the upstream version in which packages ship a release."""

    def writings(self, release: Release) -> frozenset[str]:
        """Return every upstream version that the family considers equal to that of :meth:`write`."""

    def is_written_as(self, upstream: str, form: str) -> bool:
        """Return whether an upstream version is exactly a release, with or without a packager's suffix."""

    def read(self, upstream: str, revision: str, scheme: Scheme, rebuilds: tuple[str, ...] = ()) -> Reading:
        """Return the release that an upstream version and a revision stand for, in a scheme.

        ``rebuilds`` are suffixes of rebuilds that the manifest names for the package.
        """

    def series(self, release: Release) -> str | None:
        """Return the shorter version that sorts below the first release of a series, or None.

        It stands for no release, nor do the versions between the two.
        """

    def below(self, upstream: str) -> str | None:
        """Return the bound below a version and all its prereleases, or None if there is none."""

    def above(self, upstream: str) -> str:
        """Return the bound above a prerelease and its rebuilds, below the next prerelease."""

    def candidate(self, upstream: str, number: int) -> str:
        """Return the version of a release candidate of a release."""

    def backport(self, version: str) -> str | None:
        """Return the version of a backport, or None if the family has no convention for backports."""

    def builds(self, upstream: str, count: int) -> Iterator[str]:
        """Yield the versions of the first builds of an upstream version."""

    def near(self, bound: str, further: int) -> Iterator[str]:
        """Yield versions just around a bound, and ``further`` ones of the same kind."""


class Versions(Protocol):
    """The order of a family's versions."""

    @property
    def releases(self) -> Releases:
        """How releases are written as versions."""

    def key(self, version: str) -> Key:
        """Return the key of a full version; raise :class:`VersionError` if it is not a version."""

    def version_of(self, key: Key) -> str:
        """Return the version with a key: always the same one of several equal versions.

        Its key is the given key. Sets of versions are written with these versions, so
        that equal sets are written alike.
        """

    def split(self, version: str) -> tuple[str, str, str]:
        """Split a full version into epoch, upstream version and revision, each maybe empty."""

    def join(self, epoch: str, upstream: str, revision: str) -> str:
        """Return the full version with these parts, each maybe empty: the inverse of :meth:`split`."""

    def range_of(self, operator: str, version: str) -> VersionSet:
        """Return the versions that a bound admits; ``operator`` is one of ``< <= = >= >``."""


class Relations(Protocol):
    """The relation fields of a family: their meaning, and how they are read and written."""

    @property
    def traits(self) -> Traits:
        """The meaning of its relation fields."""

    @property
    def relation_fields(self) -> tuple[str, ...]:
        """Every field that the encoder may write, in the order to write them."""

    def parse(self, field: str, text: str) -> tuple[Relation, ...]:
        """Read the text of a relation field; raise :class:`RelationError`."""

    def pitfalls(self, relation: Relation) -> tuple[tuple[Pitfall, str], ...]:
        """Return the pitfalls of a relation, each with its text."""

    def encode(self, demand: GuardRequirements, target: str) -> EncodedRelations:
        """Return the relations of a guard; they never admit a version that it refuses."""


class Installability(Protocol):
    """The packages that the family's own tool installs together."""

    def coinstallable(
        self, packages: Sequence[Package], *, assumed: Collection[str] = ()
    ) -> InstallabilityVerdict:
        """Return whether packages can be installed together on an empty system.

        ``assumed`` are names of packages that are assumed to be present and to satisfy
        every relation that names them.
        """

    def admitted(self, package: Package, peer: Peer, *, fields: Collection[str] | None = None) -> VersionSet:
        """Return the versions of the peer that the package's own relations admit.

        Names that the peer neither has nor provides are assumed to be present or
        absent, whichever admits the peer. ``fields`` limits the fields that are
        considered (default: all).
        """

    def profile(self, package: Package) -> Hashable | None:
        """Return the profile of a package: what other packages' relations see of it, except its version.

        Packages of one profile differ only in their version and in their own relations.
        None means that :meth:`coinstallable` must judge each pair with the package.
        """

    def accepts(self, package: Package, other: Package) -> VersionSet | None:
        """Return the versions of ``other`` with which all of the package's own relations are met.

        Only these two packages are installed, and names that neither provides are
        assumed to be present. Both have profiles, their names differ, and one machine
        accepts both. The answer is the same for every package of ``other``'s profile.
        None means that :meth:`coinstallable` must judge.
        """


class Reader(Protocol):
    """Reading the packages of a family."""

    def read(self, path: Path) -> Package:
        """Read the metadata of a package file; raise :class:`PackageError`."""

    def describe(self, text: str) -> Package:
        """Read a package's metadata written as text; raise :class:`PackageError`.

        deb: a control stanza; rpm: ``Tag: value`` lines as in a spec.
        """

    def compose(
        self, name: str, version: str, architecture: str, relations: Mapping[str, Sequence[str]]
    ) -> Package:
        """Return a package with a name, a version and relations as text; raise :class:`PackageError`.

        ``relations`` maps fields to their clauses; an empty ``architecture``
        means the family's usual one.
        """


class Family(Versions, Relations, Installability, Reader, Protocol):
    """A package family: all of its jobs in one object."""

    @property
    def name(self) -> str:
        """The name of its folder."""

    @property
    def summary(self) -> Summary:
        """The description of the family, which is available without loading it."""


def relations_of(package: Package, fields: Iterable[str]) -> tuple[Relation, ...]:
    """Return the clauses of some fields of a package, in order."""
    wanted = frozenset(fields)
    return tuple(relation for relation in package.relations if relation.field in wanted)


def written_fields(relations: Iterable[Relation], traits: Traits) -> tuple[str, ...]:
    """Return relations as the lines of a package's source: one for each field, or for each clause."""
    fields: dict[str, list[str]] = {}
    for one in relations:
        fields.setdefault(one.field, []).append(one.text)
    if not traits.between_clauses:
        return tuple(f"{field}: {text}" for field, texts in fields.items() for text in texts)
    return tuple(f"{field}: {traits.between_clauses.join(texts)}" for field, texts in fields.items())
