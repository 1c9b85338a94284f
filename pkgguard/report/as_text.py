"""The format ``text``: lines for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.diagnostics import Severity
from pkgguard.manifest import limits
from pkgguard.report import check_text, manifest_text, text
from pkgguard.report.answers import (
    AdviceAnswer,
    AuditAnswer,
    CheckAnswer,
    DifferenceAnswer,
    ExplanationAnswer,
    ManifestAnswer,
    ManifestCheckAnswer,
    ManifestChecksAnswer,
    MatrixAnswer,
    PackageDifferenceAnswer,
    ProtocolAnswer,
    ProtocolDifferenceAnswer,
    ProtocolEntriesAnswer,
    ProtocolVerificationAnswer,
    ProtocolWordsAnswer,
    RuleAnswer,
    RulesAnswer,
    SimulationAnswer,
    VerdictAnswer,
)
from pkgguard.report.page import Page, counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.report.answers import Answer
    from pkgguard.report.look import Look


def render(answer: Answer, look: Look) -> Iterator[str]:
    """Yield an answer as lines, wrapped and coloured according to ``look``."""
    # A check may be as long as the packages require; any other answer has a limit.
    most = 0 if isinstance(answer, CheckAnswer) else limits.ANSWER
    # A wrapped line of TOML could not be pasted.
    page = Page(0 if isinstance(answer, ProtocolEntriesAnswer) else look.width, look.paint, most)
    _head(page, answer, quiet=look.quiet)
    match answer:
        case CheckAnswer():
            _check(page, answer, look)
        case DifferenceAnswer() | PackageDifferenceAnswer():
            _difference(page, answer, verbose=look.verbose)
        case MatrixAnswer():
            from pkgguard.report import matrix_text  # noqa: PLC0415 - only needed for a matrix

            matrix_text.matrix_page(page, answer.result)
        case SimulationAnswer() | AuditAnswer() | AdviceAnswer():
            from pkgguard.report import release_text  # noqa: PLC0415 - only needed for these answers

            release_text.release_page(page, answer, verbose=look.verbose)
        case VerdictAnswer():
            text.verdict_page(page, answer.result)
        case ExplanationAnswer():
            from pkgguard.report import explanation_text  # noqa: PLC0415 - only needed to explain

            explanation_text.explanation_page(page, answer.result, verbose=look.verbose)
        case RuleAnswer() | RulesAnswer():
            _rules(page, answer)
        case ManifestCheckAnswer():
            _manifest_check(page, answer, quiet=look.quiet)
        case ManifestAnswer():
            manifest_text.manifest_page(page, answer.found.manifest)
        case ProtocolWordsAnswer():
            _words(page, answer)
        case ProtocolVerificationAnswer():
            _verification(page, answer, quiet=look.quiet)
        case ProtocolAnswer() | ProtocolDifferenceAnswer() | ProtocolEntriesAnswer():
            _protocol(page, answer)
    yield page.text()


def _head(page: Page, answer: Answer, *, quiet: bool) -> None:
    """Write which manifest was used."""
    without = RuleAnswer | RulesAnswer | ManifestChecksAnswer | ProtocolAnswer | ProtocolEntriesAnswer
    if quiet or isinstance(answer, without):
        return
    if isinstance(answer, DifferenceAnswer | ProtocolDifferenceAnswer | ProtocolWordsAnswer):
        page.line(f"from {answer.old} to {answer.new}", colour="dim")
        return
    if isinstance(answer, CheckAnswer):
        check_text.manifest_lines(page, answer.result, answer.default)
    elif answer.found is not None:
        text.manifest_line(page, answer.found)


def _difference(page: Page, answer: DifferenceAnswer | PackageDifferenceAnswer, *, verbose: bool) -> None:
    from pkgguard.report import relation_changes_text  # noqa: PLC0415 - only needed for a difference

    if isinstance(answer, PackageDifferenceAnswer):
        relation_changes_text.package_difference_page(page, answer.result, verbose=verbose)
        return
    text.difference_page(page, answer.result)
    if answer.generated is not None:
        relation_changes_text.generated_page(page, answer.generated)


def _check(page: Page, answer: CheckAnswer, look: Look) -> None:
    """Write the result of a check; a quiet one without findings writes nothing."""
    result = answer.result
    if not look.quiet or result.worst() is not None or result.unread or result.not_judged:
        check_text.check_page(page, result, Severity(answer.least), verbose=look.verbose)


def _rules(page: Page, answer: RuleAnswer | RulesAnswer) -> None:
    if isinstance(answer, RuleAnswer):
        text.rule_page(page, answer.rule)
    else:
        text.rules_page(page, answer.rules)


def _manifest_check(page: Page, answer: ManifestCheckAnswer, *, quiet: bool) -> None:
    text.located(page, answer.error.diagnostics if answer.error is not None else answer.advice)
    if answer.found is not None and not quiet:
        manifest_text.past_line(page, answer.found.manifest)
        changes = counted(len(answer.found.manifest.changes), "change")
        advice = counted(len(answer.advice), "piece")
        page.line(f"valid: {changes}, {advice} of advice", colour="good")


def _protocol(page: Page, answer: ProtocolAnswer | ProtocolDifferenceAnswer | ProtocolEntriesAnswer) -> None:
    from pkgguard.report import protocol_text  # noqa: PLC0415 - only this needs it

    if isinstance(answer, ProtocolAnswer):
        protocol_text.protocol_page(page, answer.schema)
    elif isinstance(answer, ProtocolEntriesAnswer):
        protocol_text.entries_page(page, answer.entries)
    else:
        protocol_text.protocol_difference_page(page, answer.differences, harmless=answer.harmless)


def _verification(page: Page, answer: ProtocolVerificationAnswer, *, quiet: bool) -> None:
    result = answer.result
    for line in result.difference:
        page.line(line)
    text.located(page, result.findings)
    if not quiet:
        records = counted(len(result.records), "record")
        page.line(
            f"{records}, {counted(len(result.findings), 'finding')}", colour="" if result.findings else "good"
        )


def _words(page: Page, answer: ProtocolWordsAnswer) -> None:
    from pkgguard.report import protocol_text  # noqa: PLC0415 - only this needs it

    protocol_text.words_page(page, answer.rows)
