"""rpmbuild with the macros of rpm/ as if they were installed, in a folder of its own.

``PKGGUARD_RPM_ROOT`` may name the root of another system: its rpmbuild then
runs here, with its own libraries, macros and scripts, so that the tests can be
run with other releases of rpm. The pkgguard that it calls is the one under test.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pkgguard

from .debian12 import RPM_FILES, once, unpack
from .tools import PATH, Outcome, run

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE: Final = "PKGGUARD_RPM_ROOT"

#: The releases of rpm that are asked: this machine's, and those of other systems, by the archive of each.
RELEASES: Final = {"rpm of this machine": "", "rpm 4.16": "debian11", "rpm 4.20": "debian13"}
#: The folder that the tests' own pkgguard is imported from, whatever else is installed.
UNDER_TEST: Final = Path(pkgguard.__file__).parent.parent
MACROS: Final = Path(__file__).parent.parent.parent / "rpm"

INSTALLED: Final = RPM_FILES

_SETTINGS: Final = {
    "__os_install_post": "%{nil}",
    "debug_package": "%{nil}",
    "_binary_payload": "w.ufdio",
    "_source_payload": "w.ufdio",
    "_rpmfilename": "%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm",
}


def system_of(release: str, shared: Path) -> Path | None:
    """Return the root of the system whose rpm a release is, unpacked in ``shared``; None for this machine."""
    archive = RELEASES[release]
    return once(shared, archive, lambda folder: unpack(archive, folder)) if archive else None


def _libraries(root: Path) -> list[Path]:
    wanted = ("lib64", "lib", "lib/*-linux-*", "usr/lib64", "usr/lib", "usr/lib/*-linux-*")
    return [path for pattern in wanted for path in sorted(root.glob(pattern)) if path.is_dir()]


def command_of(tool: str, root: Path | None) -> list[str | Path]:
    """Return the command that runs a tool of this system or, with its libraries, of the one in ``root``."""
    if root is None:
        return [tool]
    folders = _libraries(root)
    # By its real name: a link in another root may point into this one.
    (loader, *_) = [
        path
        for folder in folders
        for path in sorted(folder.glob("ld-*.so*"))
        if path.is_file() and not path.is_symlink()
    ]
    return [loader, "--library-path", ":".join(map(str, folders)), root / "usr/bin" / tool]


@dataclass(frozen=True)
class Built:
    """What a run of rpmbuild ended with, and the packages that it wrote, by name."""

    outcome: Outcome
    packages: dict[str, Path]

    @property
    def log(self) -> str:
        """All that was said."""
        return self.outcome.output

    def __bool__(self) -> bool:
        return bool(self.outcome)

    def __str__(self) -> str:
        return str(self.outcome)


class Rpmbuild:
    """An rpmbuild whose configuration has pkgguard's macros, or those that are wanted.

    ``pkgguard`` is the command of that name in the search path: the one under
    test, or another shell script, or nothing.
    """

    def __init__(
        self,
        directory: Path,
        *,
        installed: Mapping[str, str] = INSTALLED,
        pkgguard: str | None = f'PYTHONPATH="{UNDER_TEST}" exec "{sys.executable}" -m pkgguard "$@"',
    ) -> None:
        self.top = directory.resolve()
        self.sources = self.top / "SOURCES"
        self.sources.mkdir(parents=True)
        self._root = Path(os.environ[VARIABLE]) if VARIABLE in os.environ else None
        self._config = self.top / "config"
        self._configure(installed)
        self._bin = self.top / "bin"
        self._bin.mkdir()
        if pkgguard is not None:
            script = self._bin / "pkgguard"
            script.write_text(f"#!/bin/sh\n{pkgguard}\n", encoding="utf-8")
            script.chmod(0o755)

    def _configure(self, installed: Mapping[str, str]) -> None:
        """Write a configuration for rpm: its own, and the files that are added."""
        own = (self._root or Path("/")) / "usr/lib/rpm"
        self._config.mkdir()
        for path in own.iterdir():
            if path.name not in INSTALLED.values():
                (self._config / path.name).symlink_to(path)
        for folder in INSTALLED.values():
            (self._config / folder).mkdir()
            for path in sorted((own / folder).glob("*")):
                (self._config / folder / path.name).symlink_to(path)
        for name, folder in installed.items():
            (self._config / folder / name).symlink_to(MACROS / name)

    def run(self, tool: str, *words: str | Path, environment: Mapping[str, str] | None = None) -> Outcome:
        """Run rpmbuild or rpmspec."""
        settings = {
            "_topdir": str(self.top),
            "_rpmdir": str(self.top / "RPMS"),
            # A database without packages, whatever this machine's own holds.
            "_dbpath": str(self.top / "db"),
            **_SETTINGS,
        }
        defines = [word for name, body in settings.items() for word in ("--define", f"{name} {body}")]
        surroundings = {
            "RPM_CONFIGDIR": str(self._config),
            "PATH": f"{self._bin}:{PATH}",
            **({"MAGIC": str(self._root / "usr/lib/file/magic.mgc")} if self._root else {}),
            **(environment or {}),
        }
        return run([*command_of(tool, self._root), *defines, *words], home=self.top, environment=surroundings)

    def build(
        self, spec: str | Path, *words: str, environment: Mapping[str, str] | None = None, how: str = "-bb"
    ) -> Built:
        """Build a spec, given as text or as a file."""
        if not isinstance(spec, Path):
            path = self.top / "test.spec"
            path.write_text(spec, encoding="utf-8")
            spec = path
        before = {path: path.stat().st_mtime_ns for path in self._packages()}
        outcome = self.run("rpmbuild", how, *words, spec, environment=environment)
        fresh = [path for path in self._packages() if before.get(path) != path.stat().st_mtime_ns]
        return Built(outcome, {path.name.rsplit("-", 2)[0]: path for path in fresh})

    def _packages(self) -> list[Path]:
        return sorted([*self.top.glob("RPMS/**/*.rpm"), *self.top.glob("SRPMS/*.rpm")])

    def relations(self, package: Path) -> list[str]:
        """Read a built package's relations with rpm, without those on rpm's own features and on itself."""
        found = []
        for field in ("Requires", "Recommends", "Conflicts", "Provides"):
            outcome = run(["rpm", "--query", "--package", f"--{field.lower()}", package], home=self.top)
            name = package.name.rsplit("-", 2)[0]
            for line in outcome.checked().output.splitlines():
                own = field == "Provides" and line.split()[0].split("(")[0] == name
                if not line.startswith(("rpmlib(", "warning:")) and not own:
                    found.append(f"{field}: {line}")
        return found
