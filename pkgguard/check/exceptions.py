"""Applying exceptions: which findings are accepted, and which exceptions are unused or have ended."""

from __future__ import annotations

import os
from collections import defaultdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

from pkgguard.budget import spend
from pkgguard.check.acceptable import ENDED, UNUSED
from pkgguard.check.accepted import AcceptedFinding
from pkgguard.check.registry import aliases, rule
from pkgguard.diagnostics import Diagnostic
from pkgguard.errors import VersionError
from pkgguard.families.lookup import family as family_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.check.levels import Selection
    from pkgguard.diagnostics import PackageRef
    from pkgguard.families.interface import Versions
    from pkgguard.manifest.acceptance import Acceptance
    from pkgguard.manifest.model import Manifest
    from pkgguard.versions.sets import Key


class Applied(NamedTuple):
    """The findings that stay, those that are accepted, and findings about the exceptions themselves."""

    findings: tuple[Diagnostic, ...]
    accepted: tuple[AcceptedFinding, ...]
    about_exceptions: tuple[Diagnostic, ...]


def today() -> date:
    """Return the day, or that of SOURCE_DATE_EPOCH, so that a source builds alike on every day."""
    set_by_build = os.environ.get("SOURCE_DATE_EPOCH", "")
    if set_by_build.isascii() and set_by_build.isdigit() and len(set_by_build) < 12:
        return datetime.fromtimestamp(int(set_by_build), UTC).date()
    return datetime.now(UTC).date()


def apply_exceptions(
    manifest: Manifest,
    entries: Sequence[Acceptance],
    findings: Sequence[Diagnostic],
    packages: Sequence[tuple[PackageRef, str]],
    selection: Selection,
) -> Applied:
    """Divide findings into those that exceptions accept and the others.

    ``packages`` are the judged packages, each with the path of its file. An exception
    is about a package by its name in the manifest or in the family. One that has ended
    accepts nothing, and is reported if a package that it is about is given.
    """
    old = aliases()
    current = [old[one.rule].id if one.rule in old else one.rule for one in entries]
    ended = [one.expires is not None and one.expires <= today() for one in entries]
    by_rule: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for number, one in enumerate(entries):
        if not ended[number]:
            by_rule[current[number], one.package].append(number)
    names = _Names(manifest)
    kept: list[Diagnostic] = []
    accepted: list[AcceptedFinding] = []
    used: set[int] = set()
    for finding in findings:
        spend()
        first = _first(finding, by_rule, entries, names) if finding.package is not None else None
        if first is None:
            kept.append(finding)
        else:
            used.add(first)
            accepted.append(AcceptedFinding(finding, entries[first].because, str(entries[first].position)))
    about = [
        one
        for number, entry in enumerate(entries)
        if number not in used
        for one in _about(entry, current[number], packages, names, selection, ended=ended[number])
    ]
    return Applied(tuple(kept), tuple(accepted), tuple(about))


class _Names:
    """The names of packages in a manifest and in their families."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest

    def of(self, family: str, name: str) -> tuple[str, ...]:
        """Return a name in a family, and the package's name in the manifest."""
        entry = self._manifest.package_named(family, name)
        return (name,) if entry is None or entry.name == name else (name, entry.name)


def _first(
    finding: Diagnostic,
    by_rule: dict[tuple[str, str], list[int]],
    entries: Sequence[Acceptance],
    names: _Names,
) -> int | None:
    """Return the number of the first exception that accepts a finding."""
    package = finding.package
    assert package is not None  # noqa: S101 - the caller looks
    peers = names.of(package.family, finding.peer)
    for name in names.of(package.family, package.name):
        for number in by_rule.get((finding.id, name), ()):
            entry = entries[number]
            if entry.peer in ("", *peers) and _place(entry, package) == 0:
                return number
    return None


def _place(entry: Acceptance, package: PackageRef) -> int:
    """Return -1 for a version before those of an exception, 0 for one of them, and 1 for one after them.

    A bound that is not a version in the family of the package excludes every version of it.
    """
    versions = family_named(package.family)
    try:
        if entry.since and _key(versions, package.version, entry.since) < versions.key(entry.since):
            return -1
        if entry.until and _key(versions, package.version, entry.until) >= versions.key(entry.until):
            return 1
    except VersionError:
        return -1
    return 0


def _key(versions: Versions, version: str, bound: str) -> Key:
    """Return the key of a version; it has its epoch only if the bound has one."""
    _, upstream, revision = versions.split(version)
    if versions.split(bound)[0]:
        return versions.key(version)
    return versions.key(versions.join("", upstream, revision))


def _about(
    entry: Acceptance,
    current: str,
    packages: Sequence[tuple[PackageRef, str]],
    names: _Names,
    selection: Selection,
    *,
    ended: bool,
) -> Iterator[Diagnostic]:
    """Yield the finding about an exception that accepted nothing, if a package that it is about is given."""
    meant = [(ref, path) for ref, path in packages if entry.package in names.of(ref.family, ref.name)]
    if not meant:
        return
    places = [_place(entry, ref) for ref, _ in meant]
    if ended:
        yield _finding(ENDED, entry, meant[0], f"ended on {entry.expires}")
    elif 0 in places:
        kind = rule(current)
        if selection.severity(current, kind.severity) is None:
            return
        given = {name for ref, _ in packages for name in names.of(ref.family, ref.name)}
        alone = (kind.check_subject, kind.check_package, kind.check_unidentified)
        together = all(check is None for check in alone)
        if together and (len(packages) < 2 or (entry.peer and entry.peer not in given)):
            return
        yield _finding(UNUSED, entry, meant[places.index(0)], f"accepts no finding of {current}")
    elif 1 in places and -1 not in places:
        yield _finding(ENDED, entry, meant[places.index(1)], f"ends at version {entry.until}")


def _finding(kind: str, entry: Acceptance, package: tuple[PackageRef, str], what: str) -> Diagnostic:
    about = rule(kind)
    message = f"the exception at {entry.position} {what}"
    return Diagnostic(
        kind, about.severity, message, about.help, about.references, package[1],
        package=package[0],
    )  # fmt: skip
