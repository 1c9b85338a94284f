"""The content of a manifest, checked and immutable.

:mod:`pkgguard.manifest.read` makes all of it; code above can rely on valid names,
releases and bounds.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.diagnostics import NOWHERE, Position
from pkgguard.errors import VersionError
from pkgguard.manifest.places import Places
from pkgguard.versions.lookup import default_scheme

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkgguard.manifest.acceptance import Acceptance
    from pkgguard.manifest.composition import SourceFile, TakenOut
    from pkgguard.manifest.package_spec import PackageSpec
    from pkgguard.versions.release import Release, Scheme


class Kind(StrEnum):
    """What happened to a capability."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    COMPATIBLE = "compatible"


class ChangeKey(StrEnum):
    """The keys of a change that may be marked as not decided yet."""

    KIND = "kind"
    CLIENT = "client"
    NEED = "need"


class Need(StrEnum):
    """Whether a client without the capability fails, or falls back."""

    REQUIRED = "required"
    OPTIONAL = "optional"


class Mode(StrEnum):
    """The promise of the policy: the protocol's, the same release, or a window of minors."""

    PROTOCOL = "protocol"
    LOCKSTEP = "lockstep"
    EXACT = "exact"
    WINDOW = "window"


class Window(NamedTuple):
    """How many minors a client may be older, and newer, than its server."""

    older: int = 1
    newer: int = 1


class Horizon(StrEnum):
    """How far beyond the newest known release of a peer compatibility is assumed."""

    NONE = "none"
    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


class Prereleases(StrEnum):
    """Whether a prerelease counts as its final release, or is excluded."""

    EXCLUDE = "exclude"
    INCLUDE = "include"


class Past(StrEnum):
    """Whether peers older than the oldest listed release are refused, or judged by the changes alone."""

    REFUSE = "refuse"
    OLDEST = "oldest"


@dataclass(frozen=True)
class Component:
    """A program with its own releases; ``releases`` is sorted, and read by ``scheme``.

    ``releases_of`` is the component whose list of releases it shares, or empty.
    """

    name: str
    releases: tuple[Release, ...]
    title: str = ""
    scheme: Scheme = field(default_factory=default_scheme, compare=False)
    releases_of: str = field(default="", compare=False)

    @cached_property
    def by_text(self) -> Mapping[str, Release]:
        """The releases by their text."""
        return {release.text: release for release in self.releases}

    @cached_property
    def by_release(self) -> Mapping[Release, Release]:
        """The listed releases by every release that equals them."""
        return {release: release for release in self.releases}

    def find(self, text: str) -> Release | None:
        """Return the listed release with a text in the component's scheme, or None."""
        listed = self.by_text.get(text)
        if listed is not None:
            return listed
        try:
            return self.by_release.get(self.scheme.parse(text))
        except VersionError:
            return None

    @property
    def newest(self) -> Release:
        """The newest known release."""
        return self.releases[-1]


class Protocol(NamedTuple):
    """A contract between client components and a server component.

    ``provides`` is the stem of the versioned names that server packages provide
    (``kata-agent-protocol`` gives ``kata-agent-protocol-2``), ``slot`` a name that only
    one installed server package may provide; each may be empty. Protocols of one
    ``role`` (empty: none) have servers that replace each other: a client needs one of
    them. ``mode`` and ``window`` are None if the policy's apply. ``guarded_since`` maps
    client components to their first releases (on the main line and on branches) whose
    packages refuse incompatible servers themselves. ``names`` are the provided names
    that upstream chose, each with its first server release, in order; they replace
    ``provides``. ``same_machine`` is False where client and server run on different
    machines, so that their packages need no relations.
    """

    name: str
    clients: tuple[str, ...]
    server: str
    title: str = ""
    provides: str = ""
    slot: str = ""
    role: str = ""
    mode: Mode | None = None
    window: Window | None = None
    guarded_since: Mapping[str, tuple[Release, ...]] = MappingProxyType({})
    same_machine: bool = True
    names: tuple[tuple[Release, str], ...] = ()

    @property
    def is_provided(self) -> bool:
        """Whether server packages provide a name for the protocol."""
        return bool(self.provides or self.names)


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """An entry of the manifest's history; it defines or ends capabilities.

    Entries are compared by identity, so two equal entries are still two.

    ``server`` has the first release with the change, and those of branches that got it
    too; ``client`` the same for each client component that needs it. ``old_until`` of a
    changed capability is the first server release without the old form. ``id`` is the
    name that the manifest gives the entry, if any. ``undecided`` are the keys whose
    values a person has not decided yet.
    """

    protocol: str
    kind: Kind
    what: tuple[str, ...]
    server: tuple[Release, ...]
    client: Mapping[str, tuple[Release, ...]]
    need: Need = Need.REQUIRED
    because: str = ""
    hits: str = ""
    symptom: str = ""
    see: tuple[str, ...] = ()
    old_until: Release | None = None
    position: Position = NOWHERE
    id: str = ""
    undecided: tuple[ChangeKey, ...] = ()

    @property
    def reference(self) -> str:
        """The name by which a manifest that extends this one can replace the change."""
        return self.id or (f"{self.what[0]}@{self.server[-1]}" if self.server else self.what[0])


