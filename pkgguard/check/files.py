"""Checking package files: reading them, and judging those that could be read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.budget import OverBudgetError, budget
from pkgguard.check.engine import CheckResult, judge, merged
from pkgguard.check.levels import unknown_profile
from pkgguard.compat.engine import engine_of
from pkgguard.diagnostics import Diagnostic, Severity, worst
from pkgguard.errors import (
    AmbiguousManifestError,
    CostlyPackageError,
    ManifestLimitError,
    NotJudgedError,
    PackageError,
    in_manifest,
    over_budget,
)
from pkgguard.families.limits import READ_SECONDS, RELATION_TEXT
from pkgguard.families.lookup import family_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pkgguard.check.package_fix import PackageFix
    from pkgguard.compat.engine import Compatibility
    from pkgguard.diagnostics import PackageRef
    from pkgguard.errors import ManifestError
    from pkgguard.families.interface import Package
    from pkgguard.manifest.acceptance import Acceptance
    from pkgguard.manifest.discover import Choice, Found


PAIR_NOT_JUDGED: Final = "pair-not-judged"
"""The id of what is reported of a pair that holds a relation that is not modelled."""


class FileCheckResult(NamedTuple):
    """The result of checking files: the result for the packages, and the files that could not be read.

    ``used`` are the manifests that were used, each with the packages that it knows.
    """

    judgement: CheckResult
    packages: tuple[Package, ...]
    unread: tuple[PackageError, ...]
    used: tuple[tuple[Found, frozenset[PackageRef]], ...] = ()

    @property
    def not_judged(self) -> tuple[Diagnostic, ...]:
        """The given pairs of which it is not known whether they can be installed together."""
        return tuple(
            Diagnostic(
                PAIR_NOT_JUDGED,
                Severity.ERROR,
                f"it is not known whether it can be installed with {pair.peer}: {'; '.join(pair.not_judged)}",
                package=pair.package,
                peer=pair.peer.name,
            )
            for pair in self.judgement.pairs
            if pair.installable is None
        )

    def with_fixes(self, written: Callable[[PackageFix], PackageFix]) -> FileCheckResult:
        """Return the result with each fix as the source of the package writes it."""
        fixes = tuple(map(written, self.judgement.fixes))
        return self._replace(judgement=self.judgement._replace(fixes=fixes))

    def worst(self) -> Severity | None:
        """Return the highest severity among the findings, or None."""
        return worst(self.judgement.findings)


def read_package(path: str | os.PathLike[str]) -> Package:
    """Read the metadata of one .deb or .rpm; raise :class:`PackageError`.

    The family is determined by the file's first bytes, not by its name. Nothing is
    executed and nothing is written. A file that takes more CPU time than
    :data:`~pkgguard.families.limits.READ_SECONDS` is not read.
    """
    try:
        with budget(READ_SECONDS):
            return family_of(Path(path)).read(Path(path))
    except OverBudgetError as error:
        raise over_budget(os.fspath(path), "reading", error) from None


class Files(NamedTuple):
    """The packages that were read, and the errors for files that could not be read."""

    packages: tuple[Package, ...]
    unread: tuple[PackageError, ...]

    @property
    def names(self) -> frozenset[str]:
        """The names of the packages."""
        return frozenset(package.name for package in self.packages)


def read_files(paths: Iterable[str | os.PathLike[str]], progress: Callable[[], None] | None = None) -> Files:
    """Read package files; a file that cannot be read does not stop the others.

    ``progress`` is called after each file.
    """
    packages: list[Package] = []
    unread: list[PackageError] = []
    held = 0
    for path in paths:
        try:
            package = read_package(path)
        except PackageError as error:
            unread.append(error.detached())
        else:
            size = sum(len(relation.text) for relation in package.relations)
            size += sum(len(text) + len(reason) for _, text, reason in package.malformed)
            if held + size <= RELATION_TEXT:
                held += size
                packages.append(package)
            else:
                unread.append(_too_many(package))
        if progress is not None:
            progress()
    return Files(tuple(packages), tuple(unread))


def _refused(path: str, error: ManifestError | OSError) -> PackageError:
    """Return the error for an installed manifest that cannot be used."""
    help = f"fix or remove it; pkgguard manifest check {path} shows its mistakes"
    if isinstance(error, OSError):
        reason = f"the installed manifest cannot be read: {error.strerror or error}"
    elif isinstance(error, ManifestLimitError):
        reason = f"the installed manifest {error.reason}"
    else:
        first, *rest = error.mistakes
        more = f" (and {len(rest)} more mistakes)" if rest else ""
        reason = f"the installed manifest is refused: {in_manifest(first, error.path)}{more}"
    return NotJudgedError(path, "", reason, help)


def _too_many(package: Package) -> PackageError:
    reason = f"the relations of all given packages have more than {RELATION_TEXT} bytes"
    return CostlyPackageError(package.path, "", reason, "check fewer packages at once, but peers together")


def check_files(
    files: Files,
    compatibility: Compatibility,
    *,
    newest_if_unknown: bool = False,
    settings: Mapping[str, str] | None = None,
    profile: str = "",
    exceptions: Sequence[Acceptance] = (),
) -> FileCheckResult:
    """Check packages that were read from files: each one separately, then all together.

    ``settings`` maps rules to levels and overrides the manifest's; ``profile`` and
    ``exceptions`` are those of :func:`~pkgguard.check.engine.judge`.
    """
    judgement = judge(
        compatibility,
        files.packages,
        newest_if_unknown=newest_if_unknown,
        settings=settings,
        profile=profile,
        exceptions=exceptions,
    )
    return FileCheckResult(judgement, files.packages, files.unread + judgement.given_up)


def check_by_choice(
    files: Files,
    choice: Choice,
    *,
    newest_if_unknown: bool = False,
    settings: Mapping[str, str] | None = None,
    profile: str = "",
    exceptions: Sequence[Acceptance] = (),
    progress: Callable[[], None] | None = None,
) -> FileCheckResult:
    """Check packages that were read from files, each with the manifest that knows it.

    Packages of different manifests are never pairs, and the [rules] of each manifest
    apply to its own packages. A package that several manifests know is not judged; it
    is listed in ``unread``. So is an installed manifest that is not valid, because it
    may know any of the packages. ``progress`` is called for each package that is judged.

    ``profile`` applies to the manifests that have such a profile. Raises
    :class:`UnknownNameError` if none of those used has it.
    """
    groups: dict[str, tuple[Found, list[Package]]] = {}
    unknown: list[PackageRef] = []
    unread = [_refused(path, error) for path, error in choice.refused]
    for package in files.packages:
        try:
            found = choice.of(package.family, package.name)
        except AmbiguousManifestError as error:
            reason = f"several manifests list {package.name}, so it was not judged: {', '.join(error.paths)}"
            help = "name one manifest with --manifest or PKGGUARD_MANIFEST"
            unread.append(NotJudgedError(package.path or str(package.ref), "", reason, help))
            continue
        if found is None:
            unknown.append(package.ref)
        else:
            groups.setdefault(found.path, (found, []))[1].append(package)
    judgements = []
    used = []
    manifests = [found.manifest for found, _ in groups.values()] or [choice.default.manifest]
    if profile and not any(profile in one.profiles for one in manifests):
        raise unknown_profile(profile, manifests)
    for found, packages in groups.values():
        judged = judge(
            engine_of(found.manifest),
            packages,
            newest_if_unknown=newest_if_unknown,
            settings=settings,
            profile=profile if profile in found.manifest.profiles else "",
            exceptions=exceptions,
            progress=progress,
        )
        judgements.append(judged)
        used.append((found, frozenset(package.ref for package in packages)))
    if not groups:
        # Mistakes in the settings and in [rules] are reported even if there are no packages.
        judgements.append(judge(engine_of(choice.default.manifest), (), settings=settings))
    whole = merged(judgements, unknown)
    return FileCheckResult(whole, files.packages, (*files.unread, *unread, *whole.given_up), tuple(used))
