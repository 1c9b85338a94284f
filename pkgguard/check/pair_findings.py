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
    for one in pairs:
        if one.pair.installable and are_siblings(one.client, one.server):
            for own, other in ((one.client, one.server), (one.server, one.client)):
                siblings.add((own.package.path, own.package.ref, other.package.name))
    exempting = {rule.id for rule in rules if rule.exempts_siblings}
    kept = [
        one
        for one in findings
        if one.id not in exempting or (one.path, one.package, one.peer) not in siblings
    ]
    shown = {(one.id, one.path, one.package, one.witness.peer) for one in kept if one.witness is not None}
    checks = {rule.id: rule.check_pairs for rule in rules if rule.check_pairs is not None}
    already_reported = {
        (rule, one.client.package.path, one.client.ref, one.server.package.name)
        for one in pairs
        for rule in checks
        if (rule, one.client.package.path, one.client.ref, one.server.ref) in shown
    }
    told: dict[_Case, int] = {}
    for finding in kept:
        case = _case_of(finding)
        if case is not None:
            told[case] = max(ranks[finding.id], told.get(case, 0))
    added = [
        finding
        for rule, check in checks.items()
        for finding in check([one for one in pairs if told.get(_case(one), -1) < ranks[rule]])
    ]
    added = [one for one in added if (one.id, one.path, one.package, one.peer) not in already_reported]
    better: dict[_Case | None, int] = {_case_of(one): ranks[one.id] for one in added}
    better.pop(None, None)
    return [one for one in kept if ranks[one.id] >= better.get(_case_of(one), 0)] + added


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
