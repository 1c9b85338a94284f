"""The public API: everything that the commands do, typed, without printing.

A :class:`Project` works with one manifest. Arguments always have the same order:
family, name, version, as in a :class:`PackageRef`; optional arguments are
keyword-only. On bad input a function raises a subclass of :class:`PkgguardError`,
or :class:`OSError` if a named file cannot be opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check.accepted import AcceptedFinding
from pkgguard.check.engine import CheckResult
from pkgguard.check.files import FileCheckResult, Files, check_by_choice, read_files, read_package
from pkgguard.check.levels import Selection
from pkgguard.check.levels import renamed as renamed_rules
from pkgguard.check.levels import select as select_rules
from pkgguard.check.package_difference import PackageDifference, PeerChange
from pkgguard.check.package_fix import PackageFix
from pkgguard.check.pairs import PairResult
from pkgguard.check.registry import every as rules
from pkgguard.check.registry import rule
from pkgguard.check.rule import Rule
from pkgguard.compat.difference import ManifestDifference, PairChange, ReleaseChange, ReleaseRange
from pkgguard.compat.difference import difference as _difference
from pkgguard.compat.engine import CompatibilityVerdict, engine_of
from pkgguard.compat.guard import Guard
from pkgguard.compat.identify import Identity
from pkgguard.compat.matrix import MatrixReason, MatrixRow, ReleaseGrid, ReleaseMatrix
from pkgguard.compat.reasons import Cause, Exclusion, Reason
from pkgguard.compat.verdicts import PairVerdict, ReleaseVerdicts, Side
from pkgguard.diagnostics import Diagnostic, PackageRef, Position, Severity, Statement, Witness
from pkgguard.errors import (
    AmbiguousManifestError,
    LongAnswerError,
    ManifestError,
    ManifestLimitError,
    MissingManifestError,
    PackageError,
    PkgguardError,
    ReaderMissingError,
    RelationError,
    SourceError,
    UnknownNameError,
    UnknownReleaseError,
    VersionError,
    WrongEpochError,
)
from pkgguard.evolution.advise import Ground, ReleaseAdvice, VersionAdvice
from pkgguard.evolution.audit import Audit, BrokenPromise, PromiseAudit
from pkgguard.evolution.events import Event
from pkgguard.evolution.policies import ChangeClass, ChangeSide, Effect, Level, VersionPolicy
from pkgguard.evolution.simulate import SimulatedHistory, SimulatedLine, Simulation
from pkgguard.families.expression import All_, Any_, Constraint, If, Operator, Unless, With, Without
from pkgguard.families.interface import (
    InstallabilityVerdict,
    Package,
    Problem,
    Relation,
)
from pkgguard.families.lookup import family
from pkgguard.families.registry import names as family_names
from pkgguard.families.relation_changes import RelationChange
from pkgguard.generate.difference import (
    GeneratedChange,
    GeneratedDifference,
    PackageRebuild,
)
from pkgguard.generate.difference import generated_difference as _generated_difference
from pkgguard.generate.relations import ExplainedRelation, Generated
from pkgguard.manifest.acceptance import Acceptance
from pkgguard.manifest.composition import SourceFile, TakenOut
from pkgguard.manifest.discover import Choice, Found, built_in, choose, find_manifest
from pkgguard.manifest.exceptions import read_exceptions
from pkgguard.manifest.limits import RELATIONS_SECONDS, manifest_budget
from pkgguard.manifest.model import (
    Broken,
    Change,
    ChangeKey,
    Component,
    Horizon,
    Kind,
    Manifest,
    Mode,
    Need,
    Past,
    Policy,
    Prereleases,
    Protocol,
    Window,
)
from pkgguard.manifest.package_spec import Archive, PackageSpec, Presence, Shipping
from pkgguard.manifest.places import Places
from pkgguard.manifest.read import parse_manifest, read_manifest
from pkgguard.project import Project, Result
from pkgguard.versions.release import Release, ReleaseCore, Scheme, SchemeSettings
from pkgguard.versions.sets import Boundary, VersionSet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence


FAMILIES: Final = family_names()
"""The names of the package families."""

__all__ = [
    "FAMILIES",
    "Acceptance",
    "AcceptedFinding",
    "All_",
    "AmbiguousManifestError",
    "Any_",
    "Archive",
    "Audit",
    "Boundary",
    "Broken",
    "BrokenPromise",
    "Cause",
    "Change",
    "ChangeClass",
    "ChangeKey",
    "ChangeSide",
    "CheckResult",
    "Choice",
    "CompatibilityVerdict",
    "Component",
    "Constraint",
    "Diagnostic",
    "Effect",
    "Event",
    "Exclusion",
    "ExplainedRelation",
    "FileCheckResult",
    "Files",
    "Found",
    "Generated",
    "GeneratedChange",
    "GeneratedDifference",
    "Ground",
    "Guard",
    "Horizon",
    "Identity",
    "If",
    "InstallabilityVerdict",
    "Kind",
    "Level",
    "LongAnswerError",
    "Manifest",
    "ManifestDifference",
    "ManifestError",
    "ManifestLimitError",
    "MatrixReason",
    "MatrixRow",
    "MissingManifestError",
    "Mode",
    "Need",
    "Operator",
    "Package",
    "PackageDifference",
    "PackageError",
    "PackageFix",
    "PackageRebuild",
    "PackageRef",
    "PackageSpec",
    "PairChange",
    "PairResult",
    "PairVerdict",
    "Past",
    "PeerChange",
    "PkgguardError",
    "Places",
    "Policy",
    "Position",
    "Prereleases",
    "Presence",
    "Problem",
    "Project",
    "PromiseAudit",
    "Protocol",
    "ReaderMissingError",
    "Reason",
    "Relation",
    "RelationChange",
    "RelationError",
    "Release",
    "ReleaseAdvice",
    "ReleaseChange",
    "ReleaseCore",
    "ReleaseGrid",
    "ReleaseMatrix",
    "ReleaseRange",
    "ReleaseVerdicts",
    "Result",
    "Rule",
    "Scheme",
    "SchemeSettings",
    "Selection",
    "Severity",
    "Shipping",
    "Side",
    "SimulatedHistory",
    "SimulatedLine",
    "Simulation",
    "SourceError",
    "SourceFile",
    "Statement",
    "TakenOut",
    "UnknownNameError",
    "UnknownReleaseError",
    "Unless",
    "VersionAdvice",
    "VersionError",
    "VersionPolicy",
    "VersionSet",
    "Window",
    "With",
    "Without",
    "Witness",
    "WrongEpochError",
    "built_in",
    "check_by_choice",
    "choose",
    "coinstallable",
    "describe_package",
    "difference",
    "find_manifest",
    "generated_difference",
    "make_package",
    "parse_manifest",
    "read_exceptions",
    "read_files",
    "read_manifest",
    "read_package",
    "renamed_rules",
    "rule",
    "rules",
    "select_rules",
    "write_manifest",
]


def describe_package(family_name: str, text: str) -> Package:
    """Read a package's metadata from text: a control stanza (deb), tag lines (rpm)."""
    return family(family_name).describe(text)


