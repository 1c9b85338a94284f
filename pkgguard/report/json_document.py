"""The JSON documents that the commands print.

schema.json beside this module describes them. ``format`` in each document is the
version of the format; it grows only when a reader would break.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pkgguard
from pkgguard.budget import spend
from pkgguard.errors import LongAnswerError
from pkgguard.manifest import limits
from pkgguard.report.sanitize import plain
from pkgguard.report.written import LongList
from pkgguard.versions.grid import Axis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pkgguard.check.files import FileCheckResult
    from pkgguard.check.finding import Advice, Finding
    from pkgguard.check.pairs import PairResult
    from pkgguard.check.rule import Rule
    from pkgguard.compat.guard import Guard
    from pkgguard.compat.reasons import Reason
    from pkgguard.compat.verdicts import ReleaseVerdicts
    from pkgguard.errors import ManifestError, ManifestLimitError, MissingManifestError
    from pkgguard.families.interface import Loss, PackageRef
    from pkgguard.generate.relations import ExplainedRelation, Generated
    from pkgguard.manifest.discover import Found
    from pkgguard.versions.sets import VersionSet

FORMAT: Final = 2
"""The version of the format of all documents."""

_LISTED: Final = 16
"""The smallest number of bytes that a release takes in a list, with its quotes and indent."""


def _head(kind: str, found: Found | None) -> dict[str, Any]:
    head: dict[str, Any] = {
        "format": FORMAT,
        "kind": kind,
        "tool": {"name": "pkgguard", "version": pkgguard.__version__},
    }
    if found is not None:
        head["manifest"] = _manifest(found)
    return head


def _manifest(found: Found) -> dict[str, str]:
    return {"project": found.manifest.project, "path": found.path, "origin": found.origin}


def check_document(checked: FileCheckResult, default: Found) -> dict[str, Any]:
    """Return the result of a check.

    ``default`` is the manifest to name if none knew a package.
    """
    judgement = checked.judgement
    counts = {"error": 0, "warning": 0, "info": 0}
    for finding in judgement.findings:
        counts[finding.severity.value] += 1
    manifests = tuple(found for found, _ in checked.used) or (default,)
    judges = {ref: found.path for found, refs in checked.used for ref in refs}
    known = set(judgement.judged)
    if not checked.used:
        judges = dict.fromkeys(known, default.path)
    return _clean(
        _head("check", None)
        | {
            "manifest": _manifest(manifests[0]) if len(manifests) == 1 else None,
            "manifests": [_manifest(one) for one in manifests],
            "summary": counts
            | {
                "judged": len(judgement.judged),
                "not_in_manifest": len(judgement.passed_over),
                "unread": len(checked.unread),
                "not_judged": len(checked.not_judged),
            },
            "packages": [
                {
                    "path": one.path,
                    "family": one.family,
                    "name": one.name,
                    "version": one.version,
                    "architecture": one.architecture,
                    "in_manifest": one.ref in known,
                    "manifest": judges.get(one.ref),
                }
                for one in checked.packages
            ],
            "findings": [_finding(one) for one in judgement.findings],
            "pairs": LongList(judgement.pairs, _pair_with(cache(_ref))),
            "unread": [
                {"path": one.path, "place": one.place, "reason": one.reason, "help": one.help}
                for one in checked.unread
            ],
        }
    )


def _ref(ref: PackageRef) -> dict[str, str]:
    """Return which package is meant; two are the same only if all four are equal."""
    return {name: plain(value) for name, value in ref._asdict().items()}


def _pair_with(shown: Callable[[PackageRef], dict[str, str]]) -> Callable[[PairResult], dict[str, Any]]:
    """Return what makes the entry of a pair; ``shown`` is how a package is named."""

    def entry(one: PairResult) -> dict[str, Any]:
        return {
            "package": shown(one.package),
            "peer": shown(one.peer),
            "peers": one.peers,
            "compatible": one.compatible,
            "installable": one.installable,
            "not_judged": _cleaned(list(one.not_judged)),
        }

    return entry


def relations_document(generated: Generated, found: Found) -> dict[str, Any]:
    """Return the relations of a package version."""
    return _clean(_head("relations", found) | _generated(generated))


def explanation_document(generated: Generated, found: Found) -> dict[str, Any]:
    """Return the relations of a package version and every reason behind each guard."""
    return _clean(
        _head("explanation", found)
        | _generated(generated)
        | {"guards": [_guard(one) for one in generated.guards]}
    )


def rule_document(rule: Rule) -> dict[str, Any]:
    """Return one rule."""
    return _head("rule", None) | {"rule": _rule(rule)}


def rules_document(every: Iterable[Rule]) -> dict[str, Any]:
    """Return all rules."""
    return _head("rules", None) | {"rules": [_rule(rule) for rule in every]}


def verdict_document(result: ReleaseVerdicts, found: Found) -> dict[str, Any]:
    """Return whether releases work together."""
    return _clean(
        _head("verdict", found)
        | {
            "releases": dict(result.releases),
            "compatible": result.compatible,
            "verdicts": [
                {
                    "protocol": protocol,
                    "client": client,
                    "server": server,
                    "compatible": verdict.compatible,
                    "reasons": [_reason(one) for one in verdict.reasons],
                    "missing": [_reason(one) for one in verdict.missing],
                }
                for (protocol, client, server), verdict in result.verdicts.items()
            ],
        }
    )


def manifest_check_document(
    path: str, error: ManifestError | None, advice: tuple[Advice, ...], found: Found | None
) -> dict[str, Any]:
    """Return the mistakes in a manifest, and the advice on it."""
    mistakes = error.mistakes if error is not None else ()
    return _clean(
        _head("manifest-check", found)
        | {
            "path": path,
            "valid": error is None,
            "mistakes": [
                {"table": one.table, "key": one.key, "line": one.line, "reason": one.reason, "help": one.help}
                for one in mistakes
            ],
            "advice": [
                {
                    "id": one.id,
                    "severity": one.severity.value,
                    "line": one.line,
                    "message": one.message,
                    "help": one.help,
                }
                for one in advice
            ],
        }
    )


def manifest_checks_document(
    documents: list[dict[str, Any]], unread: Mapping[str, MissingManifestError | ManifestLimitError | OSError]
) -> dict[str, Any]:
    """Return the documents of several manifests, and the files that could not be read."""
    return _clean(
        _head("manifest-checks", None)
        | {"checks": documents, "unread": [_unread_manifest(path, error) for path, error in unread.items()]}
    )


def _unread_manifest(path: str, error: MissingManifestError | ManifestLimitError | OSError) -> dict[str, Any]:
    if isinstance(error, OSError):
        return {"path": path, "reason": error.strerror or str(error), "help": ""}
    return {"path": path, "reason": error.reason, "help": error.help}


def manifest_document(tables: dict[str, Any], found: Found) -> dict[str, Any]:
    """Return the tables of a manifest."""
    return _clean(_head("manifest", found) | {"tables": tables})


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "severity": rule.severity.value,
        "title": rule.title,
        "explanation": rule.explanation,
        "help": rule.help,
        "references": list(rule.references),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    witness = finding.witness
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "path": finding.path,
        "package": _ref(finding.package),
        "peer": finding.peer,
        "message": finding.message,
        "relations": list(finding.relations),
        "witness": None
        if witness is None
        else {
            "package": _ref(witness.package),
            "peer": _ref(witness.peer),
            "installable": witness.installable,
            "compatible": witness.compatible,
        },
        "reasons": [_reason(one) for one in finding.reasons],
        "fix": list(finding.fix),
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "cause": reason.cause.value,
        "protocol": reason.protocol,
        "component": reason.component,
        "releases": reason.span,
        "peer": reason.peer,
        "form": reason.form,
        "bound": str(reason.bound) if reason.bound is not None else "",
        "sentence": reason.sentence,
        "what": list(reason.what),
        "need": reason.need.value,
        "because": reason.because,
        "hits": reason.hits,
        "symptom": reason.symptom,
        "see": list(reason.see),
    }


def _generated(generated: Generated) -> dict[str, Any]:
    return {
        "package": generated.name,
        "version": generated.identity.version,
        "family": generated.family,
        "target": generated.target,
        "releases": {name: str(release) for name, release in generated.identity.releases.items()},
        "assumed_newest": generated.identity.assumed,
        "relations": [_relation(one) for one in generated.relations],
        "losses": [_loss(one) for one in generated.losses],
    }


def _relation(one: ExplainedRelation) -> dict[str, Any]:
    return {
        "field": one.relation.field,
        "relation": one.relation.text,
        "note": one.note,
        "reasons": [_reason(reason) for reason in one.binding],
        "further_reasons": [_reason(reason) for reason in one.others],
    }


def _loss(loss: Loss) -> dict[str, Any]:
    return {"peer": loss.peer, "reason": loss.reason, "refused": list(loss.refused)}


def _guard(guard: Guard) -> dict[str, Any]:
    known = Axis([release.boundary for release in guard.known])
    texts = [plain(str(release)) for release in guard.known]

    size = 0

    def releases(held: VersionSet) -> list[str]:
        nonlocal size
        spend()
        spans = known.spans(held)
        size += _LISTED * sum(end - first for first, end in spans)
        if size > limits.ANSWER:
            raise LongAnswerError(limits.ANSWER)
        return [text for span in spans for text in texts[slice(*span)]]

    return {
        "peer": guard.peer.name,
        "as_client": list(guard.as_client),
        "as_server": list(guard.as_server),
        "allowed": releases(guard.allowed),
        "reasons": [_reason(one.reason) | {"excluded": releases(one.excluded)} for one in guard.exclusions],
    }


def _clean(document: dict[str, Any]) -> dict[str, Any]:
    spend()
    return {plain(key): _cleaned(value) for key, value in document.items()}


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return _clean(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return value
