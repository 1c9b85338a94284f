"""A complete packaging to start from: a client and a server package, their manifest, and placeholders."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Final

from pkgguard.errors import SourceError
from pkgguard.families.registry import names, summary
from pkgguard.report.render import fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

VERSION: Final = "1.1.0"
"""The release that is packaged: the newest one in the manifest's template."""

_FILES: Final[Mapping[str, Mapping[str, str]]] = {
    "deb": {
        "debian/changelog": "deb-changelog",
        "debian/control": "deb-control",
        "debian/copyright": "deb-copyright",
        "debian/pkgguard.toml": "manifest.toml",
        "debian/rules": "deb-rules",
        "debian/source/format": "deb-format",
    },
    "rpm": {
        "{project}.spec": "rpm-spec",
        "pkgguard.toml": "manifest.toml",
    },
}
"""The files of each family's packaging, and the template of each."""
_PROGRAMS: Final[Mapping[str, Mapping[str, str]]] = {
    "deb": {"{program}": "program", "debian/{program}.install": "deb-install"},
    "rpm": {"{program}": "program"},
}
"""More files, for each of the two packages."""
_EXECUTABLE: Final = frozenset({"deb-rules", "program"})


@dataclass(frozen=True, slots=True)
class Project:
    """The names that a skeleton is filled with; ``maintainer`` is ``Name <address>``."""

    project: str
    protocol: str
    client: str
    server: str
    maintainer: str

    @property
    def packages(self) -> tuple[str, str]:
        """The names of the client's and the server's package."""
        return f"{self.project}-{self.client}", f"{self.project}-{self.server}"


@dataclass(frozen=True, slots=True)
class SkeletonFile:
    """A file to write: its path below the folder, its text, and whether it is executable."""

    path: str
    text: str
    executable: bool = False


def manifest(project: Project, *, complete: bool = False) -> str:
    """Return a commented manifest to start from, with gaps, or complete for the placeholder programs."""
    return fill("manifest.toml", **_names(project), complete=complete)


def _names(project: Project) -> dict[str, Any]:
    client, server = project.packages
    return {
        **asdict(project),
        "client_package": client,
        "server_package": server,
        "client_absent": _without(client),
        "server_absent": _without(server),
    }


def _without(package: str) -> tuple[str, ...]:
    """Return the families in which a package cannot have this name."""
    return tuple(family for family in names() if not summary(family).is_package(package))


def skeleton(family: str, project: Project, moment: datetime) -> tuple[SkeletonFile, ...]:
    """Return the files of a packaging in one family, dated ``moment``."""
    return tuple(_files(family, project, moment))


def _files(family: str, project: Project, moment: datetime) -> Iterator[SkeletonFile]:
    values: dict[str, Any] = {
        **_names(project),
        "version": VERSION,
        "date": format_datetime(moment),
        "rpm_date": f"{moment:%a %b %d %Y}",
        "year": f"{moment:%Y}",
        "complete": True,
    }
    for path, template in _FILES[family].items():
        yield _file(path, template, values)
    components = zip(project.packages, (project.client, project.server), strict=True)
    for program, component in components:
        for path, template in _PROGRAMS[family].items():
            yield _file(path, template, {**values, "program": program, "component": component})


def _file(path: str, template: str, values: Mapping[str, Any]) -> SkeletonFile:
    return SkeletonFile(path.format(**values), fill(template, **values), template in _EXECUTABLE)


def write_skeletons(skeletons: Mapping[Path, tuple[SkeletonFile, ...]], *, overwrite: bool = False) -> None:
    """Write skeletons, each into its folder, which is created if necessary.

    Raises :class:`SourceError`, without writing anything, if a file exists
    already and ``overwrite`` is false. May also raise :class:`OSError`.
    """
    every = [(folder / file.path, file) for folder, files in skeletons.items() for file in files]
    for path, _ in every:
        if not overwrite and os.path.lexists(path):
            help = "name another folder, or use --force to overwrite it"
            raise SourceError(str(path), "", "it exists already, so nothing was written", help)
    for path, file in every:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            path.unlink()
        path.write_text(file.text, encoding="utf-8")
        path.chmod(0o755 if file.executable else 0o644)
