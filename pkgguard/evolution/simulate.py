"""Replaying a history under a version policy: which numbers would its releases have had?

The releases of a component are replayed in the order of their versions. Each change
counts once, at its release on the main line. A release without a change that counts
keeps the step that it had, except that a major becomes a minor: only changes raise the
major.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.budget import spend
from pkgguard.evolution.events import events_of
from pkgguard.evolution.policies import ChangeSide, Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pkgguard.evolution.events import Event
    from pkgguard.evolution.policies import VersionPolicy
    from pkgguard.manifest.model import Manifest
    from pkgguard.versions.release import Release

CENTURY: Final = 100
"""The major that a simulation estimates the time to."""

Number = tuple[int, int, int]


class SimulatedLine(NamedTuple):
    """The numbers of one component or protocol under one policy.

    ``numbers`` and ``levels`` are in the order of the releases. ``levels`` are what each
    release raises; the first release of a component raises nothing.
    """

    policy: VersionPolicy
    numbers: tuple[Number, ...]
    levels: tuple[Level, ...]

    @property
    def majors(self) -> int:
        """How many releases are major."""
        return sum(level is Level.MAJOR for level in self.levels)

    def century(self) -> tuple[int, bool]:
        """Return the place of the first release with the major 100, counted from 1, and whether it is real.

        Beyond the history it is estimated at the rate of the whole history. It is 0 if no
        release is major, or if the first one has at least this major already.
        """
        if not self.majors or self.numbers[0][0] >= CENTURY:
            return 0, False
        for place, number in enumerate(self.numbers, 1):
            if number[0] >= CENTURY:
                return place, True
        missing = CENTURY - self.numbers[-1][0]
        return len(self.numbers) + -(-missing * len(self.numbers) // self.majors), False


class SimulatedHistory(NamedTuple):
    """The releases of a component or a protocol (those of its server), and their numbers by each policy.

    ``changes`` are the changes that come with each release.
    """

    name: str
    is_protocol: bool
    releases: tuple[Release, ...]
    changes: tuple[tuple[Event, ...], ...]
    lines: tuple[SimulatedLine, ...]


class Simulation(NamedTuple):
    """The histories of all components and protocols of a manifest."""

    histories: tuple[SimulatedHistory, ...]


def simulate(manifest: Manifest, policies: Sequence[VersionPolicy]) -> Simulation:
    """Replay the history of a manifest under some policies."""
    events = events_of(manifest)
    histories = []
    for component in manifest.components.values():
        final = _without_superseded(component.releases)
        changes = _placed(final, events.components.get(component.name, ()))
        lines = tuple(_component_line(one, final, changes) for one in policies)
        histories.append(SimulatedHistory(component.name, False, final, changes, lines))
    for protocol in manifest.protocols.values():
        releases = manifest.components[protocol.server].releases
        changes = _placed(releases, events.protocols.get(protocol.name, ()))
        lines = tuple(_protocol_line(one, changes) for one in policies if one.protocol is not None)
        histories.append(SimulatedHistory(protocol.name, True, releases, changes, lines))
    return Simulation(tuple(histories))


def raised(number: Number, level: Level) -> Number:
    """Return the number after a release of a level."""
    major, minor, patch = number
    match level:
        case Level.MAJOR:
            return major + 1, 0, 0
        case Level.MINOR:
            return major, minor + 1, 0
        case Level.PATCH:
            return major, minor, patch + 1
        case Level.NONE:
            return number


def highest(levels: Iterable[Level], least: Level) -> Level:
    """Return the highest of some levels, which is at least ``least``."""
    return max((least, *levels), key=lambda one: one.rank)


def _without_superseded(releases: tuple[Release, ...]) -> tuple[Release, ...]:
    """Return the releases without the prereleases whose final release is listed too."""
    final = {one.numbers for one in releases if not one.prerelease}
    return tuple(one for one in releases if not (one.prerelease and one.numbers in final))


def _placed(releases: tuple[Release, ...], events: Iterable[Event]) -> tuple[tuple[Event, ...], ...]:
    """Return the events that come with each release."""
    found: defaultdict[int, list[Event]] = defaultdict(list)
    for event in events:
        spend()
        found[bisect_left(releases, event.releases[-1])].append(event)
    return tuple(tuple(found.get(place, ())) for place in range(len(releases)))


def _component_line(
    policy: VersionPolicy, releases: tuple[Release, ...], changes: tuple[tuple[Event, ...], ...]
) -> SimulatedLine:
    first = releases[0]
    numbers: list[Number] = [(first.major, first.minor, first.patch)]
    levels = [Level.NONE]
    for before, release, events in zip(releases, releases[1:], changes[1:], strict=False):
        spend()
        same_branch = before.branch == release.branch and before.major == release.major
        own = Level.PATCH if same_branch else Level.MINOR
        levels.append(highest((policy.level(one.change_class, one.side) for one in events), own))
        numbers.append(raised(numbers[-1], levels[-1]))
    return SimulatedLine(policy, tuple(numbers), tuple(levels))


def _protocol_line(policy: VersionPolicy, changes: tuple[tuple[Event, ...], ...]) -> SimulatedLine:
    number: Number = (1, 0, 0)
    numbers, levels = [], []
    for events in changes:
        spend()
        level = highest((policy.level(one.change_class, ChangeSide.PROTOCOL) for one in events), Level.NONE)
        number = raised(number, level)
        levels.append(level)
        numbers.append(number)
    return SimulatedLine(policy, tuple(numbers), tuple(levels))
