"""What a command can answer: each class is one kind of result, with what a reader is told beside it.

A format (:mod:`pkgguard.report.formats`) has a renderer for each kind that it can
write. ``found`` is the manifest that answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from pkgguard.check.files import FileCheckResult
    from pkgguard.check.rule import Rule
    from pkgguard.compat.verdicts import ReleaseVerdicts
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.errors import ManifestError
    from pkgguard.generate.relations import Generated
    from pkgguard.manifest.discover import Found


class CheckAnswer(NamedTuple):
    """The result of a check of packages.

    ``default`` is the manifest to name where none knew a package, or none is
    noted. ``least`` is the least severity of a finding that the text shows.
    """

    result: FileCheckResult
    default: Found
    least: str = "warning"


class VerdictAnswer(NamedTuple):
    """Whether releases work together."""

    result: ReleaseVerdicts
    found: Found


class RelationsAnswer(NamedTuple):
    """The relations of a package version, for a packaging."""

    result: Generated
    found: Found


class ExplanationAnswer(NamedTuple):
    """The relations of a package version with every reason behind them, for a person."""

    result: Generated
    found: Found


class RuleAnswer(NamedTuple):
    """One rule."""

    rule: Rule


class RulesAnswer(NamedTuple):
    """Several rules."""

    rules: tuple[Rule, ...]


class ManifestCheckAnswer(NamedTuple):
    """What is wrong with a manifest (``error``), or what is doubtful in a valid one (``advice``).

    ``found`` is None where the manifest is not valid.
    """

    path: str
    advice: tuple[Diagnostic, ...]
    found: Found | None
    error: ManifestError | None = None


class ManifestChecksAnswer(NamedTuple):
    """The checks of several manifests, and what keeps others from being read."""

    checks: tuple[ManifestCheckAnswer, ...]
    unread: tuple[Diagnostic, ...]


class ManifestAnswer(NamedTuple):
    """What a manifest says."""

    found: Found


Answer: TypeAlias = (
    CheckAnswer
    | VerdictAnswer
    | RelationsAnswer
    | ExplanationAnswer
    | RuleAnswer
    | RulesAnswer
    | ManifestCheckAnswer
    | ManifestChecksAnswer
    | ManifestAnswer
)
