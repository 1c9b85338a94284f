"""Judging the packages that are given together: every two that are peers must agree."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from pkgguard.budget import OverBudgetError, budget
from pkgguard.check import sibling_rules
from pkgguard.check.finding import Finding, Witness
from pkgguard.check.peer_rules import carries_what_is_generated
from pkgguard.families.expression import constraints
from pkgguard.families.interface import Verdict
from pkgguard.families.limits import PAIR_SECONDS
from pkgguard.versions.ranges import Cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pkgguard.check.subject import Subject
    from pkgguard.families.interface import Package

_RIGHT_AMONG_SIBLINGS: Final = frozenset({"pinned-revision", "bound-blocks-backports"})
"""Rules that packages of one source, which are always built together, need not keep."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two given packages that are peers: whether they work, and whether they install together.

    ``installable`` is None where a relation of them is not modelled.
    """

    package: str
    peer: str
    compatible: bool
    installable: bool | None
    not_judged: tuple[str, ...] = ()


def judge_pairs(
    subjects: Sequence[Subject], findings: Sequence[Finding]
) -> tuple[tuple[Pair, ...], list[Finding]]:
    """Judge every two subjects that are peers.

    ``findings`` are those about single packages. Gives the pairs, and all
    findings: of an incompatible pair that can be installed a finding is added
    where the package has none of that kind yet; of a compatible one that cannot,
    one for each package and peer; and what is right among packages of one source
    is taken out.
    """
    pairs: list[Pair] = []
    told = {(one.rule, one.path, one.package, one.peer) for one in findings if one.rule.startswith("admits")}
    siblings: set[tuple[str, str, str]] = set()
    added: list[Finding] = []
    for one, other in combinations(subjects, 2):
        pair, found = _judge(one, other)
        pairs += pair
        if pair and pair[0].installable and sibling_rules.come_from_one_source(one, other):
            siblings.add((one.package.path, one.label, other.package.name))
            siblings.add((other.package.path, other.label, one.package.name))
        for new in found:
            identity = (new.rule, new.path, new.package, new.peer)
            if identity not in told:
                told.add(identity)
                added.append(new)
    kept = [
        one
        for one in findings
        if one.rule not in _RIGHT_AMONG_SIBLINGS or (one.path, one.package, one.peer) not in siblings
    ]
    return tuple(pairs), kept + added


def _judge(one: Subject, other: Subject) -> tuple[list[Pair], list[Finding]]:
    if one.package.family != other.package.family or not _same_machine(one.package, other.package):
        return [], []
    view = next((view for view in one.peers if view.guard.peer.name == other.identity.package.name), None)
    if view is None:
        return [], []
    if not view.guard.as_client:
        back = next(peer for peer in other.peers if peer.guard.peer.name == one.identity.package.name)
        one, other, view = other, one, back
    against = [
        exclusion
        for release in dict.fromkeys(other.identity.releases.values())
        for exclusion in view.guard.reasons_against(release)
    ]
    compatible = not against
    try:
        with budget(PAIR_SECONDS):
            verdict = one.family.coinstallable(
                [one.package, other.package], assumed=_outside((one.package, other.package))
            )
    except OverBudgetError as error:
        verdict = Verdict(None, (), (f"to judge whether they can be installed together, {error}",))
    pair = Pair(one.label, other.label, compatible, verdict.installable, verdict.not_judged)
    if verdict.installable is None or verdict.installable == compatible:
        return [pair], []
    witness = Witness(one.label, other.label, installable=verdict.installable, compatible=compatible)
    reasons = tuple(dict.fromkeys(exclusion.reason for exclusion in against))
    if compatible and (
        not _meant_to_meet(one, other)
        or not _meant_to_meet(other, one)
        or carries_what_is_generated(one)
        or carries_what_is_generated(other)
    ):
        # What the policy keeps out, or a family cannot say, is refused by what pkgguard writes too.
        return [pair], []
    if compatible:
        why = "; ".join(problem.reason for problem in verdict.problems)
        siblings = sibling_rules.come_from_one_source(one, other)
        name, message = (
            "siblings-disagree" if siblings else "refuses-compatible-peer",
            f"works with {other.label}, but cannot be installed with it: {why}",
        )
    else:
        name = "admits-incompatible-peer"
        message = f"can be installed with {other.label}, which does not work: {reasons[0].sentence}"
    finding = one.report(name, view, message, witness, reasons)
    return [pair], [finding]


def _meant_to_meet(one: Subject, other: Subject) -> bool:
    """Say whether the guard of one, in the family's versions, lets in the very version of the other."""
    view = next(view for view in one.peers if view.guard.peer.name == other.identity.package.name)
    return view.meant.holds(Cut.before(one.family.key(other.package.version)))


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
