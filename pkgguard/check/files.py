"""Checking package files: reading each, judging all that could be read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pkgguard.budget import OverBudgetError, budget
from pkgguard.check.judge import Judgement, judge
from pkgguard.check.pairs import Pair
from pkgguard.errors import PackageError, over_budget
from pkgguard.families import family_of
from pkgguard.families.limits import FILE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pkgguard.check.finding import Severity
    from pkgguard.compatibility import Compatibility
    from pkgguard.families.interface import Package


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of files found: the judgement, and the files that could not be read."""

    judgement: Judgement
    packages: tuple[Package, ...]
    unread: tuple[PackageError, ...]

    @property
    def not_judged(self) -> tuple[Pair, ...]:
        """The given pairs that hold a relation that is not modelled."""
        return tuple(pair for pair in self.judgement.pairs if pair.installable is None)

    def worst(self) -> Severity | None:
        """Give the highest severity among the findings, or None."""
        severities = (finding.severity for finding in self.judgement.findings)
        return max(severities, key=lambda one: one.rank, default=None)


def read_package(path: str | os.PathLike[str]) -> Package:
    """Read the metadata of one .deb or .rpm; raise :class:`PackageError`.

    The family is told by the file's first bytes, not by its name. Nothing is
    executed and nothing is written. A file that needs more CPU time than
    :data:`~pkgguard.families.limits.FILE_SECONDS` is not read.
    """
    try:
        with budget(FILE_SECONDS):
            return family_of(Path(path)).read(Path(path))
    except OverBudgetError as error:
        raise over_budget(os.fspath(path), "to read", error) from None


@dataclass(frozen=True, slots=True)
class Files:
    """Package files that were read, and why others were not."""

    packages: tuple[Package, ...]
    unread: tuple[PackageError, ...]

    @property
    def names(self) -> frozenset[str]:
        """The names of the packages."""
        return frozenset(package.name for package in self.packages)


def read_files(paths: Iterable[str | os.PathLike[str]], progress: Callable[[], None] | None = None) -> Files:
    """Read package files; one that cannot be read does not stop the others.

    ``progress`` is called after each file.
    """
    packages: list[Package] = []
    unread: list[PackageError] = []
    for path in paths:
        try:
            packages.append(read_package(path))
        except PackageError as error:
            unread.append(error)
        if progress is not None:
            progress()
    return Files(tuple(packages), tuple(unread))


def check_files(
    files: Files,
    compatibility: Compatibility,
    *,
    newest_if_unknown: bool = False,
    settings: Mapping[str, str] | None = None,
) -> Checked:
    """Check packages that were read of files: each by itself, then all together.

    ``settings`` maps rules to the level they are set to, over the manifest's own.
    """
    judgement = judge(compatibility, files.packages, newest_if_unknown=newest_if_unknown, settings=settings)
    return Checked(judgement, files.packages, files.unread + judgement.given_up)
