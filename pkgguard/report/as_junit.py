"""The format ``junit``: JUnit XML, in which each diagnostic is a test case."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pkgguard.check import registry
from pkgguard.diagnostics import Severity
from pkgguard.escape.xml import xml_text
from pkgguard.manifest import limits
from pkgguard.report import written
from pkgguard.report.answers import CheckAnswer, ManifestCheckAnswer
from pkgguard.report.reported import reported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.report.look import Look
    from pkgguard.report.reported import Checked, Reported


def render(answer: Checked, look: Look) -> Iterator[str]:
    """Yield a suite: a case for each diagnostic, and one for each file without any.

    A case fails if its severity makes the command fail (``look.fail_on``).
    """
    pieces = _suite(answer, look.fail_on)
    yield from pieces if isinstance(answer, CheckAnswer) else written.bounded(pieces, limits.ANSWER)


def _suite(answer: Checked, fail_on: str) -> Iterator[str]:
    said: set[str] = set()
    counts: Counter[str] = Counter()
    for one in reported(answer, accepted=True):
        said.add(_subject(one))
        counts[_outcome(one, fail_on)] += 1
    silent = [(name, known) for name, known in _subjects(answer) if name not in said]
    skipped = sum(not known for _, known in silent) + counts["skipped"]
    totals = (
        f'tests="{counts.total() + len(silent)}" failures="{counts["failure"]}" errors="{counts["error"]}"'
    )
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="pkgguard">\n'
    yield f'<testsuite name="pkgguard" {totals} skipped="{skipped}">\n'
    for one in reported(answer, accepted=True):
        yield _case(one, fail_on)
    for name, known in silent:
        text = xml_text(name)
        inside = "" if known else '\n<skipped message="The manifest does not know it."/>\n'
        yield f'<testcase classname="{text}" name="{text}">{inside}</testcase>\n'
    yield "</testsuite>\n</testsuites>\n"


def _subjects(answer: Checked) -> Iterator[tuple[str, bool]]:
    """Yield what was looked at, and whether it was judged."""
    if isinstance(answer, CheckAnswer):
        judged = set(answer.result.judgement.judged)
        for package in answer.result.packages:
            yield " ".join(package.ref), package.ref in judged
    else:
        for one in (answer,) if isinstance(answer, ManifestCheckAnswer) else answer.checks:
            yield one.path, True


def _subject(one: Reported) -> str:
    """Return what a diagnostic is about, as in :func:`_subjects`."""
    found = one.diagnostic
    return " ".join(found.package) if found.package is not None else found.path


def _outcome(one: Reported, fail_on: str) -> str:
    if one.accepted is not None:
        return "skipped"
    if not one.complete:
        return "error"
    fails = fail_on != "never" and one.diagnostic.severity.rank >= Severity(fail_on).rank
    return "failure" if fails else "system-out"


def _case(one: Reported, fail_on: str) -> str:
    found = one.diagnostic
    kind = registry.every()[found.id]
    shown = (f"{place.path}:{place.line}" if place.line else place.path for place in one.places)
    lines = (
        f"{found.severity.value}: {kind.title}",
        one.sentence,
        *one.details,
        *(f"at: {place}" for place in shown),
        *(f"reference: {reference}" for reference in found.references),
    )
    sentence = xml_text(one.sentence)
    outcome = _outcome(one, fail_on)
    if one.accepted is not None:
        why = xml_text(f"{one.accepted.because} ({one.accepted.place})")
        return (
            f'<testcase classname="{xml_text(_subject(one) or one.places[0].path)}"'
            f' name="{xml_text(found.id)}: {sentence}">\n<skipped message="accepted: {why}"/>\n</testcase>\n'
        )
    text = "\n".join(map(xml_text, lines))
    attributes = f' type="{xml_text(found.id)}" message="{sentence}"' if outcome != "system-out" else ""
    return (
        f'<testcase classname="{xml_text(_subject(one) or one.places[0].path)}"'
        f' name="{xml_text(found.id)}: {sentence}">\n'
        f"<{outcome}{attributes}>{text}</{outcome}>\n</testcase>\n"
    )
