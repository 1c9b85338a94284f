"""The findings about given pairs, in addition to those about single packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.check.siblings import are_siblings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from typing import TypeAlias

    from pkgguard.check.pairs import JudgedPair
    from pkgguard.check.rule import Rule
    from pkgguard.diagnostics import Diagnostic, PackageRef

    _Case: TypeAlias = tuple[frozenset[PackageRef], bool | None, bool]


def pair_findings(
    rules: Collection[Rule],
    pairs: Sequence[JudgedPair],
    findings: Iterable[Diagnostic],
    ranks: Mapping[str, int],
) -> list[Diagnostic]:
    """Return all findings of some packages, those of their pairs included.

    ``rules`` are those that are on, ``findings`` their findings about single
    packages. If one of these already shows a given package of the peer, the pair
    adds none. Findings between packages of one source are left out if the rule
    exempts them. A fault of a pair is reported once: about one of its packages if that
    finding is as severe by ``ranks``, else about the pair.
    """
    siblings: set[tuple[str, PackageRef | None, str]] = set()
    for pair in pairs:
        if pair.pair.installable and are_siblings(pair.client, pair.server):
            for own, other in ((pair.client, pair.server), (pair.server, pair.client)):
                siblings.add((own.package.path, own.package.ref, other.package.name))
    exempting = {rule.id for rule in rules if rule.exempts_siblings}
    kept = [
        finding
        for finding in findings
        if finding.id not in exempting or (finding.path, finding.package, finding.peer) not in siblings
    ]
    shown = {
        (finding.id, finding.path, finding.package, finding.witness.peer)
        for finding in kept
        if finding.witness is not None
    }
    checks = {rule.id: rule.check_pairs for rule in rules if rule.check_pairs is not None}
    already_reported = {
        (rule, pair.client.package.path, pair.client.ref, pair.server.package.name)
        for pair in pairs
        for rule in checks
        if (rule, pair.client.package.path, pair.client.ref, pair.server.ref) in shown
    }
    told: dict[_Case, int] = {}
    for finding in kept:
        case = _case_of(finding)
        if case is not None:
            told[case] = max(ranks[finding.id], told.get(case, 0))
    added = [
        finding
        for rule, check in checks.items()
        for finding in check([pair for pair in pairs if told.get(_case(pair), -1) < ranks[rule]])
    ]
    added = [
        finding
        for finding in added
        if (finding.id, finding.path, finding.package, finding.peer) not in already_reported
    ]
    better: dict[_Case | None, int] = {_case_of(finding): ranks[finding.id] for finding in added}
    better.pop(None, None)
    return [finding for finding in kept if ranks[finding.id] >= better.get(_case_of(finding), 0)] + added


def _case(judged: JudgedPair) -> _Case:
    """Return a pair and its verdicts."""
    pair = judged.pair
    return frozenset((pair.package, pair.peer)), pair.installable, pair.compatible


def _case_of(finding: Diagnostic) -> _Case | None:
    """Return the pair that a finding shows, and its verdicts."""
    witness = finding.witness
    if witness is None:
        return None
    return frozenset((witness.package, witness.peer)), witness.installable, witness.compatible
