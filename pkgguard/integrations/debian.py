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
from pkgguard.integrations.source import read_text
from pkgguard.report.render import fill_relations

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from pkgguard.families.interface import Package
    from pkgguard.generate.relations import Generated
    from pkgguard.integrations.source import BinaryPackage, SourcePackage
    from pkgguard.manifest.discover import Choice, Found

_FAMILY: Final = "deb"
FIELDS: Final = family(_FAMILY).relation_fields
"""The relation fields that are guarded; each has a substvar ``pkgguard:FIELD``."""

_OURS: Final = re.compile(rb"(?:# )?pkgguard:")
_USE: Final = re.compile(r"\$\{pkgguard:([^}]*)\}")


@dataclass(frozen=True, slots=True)
class GuardedPackage:
    """A binary package of a source, and the relations that guard it.

    ``found`` is the manifest that knows it; it and ``generated`` are None for a
    package that no manifest knows.
    """

    binary: BinaryPackage
    found: Found | None
    generated: Generated | None

    def text(self, field: str) -> str:
        """Return the relations of one field as debian/control writes them, or nothing."""
        if self.generated is None:
            return ""
        relations = (one.relation for one in self.generated.relations)
        return ", ".join(relation.text for relation in relations if relation.field == field)


def choose_for_source(source: SourcePackage, named: Path | None) -> Choice:
    """Find the manifests for a source package's build.

    The first of: the one named, the one in the variable ``PKGGUARD_MANIFEST``,
    ``debian/pkgguard.toml``; else for each binary package the one that knows it,
    of those that are installed and the one that is built in. Raises what
    :func:`pkgguard.api.choose` does, and the error of an installed manifest that
    is refused.
    """
    choice = api.choose(named, environ=os.environ, folder=source.folder, local=("debian/pkgguard.toml",))
    for _, error in choice.refused:
        raise error
    for found in used_for_source(source, choice) or (choice.default,):
        api.select_rules(found.manifest)
    return choice


def used_for_source(source: SourcePackage, choice: Choice) -> tuple[Found, ...]:
    """Return the manifests that know a binary package of a source, each once."""
    known = (choice.of(_FAMILY, name) for name in sorted(source.names))
    return tuple({found.path: found for found in known if found is not None}.values())


def guard_source(
    source: SourcePackage,
    choice: Choice,
    packages: Collection[str] = (),
    *,
    newest_if_unknown: bool = False,
) -> tuple[GuardedPackage, ...]:
    """Return the relations of a source's binary packages, in the order of debian/control.

    ``packages`` are those asked for (default: all). Raises :class:`SourceError`
    where the source has no package of such a name, where no manifest knows one
    of its packages, where one that it does not know uses a substvar of
    pkgguard's, and where a version is of no known release.
    """
    unknown = [name for name in packages if name not in source.names]
    if unknown:
        raise SourceError(str(source.control), "", f"it has no package {unknown[0]!r}", "name one it has")
    see_known(source, choice)
    return tuple(
        _guarded(source, choice, binary, newest_if_unknown)
        for binary in source.binaries
        if not packages or binary.name in packages
    )


def has_known(source: SourcePackage, choice: Choice) -> bool:
    """Return whether a package that a manifest knows was built, by debian/files."""
    listing = source.folder / "debian/files"
    text = read_text(listing, "") if listing.is_file() else ""
    built = {line.partition("_")[0] for line in text.split("\n")}
    return any(choice.of(_FAMILY, name) for name in sorted(source.names & built))


def see_known(source: SourcePackage, choice: Choice) -> None:
    """Raise :class:`SourceError` where a manifest knows no package of a source."""
    if used_for_source(source, choice):
        return
    for name in sorted(source.names):
        _see_called(source, choice, name)
    found = choice.default
    packages = found.manifest.packages.values()
    known = ", ".join(one.shipping["deb"].name for one in packages if "deb" in one.shipping)
    reason = f"the manifest {found.path} ({found.origin}) knows none of its packages (it knows {known})"
    write = "write one with 'pkgguard init debian/pkgguard.toml'"
    help = f"{write}, or name another with --manifest or PKGGUARD_MANIFEST"
    raise SourceError(str(source.control), "", reason, help)


def _see_called(source: SourcePackage, choice: Choice, name: str) -> None:
    """Raise :class:`SourceError` for a package that the manifest calls by another name in deb."""
    for found in (choice.chosen,) if choice.chosen is not None else choice.among:
        entry = found.manifest.packages.get(name)
        if entry is None or found.manifest.package_named(_FAMILY, name) is not None:
            continue
        called = f"is called {entry.shipping['deb'].name}" if "deb" in entry.shipping else "is not shipped"
        reason = f"the manifest {found.path} says that it {called} in deb"
        raise SourceError(str(source.control), name, reason, f"mend deb in [package.{name}]")


def _guarded(
    source: SourcePackage, choice: Choice, binary: BinaryPackage, newest_if_unknown: bool
) -> GuardedPackage:
    found = choice.of(_FAMILY, binary.name)
    if found is None:
        _see_called(source, choice, binary.name)
        uses = sorted({use for value in binary.fields.values() for use in _USE.findall(value)})
        if uses:
            used = used_for_source(source, choice) or (choice.default,)
            names = " and ".join(one.path for one in used)
            do = "do" if len(used) > 1 else "does"
            reason = f"it uses ${{pkgguard:{uses[0]}}}, and the manifest {names} {do} not know it"
            help = f"add [package.{binary.name}] to the manifest, or take the substvar out"
            raise SourceError(str(source.control), binary.name, reason, help)
        return GuardedPackage(binary, None, None)
    return GuardedPackage(binary, found, _generated(source, found, binary, newest_if_unknown))


