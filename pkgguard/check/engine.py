"""Judging packages: each one separately, then every pair that is given together."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from pkgguard.budget import OverBudgetError, budget
from pkgguard.check.levels import select
from pkgguard.check.package_fix import package_fix
from pkgguard.check.pair_findings import pair_findings
from pkgguard.check.pairs import PairResult, judge_pairs, meetings_in
from pkgguard.check.registry import rules
from pkgguard.check.subject import Given, Subject
from pkgguard.compat.guard import guards
from pkgguard.compat.identify import identify
from pkgguard.errors import JUDGING, PackageError, UnknownReleaseError, VersionError, over_budget
from pkgguard.families.limits import JUDGE_SECONDS
from pkgguard.families.lookup import family as family_named
from pkgguard.generate.release_to_version import Translations
from pkgguard.manifest.limits import manifest_budget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pkgguard.check.accepted import AcceptedFinding
    from pkgguard.check.levels import Selection
    from pkgguard.check.package_fix import PackageFix
    from pkgguard.check.rule import Rule
    from pkgguard.compat.engine import Compatibility
    from pkgguard.diagnostics import Diagnostic, PackageRef
    from pkgguard.errors import PkgguardError
    from pkgguard.families.interface import Package
    from pkgguard.manifest.acceptance import Acceptance
    from pkgguard.manifest.package_spec import PackageSpec


class CheckResult(NamedTuple):
    """The result of checking packages.

    ``judged`` are the packages that the manifest knows, ``passed_over`` those that
    it does not know. ``given_up`` has an error for each known package that took too
    long; the result has nothing else about these. ``fixes`` are what to change in
    packages with findings that relations remedy. ``accepted`` are the findings that
    exceptions accept; ``findings`` has the others.
    """

    findings: tuple[Diagnostic, ...]
    pairs: tuple[PairResult, ...]
    judged: tuple[PackageRef, ...]
    passed_over: tuple[PackageRef, ...]
    given_up: tuple[PackageError, ...] = ()
    fixes: tuple[PackageFix, ...] = ()
    accepted: tuple[AcceptedFinding, ...] = ()


def judge(
    compatibility: Compatibility,
    packages: Sequence[Package],
    *,
    newest_if_unknown: bool = False,
    settings: Mapping[str, str] | None = None,
    profile: str = "",
    exceptions: Sequence[Acceptance] = (),
    progress: Callable[[], None] | None = None,
) -> CheckResult:
    """Judge packages against a manifest, each one separately and then all together.

    ``settings`` maps rules to levels and overrides the manifest's, and so does
    ``profile``, a profile of the manifest. ``exceptions`` are entries besides those of
    the manifest. Raises what
    :func:`~pkgguard.check.levels.select` raises, and :class:`ManifestLimitError` if
    the manifest takes too much CPU time. ``progress`` is called for each package.
    """
    selection = select(compatibility.manifest, settings, ("package",), profile)
    findings: list[Diagnostic] = []
    subjects: list[Subject] = []
    judged: list[PackageRef] = []
    passed_over: list[PackageRef] = []
    unguarded: list[PackageError] = []
    given = Given(Translations(compatibility.manifest.policy))
    levels = {rule: selection.severity(rule.id, rule.severity) for rule in rules().values()}
    active = [rule for rule, level in levels.items() if level is not None]
    for package in packages:
        entry = compatibility.manifest.package_named(package.family, package.name)
        if entry is None:
            passed_over.append(package.ref)
            continue
        try:
            with budget(JUDGE_SECONDS):
                subject = _subject(compatibility, given, entry, package, newest_if_unknown=newest_if_unknown)
        except OverBudgetError as error:
            unguarded.append(over_budget(package.path or str(package.ref), JUDGING, error))
            continue
        except (UnknownReleaseError, VersionError) as error:
            judged.append(package.ref)
            findings += _unidentified(active, package, error)
            continue
        subjects.append(subject)
    step = progress or (lambda: None)
    for _ in range(len(packages) - len(subjects)):
        step()
    with manifest_budget(compatibility.manifest.path):
        for subject in subjects:
            for view in subject.peers:
                view.translation.prepare()
    pairs = judge_pairs(subjects)
    given.meetings = meetings_in(pairs)
    given_up: dict[int, PackageError] = {}
    for subject in subjects:
        step()
        try:
            with budget(JUDGE_SECONDS):
                own_findings = [*_of_subject(active, subject)]
        except OverBudgetError as error:
            given_up[id(subject)] = over_budget(subject.package.path or subject.label, JUDGING, error)
            continue
        judged.append(subject.ref)
        findings += own_findings
    kept = [subject for subject in subjects if id(subject) not in given_up]
    pairs = tuple(pair for pair in pairs if not given_up.keys() & {id(pair.client), id(pair.server)})
    for rule in active:
        if rule.check_subjects is not None:
            findings += rule.check_subjects(kept)
    ranks = {rule.id: level.rank for rule, level in levels.items() if level is not None}
    findings = pair_findings(active, pairs, findings, ranks)
    result = CheckResult(
        selection.apply(findings),
        tuple(pair.pair for pair in pairs),
        tuple(judged),
        tuple(passed_over),
        (*unguarded, *given_up.values()),
    )
    result, about = _with_exceptions(result, compatibility, packages, exceptions, selection)
    return result._replace(
        findings=selection.apply((*result.findings, *about)), fixes=tuple(_fixes(kept, result.findings))
    )


def _with_exceptions(
    result: CheckResult,
    compatibility: Compatibility,
    packages: Sequence[Package],
    exceptions: Sequence[Acceptance],
    selection: Selection,
) -> tuple[CheckResult, tuple[Diagnostic, ...]]:
    """Return the result with the findings that are accepted apart, and the findings about exceptions."""
    entries = (*compatibility.manifest.accepted, *exceptions)
    if not entries:
        return result, ()
    from pkgguard.check.exceptions import apply_exceptions  # noqa: PLC0415 - few checks have any

    known = {*result.judged}
    refs = [(one.ref, one.path) for one in packages if one.ref in known]
    applied = apply_exceptions(compatibility.manifest, entries, result.findings, refs, selection)
    return result._replace(findings=applied.findings, accepted=applied.accepted), applied.about_exceptions


def merged(judgements: Sequence[CheckResult], passed_over: Sequence[PackageRef]) -> CheckResult:
    """Merge the results of packages of different manifests, the worst findings first.

    ``passed_over`` are further packages that no manifest knows.
    """
    findings = (finding for result in judgements for finding in result.findings)
    return CheckResult(
        tuple(sorted(findings, key=lambda finding: -finding.severity.rank)),
        tuple(pair for result in judgements for pair in result.pairs),
        tuple(ref for result in judgements for ref in result.judged),
        (*(ref for result in judgements for ref in result.passed_over), *passed_over),
        tuple(error for result in judgements for error in result.given_up),
        tuple(fix for result in judgements for fix in result.fixes),
        tuple(one for result in judgements for one in result.accepted),
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
    shipped = tuple(
        guard for guard in guards(compatibility, identity) if package.family in guard.peer.shipping
    )
    return Subject(compatibility, family, package, identity, shipped, given)


def _unidentified(active: Sequence[Rule], package: Package, error: PkgguardError) -> Iterator[Diagnostic]:
    """Yield the findings about a package whose version belongs to no known release."""
    for rule in active:
        if rule.check_unidentified is not None:
            yield from rule.check_unidentified(package, error)
    for rule in active:
        if rule.check_package is not None:
            yield from rule.check_package(package, lambda _text: False)


def _of_subject(active: Sequence[Rule], subject: Subject) -> Iterator[Diagnostic]:
    """Yield the findings about a known package alone."""
    reporting = [rule.reports_instead for rule in active if rule.reports_instead is not None]
    for rule in active:
        if rule.check_package is not None:
            yield from rule.check_package(subject.package, lambda text: any(one(text) for one in reporting))
    for rule in active:
        if rule.check_subject is not None:
            yield from rule.check_subject(subject)


def _fixes(subjects: Sequence[Subject], findings: Sequence[Diagnostic]) -> Iterator[PackageFix]:
    """Yield the fixes of packages; a package whose fix takes too long has none."""
    about: defaultdict[tuple[str, PackageRef | None], list[Diagnostic]] = defaultdict(list)
    for one in findings:
        about[one.path, one.package].append(one)
    for subject in subjects:
        own = about.get((subject.package.path, subject.ref))
        if own:
            with suppress(OverBudgetError), budget(JUDGE_SECONDS):
                fix = package_fix(subject, own)
                if fix is not None:
                    yield fix
