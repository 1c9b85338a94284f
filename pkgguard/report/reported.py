"""Everything that an answer reports, in one form for the formats that other programs read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from pkgguard.budget import spend
from pkgguard.report.answers import CheckAnswer, ManifestCheckAnswer, ManifestChecksAnswer
from pkgguard.report.places import Place, ordered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pkgguard.check.accepted import AcceptedFinding
    from pkgguard.diagnostics import Diagnostic

Checked: TypeAlias = CheckAnswer | ManifestCheckAnswer | ManifestChecksAnswer
"""The answers whose diagnostics can be reported."""


class Reported(NamedTuple):
    """A diagnostic and where it is shown.

    ``places`` is never empty, and the first place is the one to show. ``complete`` is
    False for what keeps something from being judged. ``accepted`` is why the diagnostic
    is no longer a finding, if an exception or a baseline accepts it.
    """

    diagnostic: Diagnostic
    places: tuple[Place, ...]
    complete: bool = True
    accepted: AcceptedFinding | None = None

    @property
    def sentence(self) -> str:
        """What it is about, and the message."""
        one = self.diagnostic
        about = str(one.package) if one.package is not None else one.peer
        return ": ".join((*filter(None, (one.part, about)), one.message))

    @property
    def details(self) -> tuple[str, ...]:
        """The relations that it is about, the lines to paste, and what to do."""
        one = self.diagnostic
        return (
            *(f"relation: {text}" for text in one.relations),
            *(f"fix: {text}" for text in one.fix),
            *((f"help: {one.help}",) if one.help else ()),
        )


def reported(answer: Checked, *, accepted: bool = False) -> Iterator[Reported]:
    """Yield each diagnostic of an answer, in the order of the JSON document.

    With ``accepted``, the findings that are accepted follow the others.
    """
    if isinstance(answer, CheckAnswer):
        yield from _of_check(answer, accepted=accepted)
    elif isinstance(answer, ManifestCheckAnswer):
        yield from _of_manifest(answer)
    else:
        for one in answer.checks:
            yield from _of_manifest(one)
        for diagnostic in answer.unread:
            yield _in_file(diagnostic, diagnostic.path, complete=False)


def _of_check(answer: CheckAnswer, *, accepted: bool) -> Iterator[Reported]:
    places = _places_of_check(answer)
    checked = answer.result
    for finding in checked.judgement.findings:
        spend()
        yield Reported(finding, places(finding))
    for one in checked.judgement.accepted if accepted else ():
        spend()
        yield Reported(one.finding, places(one.finding), accepted=one)
    for error in checked.unread:
        for diagnostic in error.diagnostics:
            yield Reported(diagnostic, places(diagnostic), complete=False)
    for diagnostic in checked.not_judged:
        spend()
        yield Reported(diagnostic, places(diagnostic), complete=False)


def _places_of_check(answer: CheckAnswer) -> Callable[[Diagnostic], tuple[Place, ...]]:
    """Return what finds the places: in the source of the package, in the manifest, and the package itself."""
    checked = answer.result
    files = {one.ref: one.path for one in checked.packages}
    judges = {ref: found for found, refs in checked.used for ref in refs}

    def places(one: Diagnostic) -> tuple[Place, ...]:
        found: list[Place] = []
        if answer.in_source is not None and one.package is not None:
            written = answer.in_source(one)
            found += (written,) if written is not None else ()
        judge = answer.default if one.package is None else judges.get(one.package, answer.default)
        hidden = {file.path for file in judge.manifest.files if file.built_in}
        for why in one.reasons:
            path, line, inherited = why.position
            if line and path not in hidden:
                found.append(Place(path if inherited else judge.path, line, why.sentence))
        path = one.path or (files.get(one.package, "") if one.package is not None else "")
        found.append(Place(path or str(one.package or judge.path), one.line))
        return ordered(found)

    return places


def _of_manifest(answer: ManifestCheckAnswer) -> Iterator[Reported]:
    mistakes = answer.error.diagnostics if answer.error is not None else ()
    for diagnostic in (*mistakes, *answer.advice):
        yield _in_file(diagnostic, answer.path)


def _in_file(one: Diagnostic, path: str, *, complete: bool = True) -> Reported:
    spend()
    return Reported(one, ordered([Place(one.path or path or "pkgguard.toml", one.line)]), complete)
