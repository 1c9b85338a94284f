"""Translation of sets of releases into sets of a family's versions.

A set that begins at a release begins at its final version and excludes its
prereleases; a set that ends before a release ends before its prereleases. Unknown
versions are excluded both ways. If the policy includes prereleases, a set begins
below them.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.compat.reasons import Cause
from pkgguard.families.irregular import irregular_versions
from pkgguard.families.rebuilds import openings
from pkgguard.families.same_source import built_from
from pkgguard.manifest.model import Prereleases
from pkgguard.versions.lookup import default_scheme, release_at
from pkgguard.versions.release_sets import span_of
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkgguard.compat.guard import Guard
    from pkgguard.compat.reasons import Exclusion
    from pkgguard.families.interface import Family
    from pkgguard.families.irregular import Irregular
    from pkgguard.manifest.model import Policy
    from pkgguard.manifest.package_spec import Shipping
    from pkgguard.versions.release import Release, Scheme
    from pkgguard.versions.sets import Boundary, Key

_MANY: Final = 1000
"""From this many known releases on, their versions are computed in advance."""


@dataclass(frozen=True)
class Translation:
    """Translates the releases of one guard into versions of the peer's package in a family.

    ``shipping`` is how the family ships the peer, ``openings`` are the texts with which
    rebuilds begin that sort below their release. ``own_finals`` are the releases that
    the guarded package itself sorts below; versions of peers below them are accepted too.
    """

    family: Family
    shipping: Shipping
    openings: tuple[str, ...]
    policy: Policy
    known: tuple[Release, ...]
    own_finals: frozenset[str] = frozenset()
    _spans: dict[Release, VersionSet] = field(default_factory=dict, repr=False, compare=False)
    _reaches: dict[Release, VersionSet] = field(default_factory=dict, repr=False, compare=False)
    _spellings: dict[Key, str] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, guard: Guard, family: Family, policy: Policy) -> Translation:
        """Return the translation for a guard."""
        shipping = guard.peer.shipping[family.name]
        found = openings(shipping.name, shipping.rebuilds)
        own = guard.identity.releases.values() if guard.identity.below else ()
        finals = frozenset(release.final for release in own)
        # Without its name, so that packages that are shipped alike share a translation.
        return cls(family, shipping._replace(name="", published=()), found, policy, guard.known, finals)

    def versions(self, releases: VersionSet) -> VersionSet:
        """Return the versions of the peer's package that stand for a set of its releases.

        A hole that contains only the prereleases of one release is closed if the manifest
        lists none of them: what works on both sides of them works with them too.
        """
        holes = [
            VersionSet.between(low, high)
            for low, high in releases.holes()
            if low == self._release_at(high).opening and not self._prereleases_of(self._release_at(high))
        ]
        joined = VersionSet.union((releases, *holes)) if holes else releases
        found = joined.map(self._low, lambda boundary: self._high(boundary, joined))
        for irregular in self._irregular:
            if irregular.release.boundary in releases:
                found |= irregular.versions
            else:
                found -= irregular.versions
        return found

    @cached_property
    def _irregular(self) -> tuple[Irregular, ...]:
        if not self.shipping.irregular:
            return ()
        found = irregular_versions(self.shipping, self.family, self._scheme or default_scheme())
        for irregular in found:
            self._spell(irregular.versions.boundaries[0], irregular.version)
        return found

    def span(self, release: Release) -> VersionSet:
        """Return the versions of the peer's package that carry one release."""
        if release not in self._spans:
            self._spans[release] = self.versions(span_of(release, self.known))
        return self._spans[release]

    def reach(self, release: Release) -> VersionSet:
        """Return the versions treated as a known release: its own, and those before the next one."""
        if release not in self._reaches:
            self._reaches[release] = self._reach(release)
        return self._reaches[release]

    def prepare(self) -> None:
        """Compute the versions of all known releases if there are many, within the manifest's CPU budget."""
        if len(self.known) > _MANY:
            for release in self.known:
                spend()
                self.span(release)
                self.reach(release)

    def _reach(self, release: Release) -> VersionSet:
        place = bisect_right(self.known, release)
        if place == len(self.known):
            return self.versions(VersionSet.from_(release.boundary))
        following = self.known[place]
        reach = self.versions(VersionSet.between(release.boundary, following.boundary))
        if following.final == release.final:
            return reach
        series = self.family.releases.series(following)
        if series is None:
            return reach
        below = self._bound(self.family.releases.below(series) or series, following)
        return reach & VersionSet.until(below)

    def excluded(self, releases: VersionSet) -> VersionSet:
        """Return the versions that are excluded with a set of releases."""
        return ~self.versions(~releases)

    @cached_property
    def positions(self) -> Mapping[str, Boundary]:
        """The position of the plain version of each known release."""
        found = {}
        for release in self.known:
            spend()
            found[release.text] = self._bound(self._write(release), release)
        return found

    def version(self, release: Release) -> str:
        """Return the upstream version, with its epoch, in which a release is shipped."""
        return self._with_epoch(self._write(release), release)

    @cached_property
    def _prereleases(self) -> Mapping[str, list[Release]]:
        """The known prereleases by the final release that each leads to."""
        found: dict[str, list[Release]] = {}
        for release in self.known:
            if release.prerelease:
                found.setdefault(release.final, []).append(release)
        return found

    def _low(self, boundary: Boundary) -> Boundary:
        release = self._release_at(boundary)
        text = self._write(release)
        listed = self._prereleases_of(release)
        if listed and boundary == release.opening:
            return self._bound(self._write(listed[0]), listed[0])
        if not listed and not release.prerelease and self._includes(release):
            shortest = self._write(release.shortest)
            text = self.family.releases.below(shortest) or shortest
        elif self.openings and not release.prerelease:
            text = self._opened(text, listed)
        return self._bound(text, release)

    def _opened(self, text: str, listed: list[Release]) -> str:
        """Return the least version of the rebuilds of a release that lie above its listed prereleases."""
        key = self.family.key
        floor = key(self.family.releases.above(self._write(listed[-1]))) if listed else None
        opened = (f"{text}{opening}" for opening in self.openings)
        return min((one for one in (*opened, text) if floor is None or floor <= key(one)), key=key)

    def _high(self, boundary: Boundary, releases: VersionSet) -> Boundary:
        release = self._release_at(boundary)
        listed = self._prereleases_of(release)
        if listed and boundary == release.opening:
            return self._below(listed[0])
        if not release.prerelease:
            # The set may contain listed prereleases of the first release that it excludes.
            inside = [one for one in listed if one.boundary in releases]
            if inside:
                last = max(inside)
                return self._bound(self.family.releases.above(self._write(last)), last)
        return self._below(release)

    def _below(self, release: Release) -> Boundary:
        """Return the boundary below a release and its prereleases, or the nearest that can be written."""
        bound = self.family.releases.below(self._write(release.shortest))
        if bound is None:
            before = max((one for one in self.known if one < release), default=None)
            bound = self._write(release)
            if before is not None and before.next_patch < release:
                bound = self._write(before.next_patch)
        return self._bound(bound, release)

    def unwritten(self, releases: VersionSet) -> tuple[Release, ...]:
        """Return the upper ends of a set for which the family cannot write a bound below the prereleases."""
        ends = (self._release_at(high) for _, high in releases.intervals() if not high.rank)
        return tuple(one for one in ends if self.family.releases.below(self._write(one)) is None)

    @property
    def epochs(self) -> frozenset[str]:
        """The epochs that the peer's versions may have; an empty text for none."""
        return frozenset(epoch for _, epoch in self.shipping.epochs) or frozenset(("",))

    @property
    def _scheme(self) -> Scheme | None:
        return self.known[0].scheme if self.known else None

    def _release_at(self, boundary: Boundary) -> Release:
        return release_at(boundary, self._scheme)

    def stands_for_release(self, version: str) -> bool:
        """Return whether a version of the peer's package stands for some release, listed or not."""
        _, upstream, revision = self.family.split(version)
        scheme = self._scheme or default_scheme()
        return not self.family.releases.read(upstream, revision, scheme, self.shipping.rebuilds).why

    def _write(self, release: Release) -> str:
        return self.family.releases.write(release)

    def _prereleases_of(self, release: Release) -> list[Release]:
        return self._prereleases.get(release.final, []) if self._prereleases else []

    def _includes(self, release: Release) -> bool:
        return self.policy.prereleases is Prereleases.INCLUDE or release.final in self.own_finals

    def _bound(self, upstream: str, release: Release) -> Boundary:
        version = self._with_epoch(upstream, release)
        boundary = self.family.range_of(">=", version).boundaries[0]
        self._spell(boundary, version)
        return boundary

    def _spell(self, boundary: Boundary, version: str) -> None:
        # Of two forms, the canonical one gives way; comparing every form with it would take long.
        before = self._spellings.setdefault(boundary.key, version)
        if before != version and self.family.version_of(boundary.key) != version:
            self._spellings[boundary.key] = version

    def spelled(self, boundary: Boundary) -> str:
        """Return the version at a boundary, in its upstream form."""
        return self._spellings.get(boundary.key) or self.family.version_of(boundary.key)

    @property
    def spellings(self) -> Mapping[Key, str]:
        """The upstream form of the bounds in the sets made here."""
        return self._spellings

    def _with_epoch(self, upstream: str, release: Release) -> str:
        epoch = self.shipping.epoch_of(release)
        return self.family.join(epoch, upstream, "")


