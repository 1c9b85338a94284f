"""Release by release: what works with what, and why not.

A client release and a server release are compatible when the server offers
every required capability that the client needs, neither is broken, and the
policy's promise covers them. Everything is computed as sets of releases of the
other side, so the cost of one question grows with the changes, not with the
product of the releases.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING

from pkgguard.manifest.model import Horizon, Kind, Mode, Need
from pkgguard.manifest.timeline import Capability, capabilities
from pkgguard.versions.ranges import Range
from pkgguard.versions.release import (
    Release,
    from_release,
    parse_release,
    span_of,
    until_release,
)
from pkgguard.versions.sweep import Sweep

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pkgguard.manifest.model import Broken, Change, Component, Manifest, Protocol


class Cause(StrEnum):
    """What kind of statement keeps two releases apart."""

    CHANGE = "change"
    BROKEN = "broken"
    LOCKSTEP = "lockstep"
    WINDOW = "window"
    HORIZON = "horizon"
    UNLISTED = "unlisted"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some releases are kept apart: the statement of the manifest, and one sentence.

    ``change`` or ``broken`` is the entry behind it, where there is one; ``what``
    the things that the client needs and the server lacks.
    """

    cause: Cause
    protocol: str
    sentence: str
    what: tuple[str, ...] = ()
    change: Change | None = None
    broken: Broken | None = None
    need: Need = Need.REQUIRED

    @property
    def because(self) -> str:
        """The manifest's own words for it; may be empty."""
        entry = self.change or self.broken
        return entry.because if entry is not None else ""

    @property
    def symptom(self) -> str:
        """What a user of the broken pair sees; may be empty."""
        return self.change.symptom if self.change is not None else ""

    @property
    def hits(self) -> str:
        """Who is hit; may be empty."""
        return self.change.hits if self.change is not None else ""

    @property
    def see(self) -> tuple[str, ...]:
        """The sources."""
        entry = self.change or self.broken
        return entry.see if entry is not None else ()


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A set of the other side's releases that one reason keeps out."""

    reason: Reason
    excluded: Range


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """Whether two releases work together; ``missing`` lists optional needs that are not met."""

    compatible: bool
    reasons: tuple[Reason, ...] = ()
    missing: tuple[Reason, ...] = ()


def allowed(exclusions: Iterable[Exclusion]) -> Range:
    """Give the releases that no exclusion keeps out."""
    return ~Range.union(exclusion.excluded for exclusion in exclusions)


