"""Debian source packages, built by the real dpkg-buildpackage with this checkout's addon."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .tools import PATH, Outcome, run

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parent.parent.parent

CHANGELOG = """\
{source} ({version}) unstable; urgency=medium

  * Test.

 -- Nobody <nobody@example.org>  Thu, 21 Jun 2018 18:53:00 +0000
"""
RULES = "#!/usr/bin/make -f\n%:\n\tdh $@\n"
SOURCE = """\
Source: {source}
Maintainer: Nobody <nobody@example.org>
Build-Depends: debhelper-compat (= 13), dh-sequence-pkgguard
Standards-Version: 4.6.2
"""
BINARY = """
Package: {name}
Architecture: all
Depends: ${{pkgguard:Depends}}, ${{misc:Depends}}
Recommends: ${{pkgguard:Recommends}}
Breaks: ${{pkgguard:Breaks}}
Conflicts: ${{pkgguard:Conflicts}}
Provides: ${{pkgguard:Provides}}
Description: test package
 Made for one test.
"""


@dataclass(frozen=True)
class Source:
    """A source package to write: its binary packages, and what of the usual is replaced.

    ``files`` are paths below the source's folder and their texts.
    """

    version: str
    packages: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """Write the source package into a folder, and give that."""
        name = self.packages[0]
        control = SOURCE.format(source=name) + "".join(BINARY.format(name=one) for one in self.packages)
        files = {
            "debian/control": control,
            "debian/changelog": CHANGELOG.format(source=name, version=self.version),
            "debian/rules": RULES,
            "debian/source/format": "3.0 (native)\n",
            **self.files,
        }
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        (folder / "debian/rules").chmod(0o755)
        return folder


class Addon:
    """The addon of this checkout, found by dh through its own variables; nothing is installed."""

    def __init__(self, folder: Path) -> None:
        self._home = folder.resolve()
        self._programs = self._home / "bin"
        sequences = self._home / "perl/Debian/Debhelper/Sequence"
        for one in (self._programs, sequences):
            one.mkdir(parents=True)
        for name in ("dh_pkgguard", "dh_pkgguard_check", "dh_pkgguard_precheck"):
            (self._programs / name).symlink_to(ROOT / "debian/debhelper" / name)
        (sequences / "pkgguard.pm").symlink_to(ROOT / "debian/debhelper/pkgguard.pm")
        self._pkgguard = self._programs / "pkgguard"
        self._pkgguard.write_text(
            f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m pkgguard "$@"\n', encoding="utf-8"
        )
        self._pkgguard.chmod(0o755)

    def without_pkgguard(self) -> Addon:
        """Take pkgguard away, as where the addon is there and it is not."""
        self._pkgguard.unlink()
        return self

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which dh finds the addon."""
        return {"PATH": f"{self._programs}:{PATH}", "PERL5LIB": str(self._home / "perl")}

    def run(self, folder: Path, *words: str, environment: Mapping[str, str] | None = None) -> Outcome:
        """Run a program in a source package's folder."""
        return run(
            words, home=self._home, cwd=folder, environment={**self.environment, **(environment or {})}
        )

    def build(self, folder: Path, *words: str, environment: Mapping[str, str] | None = None) -> Outcome:
        """``dpkg-buildpackage`` the binary packages; the packages lie in the folder above then."""
        # -d: the addon is not installed as the package that Build-Depends names.
        command = ["dpkg-buildpackage", "--no-sign", "--build=binary", "-d", *words]
        return self.run(folder, *command, environment=environment)


def built_field(deb: Path, field_name: str) -> str:
    """Return a field of a built package as dpkg-deb reads it."""
    return run(["dpkg-deb", "--field", deb, field_name], home=deb.parent).checked().output.strip()
