"""The findings about given pairs, in addition to those about single packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.check.siblings import are_siblings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pkgguard.check.pairs import JudgedPair
    from pkgguard.check.rule import Rule
    from pkgguard.diagnostics import Diagnostic, PackageRef


def pair_findings(
    rules: Collection[Rule], pairs: Sequence[JudgedPair], findings: Iterable[Diagnostic]
) -> list[Diagnostic]:
    """Return all findings of some packages, those of their pairs included.

    ``rules`` are those that are on, ``findings`` their findings about single
    packages. If one of these already shows a given package of the peer, the pair
    adds none. Findings between packages of one source are left out if the rule
    exempts them.
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
    added = (finding for check in checks.values() for finding in check(pairs))
    return kept + [one for one in added if (one.id, one.path, one.package, one.peer) not in already_reported]
