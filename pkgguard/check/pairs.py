"""Judging the pairs of given packages that share a protocol."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from math import inf
from time import process_time
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.budget import OverBudgetError, budget
from pkgguard.check.finding import brief
from pkgguard.check.needed_names import lacking_names
from pkgguard.compat.guard import are_peers, guard_against, joined_to
from pkgguard.families.absent import outside, spoken_of
from pkgguard.families.interface import InstallabilityVerdict
from pkgguard.families.limits import ORDINARY_PAIR_SECONDS, PAIR_SECONDS
from pkgguard.families.meeting import Meetings
from pkgguard.families.same_source import built_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pkgguard.check.subject import Subject
    from pkgguard.compat.guard import Guard
    from pkgguard.compat.reasons import Reason
    from pkgguard.diagnostics import PackageRef
    from pkgguard.families.interface import Package, Problem

_TOO_LONG: Final = (
    f"judging whether they can be installed together takes more than {PAIR_SECONDS:g} seconds of CPU time"
)
_EVERYWHERE: Final = frozenset({"all", "noarch"})
"""The architectures of packages that every machine accepts."""


class PairResult(NamedTuple):
    """Two given packages that share a protocol: whether they work, and can be installed, together.

    ``package`` is the client. ``installable`` is None if one of their relations is
    not modelled; ``not_judged`` then explains which. ``peers`` is False if ``peers``
    in the manifest leaves one of them out, so that neither is guarded against the
    other.
    """

    package: PackageRef
    peer: PackageRef
    compatible: bool
    installable: bool | None
    not_judged: tuple[str, ...] = ()
    peers: bool = True


class JudgedPair:
    """A pair with its subjects and its problems.

    ``client`` is the client of ``server`` in at least one protocol, and ``guard`` is
    its guard against the server.
    """

    def __init__(self, pair: PairResult, client: Subject, server: Subject, guard: Guard) -> None:
        self.pair = pair
        self.client = client
        self.server = server
        self.guard = guard

    @cached_property
    def against(self) -> tuple[Reason, ...]:
        """The reasons why the two do not work together."""
        return tuple(
            dict.fromkeys(
                exclusion.reason
                for release in self.server.carried
                for exclusion in self.guard.reasons_against(release)
            )
        )

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """The reasons why the two cannot be installed together."""
        return _verdict(self.client, self.server).problems


def judge_pairs(subjects: Sequence[Subject]) -> tuple[JudgedPair, ...]:
    """Judge every two subjects that share a protocol.

    Packages of different families are never pairs. Packages of different architectures
    are judged only if they can be installed together and do not work.
    """
    return tuple(_judged(subjects))


def meetings_in(pairs: Iterable[JudgedPair]) -> Iterator[tuple[Subject, Subject, bool | None, bool]]:
    """Yield the packages of each pair, whether they can be installed together, and whether they work."""
    for one in pairs:
        if one.pair.peers:
            yield one.client, one.server, one.pair.installable, one.pair.compatible


def _judged(subjects: Sequence[Subject]) -> Iterator[JudgedPair]:
    meetings: dict[str, Meetings] = {}
    heavy = _Heavy()
    for clients, servers in _joined(subjects):
        family = clients[0].family
        ways = meetings.setdefault(family.name, Meetings(family))
        peers = are_peers(clients[0].identity.package, servers[0].identity.package)
        listed = {release.text: release for server in servers for release in server.carried}
        carrying = [(server, frozenset(release.text for release in server.carried)) for server in servers]
        for client in clients:
            guard = _guard(client, servers[0])
            if guard is not None:
                works = {text for text, release in listed.items() if guard.compatible(release)}
                for server, carried in carrying:
                    compatible = _versions_fit(guard, server) if guard.exact else works.issuperset(carried)
                    pair = _pair(client, server, ways, heavy, compatible=compatible, peers=peers)
                    if pair is not None:
                        yield JudgedPair(pair, client, server, guard)


def _versions_fit(guard: Guard, server: Subject) -> bool:
    """Return whether a server has the full version that its client needs, and nothing speaks against it."""
    family = server.family
    own, theirs = (built_from(one, family) for one in (guard.identity.version, server.package.version))
    return family.key(own) == family.key(theirs) and all(map(guard.fits_in_version, server.carried))


def _joined(subjects: Sequence[Subject]) -> Iterator[tuple[list[Subject], list[Subject]]]:
    """Yield the subjects of every two packages of the manifest that share a protocol, the clients first."""
    groups: defaultdict[tuple[str, str], list[Subject]] = defaultdict(list)
    for subject in subjects:
        groups[subject.package.family, subject.identity.package.name].append(subject)
    for (family, name), first in groups.items():
        for other in sorted(joined_to(first[0].compatibility.manifest, first[0].identity.package)):
            second = groups.get((family, other))
            if second is not None and name < other:
                guard = _guard(first[0], second[0])
                if guard is not None:
                    yield (first, second) if guard.as_client else (second, first)


def _pair(
    client: Subject, server: Subject, meetings: Meetings, heavy: _Heavy, *, compatible: bool, peers: bool
) -> PairResult | None:
    """Judge a pair; return None for different architectures unless the verdict has another cause.

    ``heavy`` records the packages that take too long; they are not tried again.
    """
    one_machine = _same_machine(client.package, server.package)
    lacking = lacking_names(client, server)
    if (
        not one_machine
        and compatible
        and meetings.independent(client.package, server.package)
        and meetings.installable(client.refusals, server.refusals)
    ):
        return None
    known = None
    only_theirs = _only_theirs(client, server) or _only_theirs(server, client)
    if one_machine and not lacking and not only_theirs:
        known = meetings.known(client.package, server.package)
    if known is not None:
        return PairResult(client.ref, server.ref, compatible, known, (), peers)
    if client in heavy or server in heavy:
        return PairResult(client.ref, server.ref, compatible, None, (_TOO_LONG,), peers)
    started = process_time()
    verdict = _verdict(client, server, meetings if one_machine and not lacking else None)
    over = _TOO_LONG in verdict.not_judged
    heavy.charge(client, server, inf if over else process_time() - started)
    if not one_machine and not _tells(verdict, client, compatible=compatible):
        return None
    return PairResult(
        client.ref, server.ref, compatible, verdict.installable, brief(verdict.not_judged), peers
    )


class _Heavy:
    """The packages whose pairs have taken too long, so that their other pairs are not tried.

    The time beyond that of an ordinary pair is charged to the package with more
    relations, so pairs of ordinary packages are judged however many there are.
    """

    def __init__(self) -> None:
        self._seconds: defaultdict[int, float] = defaultdict(float)

    def __contains__(self, subject: Subject) -> bool:
        return self._seconds.get(id(subject), 0.0) > PAIR_SECONDS

    def charge(self, client: Subject, server: Subject, seconds: float) -> None:
        """Charge the CPU time of a pair."""
        if seconds > ORDINARY_PAIR_SECONDS:
            larger = max(client, server, key=lambda one: len(one.package.relations))
            self._seconds[id(larger)] += seconds


def _tells(verdict: InstallabilityVerdict, client: Subject, *, compatible: bool) -> bool:
    """Return whether the verdict on packages of two architectures is not that of the architectures alone."""
    if not compatible:
        return verdict.installable is True
    refusing = client.family.traits.negative_fields
    relations = [problem.relation for problem in verdict.problems]
    return None not in relations and any(one is not None and one.field in refusing for one in relations)


def _verdict(client: Subject, server: Subject, meetings: Meetings | None = None) -> InstallabilityVerdict:
    """Judge a pair; a pair that takes too long is not judged.

    If ``meetings`` has an answer it is used, without reasons.
    """
    packages = (client.package, server.package)
    own = _only_theirs(client, server) | _only_theirs(server, client) | lacking_names(client, server)
    try:
        with budget(PAIR_SECONDS):
            shared = meetings.installable(*packages) if meetings is not None and not own else None
            if shared is not None:
                return InstallabilityVerdict(shared)
            assumed = outside(packages, client.family.traits.providing_field) - own
            verdict = client.family.coinstallable(packages, assumed=assumed)
            problems = (*verdict.problems, *verdict.left_out)
            return verdict._replace(installable=verdict.all_installed, problems=problems)
    except OverBudgetError:
        return InstallabilityVerdict(None, (), (_TOO_LONG,))


def can_be_installed_together(subjects: Sequence[Subject]) -> bool:
    """Return whether packages of one family can surely be installed together."""
    packages = [one.package for one in subjects]
    family = subjects[0].family
    try:
        with budget(PAIR_SECONDS):
            assumed = outside(packages, family.traits.providing_field)
            return family.coinstallable(packages, assumed=assumed).all_installed is True
    except OverBudgetError:
        return False


def _only_theirs(client: Subject, server: Subject) -> frozenset[str]:
    """Return the names of protocols that a client asks for and that only releases of a server provide.

    No third package can bring them, unless another one carries the server as well.
    """
    compatibility, package = server.compatibility, server.identity.package
    manifest = compatibility.manifest
    spoken: frozenset[str] | None = None
    provided: set[str] = set()
    for protocol in manifest.protocols.values():
        if not protocol.is_provided or manifest.carriers.get(protocol.server) != [package]:
            continue
        if spoken is None:
            spoken = spoken_of((client.package,), client.family.traits.positive_fields)
        if protocol.names:
            provided.update(name for _, name in protocol.names if name in spoken)
        elif protocol.provides:
            stem = f"{protocol.provides}-"
            provided.update(name for name in spoken if name.startswith(stem) and name[len(stem) :].isdigit())
    return frozenset(provided)


def _guard(one: Subject, other: Subject) -> Guard | None:
    name = other.identity.package.name
    for guard in one.guards:
        if guard.peer.name == name:
            return guard
    return guard_against(one.compatibility, one.identity, other.identity.package)


def _same_machine(one: Package, other: Package) -> bool:
    first, second = one.architecture, other.architecture
    return first == second or first in _EVERYWHERE or second in _EVERYWHERE
