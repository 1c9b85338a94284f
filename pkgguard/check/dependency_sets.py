"""Given packages that are installed together, since one depends on another, and the peers they share."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from pkgguard.budget import spend
from pkgguard.check.recommendations import package_of, versions_meeting
from pkgguard.families.expression import constraints
from pkgguard.families.interface import relations_of
from pkgguard.versions.sets import Boundary, VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pkgguard.check.subject import PeerView, Subject

    _Named: TypeAlias = Mapping[tuple[str, str], Sequence[Subject]]


def conflicts_over_peers(
    subjects: Sequence[Subject],
) -> Iterator[tuple[Subject, tuple[Subject, ...], str, tuple[str, ...]]]:
    """Yield each package that needs others with which it accepts no common version of a peer.

    That is the package, those of them that disagree, the peer's name, and their
    relations that name it. Two packages that need each other are told once.
    """
    named: defaultdict[tuple[str, str], list[Subject]] = defaultdict(list)
    for subject in subjects:
        named[subject.package.family, subject.package.name].append(subject)
    required = {id(subject): _required(subject) for subject in subjects}
    if len({subject.package.name for subject in subjects if required[id(subject)]}) < 2:
        return
    told: set[tuple[frozenset[int], str]] = set()
    for subject in subjects:
        groups = [[subject], *_needed(subject, named)]
        members = [member for group in groups for member in group]
        peers = dict.fromkeys(name for member in members for name in required[id(member)])
        for peer in peers if len(groups) > 1 else ():
            views = _disagreeing(groups, peer, named)
            apart = tuple(view.subject for view in views)
            place = (frozenset(map(id, apart)), peer)
            if apart and place not in told:
                told.add(place)
                lines = tuple(dict.fromkeys(line for view in views for line in view.naming))
                yield subject, apart, peer, lines


def _needed(subject: Subject, named: _Named) -> list[list[Subject]]:
    """Return the given packages that a package needs, directly or not, by their names.

    A name of several given versions stands for any that its dependant accepts.
    """
    needed: dict[str, list[Subject]] = {subject.package.name: []}
    waiting = [subject]
    while waiting:
        dependant = waiting.pop()
        for relation in relations_of(dependant.package, dependant.family.traits.positive_fields):
            spend()
            names = {package_of(part) for part in constraints(relation.expression)}
            name = min(names)
            if len(names) > 1 or name in needed:
                continue
            given = named.get((dependant.package.family, name), ())
            if given:
                meeting = versions_meeting(relation.expression, name, dependant.family)
                fitting = [other for other in given if Boundary.before(other.key) in meeting]
                if fitting:
                    needed[name] = fitting
                    waiting += fitting
    return [group for group in needed.values() if group]


def _disagreeing(groups: Sequence[Sequence[Subject]], peer: str, named: _Named) -> tuple[PeerView, ...]:
    """Return what the first packages that leave no version of a peer say of it, or nothing."""
    common = VersionSet.full()
    views: list[PeerView] = []
    for group in groups:
        own = [view for one in group for view in one.peers if view.name == peer]
        if len(own) < len(group):
            continue  # one that fits has no relation to the peer
        accepted = VersionSet.union(view.admitted for view in own)
        if not _published(accepted, own[0], named):
            return ()  # it fits none in any case
        views.append(own[0])
        common &= accepted
        if not _published(common, own[0], named):
            return tuple(views)
    return ()


def _published(versions: VersionSet, view: PeerView, named: _Named) -> bool:
    """Return whether some versions hold one of a known release of a peer, or one that is given."""
    return any(not versions.is_disjoint(view.span(release)) for release in view.guard.known) or any(
        Boundary.before(one.key) in versions
        for one in named.get((view.subject.package.family, view.name), ())
    )


def _required(subject: Subject) -> tuple[str, ...]:
    """Return the names of the peers that a package cannot do without, and says so."""
    needed = [view.name for view in subject.peers if view.needed]
    if not needed:
        return ()
    relations = relations_of(subject.package, subject.family.traits.positive_fields)
    named = {package_of(part) for relation in relations for part in constraints(relation.expression)}
    return tuple(name for name in needed if name in named)
