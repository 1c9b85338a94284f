"""The rules about two packages that are given together."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pkgguard.check.finding import Witness, brief
from pkgguard.check.sibling_rules import come_from_one_source
from pkgguard.compat.identify import wrong_epoch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pkgguard.check.finding import Finding
    from pkgguard.check.pairs import JudgedPair
    from pkgguard.check.subject import Subject
    from pkgguard.families.interface import PackageRef

_RIGHT_AMONG_SIBLINGS: Final = frozenset({"pinned-revision", "bound-blocks-backports"})
"""Rules that packages of one source, which are always built together, need not keep."""
_NAMED: Final = 3
"""How many more packages a finding names that are like its witness."""


def admits_incompatible_peer(pairs: Sequence[JudgedPair]) -> Iterator[Finding]:
    """A given pair does not work, and can be installed."""
    wrong = (one for one in pairs if one.pair.peers and one.pair.installable and not one.pair.compatible)
    for first, rest in _by_peer(wrong):
        what = _named(first.server, rest)
        message = f"can be installed with {what}, which does not work: {first.against[0].sentence}"
        yield _report("admits-incompatible-peer", first, first.client, first.server, message)


def pair_not_installable(pairs: Sequence[JudgedPair]) -> Iterator[Finding]:
    """A given pair works, and cannot be installed together."""
    wrong = (one for one in pairs if one.pair.peers and one.pair.installable is False and one.pair.compatible)
    for first, rest in _by_peer(wrong):
        owner, other = _sides(first)
        why = "; ".join(brief(problem.reason for problem in first.problems))
        notes = "".join(f"; {note}" for note in _notes(first, owner, other))
        what = _named(other, rest)
        message = f"works with {what}, but cannot be installed with it: {why}{notes}"
        lines = _refusing(first)
        finding = _report("pair-not-installable", first, owner, other, message, lines)
        carried = {str(relation) for relation in owner.package.relations}
        yield finding._replace(fix=tuple(line for line in finding.fix if line not in carried))


def left_out_by_peers(pairs: Sequence[JudgedPair]) -> Iterator[Finding]:
    """A given pair works, and the manifest's peers leave it out of what must be installable together."""
    apart = (one for one in pairs if one.pair.installable is False and one.pair.compatible)
    yield from _left_out("left-out-by-peers", apart, "works with {} and cannot be installed with it")


def unguarded_by_peers(pairs: Sequence[JudgedPair]) -> Iterator[Finding]:
    """A given pair does not work and can be installed, and the manifest's peers leave it unguarded."""
    wrong = (one for one in pairs if one.pair.installable and not one.pair.compatible)
    yield from _left_out("unguarded-by-peers", wrong, "can be installed with {}, which does not work")


def _left_out(name: str, pairs: Iterable[JudgedPair], what: str) -> Iterator[Finding]:
    for first, rest in _by_peer(one for one in pairs if not one.pair.peers):
        message = f"{what.format(_named(first.server, rest))}; peers in the manifest leaves the two unguarded"
        yield _report(name, first, first.client, first.server, message, _refusing(first))


PAIR_RULES: Final[Mapping[str, Callable[[Sequence[JudgedPair]], Iterator[Finding]]]] = {
    "admits-incompatible-peer": admits_incompatible_peer,
    "pair-not-installable": pair_not_installable,
    "left-out-by-peers": left_out_by_peers,
    "unguarded-by-peers": unguarded_by_peers,
}
"""The rules that look at given pairs."""


def pair_findings(pairs: Sequence[JudgedPair], findings: Iterable[Finding]) -> list[Finding]:
    """Return all findings of some packages, those of their pairs included.

    ``findings`` are those about single packages. Where one of them already shows
    a given package of a peer that the rule is about, the pair adds none; what is
    right among packages of one source is taken out.
    """
    siblings: set[tuple[str, PackageRef, str]] = set()
    for one in pairs:
        if one.pair.installable and come_from_one_source(one.client, one.server):
            for own, other in ((one.client, one.server), (one.server, one.client)):
                siblings.add((own.package.path, own.package.ref, other.package.name))
    kept = [
        one
        for one in findings
        if one.rule not in _RIGHT_AMONG_SIBLINGS or (one.path, one.package, one.peer) not in siblings
    ]
    shown = {(one.rule, one.path, one.package, one.witness.peer) for one in kept if one.witness is not None}
    told = {
        (rule, one.client.package.path, one.client.ref, one.server.package.name)
        for one in pairs
        for rule in PAIR_RULES
        if (rule, one.client.package.path, one.client.ref, one.server.ref) in shown
    }
    added = (finding for check in PAIR_RULES.values() for finding in check(pairs))
    return kept + [one for one in added if (one.rule, one.path, one.package, one.peer) not in told]


def _by_peer(pairs: Iterable[JudgedPair]) -> Iterator[tuple[JudgedPair, list[JudgedPair]]]:
    """Divide pairs by the client and the name of the server: yield the first of each, and the others."""
    groups: defaultdict[tuple[str, PackageRef, str], list[JudgedPair]] = defaultdict(list)
    for one in pairs:
        groups[one.client.package.path, one.pair.package, one.pair.peer.name].append(one)
    for first, *rest in groups.values():
        yield first, rest


def _named(witness: Subject, rest: Sequence[JudgedPair]) -> str:
    """Return the witness's name and version, and those of the other pairs like it."""
    if not rest:
        return witness.label
    like = [str(one.pair.peer.version) for one in rest[:_NAMED]]
    if len(rest) > _NAMED:
        like.append(f"{len(rest) - _NAMED} more")
    return f"{witness.label} (and {', '.join(like)})"


def _sides(judged: JudgedPair) -> tuple[Subject, Subject]:
    """Return the subject whose relation keeps the two apart, and the other one."""
    client, server = judged.client, judged.server
    if judged.problems and judged.problems[0].package == server.label:
        return server, client
    return client, server


def _refusing(judged: JudgedPair) -> tuple[str, ...]:
    """Return the relations that keep two packages apart."""
    return tuple(
        dict.fromkeys(str(problem.relation) for problem in judged.problems if problem.relation is not None)
    )


def _notes(judged: JudgedPair, owner: Subject, other: Subject) -> Iterator[str]:
    """Yield what explains that a pair cannot be installed, where the relation alone does not show it."""
    wrong = wrong_epoch(other.identity.package, other.family, other.package.version)
    if wrong is not None:
        given, wanted = wrong.given or "none", wrong.wanted or "none"
        yield f"the epoch of {other.package.name} is {given}, and the manifest gives it {wanted}"
    if other.identity.below:
        releases = " and ".join(dict.fromkeys(map(str, other.identity.releases.values())))
        yield f"{other.label} sorts below its release {releases}"
    written = {str(one.relation) for one in owner.generated.relations}
    refusing = _refusing(judged)
    if refusing and written.issuperset(refusing):
        yield "pkgguard writes this relation itself"
        for loss in owner.generated.losses:
            if loss.peer == other.package.name:
                yield loss.reason


def _report(
    name: str,
    judged: JudgedPair,
    subject: Subject,
    other: Subject,
    message: str,
    relations: tuple[str, ...] | None = None,
) -> Finding:
    pair = judged.pair
    witness = Witness(
        subject.package.ref,
        other.package.ref,
        installable=pair.installable is True,
        compatible=pair.compatible,
    )
    view = next((view for view in subject.peers if view.guard.peer.name == other.identity.package.name), None)
    finding = subject.report(name, view, message, witness, judged.against, relations)
    return finding if view is not None else finding._replace(peer=other.package.name)
