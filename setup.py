"""What setup.cfg cannot express: every package of the checkout is built, and data files are prepared."""

from __future__ import annotations

import sys
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

from pkgguard.prepare import prepare  # noqa: E402 - a build does not have the checkout in its path


class BuildPy(build_py):
    """Build the modules and prepare their data files; an editable build prepares those of the checkout."""

    def run(self) -> None:
        """Build, then prepare the data files."""
        super().run()
        self.prepared = prepare(ROOT if self.editable_mode else Path(self.build_lib))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """Return the files of the build, including the prepared ones."""
        written = () if self.editable_mode else getattr(self, "prepared", ())
        return list(dict.fromkeys([*super().get_outputs(include_bytecode), *map(str, written)]))


setup(
    packages=[*find_packages(include=["pkgguard", "pkgguard.*"]), "pkgguard.templates"],
    cmdclass={"build_py": BuildPy},
)