class Broken(NamedTuple):
    """A release that must not be installed with any peer."""

    component: str
    release: Release
    because: str = ""
    see: tuple[str, ...] = ()
    position: Position = NOWHERE


class Policy(NamedTuple):
    """The promises beyond the changes, and the treatment of unknown releases."""

    mode: Mode = Mode.PROTOCOL
    window: Window = Window()
    horizon: Horizon = Horizon.MINOR
    prereleases: Prereleases = Prereleases.EXCLUDE
    past: Past = Past.REFUSE


RULE_SET_KEY: Final = "version"
"""The key of [rules] that is not a rule: the version of the rule set."""


@dataclass(frozen=True)
class Manifest:
    """A whole manifest; one that extends others is the sum of all of them.

    ``rules`` maps the rules that it sets to (level, position); only the checker knows
    valid names. ``path`` is where it was read from, as shown to users. ``rule_set`` is
    the version of the rule set that it was written for (0: the newest one) and its
    position. ``files`` are its own file and those that it extends, the nearest first.
    ``taken_out`` are the changes of those that it replaces or drops. ``places`` finds the
    position of each table and key, and ``package_tables`` has the name of each package's
    table. ``profiles`` maps the name of each profile to such ``rules``; ``accepted`` are
    the entries of [[accept]].
    """

    project: str
    components: Mapping[str, Component]
    packages: Mapping[str, PackageSpec]
    protocols: Mapping[str, Protocol]
    changes: tuple[Change, ...]
    broken: tuple[Broken, ...] = ()
    policy: Policy = field(default_factory=Policy)
    rules: Mapping[str, tuple[str, Position]] = field(default_factory=dict)
    path: str = ""
    rule_set: tuple[int, Position] = (0, NOWHERE)
    files: tuple[SourceFile, ...] = ()
    taken_out: tuple[TakenOut, ...] = ()
    places: Places = field(default_factory=lambda: Places({}), compare=False, repr=False)
    package_tables: Mapping[str, str] = field(default_factory=dict)
    profiles: Mapping[str, Mapping[str, tuple[str, Position]]] = field(default_factory=dict)
    accepted: tuple[Acceptance, ...] = ()

    @property
    def is_sum(self) -> bool:
        """Whether the manifest extends another one."""
        return len(self.files) > 1

    @cached_property
    def by_shipped_name(self) -> Mapping[tuple[str, str], PackageSpec]:
        """The packages by (family, name in that family)."""
        return {
            (family, shipping.name): package
            for package in self.packages.values()
            for family, shipping in package.shipping.items()
        }

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name of a package: its own, and that in each family."""
        return frozenset(self.packages).union(name for _, name in self.by_shipped_name)

    @cached_property
    def carriers(self) -> Mapping[str, list[PackageSpec]]:
        """The packages that carry each component."""
        found: dict[str, list[PackageSpec]] = {}
        for package in self.packages.values():
            for component in package.carries:
                found.setdefault(component, []).append(package)
        return found

    def mode(self, protocol: Protocol) -> Mode:
        """Return the mode of a protocol, by default that of the policy."""
        return protocol.mode or self.policy.mode

    def window(self, protocol: Protocol) -> Window:
        """Return the window of a protocol, which applies if its mode is ``window``."""
        return protocol.window or self.policy.window

    def releases_of(self, package: PackageSpec) -> tuple[Release, ...]:
        """Return the releases at which a package can be shipped: those of all its components."""
        if package.name not in self._releases:
            self._releases[package.name] = self._common_releases(package)
        return self._releases[package.name]

    @cached_property
    def _releases(self) -> dict[str, tuple[Release, ...]]:
        return {}

    def _common_releases(self, package: PackageSpec) -> tuple[Release, ...]:
        first, *rest = (self.components[name] for name in package.numbered)
        if not rest and not package.contents:
            return tuple(filter(package.can_carry, first.releases)) if package.series else first.releases
        common = set(first.releases)
        for component in rest:
            common.intersection_update(component.releases)
        return tuple(
            release
            for release in first.releases
            if release in common
            and package.can_carry(release)
            and all(package.content(name, release) for name in package.contents)
        )

    def in_archive(self, name: str) -> Manifest:
        """Return the manifest with the epochs of an archive; packages without such epochs keep theirs."""
        return replace(
            self,
            packages={
                package.name: package._replace(
                    shipping={
                        family: shipping.in_archive(name) for family, shipping in package.shipping.items()
                    }
                )
                for package in self.packages.values()
            },
        )

    @property
    def archives(self) -> tuple[str, ...]:
        """The names of the archives in which a package has a different epoch."""
        return tuple(
            sorted(
                {
                    archive.name
                    for package in self.packages.values()
                    for shipping in package.shipping.values()
                    for archive in shipping.archives
                }
            )
        )

    def package_named(self, family: str, name: str) -> PackageSpec | None:
        """Return the package with a name in a family, or None."""
        return self.by_shipped_name.get((family, name))