def _generated(
    source: SourcePackage, found: Found, binary: BinaryPackage, newest_if_unknown: bool
) -> Generated:
    version = source.version(binary.name)
    try:
        return api.Project(found.manifest).relations(
            "deb", binary.name, version, newest_if_unknown=newest_if_unknown
        )
    except api.UnknownReleaseError as error:
        add = f"list the release in the manifest {found.path}"
        help = f"{add}, or allow it with --newest-if-unknown of dh_pkgguard"
        raise SourceError(str(source.changelog(binary.name)), "", str(error), help) from error


def write_substvars(source: SourcePackage, guarded: GuardedPackage) -> Path:
    """Put a binary package's relations into its substvars file, and give the file's path.

    What pkgguard wrote there earlier is replaced, every other line stays as it
    is. All of :data:`FIELDS` are defined; an empty one by ``?=``, which may go
    unused without a warning (deb-substvars(5), dpkg 1.21.8).
    """
    path = source.folder / f"debian/{guarded.binary.name}.substvars"
    before = path.read_bytes() if path.exists() else b""
    others = [line for line in before.splitlines(keepends=True) if not _OURS.match(line)]
    if others and not others[-1].endswith(b"\n"):
        others[-1] += b"\n"
    after = b"".join(others) + "".join(f"{line}\n" for line in _substvars(guarded)).encode()
    if after != before:
        target = path.resolve()
        beside = target.with_name(f"{target.name}.pkgguard-new")
        beside.write_bytes(after)
        beside.replace(target)
    return path


def _substvars(guarded: GuardedPackage) -> Iterator[str]:
    if guarded.generated is None or guarded.found is None:
        yield from (f"pkgguard:{field}?=" for field in FIELDS)
        return
    for line in fill_relations("substvars", guarded.generated, guarded.found, FIELDS).split("\n")[:-1]:
        yield f"{line[:-1]}?=" if line.startswith("pkgguard:") and line.endswith("=") else line


def misuses(source: SourcePackage, guarded: GuardedPackage) -> Iterator[str]:
    """Return what debian/control does with a package's substvars that loses or misplaces relations."""
    for field in FIELDS:
        text = guarded.text(field)
        used = _USE.findall(guarded.binary.fields.get(field, ""))
        if text and field not in used and not source.merges_substvars:
            yield f"{field} does not use ${{pkgguard:{field}}}, so this is lost: {text}"
    for name, value in guarded.binary.fields.items():
        for use in _USE.findall(value):
            if use not in FIELDS:
                yield f"{name} uses ${{pkgguard:{use}}}, which does not exist; there are {', '.join(FIELDS)}"
            elif use.lower() != name.lower():
                yield f"{name} uses ${{pkgguard:{use}}}, which is for {use}"


def check_versions(
    source: SourcePackage, choice: Choice, packages: Iterable[Package], *, newest_if_unknown: bool = False
) -> None:
    """Check that each built package carries the releases that its substvars were made for.

    They are not where dpkg-gencontrol was told another version (-v) than
    pkgguard. Raises :class:`SourceError` for the first such package. One of no
    known release is for the check itself to find.
    """
    deb = family(_FAMILY)
    for built in packages:
        found = choice.of(_FAMILY, built.name)
        entry = found.manifest.package_named(_FAMILY, built.name) if found is not None else None
        if found is None or entry is None:
            continue
        told = source.version(built.name)
        try:
            one, other = (
                identify(found.manifest, entry, deb, version, newest_if_unknown=newest_if_unknown).releases
                for version in (built.version, told)
            )
        except (api.UnknownReleaseError, api.VersionError):
            continue
        if one != other:
            reason = f"it was built as {built.version}, and its relations are those of {told}"
            help = f"give dh_pkgguard and dh_pkgguard_check --package-version={built.version}"
            raise SourceError(built.path, "", reason, help)


def built_files(source: SourcePackage, folder: Path, packages: Collection[str] = ()) -> list[Path]:
    """Return the .deb files of a build, as debian/files lists them (dpkg-distaddfile(1)).

    ``folder`` is where they were put, ``packages`` are those asked for (default:
    all of debian/control; debug packages are none of them). A package has one of
    each architecture that it was built for. Raises :class:`SourceError` where
    none is listed, or one is not there or older than what it is made of.
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
        raise SourceError(str(listing), "", reason, "build the packages before they are checked")
    files = []
    for name in wanted:
        if name not in listed:
            raise SourceError(str(listing), name, "no .deb of it is listed", "build it before it is checked")
        for file in listed[name]:
            path = folder / file
            if not path.is_file():
                help = "name the folder of the built packages with --destination"
                raise SourceError(str(path), "", "it is listed in debian/files and is not there", help)
            _see_fresh(path, source.folder / f"debian/{name}/DEBIAN/control")
            files.append(path)
    return files


def _see_fresh(path: Path, control: Path) -> None:
    # Of a package that was built for several architectures, the tree is that of the last one.
    if control.is_file() and path.stat().st_mtime < control.stat().st_mtime:
        if f"\nArchitecture: {path.stem.rpartition('_')[2]}\n" not in control.read_text("utf-8", "replace"):
            return
        help = "name the folder of the package that was just built with --destination"
        raise SourceError(str(path), "", f"it is older than {control}, of which it is made", help)
