"""The format ``gitlab``: a Code Quality report, which GitLab shows in merge requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pkgguard.diagnostics import Severity
from pkgguard.manifest import limits
from pkgguard.report import written
from pkgguard.report.answers import CheckAnswer
from pkgguard.report.fingerprints import Fingerprints
from pkgguard.report.reported import reported
from pkgguard.report.sanitize import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.report.look import Look
    from pkgguard.report.reported import Checked, Reported

_SEVERITIES: Final = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(answer: Checked, look: Look) -> Iterator[str]:
    """Yield an array with an object for each diagnostic."""
    del look
    fingerprints = Fingerprints()

    def entry(one: Reported) -> dict[str, Any]:
        place = one.places[0]
        return {
            "description": "; ".join(map(plain, (one.sentence, *one.details))),
            "check_name": one.diagnostic.id,
            "fingerprint": fingerprints.of(one),
            "severity": _SEVERITIES[one.diagnostic.severity] if one.complete else "blocker",
            "location": {"path": plain(place.path), "lines": {"begin": place.line or 1}},
        }

    pieces = written.listed(written.LongList(reported(answer), entry))
    yield from pieces if isinstance(answer, CheckAnswer) else written.bounded(pieces, limits.ANSWER)
    yield "\n"
