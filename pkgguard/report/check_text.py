"""The text of a check: the findings by package, their reasons, and the counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.check.registry import rule as rule_named
from pkgguard.diagnostics import Severity
from pkgguard.report.finding_text import accepted_lines, finding_in_full, findings_in_brief, fix_lines
from pkgguard.report.footnotes import Footnotes
from pkgguard.report.page import counted
from pkgguard.report.sanitize import plain
from pkgguard.report.text import located, manifest_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pkgguard.check.files import FileCheckResult
    from pkgguard.check.package_fix import PackageFix
    from pkgguard.diagnostics import Diagnostic, PackageRef
    from pkgguard.manifest.discover import Found
    from pkgguard.report.page import Page

_NAMES: Final = 5
_PLACES: Final = 5


def manifest_lines(page: Page, checked: FileCheckResult, default: Found) -> None:
    """Add the manifests that were used; if there are several, each with its packages."""
    if len(checked.used) < 2:
        manifest_line(page, checked.used[0][0] if checked.used else default)
        return
    for found, refs in checked.used:
        names = sorted({ref.name for ref in refs})
        more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
        what = f"{', '.join(names[:_NAMES])}{more}"
        line = f"manifest: {found.path} ({found.origin}), project {found.manifest.project}, judges {what}"
        page.line(line, colour="dim")


def check_page(page: Page, checked: FileCheckResult, least: Severity, *, verbose: bool = False) -> None:
    """Add the findings of a severity or higher, the files that were not read, and the counts.

    The most serious come last. A ``verbose`` page has all that is known of each finding;
    otherwise the reasons are notes at the end.
    """
    judgement = checked.judgement
    notes = Footnotes()
    blocks = _blocks(one for one in judgement.findings if one.severity.rank >= least.rank)
    fixes = _fixes_of(blocks, judgement.fixes)
    for block in blocks:
        page.line()
        _heading(page, block)
        if verbose:
            for finding in block.findings:
                finding_in_full(page, finding)
        else:
            findings_in_brief(page, block.findings, notes)
        for fix in fixes.get(block.places, ()):
            fix_lines(page, fix)
    notes.write(page, "package")
    if verbose:
        accepted_lines(page, judgement.accepted)
    for error in checked.unread:
        page.line()
        located(page, error.diagnostics)
    if checked.not_judged:
        page.line()
        located(page, checked.not_judged)
    hidden = [one for one in judgement.findings if one.severity.rank < least.rank]
    _hidden_pairs(page, hidden)
    page.line()
    hint = f" ({len(hidden)} not shown, see --show)" if hidden else ""
    page.line(_count(checked) + hint, colour="" if judgement.findings or checked.unread else "good")


class _Block(NamedTuple):
    """The findings that some files share, the most serious last, and the packages in these files."""

    places: tuple[str, ...]
    findings: list[Diagnostic]
    packages: frozenset[tuple[str, PackageRef | None]]

    @property
    def weight(self) -> tuple[int, int, tuple[str, ...]]:
        """What blocks are sorted by: the highest severity, how many findings have it, and the files."""
        most = max(one.severity.rank for one in self.findings)
        return most, sum(one.severity.rank == most for one in self.findings), self.places


def _blocks(findings: Iterable[Diagnostic]) -> list[_Block]:
    """Group findings by their files; a finding that several files share is listed once."""
    alike: dict[Diagnostic, list[Diagnostic]] = {}
    for finding in findings:
        alike.setdefault(_anywhere(finding), []).append(finding)
    grouped: dict[tuple[str, ...], list[list[Diagnostic]]] = {}
    for some in alike.values():
        grouped.setdefault(tuple(one.path or one.place for one in some), []).append(some)
    blocks = [
        _Block(
            places,
            sorted((some[0] for some in every), key=lambda one: one.severity.rank),
            frozenset((one.path, one.package) for some in every for one in some),
        )
        for places, every in grouped.items()
    ]
    return sorted(blocks, key=lambda block: block.weight)


def _fixes_of(
    blocks: Iterable[_Block], fixes: Iterable[PackageFix]
) -> dict[tuple[str, ...], list[PackageFix]]:
    """Return the fixes by the files of the last block with a finding that they are for, each fix once."""
    last: dict[tuple[str, PackageRef | None], tuple[str, ...]] = {}
    for block in blocks:
        if any(one.fix or one.peer for one in block.findings):
            last.update(dict.fromkeys(block.packages, block.places))
    found: dict[tuple[str, ...], dict[tuple[object, ...], PackageFix]] = {}
    for fix in fixes:
        places = last.get((fix.path, fix.package))
        if places is not None:
            same = (fix.package._replace(architecture=""), fix.removed, fix.lines)
            found.setdefault(places, {}).setdefault(same, fix)
    return {places: [*some.values()] for places, some in found.items()}


def _heading(page: Page, block: _Block) -> None:
    """Add the files of a block, with its counts, and the package if the name of the file does not have it."""
    shown = block.places[:_PLACES]
    if len(block.places) > _PLACES:
        shown = (*shown, f"and {len(block.places) - _PLACES} more files")
    *others, last = shown
    for place in others:
        page.line(place, colour="bold")
    package = block.findings[0].package
    name = last.rpartition("/")[2]
    named = package is None or (package.name in name and package.version.rpartition(":")[2] in name)
    who = "" if named else f" ({package})"
    page.line(f"{last}{who}: {', '.join(_severities(block.findings))}", hang=2, colour="bold")


def _hidden_pairs(page: Page, hidden: Iterable[Diagnostic]) -> None:
    """Add a line about the pairs of hidden findings, for each rule with a ``hidden_summary``."""
    pairs: dict[str, list[str]] = {}
    for finding in hidden:
        summary = rule_named(finding.id).hidden_summary
        if summary and finding.witness is not None:
            pairs.setdefault(summary, []).append(f"{finding.witness.package} with {finding.witness.peer}")
    for summary, (first, *rest) in pairs.items():
        page.line()
        more = f" and {len(rest)} more" if rest else ""
        page.line(f"{summary}: {first}{more}")


def _anywhere(finding: Diagnostic) -> Diagnostic:
    """Return a finding without its file and architectures, to compare it with the findings of other files."""
    witness = finding.witness
    if witness is not None:
        package, peer = (one._replace(architecture="") for one in (witness.package, witness.peer))
        witness = witness._replace(package=package, peer=peer)
    ref = finding.package
    return finding._replace(path="", package=ref and ref._replace(architecture=""), witness=witness)


def _severities(findings: Sequence[Diagnostic]) -> list[str]:
    """Return how many findings there are of each severity."""
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    counts = {word: sum(one.severity is severity for one in findings) for severity, word in words.items()}
    return [counted(count, word) for word, count in counts.items() if count]


def _count(checked: FileCheckResult) -> str:
    return ", ".join(_counts(checked))


def _counts(checked: FileCheckResult) -> Iterator[str]:
    judgement = checked.judgement
    yield f"{len(judgement.judged)} package{'s' if len(judgement.judged) != 1 else ''} judged"
    if judgement.passed_over:
        names = sorted({plain(one.name) for one in judgement.passed_over})
        more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
        yield f"{len(judgement.passed_over)} not in the manifest ({', '.join(names[:_NAMES])}{more})"
    if judgement.pairs:
        yield f"{len(judgement.pairs)} pair{'s' if len(judgement.pairs) != 1 else ''} judged together"
    if not any(one.severity is Severity.ERROR for one in judgement.findings):
        yield "0 errors"
    yield from _severities(judgement.findings)
    if judgement.accepted:
        yield f"{len(judgement.accepted)} accepted"
    if checked.unread:
        yield f"{len(checked.unread)} not read"
