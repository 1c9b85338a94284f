"""Judging packages: each by itself, then every pair that is given together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from pkgguard.check import bound_rules, peer_rules, shape_rules, sibling_rules
from pkgguard.check.finding import Finding, Severity, Witness
from pkgguard.check.rule import rule
from pkgguard.check.selection import select
from pkgguard.check.subject import Subject
from pkgguard.errors import UnknownReleaseError, VersionError
from pkgguard.families import family as family_named
from pkgguard.families.expression import constraints
from pkgguard.guard import guards
from pkgguard.identify import identify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pkgguard.compatibility import Compatibility
    from pkgguard.families.interface import Package
    from pkgguard.manifest.model import PackageEntry

SUBJECT_RULES: Final[Mapping[str, Callable[[Subject], Iterator[Finding]]]] = {
    "admits-incompatible-peer": peer_rules.admits_incompatible_peer,
    "missing-breaks-on-older-peer": peer_rules.missing_breaks_on_older_peer,
    "never-satisfiable": peer_rules.never_satisfiable,
    "refuses-compatible-peer": peer_rules.refuses_compatible_peer,
    "no-relation-to-peer": peer_rules.no_relation_to_peer,
    "broken-release": peer_rules.broken_release,
    "no-relation-to-optional-peer": peer_rules.no_relation_to_optional_peer,
    "admits-unknown-peer": peer_rules.admits_unknown_peer,
    "breaks-everything": shape_rules.breaks_everything,
    "two-providers-hole": bound_rules.two_providers_hole,
    "unversioned-provides": shape_rules.unversioned_provides,
    "missing-protocol-provides": shape_rules.missing_protocol_provides,
    "depends-not-enforced": bound_rules.depends_not_enforced,
    "unexpanded-placeholder": shape_rules.unexpanded_placeholder,
    "unordered-version": bound_rules.unordered_version,
    "pinned-revision": bound_rules.pinned_revision,
    "bound-blocks-backports": bound_rules.bound_blocks_backports,
    "prerelease-slips-through": bound_rules.prerelease_slips_through,
    "prerelease-shut-out": bound_rules.prerelease_shut_out,
    "epoch-forgotten": bound_rules.epoch_forgotten,
    "dependency-name-with-operator": shape_rules.dependency_name_with_operator,
    "maintainer-harm": shape_rules.maintainer_harm,
}
"""The rules that look at one subject; the rest need no subject and stand in this module."""


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


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a check of some packages found.

    ``judged`` names the packages that the manifest knows, ``passed_over`` those
    that it does not.
    """

    findings: tuple[Finding, ...]
    pairs: tuple[Pair, ...]
    judged: tuple[str, ...]
    passed_over: tuple[str, ...]


def judge(
    compatibility: Compatibility,
    packages: Sequence[Package],
    *,
    newest_if_unknown: bool = False,
    settings: Mapping[str, str] | None = None,
) -> Judgement:
    """Judge packages against a manifest, each by itself and then all together.

    ``settings`` maps rules to the level they are set to, over the manifest's own.
    Raises what :func:`~pkgguard.check.selection.select` raises.
    """
    selection = select(compatibility.manifest, settings)
    findings: list[Finding] = []
    subjects: list[Subject] = []
    judged: list[str] = []
    passed_over: list[str] = []
    for package in packages:
        label = f"{package.name} {package.version}"
        entry = compatibility.manifest.package_named(package.family, package.name)
        if entry is None:
            passed_over.append(label)
            continue
        judged.append(label)
        findings += _malformed(package)
        try:
            subject = _subject(compatibility, entry, package, newest_if_unknown=newest_if_unknown)
        except (UnknownReleaseError, VersionError) as error:
            findings.append(_package_finding("unknown-release", package, str(error)))
            continue
        subjects.append(subject)
        for check in SUBJECT_RULES.values():
            findings += check(subject)
    findings += sibling_rules.siblings_disagree(subjects)
    pairs = []
    for one, other in combinations(subjects, 2):
        pair, found = _pair(one, other)
        pairs += pair
        known = {(finding.rule, finding.path, finding.peer) for finding in findings}
        findings += [new for new in found if (new.rule, new.path, new.peer) not in known]
    return Judgement(selection.apply(findings), tuple(pairs), tuple(judged), tuple(passed_over))


def _subject(
    compatibility: Compatibility, entry: PackageEntry, package: Package, *, newest_if_unknown: bool
) -> Subject:
    family = family_named(package.family)
    identity = identify(
        compatibility.manifest, entry, family, package.version, newest_if_unknown=newest_if_unknown
    )
    found = tuple(one for one in guards(compatibility, identity) if package.family in one.peer.shipping)
    return Subject(compatibility, family, package, identity, found)


def _malformed(package: Package) -> Iterator[Finding]:
    for field, text, reason in package.malformed:
        if shape_rules.holds_placeholder(text):
            continue
        message = f"{field}: {text!r}: {reason}"
        yield _package_finding("malformed-relation", package, message, (f"{field}: {text}",))


def _pair(one: Subject, other: Subject) -> tuple[list[Pair], list[Finding]]:
    if one.package.family != other.package.family or not _same_machine(one.package, other.package):
        return [], []
    view = next((view for view in one.peers if view.guard.peer.name == other.identity.package.name), None)
    if view is None:
        return [], []
    if not view.guard.as_client:
        back = next(peer for peer in other.peers if peer.guard.peer.name == one.identity.package.name)
        one, other, view = other, one, back
    release = next(iter(other.identity.releases.values()))
    compatible = view.guard.compatible(release)
    verdict = one.family.coinstallable(
        [one.package, other.package], assumed=_outside((one.package, other.package))
    )
    pair = Pair(one.label, other.label, compatible, verdict.installable, verdict.not_judged)
    if verdict.installable is None or verdict.installable == compatible:
        return [pair], []
    witness = Witness(one.label, other.label, installable=verdict.installable, compatible=compatible)
    reasons = tuple(dict.fromkeys(exclusion.reason for exclusion in view.guard.reasons_against(release)))
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
    finding = Finding(
        name,
        rule(name).severity,
        one.package.path,
        one.label,
        message,
        view.name,
        view.naming,
        witness,
        reasons,
        one.fix(view.name),
    )
    return [pair], [finding]


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


def _package_finding(name: str, package: Package, message: str, relations: tuple[str, ...] = ()) -> Finding:
    severity: Severity = rule(name).severity
    label = f"{package.name} {package.version}"
    return Finding(name, severity, package.path, label, message, relations=relations)