class Translations:
    """The translations of one manifest, each computed once.

    Guards of different package versions against the same peer share one, and so do
    peers that ship the same releases. This saves most of the work when many packages
    are judged together.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._made: dict[tuple[object, ...], Translation] = {}
        self._alike: dict[Translation, Translation] = {}

    def of(self, guard: Guard, family: Family) -> Translation:
        """Return the translation for a guard."""
        spend()
        peer = guard.peer
        own = guard.identity.releases.values() if guard.identity.below else ()
        finals = frozenset(release.final for release in own)
        key = (family.name, peer.name, finals)
        if key not in self._made:
            made = Translation.of(guard, family, self._policy)
            self._made[key] = self._alike.setdefault(made, made)
        return self._made[key]

    def versions(self, guard: Guard, family: Family, releases: VersionSet) -> VersionSet:
        """Return the versions of a guard's peer that stand for a set of its releases."""
        if guard.exact and releases:
            return self.same_version(guard, family)
        found = self.of(guard, family).versions(releases)
        if releases and guard.own_version_fits and self.same_version(guard, family) - found:
            return self._own_builds(guard, family)
        return found

    def _own_builds(self, guard: Guard, family: Family) -> VersionSet:
        """Return the versions of a guard's peer with the upstream version of the guarded package."""
        epoch, upstream, _ = family.split(_full_versions(guard, family)[0])
        start, end = (
            family.range_of(">=", family.join(epoch, one, "")).boundaries[0]
            for one in (upstream, family.releases.above(upstream))
        )
        return VersionSet.between(start, end)

    def same_version(self, guard: Guard, family: Family) -> VersionSet:
        """Return the guarded package's own full version as one of the peer, and what it was rebuilt from."""
        return VersionSet.union(family.range_of("=", one) for one in _full_versions(guard, family))

    def spellings(self, guard: Guard, family: Family) -> Mapping[Key, str]:
        """Return the upstream form of the bounds on a guard's peer."""
        found = self.of(guard, family).spellings
        if not guard.exact:
            return found
        return {**found, **{family.key(one): one for one in _full_versions(guard, family)}}

    def excluded(self, guard: Guard, family: Family, exclusion: Exclusion) -> VersionSet:
        """Return the versions of a guard's peer that an exclusion excludes."""
        if exclusion.reason.cause is Cause.EXACT:
            return ~self.versions(guard, family, ~exclusion.excluded)
        return self.of(guard, family).excluded(exclusion.excluded)


def _full_versions(guard: Guard, family: Family) -> list[str]:
    """Return the full versions of the peer that a guard of mode ``exact`` means.

    A rebuild may leave the peer as it was.
    """
    own = guard.identity.version
    right = next(filter(guard.compatible, guard.known), None)
    epoch = guard.peer.shipping[family.name].epoch_of(right)
    built = {family.split(version)[1:] for version in (own, built_from(own, family))}
    return [family.join(epoch, upstream, revision) for upstream, revision in sorted(built)]
