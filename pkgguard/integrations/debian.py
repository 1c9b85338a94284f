"""The relations of a Debian source package's binary packages, and the substvars that carry them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pkgguard import api
from pkgguard.compat.identify import identify
from pkgguard.errors import SourceError
from pkgguard.families.lookup import family
from pkgguard.integrations import substvar_uses
from pkgguard.integrations.control_lines import field_lines
from pkgguard.integrations.source import read_text
from pkgguard.integrations.substvar_uses import FIELDS, USE
from pkgguard.manifest.discover import passed_over
from pkgguard.regular_files import replace_content
from pkgguard.report.render import fill_relations

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from pkgguard.diagnostics import Diagnostic
    from pkgguard.families.interface import Package
    from pkgguard.generate.relations import Generated
    from pkgguard.integrations.source import BinaryPackage, SourcePackage
    from pkgguard.manifest.discover import Choice, Found

GROUPS: Final = ("build", "loss")
"""The groups of rules that can be set in the build of a source package."""
_FAMILY: Final = "deb"
_OURS: Final = re.compile(rb"(?:# )?pkgguard:")


@dataclass(frozen=True, slots=True)
class GuardedPackage:
    """A binary package of a source, and the relations that guard it.

    ``found`` is the manifest that knows it; both ``found`` and ``generated`` are
    None for a package that no manifest knows.
    """

    binary: BinaryPackage
    found: Found | None
    generated: Generated | None

    def text(self, field: str) -> str:
        """Return the relations of one field in the syntax of debian/control, or an empty text."""
        if self.generated is None:
            return ""
        relations = (one.relation for one in self.generated.relations)
        return ", ".join(relation.text for relation in relations if relation.field == field)


def choose_for_source(source: SourcePackage, named: Path | None) -> Choice:
    """Find the manifests for the build of a source package.

    The first of these is used for every package: the named manifest, the one in
    ``PKGGUARD_MANIFEST``, ``debian/pkgguard.toml``. Otherwise each binary package uses
    the installed or built-in manifest that knows it. Raises the errors of
    :func:`pkgguard.api.choose`, and the error of an invalid installed manifest.
    """
    choice = api.choose(named, environ=os.environ, folder=source.folder, local=("debian/pkgguard.toml",))
    for _, error in choice.refused:
        raise error
    for found in used_for_source(source, choice) or (choice.default,):
        api.select_rules(found.manifest)
    return choice


def used_for_source(source: SourcePackage, choice: Choice) -> tuple[Found, ...]:
    """Return the manifests that know a binary package of a source, without duplicates."""
    known = (choice.of(_FAMILY, name) for name in sorted(source.names))
    return tuple({found.path: found for found in known if found is not None}.values())


def guard_source(
    source: SourcePackage,
    choice: Choice,
    packages: Collection[str] = (),
    *,
    newest_if_unknown: bool = False,
    levels: Mapping[str, str] | None = None,
) -> tuple[GuardedPackage, ...]:
    """Return the relations of a source's binary packages, in the order of debian/control.

    ``packages`` selects some of them (default: all). ``levels`` maps the ids of losses
    to levels, which go before the [rules] of the manifest. Raises :class:`SourceError` if the
    source has no package of that name, if no manifest knows any of its packages, if an
    unknown package uses a substvar of pkgguard, or if a version belongs to no known
    release.
    """
    unknown = [name for name in packages if name not in source.names]
    if unknown:
        raise SourceError(str(source.control), "", f"it has no package {unknown[0]!r}", "name one it has")
    require_known(source, choice)
    losses = {name: level for name, level in (levels or {}).items() if api.rule(name).group == "loss"}
    return tuple(
        _guarded(source, choice, binary, newest_if_unknown, losses)
        for binary in source.binaries
        if not packages or binary.name in packages
    )


def has_known(source: SourcePackage, choice: Choice) -> bool:
    """Return whether a package that a manifest knows was built, according to debian/files."""
    listing = source.folder / "debian/files"
    text = read_text(listing, "") if listing.is_file() else ""
    built = {line.partition("_")[0] for line in text.split("\n")}
    return any(choice.of(_FAMILY, name) for name in sorted(source.names & built))


def require_known(source: SourcePackage, choice: Choice) -> None:
    """Raise :class:`SourceError` if no manifest knows a package of a source."""
    if used_for_source(source, choice):
        return
    for name in sorted(source.names):
        _refuse_other_name(source, choice, name)
    found = choice.default
    packages = found.manifest.packages.values()
    known = ", ".join(package.shipping["deb"].name for package in packages if "deb" in package.shipping)
    reason = f"the manifest {found.path} ({found.origin}) knows none of its packages (it knows {known})"
    help = "write one with 'pkgguard init', or name another with --manifest or PKGGUARD_MANIFEST"
    if ignored := ignored_manifest(source, choice):
        help = ignored
    raise SourceError(str(source.control), "", reason, help)


def ignored_manifest(source: SourcePackage, choice: Choice) -> str:
    """Return what to do about a manifest beside debian/, which a build does not read, or an empty text."""
    beside = str(source.folder / "pkgguard.toml")
    if choice.chosen is not None or beside not in passed_over("", source.folder):
        return ""
    return f"{beside} is not used, since a build reads debian/pkgguard.toml: move it there, or name it"


def _refuse_other_name(source: SourcePackage, choice: Choice, name: str) -> None:
    """Raise :class:`SourceError` if the manifest gives the package another name in deb."""
    for found in choice.among:
        entry = found.manifest.packages.get(name)
        if entry is None or found.manifest.package_named(_FAMILY, name) is not None:
            continue
        called = f"is called {entry.shipping['deb'].name}" if "deb" in entry.shipping else "is not shipped"
        reason = f"according to the manifest {found.path}, it {called} in deb"
        raise SourceError(str(source.control), name, reason, f"fix deb in [package.{name}]")


def _guarded(
    source: SourcePackage,
    choice: Choice,
    binary: BinaryPackage,
    newest_if_unknown: bool,
    losses: Mapping[str, str],
) -> GuardedPackage:
    found = choice.of(_FAMILY, binary.name)
    if found is None:
        _refuse_other_name(source, choice, binary.name)
        uses = sorted({use for value in binary.fields.values() for use in USE.findall(value)})
        if uses:
            used = used_for_source(source, choice) or (choice.default,)
            names = " and ".join(one.path for one in used)
            do = "do" if len(used) > 1 else "does"
            reason = f"it uses ${{pkgguard:{uses[0]}}}, but the manifest {names} {do} not know it"
            help = f"add [package.{binary.name}] to the manifest, or remove the substvar"
            raise SourceError(str(source.control), binary.name, reason, help)
        return GuardedPackage(binary, None, None)
    return GuardedPackage(binary, found, _generated(source, found, binary, newest_if_unknown, losses))


def _generated(
    source: SourcePackage,
    found: Found,
    binary: BinaryPackage,
    newest_if_unknown: bool,
    losses: Mapping[str, str],
) -> Generated:
    version = source.version(binary.name)
    try:
        return api.Project(found.manifest).relations(
            "deb", binary.name, version, newest_if_unknown=newest_if_unknown, settings=losses
        )
    except api.UnknownReleaseError as error:
        add = f"list the release in the manifest {found.path} (pkgguard manifest release)"
        help = f"{add}, or allow it with --newest-if-unknown of dh_pkgguard"
        raise SourceError(str(source.changelog(binary.name)), "", str(error), help) from error


def write_substvars(source: SourcePackage, guarded: GuardedPackage) -> Path:
    """Write a binary package's relations into its substvars file, and return the file's path.

    Earlier lines of pkgguard are replaced, every other line is kept. All of
    :data:`FIELDS` are defined; an empty one with ``?=``, so that there is no
    warning if it is not used (deb-substvars(5), dpkg 1.21.8).
    """
    path = source.folder / f"debian/{guarded.binary.name}.substvars"
    before = path.read_bytes() if path.exists() else b""
    others = [line for line in before.splitlines(keepends=True) if not _OURS.match(line)]
    if others and not others[-1].endswith(b"\n"):
        others[-1] += b"\n"
    after = b"".join(others) + "".join(f"{line}\n" for line in _substvars(guarded)).encode()
    if after != before:
        replace_content(path, after)
    return path


def _substvars(guarded: GuardedPackage) -> Iterator[str]:
    if guarded.generated is None or guarded.found is None:
        yield from (f"pkgguard:{field}?=" for field in FIELDS)
        return
    for line in fill_relations("substvars", guarded.generated, guarded.found, FIELDS, verbose=True).split(
        "\n"
    )[:-1]:
        yield f"{line[:-1]}?=" if line.startswith("pkgguard:") and line.endswith("=") else line


def misuses(
    source: SourcePackage, guarded: Iterable[GuardedPackage], levels: Mapping[str, str]
) -> Iterator[tuple[Diagnostic, ...]]:
    """Yield, for each package, what is wrong with the use of its substvars in debian/control.

    ``levels`` maps ids to levels, which go before the [rules] of the manifest.
    """
    lines = field_lines(source)
    for one in guarded:
        relations = {field: one.text(field) for field in FIELDS}
        found = substvar_uses.misuses(source, one.binary, relations, lines.get(one.binary.name, {}))
        if one.found is None:
            yield ()
        else:
            selection = api.select_rules(one.found.manifest, levels, GROUPS).of_losses()
            yield selection.apply(found)


def check_versions(
    source: SourcePackage, choice: Choice, packages: Iterable[Package], *, newest_if_unknown: bool = False
) -> None:
    """Check that each built package carries the releases that its substvars were made for.

    They differ if dpkg-gencontrol got another version (-v) than pkgguard. Raises
    :class:`SourceError` for the first such package. The check itself reports a package
    of no known release.
    """
    deb = family(_FAMILY)
    for built in packages:
        found = choice.of(_FAMILY, built.name)
        entry = found.manifest.package_named(_FAMILY, built.name) if found is not None else None
        if found is None or entry is None:
            continue
        expected = source.version(built.name)
        try:
            one, other = (
                identify(found.manifest, entry, deb, version, newest_if_unknown=newest_if_unknown).releases
                for version in (built.version, expected)
            )
        except (api.UnknownReleaseError, api.VersionError):
            continue
        if one != other:
            reason = f"it was built as {built.version}, but its relations are those of {expected}"
            help = f"give dh_pkgguard and dh_pkgguard_check --package-version={built.version}"
            raise SourceError(built.path, "", reason, help)


def built_files(source: SourcePackage, folder: Path, packages: Collection[str] = ()) -> list[Path]:
    """Return the .deb files of a build, as debian/files lists them (dpkg-distaddfile(1)).

    ``folder`` is where they are, ``packages`` selects some of them (default: all of
    debian/control, which has no debug packages). A package has one file for each
    architecture that it was built for. Raises :class:`SourceError` if no file is
    listed, or if one is missing or older than its build tree.
    """
    listing = source.folder / "debian/files"
    text = read_text(listing, "check after dpkg-gencontrol and dpkg-deb have run")
    listed: dict[str, list[str]] = {}
    for words in (line.split() for line in text.split("\n")):
        if words and words[0].endswith(".deb"):
            listed.setdefault(words[0].partition("_")[0], []).append(words[0])
    wanted = packages or sorted(source.names & set(listed))
    if not wanted:
        reason = "it lists no .deb of a package in debian/control"
        raise SourceError(str(listing), "", reason, "build the packages before checking them")
    files = []
    for name in wanted:
        if name not in listed:
            raise SourceError(str(listing), name, "no .deb of it is listed", "build it before checking it")
        for file in listed[name]:
            path = folder / file
            if not path.is_file():
                help = "name the folder of the built packages with --destination"
                raise SourceError(str(path), "", "it is listed in debian/files but does not exist", help)
            _require_fresh(path, source.folder / f"debian/{name}/DEBIAN/control")
            files.append(path)
    return files


def _require_fresh(path: Path, control: Path) -> None:
    # If a package was built for several architectures, the tree is that of the last one.
    if control.is_file() and path.stat().st_mtime < control.stat().st_mtime:
        if f"\nArchitecture: {path.stem.rpartition('_')[2]}\n" not in control.read_text("utf-8", "replace"):
            return
        help = "name the folder of the package that was just built with --destination"
        raise SourceError(str(path), "", f"it is older than {control}, from which it is built", help)
