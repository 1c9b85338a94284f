"""From changes to capabilities: who needs which form of a thing, and who offers it.

All changes that name the same thing are one timeline. Between two changes the
thing has one form; a client that needs that form meets only servers that offer
it. So a capability here is one form with two sets of releases.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pkgguard.manifest.model import Kind, Need
from pkgguard.versions.ranges import Range
from pkgguard.versions.release import Release, from_branches, from_release

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pkgguard.manifest.model import Change, Protocol


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a timeline in which a form is there.

    ``began`` is the change that brought it (None: it was there before the
    history begins), ``ended`` the one that took it away (None: it is still there).
    """

    began: Change | None
    ended: Change | None

    @property
    def gone(self) -> Range:
        """The server releases that come after the change that ended it."""
        return from_branches(self.ended.server) if self.ended is not None else Range.nothing()


@dataclass(frozen=True, slots=True)
class Capability:
    """One form of one or more things with the same history.

    ``needs`` gives, for each client component, the releases that need the form;
    ``offers`` the server releases that have it. A form that is removed and added
    again has several ``stretches``.
    """

    protocol: str
    what: tuple[str, ...]
    need: Need
    needs: Mapping[str, Range]
    offers: Range
    stretches: tuple[Stretch, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes that began or ended the form."""
        ends = [change for one in self.stretches for change in (one.began, one.ended)]
        return tuple(change for change in ends if change is not None)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two changes of one thing that cannot both be true; ``change`` is the later one."""

    change: Change
    key: str
    reason: str
    mend: str


def timelines(changes: Iterable[Change]) -> Mapping[tuple[str, str], tuple[Change, ...]]:
    """Group the changes that have an effect by (protocol, thing), in the order of the server's releases."""
    found: defaultdict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in changes:
        if change.kind is not Kind.COMPATIBLE:
            for what in change.what:
                found[change.protocol, what].append(change)
    return {thing: tuple(sorted(line, key=lambda change: change.server[-1])) for thing, line in found.items()}


def capabilities(changes: Iterable[Change], protocols: Mapping[str, Protocol]) -> tuple[Capability, ...]:
    """Give every capability that a history defines; things with one history share one."""
    shared: defaultdict[tuple[str, tuple[tuple[int, int], ...]], list[str]] = defaultdict(list)
    forms: dict[tuple[str, tuple[tuple[int, int], ...]], tuple[Stretch, ...]] = {}
    for (protocol, what), line in timelines(changes).items():
        for stretches in _forms(line):
            identity = (protocol, tuple((id(one.began), id(one.ended)) for one in stretches))
            shared[identity].append(what)
            forms[identity] = stretches
    return tuple(
        _capability(protocols[identity[0]], tuple(what), forms[identity]) for identity, what in shared.items()
    )


def contradictions(changes: Iterable[Change]) -> tuple[Contradiction, ...]:
    """Find the changes that cannot follow what came before them in their timeline."""
    found: list[Contradiction] = []
    for (_, what), line in timelines(changes).items():
        for earlier, later in pairwise(line):
            found += _pair(what, earlier, later)
    return tuple(found)


def _forms(line: tuple[Change, ...]) -> list[tuple[Stretch, ...]]:
    """Divide a timeline into forms; only a change makes a new one, what is added again is the old one."""
    forms: list[list[Stretch]] = [[]]
    if line[0].kind is not Kind.ADDED:
        forms[0].append(Stretch(None, line[0]))
    for position, began in enumerate(line):
        if began.kind is Kind.CHANGED:
            forms.append([])
        if began.kind is not Kind.REMOVED:
            ended = line[position + 1] if position + 1 < len(line) else None
            forms[-1].append(Stretch(began, ended))
    return [tuple(stretches) for stretches in forms if stretches]


def _capability(protocol: Protocol, what: tuple[str, ...], stretches: tuple[Stretch, ...]) -> Capability:
    offers = Range.union(map(_offer, stretches))
    needs = {client: Range.union(_need(client, one) for one in stretches) for client in protocol.clients}
    level = stretches[0].began or stretches[0].ended
    need = level.need if level is not None else Need.REQUIRED
    return Capability(protocol.name, what, need, needs, offers, stretches)


def _offer(stretch: Stretch) -> Range:
    began, ended = stretch.began, stretch.ended
    offers = Range.everything() if began is None else from_branches(began.server)
    if ended is None:
        return offers
    return offers - (stretch.gone if ended.old_until is None else from_release(ended.old_until))


def _need(client: str, stretch: Stretch) -> Range:
    starts = _releases(stretch.began, client)
    stops = _releases(stretch.ended, client)
    if stretch.began is None:
        # A thing older than the history is needed only where the history says until when.
        return ~from_branches(stops) if stops else Range.nothing()
    if not starts:
        return Range.nothing()
    needed = from_branches(starts)
    return needed - from_branches(stops) if stops else needed


def _releases(change: Change | None, client: str) -> tuple[Release, ...]:
    return change.client.get(client, ()) if change is not None else ()


def _pair(what: str, earlier: Change, later: Change) -> list[Contradiction]:
    there = earlier.kind is not Kind.REMOVED
    before = f"{earlier.kind} in {earlier.server[-1]} (line {earlier.line})"
    if later.kind is Kind.ADDED and there:
        reason = f"{what!r} is added in {later.server[-1]}, but it was {before} and never removed since"
        return [Contradiction(later, "kind", reason, "add the removal, or take one of the two out")]
    if later.kind is not Kind.ADDED and not there:
        reason = f"{what!r} is {later.kind} in {later.server[-1]}, but it was {before}"
        return [Contradiction(later, "kind", reason, "add it again first, or take one of the two out")]
    if earlier.server[-1] == later.server[-1]:
        there_too = f"{earlier.kind} there too (line {earlier.line})"
        reason = f"{what!r} is {later.kind} in {later.server[-1]} and {there_too}"
        return [Contradiction(later, "server", reason, "a release can have one change of a thing only")]
    found = []
    for client, releases in later.client.items():
        begins = earlier.client.get(client, ())
        if begins and releases[-1] < begins[-1]:
            reason = (
                f"{client} is done with {what!r} in {releases[-1]}, before {begins[-1]},"
                f" from which it has the earlier change (line {earlier.line})"
            )
            found.append(Contradiction(later, "client", reason, "the releases of a timeline must rise"))
    return found
