"""From changes to incompatibilities: which clients need a form of a thing, and which servers lack it.

All changes that name the same thing are one timeline. Between two changes the thing has
one form, a capability, and a client that needs it works only with servers that offer
it. An incompatibility is caused by one change: an older server lacks the form that the
change brought, or a newer one lacks the form that it removed. So the need of each
change decides how serious its incompatibility is.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.budget import spend
from pkgguard.manifest.model import Kind
from pkgguard.versions.lookup import release_at
from pkgguard.versions.release import Release
from pkgguard.versions.release_sets import from_branches, from_release
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pkgguard.manifest.model import Change, Protocol

# The place of the thing in a reason that all things with the same two changes share.
_THING: Final = "{thing}"


class Incompatibility(NamedTuple):
    """Releases that do not work together because of one change.

    ``clients_needing`` maps client components to their releases that need a form of
    ``what``. ``servers_without`` are the server releases that lack that form because of
    ``change``: it brought the form later, or, if ``gone``, removed it before. ``form``
    is ``old``, ``new``, or empty if there is only one form, ``again`` the server
    release that brought it back, if any.
    """

    protocol: str
    what: tuple[str, ...]
    form: str
    clients_needing: Mapping[str, VersionSet]
    servers_without: VersionSet
    change: Change
    gone: bool
    again: Release | None = None


class _Era(NamedTuple):
    """A part of a timeline with one form, between two changes or from the beginning.

    ``stops`` maps each client component in a later change to the releases that need a
    later form.
    """

    began: Change | None
    ended: Change | None
    stops: Mapping[str, VersionSet]


class Contradiction(NamedTuple):
    """Two changes of one thing that cannot both be true; ``change`` is the later one."""

    change: Change
    earlier: Change
    key: str
    reason: str
    help: str


def timelines(changes: Iterable[Change]) -> Mapping[tuple[str, str], tuple[Change, ...]]:
    """Group the changes that have an effect by (protocol, thing), in the order of the server's releases."""
    found: defaultdict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in changes:
        if change.kind is not Kind.COMPATIBLE:
            for what in change.what:
                found[change.protocol, what].append(change)
    return {thing: tuple(sorted(line, key=lambda change: change.server[-1])) for thing, line in found.items()}


def incompatibilities(
    changes: Iterable[Change], protocols: Mapping[str, Protocol]
) -> tuple[Incompatibility, ...]:
    """Return every incompatibility of a history; things with equal histories share theirs."""
    shared: defaultdict[tuple[str, tuple[int, ...]], list[str]] = defaultdict(list)
    lines: dict[tuple[str, tuple[int, ...]], tuple[Change, ...]] = {}
    for (protocol, what), line in timelines(changes).items():
        identity = (protocol, tuple(map(id, line)))
        shared[identity].append(what)
        lines[identity] = line
    return tuple(
        incompatibility
        for identity, what in shared.items()
        for form in _forms(lines[identity])
        for incompatibility in _incompatibilities(protocols[identity[0]], tuple(what), form)
    )


def contradictions(changes: Iterable[Change]) -> tuple[Contradiction, ...]:
    """Find the changes that contradict earlier ones in their timeline."""
    found: list[Contradiction] = []
    alike: dict[tuple[Change, Change], list[Contradiction]] = {}
    for (_, what), line in timelines(changes).items():
        spend()
        for pair in pairwise(line):
            if pair not in alike:
                alike[pair] = _pair(*pair)
            found += [one._replace(reason=one.reason.replace(_THING, repr(what))) for one in alike[pair]]
    return tuple(found)


def _forms(line: tuple[Change, ...]) -> list[tuple[_Era, ...]]:
    """Divide a timeline into forms; a change makes a new one, adding again restores the old one."""
    stops = _stops(line)
    forms: list[list[_Era]] = [[]]
    if line[0].kind is not Kind.ADDED:
        forms[0].append(_Era(None, line[0], stops[0]))
    for position, began in enumerate(line):
        if began.kind is Kind.CHANGED:
            forms.append([])
        if began.kind is not Kind.REMOVED:
            ended = line[position + 1] if position + 1 < len(line) else None
            forms[-1].append(_Era(began, ended, stops[position + 1]))
    return [tuple(stretches) for stretches in forms if stretches]


def _stops(line: tuple[Change, ...]) -> list[Mapping[str, VersionSet]]:
    """Return, for each position, the releases of each client from those in later changes on.

    The first such change that names the client ends its need for an earlier form.
    """
    stops: list[Mapping[str, VersionSet]] = [{}]
    for change in reversed(line):
        spend()
        later = dict(stops[-1])
        for client, releases in change.client.items():
            held = from_branches(releases)
            later[client] = held | later[client] if client in later else held
        stops.append(later)
    return stops[::-1]


