"""The format ``json``: one document in a versioned format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pkgguard.manifest import limits
from pkgguard.report import json_document, matrix_document, written
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
    RelationsAnswer,
    RuleAnswer,
    RulesAnswer,
    SimulationAnswer,
    VerdictAnswer,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.report.answers import Answer
    from pkgguard.report.look import Look


def render(answer: Answer, look: Look) -> Iterator[str]:
    """Yield the document of an answer, with its keys in a fixed order.

    The document of a check is written while it is made. Any other has a limit of size,
    and is written once it is complete.
    """
    del look
    pieces = written.written(document(answer))
    yield from pieces if isinstance(answer, CheckAnswer) else written.bounded(pieces, limits.ANSWER)
    yield "\n"


def document(answer: Answer) -> dict[str, Any]:
    """Return an answer as a document."""
    match answer:
        case CheckAnswer():
            return json_document.check_document(answer.result, answer.default)
        case DifferenceAnswer() | PackageDifferenceAnswer():
            return _difference(answer)
        case MatrixAnswer():
            return matrix_document.matrix_document(answer.result, answer.found)
        case (
            ProtocolAnswer()
            | ProtocolDifferenceAnswer()
            | ProtocolEntriesAnswer()
            | ProtocolVerificationAnswer()
            | ProtocolWordsAnswer()
        ):
            return _protocol(answer)
        case SimulationAnswer() | AuditAnswer() | AdviceAnswer():
            from pkgguard.report import release_document  # noqa: PLC0415 - only these answers need it

            return release_document.release_document(answer)
        case VerdictAnswer():
            return json_document.verdict_document(answer.result, answer.found)
        case RelationsAnswer():
            return json_document.relations_document(answer.result, answer.found)
        case ExplanationAnswer():
            return json_document.explanation_document(answer.result, answer.found)
        case RuleAnswer() | RulesAnswer():
            return _rules(answer)
        case ManifestCheckAnswer():
            return _manifest_check(answer)
        case ManifestChecksAnswer():
            return json_document.manifest_checks_document(
                [_manifest_check(one) for one in answer.checks], answer.unread
            )
        case ManifestAnswer():
            from pkgguard.manifest.serialize import as_document  # noqa: PLC0415 - only this needs it

            tables = as_document(answer.found.manifest)
            return json_document.manifest_document(tables, answer.found)


def _difference(answer: DifferenceAnswer | PackageDifferenceAnswer) -> dict[str, Any]:
    from pkgguard.report import difference_document  # noqa: PLC0415 - only needed for a difference

    if isinstance(answer, PackageDifferenceAnswer):
        return difference_document.package_difference_document(answer.result, answer.found)
    return difference_document.difference_document(answer.result, answer.old, answer.new, answer.generated)


def _rules(answer: RuleAnswer | RulesAnswer) -> dict[str, Any]:
    if isinstance(answer, RuleAnswer):
        return json_document.rule_document(answer.rule)
    return json_document.rules_document(answer.rules)


def _manifest_check(answer: ManifestCheckAnswer) -> dict[str, Any]:
    return json_document.manifest_check_document(answer.path, answer.error, answer.advice, answer.found)


def _protocol(
    answer: ProtocolAnswer
    | ProtocolDifferenceAnswer
    | ProtocolEntriesAnswer
    | ProtocolVerificationAnswer
    | ProtocolWordsAnswer,
) -> dict[str, Any]:
    from pkgguard.report import protocol_json  # noqa: PLC0415 - only this needs it

    if isinstance(answer, ProtocolAnswer):
        return protocol_json.protocol_document(answer.schema, answer.source)
    if isinstance(answer, ProtocolWordsAnswer):
        return protocol_json.words_document(answer.rows, answer.old, answer.new)
    if isinstance(answer, ProtocolVerificationAnswer):
        return protocol_json.verification_document(answer.result, answer.found)
    if isinstance(answer, ProtocolEntriesAnswer):
        return protocol_json.entries_document(answer.entries)
    return protocol_json.protocol_difference_document(answer.differences, answer.old, answer.new)
