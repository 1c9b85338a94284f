"""The formats that answers are written in: one row each, with a name and a renderer.

A renderer is a module of this folder with a function ``render(answer, look)``, loaded
when its format is used. Relations can also be written in the formats of their family,
which are templates.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.errors import UnknownNameError
from pkgguard.families.registry import summary
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
from pkgguard.report.look import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.report.answers import Answer
    from pkgguard.report.look import Look


class Format(NamedTuple):
    """A format: the module that writes it, and the kinds of answers that it supports.

    ``holds_errors`` is whether its answers contain the manifests that are invalid or
    could not be read. If they do not, the command reports these itself.
    """

    module: str
    answers: tuple[type, ...]
    holds_errors: bool = False


_ALL: Final = (
    CheckAnswer,
    VerdictAnswer,
    ExplanationAnswer,
    RuleAnswer,
    RulesAnswer,
    ManifestCheckAnswer,
    ManifestAnswer,
    DifferenceAnswer,
    MatrixAnswer,
    PackageDifferenceAnswer,
    ProtocolAnswer,
    ProtocolDifferenceAnswer,
    ProtocolEntriesAnswer,
    ProtocolVerificationAnswer,
    ProtocolWordsAnswer,
    SimulationAnswer,
    AuditAnswer,
    AdviceAnswer,
)
_CHECKS: Final = (CheckAnswer, ManifestCheckAnswer, ManifestChecksAnswer)

FORMATS: Final[dict[str, Format]] = {
    "text": Format("pkgguard.report.as_text", _ALL),
    "json": Format(
        "pkgguard.report.as_json", (*_ALL, RelationsAnswer, ManifestChecksAnswer), holds_errors=True
    ),
    "markdown": Format("pkgguard.report.as_markdown", (DifferenceAnswer, PackageDifferenceAnswer)),
    "csv": Format("pkgguard.report.as_csv", (MatrixAnswer,)),
    "html": Format("pkgguard.report.as_html", (MatrixAnswer,)),
    "svg": Format("pkgguard.report.as_svg", (SimulationAnswer,)),
    "toml": Format("pkgguard.report.as_toml", (ManifestAnswer,)),
    "sarif": Format("pkgguard.report.as_sarif", _CHECKS, holds_errors=True),
    "junit": Format("pkgguard.report.as_junit", _CHECKS, holds_errors=True),
    "github": Format("pkgguard.report.as_github", _CHECKS, holds_errors=True),
    "gitlab": Format("pkgguard.report.as_gitlab", _CHECKS, holds_errors=True),
}
"""Every format by its name. The first one that supports a kind of answer is its default."""


def names(kind: type) -> tuple[str, ...]:
    """Return the names of the formats that support a kind of answer."""
    return tuple(name for name, form in FORMATS.items() if kind in form.answers)


def render(answer: Answer, form: str, look: Look = PLAIN) -> Iterator[str]:
    """Yield an answer in a format, piece by piece.

    Raises :class:`UnknownNameError` if the format is unknown or does not support this
    kind of answer, and :class:`LongAnswerError` if the answer is too long.
    """
    if form in names(type(answer)):
        pieces: Iterator[str] = import_module(FORMATS[form].module).render(answer, look)
        return pieces
    if isinstance(answer, RelationsAnswer):
        return _filled(answer, form, look)
    raise UnknownNameError("format", form, names(type(answer)))


def _filled(answer: RelationsAnswer, form: str, look: Look) -> Iterator[str]:
    known = (*summary(answer.result.family).formats, *names(RelationsAnswer))
    if form not in known:
        raise UnknownNameError("format", form, known)
    from pkgguard.families.lookup import family  # noqa: PLC0415 - a list of the formats needs no family
    from pkgguard.report.render import fill_relations  # noqa: PLC0415 - it loads jinja2

    fields = family(answer.result.family).relation_fields
    return iter((fill_relations(form, answer.result, answer.found, fields, verbose=look.verbose),))
