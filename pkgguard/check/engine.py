"""Judging packages: each by itself, then every pair that is given together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.budget import OverBudgetError, budget
from pkgguard.check import bound_rules, peer_rules, shape_rules, sibling_rules
from pkgguard.check.few import FEW, left_out
from pkgguard.check.finding import Finding, Severity, quoted, shortened
from pkgguard.check.levels import select
from pkgguard.check.pair_rules import pair_findings
from pkgguard.check.pairs import PairResult, judge_pairs, met
from pkgguard.check.rule import rule
from pkgguard.check.subject import Given, Subject
from pkgguard.compat.guard import guards
from pkgguard.compat.identify import identify
from pkgguard.errors import PackageError, UnknownReleaseError, VersionError, over_budget
from pkgguard.families.limits import JUDGE_SECONDS
from pkgguard.families.lookup import family as family_named
from pkgguard.generate.release_to_version import Translations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pkgguard.compat.engine import Compatibility
    from pkgguard.families.interface import Package, PackageRef
    from pkgguard.manifest.model import PackageSpec

SUBJECT_RULES: Final[Mapping[str, Callable[[Subject], Iterator[Finding]]]] = {
    "admits-incompatible-peer": peer_rules.admits_incompatible_peer,
    "missing-breaks-on-older-peer": peer_rules.missing_breaks_on_older_peer,
    "never-satisfiable": peer_rules.never_satisfiable,
    "refuses-compatible-peer": peer_rules.refuses_compatible_peer,
    "no-relation-to-peer": peer_rules.no_relation_to_peer,
    "peer-not-required": peer_rules.peer_not_required,
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
    "wrong-epoch": bound_rules.wrong_epoch,
    "epoch-forgotten": bound_rules.epoch_forgotten,
    "dependency-name-with-operator": shape_rules.dependency_name_with_operator,
    "maintainer-harm": shape_rules.maintainer_harm,
}
"""The rules that look at one subject; the rest need no subject and stand in this module."""


class CheckResult(NamedTuple):
    """What a check of some packages found.

    ``judged`` are the packages that the manifest knows, ``passed_over`` those
    that it does not. ``given_up`` tells of those that it knows and that took too
    long to judge; nothing else is said of them.
    """

    findings: tuple[Finding, ...]
    pairs: tuple[PairResult, ...]
    judged: tuple[PackageRef, ...]
    passed_over: tuple[PackageRef, ...]
    given_up: tuple[PackageError, ...] = ()


def judge(
    compatibility: Compatibility,
    packages: Sequence[Package],
    *,
    newest_if_unknown: bool = False,
    settings: Mapping[str, str] | None = None,
) -> CheckResult:
    """Judge packages against a manifest, each by itself and then all together.

    ``settings`` maps rules to the level they are set to, over the manifest's own.
    Raises what :func:`~pkgguard.check.levels.select` raises.
    """
    selection = select(compatibility.manifest, settings)
    findings: list[Finding] = []
    subjects: list[Subject] = []
    judged: list[PackageRef] = []
    passed_over: list[PackageRef] = []
    unguarded: list[PackageError] = []
    given = Given(Translations(compatibility.manifest.policy))
    placeholders_are_told = selection.severities["unexpanded-placeholder"] is not None
    for package in packages:
        entry = compatibility.manifest.package_named(package.family, package.name)
        if entry is None:
            passed_over.append(package.ref)
            continue
        try:
            with budget(JUDGE_SECONDS):
                subject = _subject(compatibility, given, entry, package, newest_if_unknown=newest_if_unknown)
        except OverBudgetError as error:
            unguarded.append(over_budget(package.path or str(package.ref), "to judge", error))
            continue
        except (UnknownReleaseError, VersionError) as error:
            judged.append(package.ref)
            findings.append(_package_finding("unknown-release", package, str(error)))
            findings += _malformed(package, placeholders=True)
            continue
        subjects.append(subject)
    pairs = judge_pairs(subjects)
    given.meetings = met(pairs)
    given_up: dict[int, PackageError] = {}
    for subject in subjects:
        try:
            with budget(JUDGE_SECONDS):
                found = [*_malformed(subject.package, placeholders=not placeholders_are_told)]
                for check in SUBJECT_RULES.values():
                    found += check(subject)
        except OverBudgetError as error:
            given_up[id(subject)] = over_budget(subject.package.path or subject.label, "to judge", error)
            continue
        judged.append(subject.ref)
        findings += found
    kept = [subject for subject in subjects if id(subject) not in given_up]
    pairs = tuple(one for one in pairs if not given_up.keys() & {id(one.client), id(one.server)})
    findings += sibling_rules.siblings_disagree(kept)
    findings = pair_findings(pairs, findings)
    return CheckResult(
        selection.apply(findings),
        tuple(one.pair for one in pairs),
        tuple(judged),
        tuple(passed_over),
        (*unguarded, *given_up.values()),
    )


def merged(judgements: Sequence[CheckResult], passed_over: Sequence[PackageRef]) -> CheckResult:
    """Return the judgements of packages by different manifests as one, the worst findings first.

    ``passed_over`` are further packages that no manifest knows.
    """
    findings = (finding for one in judgements for finding in one.findings)
    return CheckResult(
        tuple(sorted(findings, key=lambda one: -one.severity.rank)),
        tuple(pair for one in judgements for pair in one.pairs),
        tuple(ref for one in judgements for ref in one.judged),
        (*(ref for one in judgements for ref in one.passed_over), *passed_over),
        tuple(error for one in judgements for error in one.given_up),
    )


def _subject(
    compatibility: Compatibility,
    given: Given,
    entry: PackageSpec,
    package: Package,
    *,
    newest_if_unknown: bool,
) -> Subject:
    family = family_named(package.family)
    identity = identify(
        compatibility.manifest, entry, family, package.version, newest_if_unknown=newest_if_unknown
    )
    found = tuple(one for one in guards(compatibility, identity) if package.family in one.peer.shipping)
    return Subject(compatibility, family, package, identity, found, given)


def _malformed(package: Package, *, placeholders: bool) -> Iterator[Finding]:
    """Yield what cannot be read; a placeholder only where no other rule reports it."""
    """Yield what cannot be read; a placeholder only where no other rule reports it."""
    name = "malformed-relation"
    told = [one for one in package.malformed if placeholders or not shape_rules.holds_placeholder(one[1])]
    for field, text, reason in told[:FEW]:
        message = shortened(f"{field}: {shortened(text)!r}: {shortened(reason)}")
        yield _package_finding(name, package, message, quoted((f"{field}: {text}",)))
    if len(told) > FEW:
        yield _package_finding(name, package, left_out(len(told) - FEW))


def _package_finding(name: str, package: Package, message: str, relations: tuple[str, ...] = ()) -> Finding:
    severity: Severity = rule(name).severity
    return Finding(name, severity, package.path, package.ref, message, relations=quoted(relations))
