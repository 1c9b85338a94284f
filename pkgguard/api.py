"""The public API: everything the commands do, typed, without printing anything.

Every function raises the errors of :mod:`pkgguard.errors` and nothing else on
bad input, but for :class:`OSError` where a named file cannot be opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.check import files as package_files
from pkgguard.check.engine import CheckResult, judge
from pkgguard.check.files import FileCheckResult, Files, check_by_choice, read_files, read_package
from pkgguard.check.finding import Finding, Severity, Witness
from pkgguard.check.levels import select as select_rules
from pkgguard.check.pairs import PairResult
from pkgguard.check.rule import Rule, rule, rules
from pkgguard.compat.engine import CompatibilityVerdict, Reason, engine_of
from pkgguard.errors import (
    AmbiguousManifestError,
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
from pkgguard.families.interface import InstallabilityVerdict, Loss, Package, Problem, Relation
from pkgguard.families.lookup import family
from pkgguard.families.registry import names as family_names
from pkgguard.generate.relations import ExplainedRelation, Generated, generate
from pkgguard.manifest.discover import Choice, Found, built_in, choose, find_manifest
from pkgguard.manifest.limits import manifest_budget
from pkgguard.manifest.model import Manifest
from pkgguard.manifest.read import parse_manifest, read_manifest
from pkgguard.manifest.typed_table import nearest
from pkgguard.versions.release import nearest_releases

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from pkgguard.check.manifest_lint import Advice

FAMILIES: Final = family_names()
"""The names of the package families."""

__all__ = [
    "FAMILIES",
    "AmbiguousManifestError",
    "CheckResult",
    "Choice",
    "CompatibilityVerdict",
    "ExplainedRelation",
    "FileCheckResult",
    "Files",
    "Finding",
    "Found",
    "Generated",
    "InstallabilityVerdict",
    "Loss",
    "Manifest",
    "ManifestError",
    "ManifestLimitError",
    "MissingManifestError",
    "Package",
    "PackageError",
    "PairResult",
    "PkgguardError",
    "Problem",
    "ReaderMissingError",
    "Reason",
    "Relation",
    "RelationError",
    "Rule",
    "Severity",
    "SourceError",
    "UnknownNameError",
    "UnknownReleaseError",
    "VersionError",
    "Witness",
    "WrongEpochError",
    "advise_on",
    "built_in",
    "check",
    "check_by_choice",
    "check_files",
    "check_packages",
    "choose",
    "coinstallable",
    "compatible",
    "describe_package",
    "find_manifest",
    "make_package",
    "parse_manifest",
    "read_files",
    "read_manifest",
    "read_package",
    "relations_for",
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
    ``{"Depends": "a (>= 1), b | c"}`` or ``{"Requires": ["a >= 1", "b"]}``. What
    the family's tools would not accept is among the package's ``malformed``;
    a bad name, version or architecture raises :class:`PackageError`, and
    :class:`VersionError`.
    """
    lines = {
        field: (value,) if isinstance(value, str) else tuple(value)
        for field, value in (relations or {}).items()
    }
    return family(family_name).compose(name, version, architecture, lines)


def coinstallable(packages: Sequence[Package], *, assumed: Collection[str] = ()) -> InstallabilityVerdict:
    """Return whether packages of one family can be installed together on an empty system, and why not.

    ``assumed`` are names taken to be installed and to satisfy whatever names
    them. Raises :class:`UnknownNameError` where the packages are of two families.
    """
    names = {package.family for package in packages}
    if len(names) != 1:
        raise UnknownNameError("single family", " and ".join(sorted(names)) or "none", FAMILIES)
    return family(names.pop()).coinstallable(packages, assumed=assumed)


def check(
    paths: Iterable[str | os.PathLike[str]],
    manifest: Manifest,
    *,
    newest_if_unknown: bool = False,
    settings: Mapping[str, str] | None = None,
    progress: Callable[[], None] | None = None,
) -> FileCheckResult:
    """Check package files against a manifest: each one separately, then all together.

    A file that cannot be read does not stop the others; it is among ``unread``.
    ``settings`` maps rules to ``off``, ``info``, ``warning`` or ``error``, over
    the manifest's own [rules]. ``progress`` is called after each file.
    """
    files = read_files(paths, progress)
    return check_files(files, manifest, newest_if_unknown=newest_if_unknown, settings=settings)


def check_files(
    files: Files,
    manifest: Manifest,
    *,
    newest_if_unknown: bool = False,
    settings: Mapping[str, str] | None = None,
) -> FileCheckResult:
    """Check what was read by :func:`read_files`; see :func:`check`."""
    return package_files.check_files(
        files, engine_of(manifest), newest_if_unknown=newest_if_unknown, settings=settings
    )


def check_packages(
    packages: Sequence[Package],
    manifest: Manifest,
    *,
    newest_if_unknown: bool = False,
    settings: Mapping[str, str] | None = None,
) -> CheckResult:
    """Check packages that were read, or described as text; see :func:`check`."""
    return judge(engine_of(manifest), packages, newest_if_unknown=newest_if_unknown, settings=settings)


def relations_for(
    manifest: Manifest,
    name: str,
    version: str,
    family_name: str,
    *,
    target: str = "",
    newest_if_unknown: bool = False,
) -> Generated:
    """Return the relations that a package version must carry, each with its reasons.

    ``target`` is a dialect of the family, such as ``rpm-legacy``. Raises
    :class:`ManifestLimitError` where it takes more CPU time than a manifest may.
    """
    engine = engine_of(manifest)
    with manifest_budget(manifest.path):
        return generate(
            engine,
            family(family_name),
            name,
            version,
            target=target,
            newest_if_unknown=newest_if_unknown,
        )


def compatible(
    manifest: Manifest, releases: Mapping[str, str]
) -> dict[tuple[str, str, str], CompatibilityVerdict]:
    """Return, for every pair of components that talk whether their releases work together.

    ``releases`` maps component names to releases. The result is keyed by
    (protocol, client component, server component). Raises
    :class:`UnknownNameError` for an unknown component and
    :class:`UnknownReleaseError` for an unlisted release.
    """
    found = {}
    for name, text in releases.items():
        if name not in manifest.components:
            known = tuple(manifest.components)
            raise UnknownNameError("component", name, known, nearest(name, known))
        component = manifest.components[name]
        if text not in component.by_text:
            near = nearest_releases(text, component.releases)
            raise UnknownReleaseError(name, text, name, near, "is not a release that the manifest lists")
        found[name] = component.by_text[text]
    engine = engine_of(manifest)
    return {
        (protocol.name, client, protocol.server): engine.verdict(
            protocol.name, client, found[client], found[protocol.server]
        )
        for protocol in manifest.protocols.values()
        for client in protocol.clients
        if client in found and protocol.server in found
    }


def advise_on(manifest: Manifest) -> tuple[Advice, ...]:
    """Return what a valid manifest says that its author may not have meant.

    Raises :class:`ManifestLimitError` where it takes more CPU time than a manifest may.
    """
    from pkgguard.check.manifest_lint import advise  # noqa: PLC0415 - only this needs it, and check starts without

    engine = engine_of(manifest)
    with manifest_budget(manifest.path):
        return advise(engine)


def write_manifest(manifest: Manifest) -> str:
    """Return a manifest as TOML, without comments; what was written is read back and compared."""
    from pkgguard.manifest import serialize  # noqa: PLC0415 - toml is loaded only to write

    return serialize.write_manifest(manifest)