def make_package(
    family_name: str,
    name: str,
    version: str,
    relations: Mapping[str, str | Sequence[str]] | None = None,
    *,
    architecture: str = "",
) -> Package:
    """Make a package from relation lines as text.

    ``relations`` maps fields to a line or a list of lines, such as
    ``{"Depends": "a (>= 1), b | c"}`` or ``{"Requires": ["a >= 1", "b"]}``.
    Relations that the family's tools would not accept are in the package's
    ``malformed``. Raises :class:`PackageError` for an invalid name or architecture,
    and :class:`VersionError` for an invalid version.
    """
    lines = {
        field: (value,) if isinstance(value, str) else tuple(value)
        for field, value in (relations or {}).items()
    }
    return family(family_name).compose(name, version, architecture, lines)


def coinstallable(packages: Sequence[Package], *, assumed: Collection[str] = ()) -> InstallabilityVerdict:
    """Return whether packages of one family can be installed together on an empty system, and why not.

    ``assumed`` are names of packages that are assumed to be installed and to satisfy
    every relation. Raises :class:`UnknownNameError` if the packages are of different
    families.
    """
    names = {package.family for package in packages}
    if len(names) != 1:
        raise UnknownNameError("single family", " and ".join(sorted(names)) or "none", FAMILIES)
    return family(names.pop()).coinstallable(packages, assumed=assumed)


def difference(old: Manifest, new: Manifest) -> ManifestDifference:
    """Return which pairs of releases a change of a manifest allows or forbids, and why.

    Raises :class:`ManifestLimitError` if the two manifests take too much CPU time.
    """
    with manifest_budget(new.path):
        return _difference(engine_of(old), engine_of(new))


def generated_difference(
    old: Manifest, new: Manifest, *, packages: Iterable[PackageRef] = ()
) -> GeneratedDifference:
    """Return which generated relations a change of a manifest changes, and what needs a rebuild.

    Every release that both manifests list is compared, and every version that one of
    them lists as published. ``packages`` are further published versions, each by its
    name in the new manifest or in the family. Each family's first dialect is compared.
    Raises :class:`UnknownNameError` for an unknown package or family of these,
    :class:`UnknownReleaseError` or :class:`VersionError` for a version, and
    :class:`ManifestLimitError` if it takes too much CPU time.
    """
    with manifest_budget(new.path, RELATIONS_SECONDS):
        return _generated_difference(engine_of(old), engine_of(new), packages)


def write_manifest(manifest: Manifest) -> str:
    """Return a manifest as TOML, without comments; the text is parsed again and compared."""
    from pkgguard.manifest import serialize  # noqa: PLC0415 - toml is loaded only to write

    return serialize.write_manifest(manifest)