def _incompatibilities(
    protocol: Protocol, what: tuple[str, ...], form: tuple[_Era, ...]
) -> Iterator[Incompatibility]:
    """Return, for each era of a form, the servers that are too old and those that are too new for it."""
    lacking = ~VersionSet.union(map(_offer, form))
    first, last = form[0].began, form[-1].ended
    name = "old" if last is not None and last.kind is Kind.CHANGED else ""
    if first is not None and first.kind is Kind.CHANGED:
        name = "new"
    for position, stretch in enumerate(form):
        spend()
        needs = _wanted(_need, stretch)
        after = from_branches(stretch.ended.server) if stretch.ended is not None else VersionSet.empty()
        if stretch.began is not None and (servers_without := lacking - after) and needs:
            yield Incompatibility(
                protocol.name, what, name, needs, servers_without, stretch.began, gone=False
            )
        if stretch.ended is not None and (servers_without := lacking & after):
            back = form[position + 1].began if position + 1 < len(form) else None
            again = back.server[-1] if back is not None else None
            if lost := _wanted(_need_lost, stretch):
                yield Incompatibility(
                    protocol.name, what, name, lost, servers_without, stretch.ended, gone=True, again=again
                )


def _offer(stretch: _Era) -> VersionSet:
    began, ended = stretch.began, stretch.ended
    offers = VersionSet.full() if began is None else from_branches(began.server)
    if ended is None:
        return offers
    return offers - (
        from_branches(ended.server) if ended.old_until is None else from_release(ended.old_until)
    )


def _wanted(need: Callable[[str, _Era], VersionSet], stretch: _Era) -> dict[str, VersionSet]:
    """Return the releases that need a form, for each client with any."""
    named: dict[str, None] = {}
    for change in filter(None, (stretch.began, stretch.ended)):
        named.update(dict.fromkeys(change.client))
    found = {client: need(client, stretch) for client in named}
    return {client: releases for client, releases in found.items() if releases}


def _need(client: str, stretch: _Era) -> VersionSet:
    """Return the releases that need a form because of the change that began it."""
    starts = _releases(stretch.began, client)
    if not starts:
        return VersionSet.empty()
    return from_branches(starts) - stretch.stops.get(client, VersionSet.empty())


def _need_lost(client: str, stretch: _Era) -> VersionSet:
    """Return the releases that need a form because of the change that ended it.

    If no change introduced the need, it is assumed from the first release until the
    change that ends it.
    """
    if _releases(stretch.began, client):
        return _need(client, stretch)
    stops = _releases(stretch.ended, client)
    return ~from_branches(stops) if stops else VersionSet.empty()


def _releases(change: Change | None, client: str) -> tuple[Release, ...]:
    return change.client.get(client, ()) if change is not None else ()


def _pair(earlier: Change, later: Change) -> list[Contradiction]:
    """Find the contradictions of two changes of one thing; the reasons have a mark in its place."""
    there = earlier.kind is not Kind.REMOVED
    place = f"line {earlier.position.line}"
    subject = _THING
    if earlier.position.path != later.position.path:
        place += f" of {earlier.position.path}"
        subject += f" (line {later.position.line} of {later.position.path})"

    def wrong(key: str, reason: str, help: str) -> Contradiction:
        return Contradiction(later, earlier, key, reason, help)

    before = f"{earlier.kind} in {earlier.server[-1]} ({place})"
    if later.kind is Kind.ADDED and there:
        reason = f"{subject} is added in {later.server[-1]}, but it was {before} and never removed since"
        return [wrong("kind", reason, "add the removal, or take one of the two out")]
    if later.kind is not Kind.ADDED and not there:
        reason = f"{subject} is {later.kind} in {later.server[-1]}, but it was {before}"
        return [wrong("kind", reason, "add it again first, or take one of the two out")]
    if earlier.server[-1] == later.server[-1]:
        there_too = f"{earlier.kind} there too ({place})"
        reason = f"{subject} is {later.kind} in {later.server[-1]} and {there_too}"
        return [wrong("server", reason, "a release can have one change of a thing only")]
    found = []
    if ahead := from_branches(later.server) - from_branches(earlier.server):
        first = release_at(ahead.boundaries[0], later.server[0].scheme)
        reason = f"{first} has this change of {subject} but not the earlier one ({place})"
        found.append(wrong("server", reason, "list the branch in the earlier change too"))
    for client, releases in later.client.items():
        begins = earlier.client.get(client, ())
        if begins and (ahead := from_branches(releases) - from_branches(begins)):
            first = release_at(ahead.boundaries[0], releases[0].scheme)
            reason = (
                f"{client} {first} has this change of {subject} but not the earlier one"
                f" ({place}), which begins in {begins[-1]}"
            )
            found.append(wrong("client", reason, "the releases of a timeline must rise"))
        elif not begins and earlier.kind is Kind.CHANGED:
            reason = (
                f"{client} leaves a form of {subject} in {releases[-1]} that no release of it took up:"
                f" the change before ({place}) names none"
            )
            help = f"name the {client} release that took it up"
            found.append(wrong("client", reason, help))
    return found
