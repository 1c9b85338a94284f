"""The class that answers for one manifest: it checks packages, generates relations and renders results."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

from pkgguard.check import files as package_files
from pkgguard.check.engine import CheckResult, judge
from pkgguard.check.files import FileCheckResult, Files, read_files
from pkgguard.check.levels import select as select_rules
from pkgguard.check.package_difference import (
    PackageDifference,
    difference_from_generated,
    package_difference,
)
from pkgguard.check.registry import rule
from pkgguard.compat.difference import ManifestDifference
from pkgguard.compat.engine import engine_of
from pkgguard.compat.identify import Identity, identify
from pkgguard.compat.matrix import ReleaseMatrix, release_matrix
from pkgguard.compat.verdicts import ReleaseVerdicts, release_verdicts
from pkgguard.diagnostics import Diagnostic, PackageRef
from pkgguard.errors import UnknownNameError
from pkgguard.evolution.advise import ReleaseAdvice
from pkgguard.evolution.advise import advise as advise_release
from pkgguard.evolution.audit import Audit
from pkgguard.evolution.audit import audit as audit_promise
from pkgguard.evolution.policies import policies
from pkgguard.evolution.policies import policy as version_policy
from pkgguard.evolution.simulate import Simulation
from pkgguard.evolution.simulate import simulate as simulate_history
from pkgguard.families.interface import Package
from pkgguard.families.lookup import family
from pkgguard.generate.explained_losses import explained_losses
from pkgguard.generate.relations import Generated, find_package, generate
from pkgguard.manifest.discover import Found
from pkgguard.manifest.limits import manifest_budget
from pkgguard.manifest.typed_table import nearest

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from pkgguard.compat.engine import Compatibility
    from pkgguard.manifest.acceptance import Acceptance
    from pkgguard.manifest.model import Manifest
    from pkgguard.report.answers import Answer

Result: TypeAlias = (
    CheckResult
    | FileCheckResult
    | Generated
    | ReleaseVerdicts
    | ReleaseMatrix
    | Simulation
    | Audit
    | ReleaseAdvice
    | ManifestDifference
    | PackageDifference
    | tuple[Diagnostic, ...]
)
"""The results that :meth:`Project.render` accepts."""


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
        profile: str = "",
        exceptions: Sequence[Acceptance] = (),
        progress: Callable[[], None] | None = None,
    ) -> FileCheckResult:
        """Check package files: each one separately, then all together.

        A file that cannot be read is listed in ``unread``; the others are checked.
        ``settings`` maps rules to ``off``, ``info``, ``warning`` or ``error`` and
        overrides the manifest's [rules]; so does ``profile``, the name of one of its
        profiles. ``exceptions`` are entries from :func:`read_exceptions`, besides those of
        the manifest. ``newest_if_unknown`` treats a version that
        belongs to no known release as the newest release. ``progress`` is called after
        each file. Raises :class:`UnknownNameError` for a rule or profile that does not exist, and
        :class:`ManifestLimitError` if the manifest takes too much CPU time.
        """
        files = read_files(paths, progress)
        return self.check_files(
            files,
            newest_if_unknown=newest_if_unknown,
            settings=settings,
            profile=profile,
            exceptions=exceptions,
        )

    def check_files(
        self,
        files: Files,
        *,
        newest_if_unknown: bool = False,
        settings: Mapping[str, str] | None = None,
        profile: str = "",
        exceptions: Sequence[Acceptance] = (),
    ) -> FileCheckResult:
        """Check the result of :func:`read_files`; see :meth:`check`."""
        return package_files.check_files(
            files,
            self._engine,
            newest_if_unknown=newest_if_unknown,
            settings=settings,
            profile=profile,
            exceptions=exceptions,
        )

    def check_packages(
        self,
        packages: Sequence[Package],
        *,
        newest_if_unknown: bool = False,
        settings: Mapping[str, str] | None = None,
        profile: str = "",
        exceptions: Sequence[Acceptance] = (),
    ) -> CheckResult:
        """Check packages from :func:`read_package`, :func:`describe_package` or :func:`make_package`."""
        return judge(
            self._engine,
            packages,
            newest_if_unknown=newest_if_unknown,
            settings=settings,
            profile=profile,
            exceptions=exceptions,
        )

    def relations(
        self,
        family_name: str,
        name: str,
        version: str,
        *,
        target: str = "",
        newest_if_unknown: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> Generated:
        """Return the relations that a package version must carry, each with its reasons.

        ``name`` is the package's name in the manifest or in the family, ``version``
        its full version in the family. ``target`` is a dialect of the family, one of
        its summary's ``targets``. ``settings`` maps losses to ``off``, ``info``,
        ``warning`` or ``error`` and overrides the manifest's [rules]. Raises
        :class:`UnknownNameError` for an unknown family, package, target or loss,
        :class:`VersionError` for an invalid version,
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
                for one in explained_losses(generated)
            )
            selection = select_rules(self.manifest, settings, ("loss",)).of_losses()
            return generated._replace(losses=selection.apply(losses))

    def package_difference(
        self, old: Package, new: Package, *, newest_if_unknown: bool = False
    ) -> PackageDifference:
        """Return which relations of two packages differ, and which listed releases of peers this affects.

        Each of these releases has what the manifest says of it. Raises
        :class:`PackageError` for a package with a malformed relation,
        :class:`UnknownNameError` for packages of different families,
        :class:`UnknownReleaseError` or :class:`VersionError` for a version that belongs
        to no known release, and :class:`ManifestLimitError` if the manifest takes too
        much CPU time.
        """
        return package_difference(self._engine, old, new, newest_if_unknown=newest_if_unknown)

    def difference_from_generated(
        self, package: Package, *, target: str = "", newest_if_unknown: bool = False
    ) -> PackageDifference:
        """Return which relations of a package differ from those of :meth:`relations`, and what this affects.

        Raises what :meth:`package_difference` raises, :class:`UnknownNameError` for a
        package or target that is not known, and :class:`WrongEpochError` for a version
        with a different epoch than the manifest specifies.
        """
        return difference_from_generated(
            self._engine, package, target=target, newest_if_unknown=newest_if_unknown
        )

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

    def matrix(self, *, protocols: Collection[str] = (), components: Collection[str] = ()) -> ReleaseMatrix:
        """Return which releases of the components work together, for all pairs that a protocol joins.

        ``protocols`` are the protocols that decide, by default all of them. With
        ``components``, only the grids that have each of them are returned. Raises
        :class:`UnknownNameError` for an unknown name.
        """
        for kind, asked, known in (
            ("protocol", protocols, tuple(self.manifest.protocols)),
            ("component", components, tuple(self.manifest.components)),
        ):
            for name in asked:
                if name not in known:
                    raise UnknownNameError(kind, name, known, nearest(name, known))
        engine = self._engine
        with manifest_budget(self.manifest.path):
            return release_matrix(engine, protocols=protocols, components=components)

    def simulate(self, names: Collection[str] = ()) -> Simulation:
        """Return the numbers that the releases would have had by some version policies, by default all.

        Raises :class:`UnknownNameError` for an unknown policy.
        """
        chosen = tuple(version_policy(name) for name in dict.fromkeys(names or policies()))
        with manifest_budget(self.manifest.path):
            return simulate_history(self.manifest, chosen)

    def audit(self, *, older: int | None = None, newer: int | None = None) -> Audit:
        """Return which pairs of listed releases break the promise that a window makes.

        A client may be up to ``older`` minors older than its server and ``newer`` minors
        newer, by default as many as the manifest's window says.
        """
        engine = self._engine
        with manifest_budget(self.manifest.path):
            return audit_promise(engine, older, newer)

    def release_advice(
        self, since: Mapping[str, str], until: Mapping[str, str] | None = None, *, policy: str = "protocol"
    ) -> ReleaseAdvice:
        """Return what to call the next release by a version policy: patch, minor or major.

        ``since`` maps components to their last releases, whose changes do not count, and
        ``until`` to the last releases whose changes do, by default the newest ones. The
        name ``""`` stands for all components that list the release. Raises
        :class:`UnknownNameError` for an unknown component or policy, and
        :class:`UnknownReleaseError` for an unlisted release or one before ``since``.
        """
        engine = self._engine
        with manifest_budget(self.manifest.path):
            return advise_release(engine, version_policy(policy), since, until or {})

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
        ``sarif``, ``junit``, ``github`` and ``gitlab``, that of :meth:`matrix` has
        ``csv`` and ``html``, that of :meth:`simulate` has ``svg``, a difference has
        ``markdown``, and the relations of a package version have the
        formats of their family (``control``, ``substvars``, ``spec``). Raises
        :class:`UnknownNameError` for an unknown format, and :class:`LongAnswerError` if
        the answer would be too long.
        """
        from pkgguard.report.formats import render  # noqa: PLC0415 - only needed to render

        return "".join(render(self._answer(result, form), form))

    def _answer(self, result: Result, form: str) -> Answer:
        from pkgguard.report import answers, formats  # noqa: PLC0415 - see above

        if isinstance(result, Generated):
            if form in formats.names(answers.ExplanationAnswer):
                return answers.ExplanationAnswer(result, self.found)
            return answers.RelationsAnswer(result, self.found)
        if isinstance(result, ReleaseMatrix):
            return answers.MatrixAnswer(result, self.found)
        if isinstance(result, Simulation):
            return answers.SimulationAnswer(result, self.found)
        if isinstance(result, Audit):
            return answers.AuditAnswer(result, self.found)
        if isinstance(result, ReleaseAdvice):
            return answers.AdviceAnswer(result, self.found)
        if isinstance(result, ReleaseVerdicts):
            return answers.VerdictAnswer(result, self.found)
        if isinstance(result, CheckResult):
            packages = tuple(Package(*ref) for ref in (*result.judged, *result.passed_over))
            result = FileCheckResult(result, packages, result.given_up)
        if isinstance(result, FileCheckResult):
            return answers.CheckAnswer(result, self.found)
        if isinstance(result, ManifestDifference):
            return answers.DifferenceAnswer(result, "the old manifest", "the new manifest")
        if isinstance(result, PackageDifference):
            return answers.PackageDifferenceAnswer(result, self.found)
        return answers.ManifestCheckAnswer(self.found.path, result, self.found)