class Compatibility:
    """Answers for one manifest which releases of two components may meet."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.servers_for = lru_cache(maxsize=4096)(self._servers_for)
        self.clients_for = lru_cache(maxsize=4096)(self._clients_for)
        self._sweep = cache(self._make_sweep)
        self._steps = cache(self._make_steps)

    @cached_property
    def capabilities(self) -> Mapping[str, tuple[Capability, ...]]:
        """The capabilities of each protocol."""
        found = capabilities(self.manifest.changes, self.manifest.protocols)
        return {name: tuple(one for one in found if one.protocol == name) for name in self.manifest.protocols}

    def _servers_for(self, protocol: str, client: str, release: Release) -> tuple[Exclusion, ...]:
        """Give what keeps server releases away from a client release, required needs first.

        ``client`` is the client component, ``release`` its release. Exclusions of
        optional needs are told by their reason's ``need``.
        """
        contract = self.manifest.protocols[protocol]
        found = [
            exclusion
            for capability in self.capabilities[protocol]
            if capability.needs[client].holds(release.cut)
            for exclusion in _lacking_servers(capability, client, release, contract.server)
        ]
        found += self._beyond_changes(contract, client, release, contract.server)
        return _required_first(found)

    def _clients_for(self, protocol: str, release: Release, client: str) -> tuple[Exclusion, ...]:
        """Give what keeps releases of a client component away from a server release."""
        contract = self.manifest.protocols[protocol]
        found = [
            Exclusion(_why_lacking(capability, client, contract.server, release), capability.needs[client])
            for capability in self.capabilities[protocol]
            if capability.needs[client] and not capability.offers.holds(release.cut)
        ]
        found += self._beyond_changes(contract, contract.server, release, client)
        return _required_first(found)

    def allowed_servers(self, protocol: str, client: str, release: Release) -> Range:
        """Give the server releases that may meet a client release, without saying why.

        Asked for every release of a component it costs no more than the releases
        and the changes together.
        """
        contract = self.manifest.protocols[protocol]
        beyond = self._beyond_changes(contract, client, release, contract.server)
        kept_out = [self._sweep(protocol, client).at(release.cut), *(one.excluded for one in beyond)]
        return ~Range.union(kept_out)

    def verdict(
        self, protocol: str, client: str, client_release: Release, server_release: Release
    ) -> PairVerdict:
        """Say whether a client release and a server release work together."""
        hit = [
            exclusion.reason
            for exclusion in self.servers_for(protocol, client, client_release)
            if exclusion.excluded.holds(server_release.cut)
        ]
        reasons = tuple(reason for reason in hit if reason.need is Need.REQUIRED)
        missing = tuple(reason for reason in hit if reason.need is Need.OPTIONAL)
        return PairVerdict(not reasons, reasons, missing)

    def protocol_version(self, protocol: str, server: Release) -> tuple[int, int]:
        """Give the protocol's version in a server release, as (major, minor).

        Each server release in which something is removed or changed starts a new
        major; each in which something is added, else, a new minor. The history
        begins with 1.0.
        """
        releases, versions = self._steps(protocol)
        return versions[bisect_right(releases, server)]

    def _make_steps(self, protocol: str) -> tuple[list[Release], list[tuple[int, int]]]:
        steps: dict[Release, bool] = {}
        for capability in self.capabilities[protocol]:
            for change in capability.changes:
                newest = change.server[-1]
                steps[newest] = steps.get(newest, False) or change.kind is not Kind.ADDED
        major, minor = 1, 0
        versions = [(major, minor)]
        for newest in sorted(steps):
            major, minor = (major + 1, 0) if steps[newest] else (major, minor + 1)
            versions.append((major, minor))
        return sorted(steps), versions

    def _make_sweep(self, protocol: str, client: str) -> Sweep:
        return Sweep(
            (capability.needs[client], ~capability.offers)
            for capability in self.capabilities[protocol]
            if capability.need is Need.REQUIRED
        )

    def _beyond_changes(
        self, protocol: Protocol, component: str, release: Release, other: str
    ) -> list[Exclusion]:
        found = self._broken(protocol, component, release, other)
        policy = self.manifest.policy
        peer = self.manifest.components[other]
        if policy.mode is Mode.LOCKSTEP:
            same = span_of(release, peer.releases)
            sentence = f"{component} {release} and {other} are one atomic set: only the same release meets"
            found.append(Exclusion(Reason(Cause.LOCKSTEP, protocol.name, sentence), ~same))
        elif policy.mode is Mode.WINDOW:
            window = policy.window
            low = parse_release(f"{release.major}.{max(0, release.minor - window)}.0")
            high = parse_release(f"{release.major}.{release.minor + window + 1}.0")
            minors = "one minor" if window == 1 else f"{window} minors"
            sentence = f"upstream promises {component} {release} to work with {other} within {minors} only"
            inside = Range.between(low.opening, high.opening)
            found.append(Exclusion(Reason(Cause.WINDOW, protocol.name, sentence), ~inside))
        return found + self._unknown(protocol, peer)

    def _broken(self, protocol: Protocol, component: str, release: Release, other: str) -> list[Exclusion]:
        found = []
        for broken in self.manifest.broken:
            text = broken.because or "declared broken"
            if broken.component == component and broken.release == release:
                sentence = f"{component} {release} must never be paired: {text}"
                reason = Reason(Cause.BROKEN, protocol.name, sentence, broken=broken)
                found.append(Exclusion(reason, Range.everything()))
            if broken.component == other:
                span = span_of(broken.release, self.manifest.components[other].releases)
                sentence = f"{other} {broken.release} must never be paired: {text}"
                found.append(Exclusion(Reason(Cause.BROKEN, protocol.name, sentence, broken=broken), span))
        return found

    def _unknown(self, protocol: Protocol, peer: Component) -> list[Exclusion]:
        oldest, newest = peer.releases[0], peer.newest
        sentence = f"releases of {peer.name} before {oldest} are not in the manifest"
        found = [Exclusion(Reason(Cause.UNLISTED, protocol.name, sentence), until_release(oldest))]
        end = {
            Horizon.NONE: newest.next_patch,
            Horizon.PATCH: newest.next_minor,
            Horizon.MINOR: newest.next_major,
            Horizon.MAJOR: None,
        }[self.manifest.policy.horizon]
        if end is not None:
            sentence = (
                f"{peer.name} {newest} is the newest that the manifest knows,"
                f" and the horizon trusts unknown ones before {end} only"
            )
            found.append(Exclusion(Reason(Cause.HORIZON, protocol.name, sentence), from_release(end)))
        return found


def _lacking_servers(capability: Capability, client: str, release: Release, server: str) -> list[Exclusion]:
    # What ended the form last speaks for the releases after it; before all that, what began it does.
    who = f"{client} {release}"
    lacking = ~capability.offers
    found = []
    for stretch in reversed(capability.stretches):
        if part := lacking & stretch.gone:
            found.append(Exclusion(_reason(capability, who, server, stretch.ended, gone=True), part))
            lacking -= part
    if lacking:
        first = capability.stretches[0].began
        found.append(Exclusion(_reason(capability, who, server, first, gone=False), lacking))
    return found


def _why_lacking(capability: Capability, client: str, server: str, release: Release) -> Reason:
    who = f"{client} {_span(capability.needs[client])}"
    for stretch in reversed(capability.stretches):
        if stretch.gone.holds(release.cut):
            return _reason(capability, who, server, stretch.ended, gone=True)
    return _reason(capability, who, server, capability.stretches[0].began, gone=False)


def _reason(capability: Capability, who: str, server: str, change: Change | None, *, gone: bool) -> Reason:
    things = ", ".join(capability.what[:3])
    if len(capability.what) > 3:
        things += f" and {len(capability.what) - 3} more"
    verb = "needs" if capability.need is Need.REQUIRED else "uses, if it is there,"
    form = _form(capability)
    if change is None:
        when = "does not offer"
    elif gone:
        end = change.old_until or change.server[-1]
        when = f"offers only before {end}" if change.kind == "changed" else f"no longer offers from {end} on"
        again = next(
            (one.began for one in capability.stretches if one.began and one.began.server > change.server),
            None,
        )
        if again is not None:
            when += f" (again from {again.server[-1]})"
    else:
        when = f"offers from {' and '.join(map(str, reversed(change.server)))} on"
    sentence = f"{who} {verb} {form}{things}, which {server} {when}"
    return Reason(Cause.CHANGE, capability.protocol, sentence, capability.what, change, need=capability.need)


def _form(capability: Capability) -> str:
    began, ended = capability.stretches[0].began, capability.stretches[-1].ended
    if began is not None and began.kind == "changed":
        return "the changed form of "
    if ended is not None and ended.kind == "changed":
        return "the old form of "
    return ""


def _span(needs: Range) -> str:
    parts = []
    for low, high in needs.intervals():
        if not low.text:
            parts.append(f"before {high.text}")
        elif not high.text:
            parts.append(f"from {low.text} on")
        else:
            parts.append(f"from {low.text} until {high.text}")
    return " and ".join(parts)


def _required_first(exclusions: list[Exclusion]) -> tuple[Exclusion, ...]:
    return tuple(sorted(exclusions, key=lambda exclusion: exclusion.reason.need is Need.OPTIONAL))
