"""The pkgguard that is measured: prepared as by a build, with compiled modules."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

from measure import Entry

from pkgguard.prepare import prepare

if TYPE_CHECKING:
    from pathlib import Path


class Subject:
    """A copy of the checkout in ``folder``, prepared as by a build.

    Its modules are compiled into a separate folder, whatever the environment sets for
    ``.pyc`` files. If they could not be written, Python would compile every module in
    every run, and that would be measured.
    """

    def __init__(self, checkout: Path, folder: Path) -> None:
        left_out = shutil.ignore_patterns("__pycache__", "*.prepared")
        shutil.copytree(checkout / "pkgguard", folder / "pkgguard", ignore=left_out)
        shutil.copytree(checkout / "templates", folder / "pkgguard/templates", ignore=left_out)
        prepare(folder)
        self._python = {
            "PYTHONPATH": str(folder),
            "PYTHONPYCACHEPREFIX": str(folder / "pyc"),
            "PYTHONDONTWRITEBYTECODE": None,
        }
        if os.environ.get("PYTHONDONTWRITEBYTECODE"):
            print("PYTHONDONTWRITEBYTECODE is set here; the runs of Python below write .pyc files anyway")

    def entry(self, name: str, *words: str, **variables: str) -> Entry:
        """Return a run of pkgguard with some arguments, in its own folder."""
        return self.python(name, "-m", "pkgguard", *words, **variables)

    def python(self, name: str, *words: str, **variables: str) -> Entry:
        """Return a run of the same Python with other arguments."""
        return Entry(name, [[sys.executable, *words]], {**self._python, **variables})
