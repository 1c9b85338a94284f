"""pair-not-installable: two given packages work together and cannot be installed together."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from pkgguard.check.finding import brief
from pkgguard.check.pair_reports import by_peer, named, pair_finding, refusing
from pkgguard.check.rule import Rule
from pkgguard.compat.identify import wrong_epoch
from pkgguard.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.check.pairs import JudgedPair
    from pkgguard.check.subject import Subject
    from pkgguard.diagnostics import Diagnostic

_EXAMINED: Final = 2000
"""How many pairs are judged again, one by one, to find the relation that refuses."""


def check(pairs: Sequence[JudgedPair]) -> Iterator[Diagnostic]:
    """A given pair works, but cannot be installed together."""
    uninstallable = [
        pair
        for pair in pairs
        if pair.pair.peers
        and pair.pair.installable is False
        and pair.pair.compatible
        and not _moves_files(pair)
    ]
    for first, *rest in _by_relation(uninstallable):
        owner, other = _sides(first)
        why = "; ".join(brief(problem.reason for problem in first.problems))
        notes = "".join(f"; {note}" for note in _notes(first, owner, other))
        what = named(other, [pair.server if pair.client is owner else pair.client for pair in rest])
        message = f"works with {what}, but cannot be installed with it: {why}{notes}"
        finding = pair_finding(RULE, first, owner, other, message, refusing(first))
        carried = {str(relation) for relation in owner.package.relations}
        yield finding._replace(fix=tuple(line for line in finding.fix if line not in carried))


def _moves_files(judged: JudgedPair) -> bool:
    """Return whether two packages are kept apart only because files have moved from one to the other."""
    moves = {str(one) for subject in (judged.client, judged.server) for one in subject.moves}
    lines = refusing(judged) if moves else ()
    return bool(lines) and moves.issuperset(lines)


def _by_relation(pairs: Sequence[JudgedPair]) -> Iterator[list[JudgedPair]]:
    """Group pairs by the package whose relations refuse, these relations and the other package's name.

    A limited number of pairs is judged again for the reasons; the others are grouped by
    the client and the server's name.
    """
    groups: defaultdict[tuple[object, ...], list[JudgedPair]] = defaultdict(list)
    for pair in pairs[:_EXAMINED]:
        owner, other = _sides(pair)
        groups[owner.package.path, owner.ref, other.package.name, refusing(pair)].append(pair)
    yield from groups.values()
    for first, rest in by_peer(pairs[_EXAMINED:]):
        yield [first, *rest]


def _sides(judged: JudgedPair) -> tuple[Subject, Subject]:
    """Return the subject whose relation refuses the other one, and the other one."""
    client, server = judged.client, judged.server
    if judged.problems and judged.problems[0].package == server.ref:
        return server, client
    return client, server


def _notes(judged: JudgedPair, owner: Subject, other: Subject) -> Iterator[str]:
    """Yield explanations why a pair cannot be installed, if the relation alone does not explain it."""
    error = wrong_epoch(other.identity, other.family)
    if error is not None:
        given, wanted = error.given or "none", error.wanted or "none"
        yield f"the epoch of {other.package.name} is {given}, but {wanted} in the manifest"
    if other.identity.below:
        releases = " and ".join(map(str, other.carried))
        yield f"{other.label} sorts below its release {releases}"
    written = {str(one.relation) for one in owner.generated.relations}
    lines = refusing(judged)
    if lines and written.issuperset(lines):
        yield "pkgguard writes this relation itself"
        for loss in owner.generated.losses:
            if loss.peer == other.package.name:
                yield loss.message


RULE: Final = Rule(
    id="pair-not-installable",
    severity=Severity.ERROR,
    title="Two given packages work together but cannot be installed together",
    explanation=(
        "Both packages were given, their releases are compatible, but the package tool refuses to install"
        " them together. A user of these packages cannot have both. The finding names the relation that"
        " refuses and the cause: a bound that is too strict, an epoch that differs from the manifest's, a"
        " version that sorts below its release, or a set of versions that relations of this family cannot"
        " express."
    ),
    help="Change the relation that is named, or the version of the package that it refuses.",
    references=("Debian Policy 7.1", "Debian Policy 5.6.12", "rpm dependencies manual"),
    order=280,
    check_pairs=check,
)
