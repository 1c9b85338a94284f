"""Findings about two given packages."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pkgguard.diagnostics import Witness

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pkgguard.check.pairs import JudgedPair
    from pkgguard.check.rule import Rule
    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic, PackageRef

_NAMED: Final = 3
"""How many more packages of the same kind a finding names besides its witness."""


def by_peer(pairs: Iterable[JudgedPair]) -> Iterator[tuple[JudgedPair, list[JudgedPair]]]:
    """Divide pairs by the client and the name of the server: yield the first of each, and the others."""
    groups: defaultdict[tuple[str, PackageRef, str], list[JudgedPair]] = defaultdict(list)
    for one in pairs:
        groups[one.client.package.path, one.pair.package, one.pair.peer.name].append(one)
    for first, *rest in groups.values():
        yield first, rest


def named(witness: Subject, rest: Sequence[Subject]) -> str:
    """Return the witness's name and version, and the versions of further packages of that name."""
    if not rest:
        return witness.label
    like = [one.package.version for one in rest[:_NAMED]]
    if len(rest) > _NAMED:
        like.append(f"{len(rest) - _NAMED} more")
    return f"{witness.label} (and {', '.join(like)})"


def refusing(judged: JudgedPair) -> tuple[str, ...]:
    """Return the relations because of which two packages cannot be installed together."""
    return tuple(
        dict.fromkeys(str(problem.relation) for problem in judged.problems if problem.relation is not None)
    )


def pair_finding(
    rule: Rule,
    judged: JudgedPair,
    subject: Subject,
    other: Subject,
    message: str,
    relations: tuple[str, ...] | None = None,
) -> Diagnostic:
    """Return a finding of a rule about ``subject``, one of a pair, with the pair as its witness."""
    pair = judged.pair
    witness = Witness(
        subject.package.ref,
        other.package.ref,
        installable=pair.installable is True,
        compatible=pair.compatible,
    )
    view = next((view for view in subject.peers if view.guard.peer.name == other.identity.package.name), None)
    finding = subject.report(rule, view, message, witness, judged.against, relations)
    return finding if view is not None else finding._replace(peer=other.package.name)


def unguarded_findings(rule: Rule, pairs: Iterable[JudgedPair], what: str) -> Iterator[Diagnostic]:
    """Yield a finding for the pairs of each client and server that are unguarded because of ``peers``.

    ``what`` is the message, with a placeholder for the server's name.
    """
    for first, rest in by_peer(one for one in pairs if not one.pair.peers):
        servers = named(first.server, [one.server for one in rest])
        message = f"{what.format(servers)}; they are unguarded because of `peers` in the manifest"
        yield pair_finding(rule, first, first.client, first.server, message, refusing(first))
