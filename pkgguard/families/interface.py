"""What every package family gives: packages, versions, relations, verdicts.

A family is one folder that offers one object with these jobs: the order of its
versions, its relations, what can be installed together, and how its packages are
read. Nothing above the families knows more of a family than this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pkgguard.diagnostics import PackageRef

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pkgguard.diagnostics import Diagnostic
    from pkgguard.families.expression import Expression
    from pkgguard.families.summary import Summary
    from pkgguard.families.upstream import Reading
    from pkgguard.versions.release import Release
    from pkgguard.versions.scheme import Scheme
    from pkgguard.versions.sets import Boundary, Key, VersionSet


@dataclass(frozen=True, slots=True)
class Relation:
    """One clause of one relation field.

    ``field`` is the field or tag (``Depends``, ``Requires``), ``text`` the
    clause as the family writes it, ``expression`` what it says.
    """

    field: str
    text: str
    expression: Expression

    def __str__(self) -> str:
        return f"{self.field}: {self.text}"


@dataclass(frozen=True, slots=True)
class Package:
    """The metadata of one package.

    ``version`` is the full version in the family's own form. ``relations`` holds
    every clause of every relation field, in the order of the package.
    ``malformed`` holds the (field, text, reason) of what the family's tools
    would not accept; such a package can be judged by the rest, never passed.
    ``attributes`` holds other metadata that decides a verdict, such as deb's
    ``Multi-Arch``. ``path`` is the file that it was read from, if any.
    """

    family: str
    name: str
    version: str
    architecture: str
    relations: tuple[Relation, ...] = ()
    malformed: tuple[tuple[str, str, str], ...] = ()
    source: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    path: str = ""

    @property
    def ref(self) -> PackageRef:
        """Which package this is."""
        return PackageRef(self.family, self.name, self.version, self.architecture)


class Peer(NamedTuple):
    """A package at every one of its versions at once.

    ``provides`` says what it provides in which of its versions: pairs of a set
    of versions and the Provides clauses of the versions in it.
    """

    name: str
    provides: tuple[tuple[VersionSet, tuple[Relation, ...]], ...] = ()


class Problem(NamedTuple):
    """Why packages cannot be installed together: whose relation, and with whom.

    ``package`` is ``name version`` of the package whose ``relation`` is not met
    (or which is refused outright, with ``relation`` None); ``others`` names the
    packages that it meets; ``reason`` is one sentence.
    """

    package: str
    relation: Relation | None
    others: tuple[str, ...]
    reason: str


class InstallabilityVerdict(NamedTuple):
    """Whether packages can be installed together on an empty system.

    ``installable`` is None where a class of relation occurs that is not
    modelled; ``not_judged`` then says which. ``problems`` says why not.
    ``left_out`` says which packages are not installed although the family's tool
    plans to install the set: rpm passes over one that another of them obsoletes, and
    dpkg refuses some that apt plans.
    """

    installable: bool | None
    problems: tuple[Problem, ...] = ()
    not_judged: tuple[str, ...] = ()
    left_out: tuple[Problem, ...] = ()

    @property
    def all_installed(self) -> bool | None:
        """Whether each of the packages is installed in the end; None where that is not known."""
        return False if self.left_out else self.installable


@dataclass(frozen=True, slots=True)
class AllowedVersions:
    """The versions of one package, in a family's order, that a guard admits.

    ``known`` maps the known releases of the package to the position just before
    the versions that carry them; an encoder that must over-restrict uses it to
    give up as few as it can, and names those it gave up. ``published`` are full
    versions that exist in archives. ``own`` is the known release of the number of
    the package that is guarded, if there is one: both are published together, so an
    encoder gives it up last.
    """

    name: str
    versions: VersionSet
    known: Mapping[str, Boundary] = field(default_factory=dict)
    published: tuple[str, ...] = ()
    own: str = ""


class GuardRequirements(NamedTuple):
    """What a guard asks of a family's encoder.

    ``require``: for each group, at least one of its alternatives is present in
    an allowed version. ``refuse``: none of these is present in a version that is
    not allowed. ``recommend``: groups as in require, but only recommended.
    ``protocol``: groups of (name, least version) of which one is provided by
    something installed. ``provide``: names to provide, each with a version.
    ``slots``: names that at most one installed package may hold.
    """

    require: tuple[tuple[AllowedVersions, ...], ...] = ()
    refuse: tuple[AllowedVersions, ...] = ()
    recommend: tuple[tuple[AllowedVersions, ...], ...] = ()
    protocol: tuple[tuple[tuple[str, str], ...], ...] = ()
    provide: tuple[tuple[str, str], ...] = ()
    slots: tuple[str, ...] = ()


class EncodedRelations(NamedTuple):
    """A guard in a family's words: its relations in the order to write, and the losses."""

    relations: tuple[Relation, ...]
    losses: tuple[Diagnostic, ...] = ()


