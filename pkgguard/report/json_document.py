"""The JSON documents that the commands print.

schema.json beside this module describes them. ``format`` in each document is the
version of the format; it increases only with a change that would break a reader.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pkgguard
from pkgguard.budget import spend
from pkgguard.errors import LongAnswerError
from pkgguard.manifest import limits
from pkgguard.manifest.origins import composition
from pkgguard.report.accept_entry import entry_for
from pkgguard.report.sanitize import plain
from pkgguard.report.written import LongList
from pkgguard.versions.grid import Axis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pkgguard.check.accepted import AcceptedFinding
    from pkgguard.check.files import FileCheckResult
    from pkgguard.check.package_fix import PackageFix
    from pkgguard.check.pairs import PairResult
    from pkgguard.check.rule import Rule
    from pkgguard.compat.difference import ReleaseRange
    from pkgguard.compat.engine import CompatibilityVerdict
    from pkgguard.compat.guard import Guard
    from pkgguard.compat.verdicts import ReleaseVerdicts, Side
    from pkgguard.diagnostics import Diagnostic, PackageRef, Statement
    from pkgguard.errors import ManifestError
    from pkgguard.generate.relations import ExplainedRelation, Generated
    from pkgguard.manifest.discover import Found
    from pkgguard.versions.sets import VersionSet

FORMAT: Final = 2
"""The version of the format of all documents."""

_LISTED: Final = 16
"""The smallest number of bytes that a release takes in a list, with its quotes and indent."""


def head(kind: str, found: Found | None) -> dict[str, Any]:
    """Return the keys with which a document begins."""
    keys: dict[str, Any] = {
        "format": FORMAT,
        "kind": kind,
        "tool": {"name": "pkgguard", "version": pkgguard.__version__},
    }
    if found is not None:
        keys["manifest"] = _manifest(found)
    return keys


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
    manifests = tuple(manifest for manifest, _ in checked.used) or (default,)
    judges = {ref: manifest.path for manifest, refs in checked.used for ref in refs}
    known = set(judgement.judged)
    fixes = {(fix.path, fix.package): fix for fix in judgement.fixes}
    if not checked.used:
        judges = dict.fromkeys(known, default.path)
    return clean(
        head("check", None)
        | {
            "manifest": _manifest(manifests[0]) if len(manifests) == 1 else None,
            "manifests": [_manifest(manifest) for manifest in manifests],
            "summary": counts
            | {
                "judged": len(judgement.judged),
                "not_in_manifest": len(judgement.passed_over),
                "unread": len(checked.unread),
                "not_judged": len(checked.not_judged),
                "accepted": len(judgement.accepted),
            },
            "packages": [
                {
                    "path": package.path,
                    "family": package.family,
                    "name": package.name,
                    "version": package.version,
                    "architecture": package.architecture,
                    "in_manifest": package.ref in known,
                    "manifest": judges.get(package.ref),
                    "fix": _fix(fixes.get((package.path, package.ref))),
                }
                for package in checked.packages
            ],
            "findings": LongList(judgement.findings, _finding, pretty=True),
            "accepted": LongList(judgement.accepted, _accepted, pretty=True),
            "pairs": LongList(judgement.pairs, _pair_with(cache(ref_entry))),
            "unread": _diagnostics([unread for error in checked.unread for unread in error.diagnostics]),
            "not_judged": _diagnostics(checked.not_judged),
        }
    )


def _diagnostics(some: Iterable[Diagnostic]) -> LongList:
    return LongList(some, lambda one: clean(diagnostic(one)), pretty=True)


def _finding(one: Diagnostic) -> dict[str, Any]:
    return clean(diagnostic(one) | {"accept": list(entry_for(one))})


def _accepted(one: AcceptedFinding) -> dict[str, Any]:
    return clean({"finding": diagnostic(one.finding), "because": one.because, "place": one.place})


def _fix(fix: PackageFix | None) -> dict[str, Any] | None:
    if fix is None:
        return None
    return {
        "lines": list(fix.lines),
        "replaced": list(fix.replaced),
        "emptied": list(fix.emptied),
        "removed": list(map(str, fix.removed)),
        "added": list(map(str, fix.added)),
    }


def ref_entry(ref: PackageRef) -> dict[str, str]:
    """Return the reference to a package; two are the same package only if all four values are equal."""
    return {name: plain(value) for name, value in ref._asdict().items()}


def _pair_with(shown: Callable[[PackageRef], dict[str, str]]) -> Callable[[PairResult], dict[str, Any]]:
    """Return the function that makes the entry of a pair; ``shown`` returns the name of a package."""

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
    return clean(head("relations", found) | _generated(generated))


def explanation_document(generated: Generated, found: Found) -> dict[str, Any]:
    """Return the relations of a package version and every reason behind each guard."""
    return clean(
        head("explanation", found)
        | _generated(generated)
        | {"guards": [_guard(one) for one in generated.guards]}
    )


def rule_document(rule: Rule) -> dict[str, Any]:
    """Return one rule."""
    return head("rule", None) | {"rule": _rule(rule)}


def rules_document(every: Iterable[Rule]) -> dict[str, Any]:
    """Return all rules."""
    return head("rules", None) | {"rules": [_rule(rule) for rule in every]}


def verdict_document(result: ReleaseVerdicts, found: Found) -> dict[str, Any]:
    """Return whether releases and packages work together."""
    return clean(
        head("verdict", found)
        | {
            "releases": dict(result.releases),
            "packages": [
                ref_entry(ref) | {"releases": {name: str(one) for name, one in identity.releases.items()}}
                for ref, identity in result.packages
            ],
            "compatible": result.compatible,
            "verdicts": [
                {"protocol": protocol, "client": client, "server": server}
                | {"client_package": None, "server_package": None, "peers": True}
                | _verdict(verdict)
                for (protocol, client, server), verdict in result.verdicts.items()
            ]
            + [
                {"protocol": one.protocol, "client": one.client.component, "server": one.server.component}
                | {"client_package": _carrier(one.client), "server_package": _carrier(one.server)}
                | {"peers": one.peers}
                | _verdict(one.verdict)
                for one in result.pairs
            ],
        }
    )


def range_entry(some: ReleaseRange) -> dict[str, str]:
    """Return the first and the last release of a range."""
    return {"first": str(some.first), "last": str(some.last)}


def _carrier(side: Side) -> dict[str, str] | None:
    return ref_entry(side.package) if side.package is not None else None


def _verdict(verdict: CompatibilityVerdict) -> dict[str, Any]:
    return {
        "compatible": verdict.compatible,
        "reasons": [reason_entry(one) for one in verdict.reasons],
        "missing": [reason_entry(one) for one in verdict.missing],
    }


def manifest_check_document(
    path: str, error: ManifestError | None, advice: tuple[Diagnostic, ...], found: Found | None
) -> dict[str, Any]:
    """Return the mistakes in a manifest, and the advice on it."""
    mistakes = error.diagnostics if error is not None else ()
    return clean(
        head("manifest-check", found)
        | {
            "path": path,
            "valid": error is None,
            "mistakes": [diagnostic(one) for one in mistakes],
            "advice": [diagnostic(one) for one in advice],
        }
    )


def manifest_checks_document(documents: list[dict[str, Any]], unread: Iterable[Diagnostic]) -> dict[str, Any]:
    """Return the documents of several manifests, and the files that could not be read."""
    return clean(
        head("manifest-checks", None) | {"checks": documents, "unread": [diagnostic(one) for one in unread]}
    )


def manifest_document(tables: dict[str, Any], found: Found) -> dict[str, Any]:
    """Return the tables of a manifest, and where each part of them stands."""
    parts = {"tables": tables} | composition(found.manifest, tables)
    return clean(head("manifest", found) | parts)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "group": rule.group,
        "severity": rule.severity.value,
        "settable": rule.settable,
        "title": rule.title,
        "explanation": rule.explanation,
        "help": rule.help,
        "references": list(rule.references),
    }


def diagnostic(one: Diagnostic) -> dict[str, Any]:
    """Return a diagnostic as every document has it."""
    witness = one.witness
    return {
        "id": one.id,
        "severity": one.severity.value,
        "message": one.message,
        "help": one.help,
        "references": list(one.references),
        "path": one.path,
        "line": one.line,
        "part": one.part,
        "package": ref_entry(one.package) if one.package is not None else None,
        "peer": one.peer,
        "relations": list(one.relations),
        "releases": list(one.releases),
        "witness": None
        if witness is None
        else {
            "package": ref_entry(witness.package),
            "peer": ref_entry(witness.peer),
            "installable": witness.installable,
            "compatible": witness.compatible,
        },
        "reasons": [reason_entry(reason) for reason in one.reasons],
        "fix": list(one.fix),
    }


def reason_entry(reason: Statement) -> dict[str, Any]:
    """Return a statement of the manifest."""
    return {
        "cause": str(reason.cause),
        "protocol": reason.protocol,
        "component": reason.component,
        "releases": reason.span,
        "peer": reason.peer,
        "form": reason.form,
        "bound": str(reason.bound) if reason.bound is not None else "",
        "sentence": reason.sentence,
        "what": list(reason.what),
        "need": str(reason.need),
        "because": reason.because,
        "hits": reason.hits,
        "symptom": reason.symptom,
        "see": list(reason.see),
        "path": reason.position.path,
        "line": reason.position.line,
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
        "losses": [diagnostic(one) for one in generated.losses],
    }


def _relation(one: ExplainedRelation) -> dict[str, Any]:
    return {
        "field": one.relation.field,
        "relation": one.relation.text,
        "note": one.note,
        "reasons": [reason_entry(reason) for reason in one.binding],
        "further_reasons": [reason_entry(reason) for reason in one.others],
    }


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
        "reasons": [
            reason_entry(one.reason) | {"excluded": releases(one.excluded)} for one in guard.exclusions
        ],
    }


def clean(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document without unsafe characters in its texts."""
    spend()
    return {plain(key): _cleaned(value) for key, value in document.items()}


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return value
