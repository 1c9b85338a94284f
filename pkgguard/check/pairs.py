"""Judging the packages that are given together: every two that a protocol joins must agree."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from pkgguard.check.subject import Meeting
from pkgguard.families.expression import constraints
from pkgguard.guard import are_peers, guard_against

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pkgguard.check.subject import Subject
    from pkgguard.compatibility import Reason
    from pkgguard.families.interface import Package, PackageRef, Problem
    from pkgguard.guard import Guard


@dataclass(frozen=True, slots=True)
class Pair:
    """Two given packages that a protocol joins: whether they work, and whether they install together.

    ``package`` is the client. ``installable`` is None where a relation of them
    is not modelled; ``not_judged`` then says which. ``peers`` is False where the
    manifest's ``peers`` leave one of the two out of the other's peers, so that
    neither is guarded against the other.
    """

    package: PackageRef
    peer: PackageRef
    compatible: bool
    installable: bool | None
    not_judged: tuple[str, ...] = ()
    peers: bool = True


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """A pair with the subjects and the reasons behind it.

    ``client`` calls ``server``, in at least one protocol. ``against`` are the
    reasons why the two do not work together, ``problems`` those why they cannot
    be installed together.
    """

    pair: Pair
    client: Subject
    server: Subject
    against: tuple[Reason, ...]
    problems: tuple[Problem, ...]


def judge_pairs(subjects: Sequence[Subject]) -> tuple[JudgedPair, ...]:
    """Judge every two subjects that a protocol joins, and tell each what it does when it meets the other.

    Packages of two families never meet. Packages that no one machine takes
    are judged only where they can be installed together all the same.
    """
    found: list[JudgedPair] = []
    for one, other in _joined(subjects):
        judged = _judge(one, other)
        if judged is None:
            continue
        found.append(judged)
        installable = judged.pair.installable
        if installable is not None and judged.pair.peers:
            _note(judged.client, judged.server, installable)
            _note(judged.server, judged.client, installable)
    return tuple(found)


def _note(subject: Subject, peer: Subject, installable: bool) -> None:
    subject.meetings.setdefault(peer.identity.package.name, []).append(Meeting(peer, installable))


def _joined(subjects: Sequence[Subject]) -> Iterator[tuple[Subject, Subject]]:
    """Yield every two subjects of one family that are different packages of the manifest."""
    groups: defaultdict[tuple[str, str], list[Subject]] = defaultdict(list)
    for subject in subjects:
        groups[subject.package.family, subject.identity.package.name].append(subject)
    for (first, ours), (second, theirs) in combinations(groups.items(), 2):
        if first[0] == second[0]:
            yield from ((one, other) for one in ours for other in theirs)


def _judge(one: Subject, other: Subject) -> JudgedPair | None:
    guard = _guard(one, other)
    if guard is None:
        return None
    if not guard.as_client:
        back = _guard(other, one)
        if back is None:
            return None
        one, other, guard = other, one, back
    against = tuple(
        dict.fromkeys(
            exclusion.reason
            for release in dict.fromkeys(other.identity.releases.values())
            for exclusion in guard.reasons_against(release)
        )
    )
    packages = (one.package, other.package)
    verdict = one.family.coinstallable(packages, assumed=_outside(packages))
    if not _same_machine(one.package, other.package) and not (against and verdict.installable):
        return None
    peers = are_peers(one.identity.package, other.identity.package)
    pair = Pair(
        one.package.ref, other.package.ref, not against, verdict.installable, verdict.not_judged, peers
    )
    return JudgedPair(pair, one, other, against, verdict.problems)


def _guard(one: Subject, other: Subject) -> Guard | None:
    name = other.identity.package.name
    for guard in one.guards:
        if guard.peer.name == name:
            return guard
    return guard_against(one.compatibility, one.identity, other.identity.package)


def _same_machine(one: Package, other: Package) -> bool:
    architectures = {one.architecture, other.architecture} - {"all", "noarch"}
    return len(architectures) < 2


def _outside(packages: Iterable[Package]) -> frozenset[str]:
    """Give the names that the packages speak of and do not bring themselves."""
    packages = tuple(packages)
    spoken = {
        part.name
        for package in packages
        for relation in package.relations
        if relation.field != "Provides"
        for part in constraints(relation.expression)
    }
    brought = {package.name for package in packages} | {
        part.name
        for package in packages
        for relation in package.relations
        if relation.field == "Provides"
        for part in constraints(relation.expression)
    }
    return frozenset(spoken - brought)
