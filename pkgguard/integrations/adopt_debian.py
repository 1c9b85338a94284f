"""Reading a Debian source package for ``pkgguard init``: debian/control and debian/changelog."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pkgguard.families.lookup import family
from pkgguard.integrations.adopted import AdoptedPackage, AdoptedSource, try_bounds, wanted_fields
from pkgguard.integrations.control_lines import field_lines
from pkgguard.integrations.source import newest_version, read_source, versions_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pkgguard.integrations.source import BinaryPackage, SourcePackage

_DEB: Final = "deb"
_COMMENT: Final = re.compile(r"^#[^\n]*\n?", re.MULTILINE)
_RESTRICTION: Final = re.compile(r"\s*\[[^\]]*\]|\s+<!?[a-z][^>]*>")
"""An architecture or a build profile of a clause (deb-src-control(5))."""
_SUBSTVAR: Final = re.compile(r"\$\{([^}]*)\}")


def adopt_debian(folder: Path) -> AdoptedSource:
    """Read the source package in a folder that contains debian/. Raises :class:`SourceError`."""
    source = read_source(folder)
    unread: list[str] = []
    lines = field_lines(source)
    newest = {path: newest_version(path) for path in {source.changelog(name) for name in source.names}}
    packages = tuple(
        _package(source, binary, newest[source.changelog(binary.name)], lines.get(binary.name, {}), unread)
        for binary in source.binaries
    )
    changelog = folder / "debian/changelog"
    return AdoptedSource(
        _DEB,
        source.name,
        (str(source.control), str(changelog)),
        packages,
        versions_of(changelog),
        tuple(unread),
    )


def _package(
    source: SourcePackage, binary: BinaryPackage, version: str, lines: Mapping[str, int], unread: list[str]
) -> AdoptedPackage:
    upstream = family(_DEB).split(version)[1]
    own = {"binary:Version": version, "source:Version": version, "source:Upstream-Version": upstream}
    wanted = {field.lower(): field for field in wanted_fields(_DEB)}
    found = []
    for name, value in binary.fields.items():
        field = wanted.get(name.lower())
        for clause in _COMMENT.sub("", value).split(",") if field is not None else ():
            text = _SUBSTVAR.sub(lambda use: own.get(use[1], use[0]), _RESTRICTION.sub("", clause)).strip()
            if text and not _SUBSTVAR.fullmatch(text):
                place = f"{source.control}:{lines.get(name.lower(), 0)}: {binary.name}"
                bounds, why = try_bounds(_DEB, str(field), text, place)
                found += bounds
                unread += [why] if why else []
    return AdoptedPackage(binary.name, version, tuple(found))
