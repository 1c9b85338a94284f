"""The public API: everything that the commands do, typed, without printing.

A :class:`Project` works with one manifest. Arguments always have the same order:
family, name, version, as in a :class:`PackageRef`; optional arguments are
keyword-only. On bad input a function raises a subclass of :class:`PkgguardError`,
or :class:`OSError` if a named file cannot be opened.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

from pkgguard.check import files as package_files
from pkgguard.check.engine import CheckResult, judge
from pkgguard.check.files import FileCheckResult, Files, check_by_choice, read_files, read_package
from pkgguard.check.levels import Selection
from pkgguard.check.levels import renamed as renamed_rules
from pkgguard.check.levels import select as select_rules
from pkgguard.check.pairs import PairResult
from pkgguard.check.registry import every as rules
from pkgguard.check.registry import rule
from pkgguard.check.rule import Rule
from pkgguard.compat.difference import ManifestDifference, PairChange, ReleaseChange, ReleaseRange
from pkgguard.compat.difference import difference as _difference
from pkgguard.compat.engine import CompatibilityVerdict, engine_of
from pkgguard.compat.guard import Guard
from pkgguard.compat.identify import Identity, identify
from pkgguard.compat.reasons import Cause, Exclusion, Reason
from pkgguard.compat.verdicts import PairVerdict, ReleaseVerdicts, Side, release_verdicts
from pkgguard.diagnostics import Diagnostic, PackageRef, Severity, Statement, Witness
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
from pkgguard.families.expression import All_, Any_, Constraint, If, Operator, Unless, With, Without
from pkgguard.families.interface import (
    InstallabilityVerdict,
    Package,
    Problem,
    Relation,
)
from pkgguard.families.lookup import family
from pkgguard.families.registry import names as family_names
from pkgguard.generate.relations import ExplainedRelation, Generated, find_package, generate
from pkgguard.manifest.discover import Choice, Found, built_in, choose, find_manifest
from pkgguard.manifest.limits import manifest_budget
from pkgguard.manifest.model import (
    Archive,
    Broken,
    Change,
    Component,
    Horizon,
    Kind,
    Manifest,
    Mode,
    Need,
    PackageSpec,
    Past,
    Policy,
    Prereleases,
    Presence,
    Protocol,
    Shipping,
    Window,
)
from pkgguard.manifest.read import parse_manifest, read_manifest
from pkgguard.versions.release import Release, ReleaseCore, Scheme, SchemeSettings
from pkgguard.versions.sets import Boundary, VersionSet

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from pkgguard.compat.engine import Compatibility
    from pkgguard.report.answers import Answer

FAMILIES: Final = family_names()
"""The names of the package families."""

Result: TypeAlias = (
    CheckResult | FileCheckResult | Generated | ReleaseVerdicts | ManifestDifference | tuple[Diagnostic, ...]
)
"""The results that :meth:`Project.render` accepts."""

__all__ = [
    "FAMILIES",
    "All_",
    "AmbiguousManifestError",
    "Any_",
    "Archive",
    "Boundary",
    "Broken",
    "Cause",
    "Change",
    "CheckResult",
    "Choice",
    "CompatibilityVerdict",
    "Component",
    "Constraint",
    "Diagnostic",
    "Exclusion",
    "ExplainedRelation",
    "FileCheckResult",
    "Files",
    "Found",
    "Generated",
    "Guard",
    "Horizon",
    "Identity",
    "If",
    "InstallabilityVerdict",
    "Kind",
    "LongAnswerError",
    "Manifest",
    "ManifestDifference",
    "ManifestError",
    "ManifestLimitError",
    "MissingManifestError",
    "Mode",
    "Need",
    "Operator",
    "Package",
    "PackageError",
    "PackageRef",
    "PackageSpec",
    "PairChange",
    "PairResult",
    "PairVerdict",
    "Past",
    "PkgguardError",
    "Policy",
    "Prereleases",
    "Presence",
    "Problem",
    "Project",
    "Protocol",
    "ReaderMissingError",
    "Reason",
    "Relation",
    "RelationError",
    "Release",
    "ReleaseChange",
    "ReleaseCore",
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
    "SourceError",
    "Statement",
    "UnknownNameError",
    "UnknownReleaseError",
    "Unless",
    "VersionError",
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
    "make_package",
    "parse_manifest",
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


class Project:
    """Checks packages and generates relations from one manifest.

    Make it once: its results are cached for later calls. ``manifest`` is a manifest,
    or the result of :func:`find_manifest`.
    """

    def __init__(self, manifest: Manifest | Found) -> None:
        self.found: Final = (
            manifest if isinstance(manifest, Found) else Found(manifest, manifest.path, "given to the API")
        )

    @property
    def manifest(self) -> Manifest:
        """The manifest."""
        return self.found.manifest

    @cached_property
    def _engine(self) -> Compatibility:
        return engine_of(self.manifest)

    def check(
        self,
        paths: Iterable[str | os.PathLike[str]],
        *,
        newest_if_unknown: bool = False,
        settings: Mapping[str, str] | None = None,
        progress: Callable[[], None] | None = None,
    ) -> FileCheckResult:
        """Check package files: each one separately, then all together.

        A file that cannot be read is listed in ``unread``; the others are checked.
        ``settings`` maps rules to ``off``, ``info``, ``warning`` or ``error`` and
        overrides the manifest's [rules]. ``newest_if_unknown`` treats a version that
        belongs to no known release as the newest release. ``progress`` is called after
        each file. Raises :class:`UnknownNameError` for a rule that does not exist, and
        :class:`ManifestLimitError` if the manifest takes too much CPU time.
        """
        files = read_files(paths, progress)
        return self.check_files(files, newest_if_unknown=newest_if_unknown, settings=settings)

    def check_files(
        self,
        files: Files,
        *,
        newest_if_unknown: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> FileCheckResult:
        """Check the result of :func:`read_files`; see :meth:`check`."""
        return package_files.check_files(
            files, self._engine, newest_if_unknown=newest_if_unknown, settings=settings
        )

    def check_packages(
        self,
        packages: Sequence[Package],
        *,
        newest_if_unknown: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> CheckResult:
        """Check packages from :func:`read_package`, :func:`describe_package` or :func:`make_package`."""
        return judge(self._engine, packages, newest_if_unknown=newest_if_unknown, settings=settings)

    def relations(
        self,
        family_name: str,
        name: str,
        version: str,
        *,
        target: str = "",
        newest_if_unknown: bool = False,
    ) -> Generated:
        """Return the relations that a package version must carry, each with its reasons.

        ``name`` is the package's name in the manifest or in the family, ``version``
        its full version in the family. ``target`` is a dialect of the family, such as
        ``rpm-legacy``. The losses have the severities that the manifest's [rules] give
        them. Raises :class:`UnknownNameError` for an unknown family, package
        or target, :class:`VersionError` for an invalid version,
        :class:`UnknownReleaseError` for a version that belongs to no known release,
        :class:`WrongEpochError` for a version with a different epoch than the manifest
        specifies, and :class:`ManifestLimitError` if the manifest takes too much CPU time.
        """
        engine = self._engine
        with manifest_budget(self.manifest.path):
            generated = generate(
                engine,
                family(family_name),
                name,
                version,
                target=target,
                newest_if_unknown=newest_if_unknown,
            )
            losses = (
                one._replace(help=one.help or rule(one.id).help, references=rule(one.id).references)
                for one in generated.losses
            )
            selection = select_rules(self.manifest).of_losses()
            return generated._replace(losses=selection.apply(losses))

    def compatible(
        self, releases: Mapping[str, str] | None = None, *, packages: Iterable[PackageRef] = ()
    ) -> ReleaseVerdicts:
        """Return whether releases work together, for every two components that share a protocol.

        ``releases`` maps component names to releases. ``packages`` are package versions,
        each by its name in the manifest or in the family; what they carry is judged too.
        Raises :class:`UnknownNameError` for an unknown component, package or family,
        :class:`UnknownReleaseError` for an unlisted release, and :class:`VersionError`
        for an invalid version.
        """
        return release_verdicts(self._engine, releases or {}, tuple(map(self._identified, packages)))

    def _identified(self, ref: PackageRef) -> tuple[PackageRef, Identity]:
        """Return a package version by its name in the family, and what it carries."""
        one = family(ref.family)
        package = find_package(self.manifest, ref.family, ref.name)
        identity = identify(self.manifest, package, one, ref.version)
        return ref._replace(name=package.shipping[ref.family].name), identity

    def advise(self, *, settings: Mapping[str, str] | None = None) -> tuple[Diagnostic, ...]:
        """Return what in the manifest is valid but probably not what its author intended.

        ``settings`` maps rules to levels, as in :meth:`check`. Raises
        :class:`ManifestLimitError` if the manifest takes too much CPU time.
        """
        from pkgguard.check.manifest_lint import advise  # noqa: PLC0415 - only this method needs it

        engine = self._engine
        with manifest_budget(self.manifest.path):
            return advise(engine, settings)

    def render(self, result: Result, form: str) -> str:
        """Return a result of one of the other methods in the given format.

        ``text`` and ``json`` are what the commands print. The result of a check also has
        ``sarif``, ``junit``, ``github`` and ``gitlab``, and the relations of a package
        version have the formats of their family (``control``, ``substvars``,
        ``spec``). Raises :class:`UnknownNameError` for an unknown format, and
        :class:`LongAnswerError` if the answer would be too long.
        """
        from pkgguard.report.formats import render  # noqa: PLC0415 - only needed to render

        return "".join(render(self._answer(result, form), form))

    def _answer(self, result: Result, form: str) -> Answer:
        from pkgguard.report import answers, formats  # noqa: PLC0415 - see above

        if isinstance(result, Generated):
            if form in formats.names(answers.ExplanationAnswer):
                return answers.ExplanationAnswer(result, self.found)
            return answers.RelationsAnswer(result, self.found)
        if isinstance(result, ReleaseVerdicts):
            return answers.VerdictAnswer(result, self.found)
        if isinstance(result, CheckResult):
            packages = tuple(Package(*ref) for ref in (*result.judged, *result.passed_over))
            result = FileCheckResult(result, packages, result.given_up)
        if isinstance(result, FileCheckResult):
            return answers.CheckAnswer(result, self.found)
        if isinstance(result, ManifestDifference):
            return answers.DifferenceAnswer(result, "the old manifest", "the new manifest")
        return answers.ManifestCheckAnswer(self.found.path, result, self.found)


def write_manifest(manifest: Manifest) -> str:
    """Return a manifest as TOML, without comments; the text is parsed again and compared."""
    from pkgguard.manifest import serialize  # noqa: PLC0415 - toml is loaded only to write

    return serialize.write_manifest(manifest)
