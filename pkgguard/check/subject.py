"""The subject of the rules: a package, its peers, and the versions that it accepts."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from pkgguard.budget import spend
from pkgguard.check.file_moves import move_relations
from pkgguard.check.finding import quoted, shortened
from pkgguard.check.needed_names import lacking_names, series_of
from pkgguard.compat.guard import required_groups
from pkgguard.compat.identify import identify
from pkgguard.compat.reasons import UNKNOWN
from pkgguard.diagnostics import Diagnostic, Witness
from pkgguard.errors import UnknownReleaseError, VersionError
from pkgguard.families.expression import Constraint, constraint_on, constraints, speaks_of
from pkgguard.families.interface import Peer, Relation, relations_of
from pkgguard.generate.relations import guarded
from pkgguard.manifest.model import Presence
from pkgguard.versions.release_sets import series_span
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pkgguard.check.given import Given, Meeting
    from pkgguard.compat.engine import Compatibility
    from pkgguard.compat.guard import Guard
    from pkgguard.compat.identify import Identity
    from pkgguard.diagnostics import Kind, Outcome, PackageRef, Statement
    from pkgguard.families.interface import Family, Package
    from pkgguard.generate.relations import Generated
    from pkgguard.generate.release_to_version import Translation
    from pkgguard.versions.release import Release
    from pkgguard.versions.sets import Key


class Subject:
    """A package that the manifest knows, with its releases and its guards.

    ``given`` is shared by all packages that are judged together.
    """

    def __init__(
        self,
        compatibility: Compatibility,
        family: Family,
        package: Package,
        identity: Identity,
        guards: tuple[Guard, ...],
        given: Given,
    ) -> None:
        self.compatibility = compatibility
        self.family = family
        self.package = package
        self.identity = identity
        self.guards = guards
        self.given = given

    @property
    def label(self) -> str:
        """The name and version of the package, for messages."""
        return f"{self.package.name} {self.package.version}"

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
        """The releases that the package carries, without duplicates."""
        return tuple(dict.fromkeys(self.identity.releases.values()))

    @cached_property
    def refusals(self) -> Package:
        """The package with only its negative relations and its Provides."""
        fields = self.family.traits.negative_fields | {self.family.traits.providing_field}
        kept = tuple(relation for relation in self.package.relations if relation.field in fields)
        return replace(self.package, relations=kept)

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

    @cached_property
    def peers(self) -> tuple[PeerView, ...]:
        """The relations of the package to each of its peers."""
        return tuple(PeerView(self, guard) for guard in self.guards)

    @cached_property
    def served_by(self) -> tuple[tuple[PeerView, ...], ...]:
        """The groups of peers that the package needs; one peer of each group is enough."""
        views = {view.guard.peer.name: view for view in self.peers}
        groups = required_groups(self.compatibility.manifest, self.guards)
        return tuple(tuple(views[guard.peer.name] for guard in group) for group in groups)

    def generated_for(self, target: str) -> Generated:
        """Return the relations that pkgguard would generate for this package in a dialect of its family."""
        return guarded(
            self.compatibility,
            self.family,
            self.identity,
            target=target,
            translations=self.given.translations,
        )

    @cached_property
    def generated(self) -> Generated:
        """The relations that pkgguard would generate for this package."""
        return self.generated_for("")

    def report(
        self,
        rule: Kind,
        view: PeerView | None,
        message: str,
        witness: Witness | None = None,
        reasons: Iterable[Statement] = (),
        relations: tuple[str, ...] | None = None,
        fix: tuple[str, ...] = (),
        releases: Iterable[Release] = (),
    ) -> Diagnostic:
        """Return a finding of a rule about this package, and about one peer if ``view`` is given.

        ``relations`` are the lines that it is about (default: all that name the peer),
        ``fix`` the lines to paste (default: all that guard against the peer),
        ``releases`` the releases of the peer that it concerns.
        """
        if relations is None:
            relations = view.naming if view is not None else ()
        return Diagnostic(
            rule.id,
            rule.severity,
            shortened(message),
            rule.help,
            rule.references,
            self.package.path,
            package=self.ref,
            peer=view.name if view is not None else "",
            relations=quoted(relations),
            releases=tuple(map(str, releases)),
            witness=witness,
            reasons=tuple(dict.fromkeys(reasons)),
            fix=fix or (self.fix(view.name) if view is not None else ()),
        )

    def fix(self, peer: str) -> tuple[str, ...]:
        """Return the lines to paste that guard this package against one peer, and those that move files."""
        lines = [one.relation for one in self.generated.relations if speaks_of(one.relation.expression, peer)]
        if lines:
            lines += [one for one in self.moves if speaks_of(one.expression, peer)]
        return tuple(dict.fromkeys(map(str, lines)))

    @cached_property
    def moves(self) -> tuple[Relation, ...]:
        """The relations by which files have moved from peers into the package."""
        return move_relations(self.family, self.package)


class PeerView:
    """A subject's relations to one peer package, as sets of the peer's versions."""

    def __init__(self, subject: Subject, guard: Guard) -> None:
        self.subject = subject
        self.guard = guard

    @property
    def name(self) -> str:
        """The peer's name in the subject's family."""
        return self.guard.peer.shipping[self.subject.family.name].name

    @property
    def needed(self) -> bool:
        """Whether the subject is a client that requires this peer or an alternative to it."""
        return bool(self.guard.as_client) and self.guard.peer.presence is Presence.REQUIRED

    @property
    def expected(self) -> bool:
        """Whether a guard against the peer is mandatory: the subject needs the peer, or is its server."""
        return self.needed or not self.guard.as_client

    @cached_property
    def translation(self) -> Translation:
        """The translation of the peer's releases into its versions."""
        return self.subject.given.translations.of(self.guard, self.subject.family)

    @cached_property
    def provides(self) -> tuple[tuple[VersionSet, tuple[Relation, ...]], ...]:
        """The names that a guarded peer provides besides its own, and in which of its versions."""
        manifest = self.subject.compatibility.manifest
        spans: dict[Constraint, list[VersionSet]] = {}
        for name in self.guard.as_client:
            protocol = manifest.protocols[name]
            if protocol.slot:
                spans.setdefault(Constraint(protocol.slot), []).append(VersionSet.full())
            for release in self.guard.known if protocol.is_provided else ():
                spend()
                provided = self.subject.compatibility.provided(
                    name, self.guard.carried(protocol.server, release)
                )
                if provided is not None:
                    one = constraint_on(*provided)
                    versions = self.translation.reach(release) if protocol.names else self.span(release)
                    spans.setdefault(one, []).append(versions)
        return tuple(
            (
                VersionSet.union(parts),
                (Relation(self.subject.family.traits.providing_field, provided.name, provided),),
            )
            for provided, parts in spans.items()
        )

    @cached_property
    def admitted(self) -> VersionSet:
        """The possible peer versions that the subject's relations accept."""
        series = self.guard.peer.series
        return self._accepted & self.translation.versions(series_span(series)) if series else self._accepted

    @cached_property
    def _accepted(self) -> VersionSet:
        """The peer versions that the subject's relations accept.

        Only a native package satisfies an exact version without a revision
        (deb-version(7)); if the subject has a revision, its peer has one too.
        """
        subject = self.subject
        admitted = subject.family.admitted(subject.package, Peer(self.name, self.provides))
        if not subject.family.split(subject.package.version)[2]:
            return admitted
        return VersionSet.union(
            VersionSet((low, high))
            for low, high in admitted.intervals()
            if low.rank or low.key != high.key or low.key in self._revised
        )

    @cached_property
    def _revised(self) -> frozenset[Key]:
        """The versions that the subject's relations name with a revision."""
        family = self.subject.family
        parts = (part for one in self.subject.package.relations for part in constraints(one.expression))
        named = {part.version for part in parts if part.version and family.split(part.version)[2]}
        found = set()
        for version in named:
            with suppress(VersionError):  # it has no bound
                found.add(family.key(version))
        return frozenset(found)

    @property
    def provided_names(self) -> frozenset[str]:
        """The names that a guarded peer provides besides its own."""
        return frozenset(
            part.name for _, some in self.provides for one in some for part in constraints(one.expression)
        )

    def prerelease(self, release: Release) -> str:
        """Return the version of the first release candidate of a release."""
        return self.subject.family.releases.candidate(self.translation.version(release), 1)

    @cached_property
    def naming(self) -> tuple[str, ...]:
        """The subject's relations that name the peer or something that it provides."""
        names = (self.name, *self.provided_names)
        traits = self.subject.family.traits
        fields = {traits.recommending_field}.union(
            traits.positive_fields, traits.negative_fields, *traits.replacing_fields
        )
        return tuple(
            str(relation)
            for relation in self.subject.package.relations
            if relation.field in fields and any(speaks_of(relation.expression, name) for name in names)
        )

    @cached_property
    def asked_for(self) -> bool:
        """Whether a positive relation of the subject names the peer, or something it provides."""
        fields = self.subject.family.traits.positive_fields
        names = (self.name, *self.provided_names)
        return any(
            relation.field in fields and any(speaks_of(relation.expression, name) for name in names)
            for relation in self.subject.package.relations
        )

    @property
    def replaced(self) -> bool:
        """Whether the subject requires another package that serves it as the peer would."""
        name = self.guard.peer.name
        groups = [
            some for some in self.subject.served_by if any(view.guard.peer.name == name for view in some)
        ]
        return any(view.asked_for for some in groups for view in some)

    def span(self, release: Release) -> VersionSet:
        """Return the peer versions that carry one release."""
        spend()
        return self.translation.span(release)

    @cached_property
    def admitted_releases(self) -> tuple[Release, ...]:
        """The known releases with a version that the subject's relations accept."""
        return tuple(
            release for release in self.guard.known if not self.admitted.is_disjoint(self.span(release))
        )

    @cached_property
    def intended(self) -> VersionSet:
        """The peer versions that a generated guard would accept."""
        return self.subject.given.translations.versions(self.guard, self.subject.family, self.guard.unrefused)

    @cached_property
    def accepted_in_error(self) -> VersionSet:
        """The accepted peer versions that are known to be incompatible."""
        known = (one.excluded for one in self.guard.required if one.reason.cause not in UNKNOWN)
        return self.admitted & (self.translation.excluded(VersionSet.union(known)) | self._other_versions)

    @cached_property
    def _other_versions(self) -> VersionSet:
        """The versions of the peer's right release that are not the subject's own, where they must be."""
        if not self.guard.exact:
            return VersionSet.empty()
        right = VersionSet.union(self.span(one) for one in self.guard.known if self.guard.compatible(one))
        return right - self.subject.given.translations.same_version(self.guard, self.subject.family)

    @cached_property
    def admitted_incompatible(self) -> tuple[Release, ...]:
        """The incompatible known releases with an accepted version or an accepted unlisted successor."""
        if not self.accepted_in_error:
            return ()
        return tuple(
            release
            for release in self.guard.known
            if (self.guard.exact or not self.guard.compatible(release))
            and not self._lacks_names(release)
            and not self.accepted_in_error.is_disjoint(self.translation.reach(release))
        )

    def _lacks_names(self, release: Release) -> bool:
        """Return whether the given packages of a release lack a name that the subject needs."""
        given = self.given(release) if self.subject.needed_series else ()
        return bool(given) and all(lacking_names(self.subject, one.peer) for one in given)

    @cached_property
    def refused_compatible(self) -> tuple[Release, ...]:
        """The compatible known releases that are refused."""
        inside = self.otherwise_accepted.union(self.admitted_releases)
        return tuple(one for one in self.guard.known if one not in inside and self.guard.compatible(one))

    @cached_property
    def meetings(self) -> tuple[Meeting, ...]:
        """The meetings of the subject with the given packages of the peer."""
        return self.subject.given.meetings_of(self.subject, self.guard.peer.name)

    def given(self, release: Release) -> Sequence[Meeting]:
        """Return the meetings with the given packages that carry a release."""
        return self._given.get(release.text, ())

    @cached_property
    def otherwise_accepted(self) -> frozenset[Release]:
        """The known releases that the subject accepts only in an unusual version.

        This is the version of a given package that can be installed with it, or an
        exact version that its relations name, such as ``1.1.0~ce-1``, which sorts
        outside of the usual versions of 1.1.0.
        """
        given = {
            release.text: release for one in self.meetings if one.installable for release in one.peer.carried
        }
        return frozenset((*given.values(), *self._named_exactly()))

    @cached_property
    def _given(self) -> dict[str, list[Meeting]]:
        found: defaultdict[str, list[Meeting]] = defaultdict(list)
        for one in self.meetings:
            for release in one.peer.carried:
                found[release.text].append(one)
        return dict(found)

    @cached_property
    def outcomes(self) -> Mapping[tuple[bool | None, bool], frozenset[Key]]:
        """The keys of the given versions, by whether they install with the subject and work with it."""
        found: defaultdict[tuple[bool | None, bool], set[Key]] = defaultdict(set)
        for peer, installable, compatible in self.meetings:
            found[installable, compatible].add(peer.key)
        return {outcome: frozenset(keys) for outcome, keys in found.items()}

    def _named_exactly(self) -> Iterator[Release]:
        peer, family = self.guard.peer, self.subject.family
        for low, high in self.admitted.intervals():
            if not low.rank and low.key == high.key:
                try:
                    yield from identify(
                        self.subject.compatibility.manifest, peer, family, family.version_of(low.key)
                    ).releases.values()
                except (UnknownReleaseError, VersionError):
                    continue

    def witness(self, peer: PackageRef, outcome: Outcome) -> Witness:
        """Return the witness that pairs the subject with a package of the peer."""
        return Witness(self.subject.ref, peer, outcome.installable, outcome.compatible)
