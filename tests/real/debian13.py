"""A Debian 13 system with debputy in a folder, without a network, and with this checkout's plugin."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from .debian12 import ROOT, Debian12

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .tools import Outcome

PYTHON = "usr/lib/python3/dist-packages/pkgguard"
COMMAND = "#!/usr/bin/python3\nfrom pkgguard.__main__ import main\n\nmain()\n"


class Debian13(Debian12):
    """The system that :file:`debian13.sh` archived, in ``folder``."""

    archive: ClassVar[str] = "debian13"

    def put_pkgguard(self) -> None:
        """Put pkgguard there as its two Debian packages would, where dh-pkgguard.install says."""
        without_caches = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "pkgguard", self.folder / PYTHON, ignore=without_caches)
        shutil.copytree(ROOT / "templates", self.folder / PYTHON / "templates", ignore=without_caches)
        program = self.folder / "usr/bin/pkgguard"
        program.write_text(COMMAND, "utf-8")
        program.chmod(0o755)
        for line in Path(ROOT / "debian/dh-pkgguard.install").read_text("utf-8").splitlines():
            path, target = line.split()
            (self.folder / target).mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, self.folder / target)

    def build(self, cwd: str, *words: str, environment: Mapping[str, str] | None = None) -> Outcome:
        """``dpkg-buildpackage`` the binary packages; they lie in the folder above then."""
        # -d: no compiler is there, and pkgguard is not installed as a package.
        command = ("dpkg-buildpackage", "--no-sign", "--build=binary", "-d", *words)
        return self.run(*command, cwd=cwd, environment=environment)
