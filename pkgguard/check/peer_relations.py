"""The relations of a package to one peer, as sets of the peer's versions."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from pkgguard.budget import spend
from pkgguard.compat.reasons import UNKNOWN, Cause
from pkgguard.diagnostics import Witness
from pkgguard.errors import VersionError
from pkgguard.families.expression import Constraint, constraint_on, constraints, speaks_of
from pkgguard.families.interface import Peer, Relation
from pkgguard.manifest.package_spec import Presence
from pkgguard.versions.release_sets import series_span
from pkgguard.versions.sets import Boundary, VersionSet

if TYPE_CHECKING:
    from pkgguard.check.judged_package import JudgedPackage
    from pkgguard.compat.guard import Guard
    from pkgguard.diagnostics import Outcome, PackageRef
    from pkgguard.generate.release_to_version import Translation
    from pkgguard.versions.release import Release
    from pkgguard.versions.sets import Key


class PeerRelations:
    """A package's relations to a peer package; they depend on no other package that is given."""

    def __init__(self, subject: JudgedPackage, guard: Guard) -> None:
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
        return self.subject.translations.of(self.guard, self.subject.family)

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
        return self.subject.translations.versions(self.guard, self.subject.family, self.guard.unrefused)

    @cached_property
    def accepted_in_error(self) -> VersionSet:
        """The accepted peer versions that are known to be incompatible."""
        known = [one for one in self.guard.required if one.reason.cause not in UNKNOWN]
        releases = VersionSet.union(one.excluded for one in known if one.reason.cause is not Cause.EXACT)
        versions = VersionSet.union(
            self.subject.translations.excluded(self.guard, self.subject.family, one)
            for one in known
            if one.reason.cause is Cause.EXACT
        )
        return self.admitted & (self.translation.excluded(releases) | versions)

    @cached_property
    def accepts_own_version(self) -> bool:
        """Whether the subject accepts the peer in its own full version, the only one that works with it."""
        if not self.guard.own_version_fits:
            return False
        return not self.admitted.is_disjoint(self._own_version)

    def is_own_version(self, version: str) -> bool:
        """Return whether a version is the subject's own, and mode ``exact`` requires it of the peer."""
        return self.guard.exact and Boundary.before(self.subject.family.key(version)) in self._own_version

    @cached_property
    def _own_version(self) -> VersionSet:
        return self.subject.translations.same_version(self.guard, self.subject.family)

    def only_self_guarded(self, release: Release) -> bool:
        """Return whether what is accepted in error of a release, and after it, guards itself."""
        guarded = self.translation.versions(self.guard.self_guarded - self.guard.broken)
        return not (self.accepted_in_error & self.translation.reach(release)) - guarded

    def witness(self, peer: PackageRef, outcome: Outcome) -> Witness:
        """Return the witness that pairs the subject with a package of the peer."""
        return Witness(self.subject.ref, peer, outcome.installable, outcome.compatible)
