"""The format ``sarif``: SARIF 2.1.0, which code scanning and editors read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pkgguard
from pkgguard.check import registry
from pkgguard.diagnostics import Severity
from pkgguard.escape.sarif import sarif_text, sarif_uri
from pkgguard.manifest import limits
from pkgguard.report import written
from pkgguard.report.answers import CheckAnswer
from pkgguard.report.fingerprints import Fingerprints
from pkgguard.report.reported import reported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.check.rule import Rule
    from pkgguard.report.look import Look
    from pkgguard.report.places import Place
    from pkgguard.report.reported import Checked, Reported

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(answer: Checked, look: Look) -> Iterator[str]:
    """Yield a log with one run, whose results are the diagnostics."""
    del look
    pieces = _log(answer)
    yield from pieces if isinstance(answer, CheckAnswer) else written.bounded(pieces, limits.ANSWER)


def _log(answer: Checked) -> Iterator[str]:
    yield f'{{\n"$schema": "{SCHEMA}",\n"version": "2.1.0",\n"runs": [\n'
    yield from written.written(_run(answer))
    yield "\n]\n}\n"


def _run(answer: Checked) -> dict[str, Any]:
    ids: dict[str, None] = {}
    complete = True
    for one in reported(answer, accepted=True):
        ids.setdefault(one.diagnostic.id)
        complete = complete and one.complete
    numbers = {name: number for number, name in enumerate(ids)}
    fingerprints = Fingerprints()

    def result(one: Reported) -> dict[str, Any]:
        found = one.diagnostic
        first, *others = one.places
        made = {
            "ruleId": found.id,
            "ruleIndex": numbers[found.id],
            "level": _LEVELS[found.severity],
            "message": {"text": "\n".join(map(sarif_text, (one.sentence, *one.details)))},
            "locations": [_location(first)],
            "partialFingerprints": {"pkgguard/v1": fingerprints.of(one)},
        }
        if one.accepted is not None:
            why = sarif_text(f"{one.accepted.because} ({one.accepted.place})")
            made["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
        if others:
            made["relatedLocations"] = [_location(place) for place in others]
        return made

    kinds = registry.every()
    return {
        "tool": {
            "driver": {
                "name": "pkgguard",
                "version": pkgguard.__version__,
                "rules": [_rule(kinds[name]) for name in ids],
            }
        },
        "invocations": [{"executionSuccessful": complete}],
        "results": written.LongList(reported(answer, accepted=True), result),
    }


def _rule(kind: Rule) -> dict[str, Any]:
    references = "".join(f"\n- {sarif_text(one)}" for one in kind.references)
    help = sarif_text(kind.help) + (f"\n\nReferences:{references}" if references else "")
    return {
        "id": kind.id,
        "shortDescription": {"text": sarif_text(kind.title)},
        "fullDescription": {"text": sarif_text(kind.explanation)},
        "help": {"text": help},
        "defaultConfiguration": {"level": _LEVELS[kind.severity]},
        "properties": {"tags": [kind.group]},
    }


def _location(place: Place) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": sarif_uri(place.path)}}
    if place.line:
        physical["region"] = {"startLine": place.line}
    location: dict[str, Any] = {"physicalLocation": physical}
    if place.what:
        location["message"] = {"text": sarif_text(place.what)}
    return location