class Traits(NamedTuple):
    """What the relations of a family do, as far as a rule must know.

    ``positive_fields``: fields that must be met; ``pre_dependency_fields``: those of
    them that must be met before the package is unpacked; ``negative_fields``: fields
    that refuse packages; ``providing_field`` and ``recommending_field``: the fields
    that name what a package provides, and what it goes well with.
    ``replacing_fields``: sets of fields that together remove an installed peer.
    ``moving_fields``: the fields that, on the same versions of a package, say that
    files of it have moved, and keep those versions away; empty where a family has none.
    ``rebuilt``: what matches the end of the version of a rebuild for one architecture,
    if a family has such.
    ``unversioned_on_virtual``: negative fields whose bounds on a provided name are
    held against the provider's own version. ``rechecks_dependencies``: whether the
    package tool looks at positive fields again when a peer is changed later.
    ``several_versions``: whether two versions of one package can be installed.
    ``always_revised``: whether every package has a revision, and a bound without
    one speaks of them all.
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
        """Return every upstream version that the family cannot tell from :meth:`write`'s."""

    def is_written_as(self, upstream: str, form: str) -> bool:
        """Return whether an upstream version is a release as written, with or without a packager's suffix."""

    def read(self, upstream: str, revision: str, scheme: Scheme, rebuilds: tuple[str, ...] = ()) -> Reading:
        """Return the release in a scheme that an upstream version and a revision stand for.

        ``rebuilds`` are suffixes of rebuilds that the manifest names for the package.
        """

    def series(self, release: Release) -> str | None:
        """Return the shorter version that sorts below the first release of a series, or None.

        It stands for no release, so what lies between the two counts as none.
        """

    def below(self, upstream: str) -> str | None:
        """Return the bound below a version and all its prereleases, or None where none can be written."""

    def above(self, upstream: str) -> str:
        """Return the bound above a prerelease and its rebuilds, below the next prerelease."""

    def candidate(self, upstream: str, number: int) -> str:
        """Return the version of a release candidate of a release."""

    def backport(self, version: str) -> str | None:
        """Return the version of a backport, or None where a backport has no form of its own."""

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
        """Turn a full version into its key; raise :class:`VersionError` if it is none."""

    def version_of(self, key: Key) -> str:
        """Return the version that a key stands for; of those that the family takes for equal, always one.

        Its own key is the key again. What a set of versions is written as comes
        from here, so that equal sets are written alike.
        """

    def split(self, version: str) -> tuple[str, str, str]:
        """Divide a full version into epoch, upstream version and revision, each maybe empty."""

    def range_of(self, operator: str, version: str) -> VersionSet:
        """Return the versions that a bound admits; ``operator`` is one of ``< <= = >= >``."""


class Relations(Protocol):
    """The relation fields of a family: what they do, and how they are read and written."""

    @property
    def traits(self) -> Traits:
        """What its relations do."""

    @property
    def relation_fields(self) -> tuple[str, ...]:
        """Every field that a generator may write, in the order to write them."""

    def parse(self, field: str, text: str) -> tuple[Relation, ...]:
        """Read the text of a relation field; raise :class:`RelationError`."""

    def pitfalls(self, relation: Relation) -> tuple[tuple[Pitfall, str], ...]:
        """Return the ways in which a relation does not mean what it seems to, each with its text."""

    def encode(self, demand: GuardRequirements, target: str) -> EncodedRelations:
        """Write a demand as relations that never admit what it refuses."""


class Installability(Protocol):
    """Which packages the family's own tool installs together."""

    def coinstallable(
        self, packages: Sequence[Package], *, assumed: Collection[str] = ()
    ) -> InstallabilityVerdict:
        """Return whether packages can be installed together on an empty system.

        ``assumed`` are names of packages taken to be there and to satisfy every
        relation that names them.
        """

    def admitted(self, package: Package, peer: Peer, *, fields: Collection[str] | None = None) -> VersionSet:
        """Return the versions of the peer that the package's own relations admit beside it.

        Names other than the peer's and those that it provides are taken to be
        present or absent, whichever admits the peer. ``fields`` limits what is
        looked at; by default every field is.
        """

    def profile(self, package: Package) -> Hashable | None:
        """Return what of a package decides beside its version when it meets another one.

        Packages of one profile differ in their version and in their own relations
        only. None for a package that :meth:`coinstallable` must judge in each pair.
        """

    def accepts(self, package: Package, other: Package) -> VersionSet | None:
        """Return the versions of ``other`` beside which all of the package's own relations are met.

        The two are alone, and names that neither brings are taken to be there.
        They have profiles and different names, and one machine takes both. The
        answer is the same for every package of ``other``'s profile. None where
        :meth:`coinstallable` must judge.
        """


class Reader(Protocol):
    """How packages of a family are read."""

    def read(self, path: Path) -> Package:
        """Read the metadata of a package file; raise :class:`PackageError`."""

    def describe(self, text: str) -> Package:
        """Read a package's metadata written as text; raise :class:`PackageError`.

        deb: a control stanza; rpm: ``Tag: value`` lines as in a spec.
        """

    def compose(
        self, name: str, version: str, architecture: str, relations: Mapping[str, Sequence[str]]
    ) -> Package:
        """Make a package from its name, version and relations as text; raise :class:`PackageError`.

        ``relations`` maps fields to their clauses; an empty ``architecture``
        stands for the family's usual one.
        """


class Family(Versions, Relations, Installability, Reader, Protocol):
    """A package family: all of its jobs in one object, under its name."""

    @property
    def name(self) -> str:
        """The name of its folder."""

    @property
    def summary(self) -> Summary:
        """What is known of it without loading it."""


def relations_of(package: Package, fields: Iterable[str]) -> tuple[Relation, ...]:
    """Return the clauses of some fields of a package, in their order."""
    wanted = frozenset(fields)
    return tuple(relation for relation in package.relations if relation.field in wanted)
