"""The kinds of answers that a command can give: each class holds a result and what is printed with it.

A format (:mod:`pkgguard.report.formats`) renders some of these kinds. ``found`` is the
manifest that was used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from pkgguard.check.files import FileCheckResult
    from pkgguard.check.package_difference import PackageDifference
    from pkgguard.check.rule import Rule
    from pkgguard.compat.difference import ManifestDifference
    from pkgguard.compat.matrix import ReleaseMatrix
    from pkgguard.compat.verdicts import ReleaseVerdicts
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.errors import ManifestError
    from pkgguard.evolution.advise import ReleaseAdvice
    from pkgguard.evolution.audit import Audit
    from pkgguard.evolution.simulate import Simulation
    from pkgguard.generate.difference import GeneratedDifference
    from pkgguard.generate.relations import Generated
    from pkgguard.manifest.discover import Found
    from pkgguard.protocol.differences import Difference
    from pkgguard.protocol.entries import Entry
    from pkgguard.protocol.model import Schema
    from pkgguard.protocol.verification import Verified
    from pkgguard.protocol.words import Row
    from pkgguard.report.places import Place


class CheckAnswer(NamedTuple):
    """The result of a check of packages.

    ``default`` is the manifest to name if none knew a package. ``least`` is the lowest
    severity of a finding that the text shows. ``in_source`` finds the line of a source
    package that a finding is about.
    """

    result: FileCheckResult
    default: Found
    least: str = "warning"
    in_source: Callable[[Diagnostic], Place | None] | None = None


class VerdictAnswer(NamedTuple):
    """Whether releases work together."""

    result: ReleaseVerdicts
    found: Found


class RelationsAnswer(NamedTuple):
    """The relations of a package version, in the syntax of a packaging."""

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
    """The check of a manifest: its mistakes (``error``), or the advice on a valid one (``advice``).

    ``found`` is None if the manifest is not valid.
    """

    path: str
    advice: tuple[Diagnostic, ...]
    found: Found | None
    error: ManifestError | None = None


class ManifestChecksAnswer(NamedTuple):
    """The checks of several manifests, and the errors of those that could not be read."""

    checks: tuple[ManifestCheckAnswer, ...]
    unread: tuple[Diagnostic, ...]


class ManifestAnswer(NamedTuple):
    """The content of a manifest."""

    found: Found


class DifferenceAnswer(NamedTuple):
    """The difference between two manifests, ``old`` and ``new`` as they were named.

    ``generated`` is that of the relations generated from them, if it was asked for.
    """

    result: ManifestDifference
    old: str
    new: str
    generated: GeneratedDifference | None = None


class PackageDifferenceAnswer(NamedTuple):
    """The difference between two packages, or between a package and what would be generated for it."""

    result: PackageDifference
    found: Found


class MatrixAnswer(NamedTuple):
    """Which releases work together, for all pairs that a protocol joins."""

    result: ReleaseMatrix
    found: Found


class ProtocolAnswer(NamedTuple):
    """A protocol; ``source`` is how it was named."""

    schema: Schema
    source: str


class ProtocolDifferenceAnswer(NamedTuple):
    """The changes from one version of a protocol to another, ``old`` and ``new`` as they were named.

    ``harmless`` is whether the text lists those that only look like a change.
    """

    differences: tuple[Difference, ...]
    old: str
    new: str
    harmless: bool = False


class ProtocolEntriesAnswer(NamedTuple):
    """The entries of a manifest for the changes of a protocol."""

    entries: tuple[Entry, ...]


class ProtocolVerificationAnswer(NamedTuple):
    """Whether a manifest and the records of its protocols agree."""

    result: Verified
    found: Found


class ProtocolWordsAnswer(NamedTuple):
    """The words that both sides of a protocol share, and that changed from one version to another."""

    rows: tuple[Row, ...]
    old: str
    new: str


class SimulationAnswer(NamedTuple):
    """The numbers that the releases of a history would have by some version policies."""

    result: Simulation
    found: Found


class AuditAnswer(NamedTuple):
    """Which pairs of releases break a promise about versions."""

    result: Audit
    found: Found


class AdviceAnswer(NamedTuple):
    """What to call a release."""

    result: ReleaseAdvice
    found: Found


Answer: TypeAlias = (
    CheckAnswer
    | DifferenceAnswer
    | PackageDifferenceAnswer
    | MatrixAnswer
    | SimulationAnswer
    | AuditAnswer
    | AdviceAnswer
    | VerdictAnswer
    | RelationsAnswer
    | ExplanationAnswer
    | RuleAnswer
    | RulesAnswer
    | ManifestCheckAnswer
    | ManifestChecksAnswer
    | ManifestAnswer
    | ProtocolAnswer
    | ProtocolDifferenceAnswer
    | ProtocolEntriesAnswer
    | ProtocolVerificationAnswer
    | ProtocolWordsAnswer
)
