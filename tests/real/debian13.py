"""A Debian 13 system with debputy in a folder, cut off from the network, with this checkout's plugin."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from .tools import PATH, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parent.parent.parent
ARCHIVE = ROOT / ".cache/debian13.tar"
REMEDY = f"{ARCHIVE} is not there: run tests/real/debian13.sh .cache/debian13.tar"
PYTHON = "usr/lib/python3/dist-packages/pkgguard"
COMMAND = "#!/usr/bin/python3\nfrom pkgguard.__main__ import main\n\nmain()\n"


class Debian13:
    """The system that :file:`debian13.sh` archived, in ``folder``.

    pkgguard lies in it as its two Debian packages would put it there: what
    debian/dh-pkgguard.install lists is where that says.
    """

    def __init__(self, folder: Path) -> None:
        if not ARCHIVE.is_file():
            raise AssertionError(REMEDY)
        self.folder = folder
        folder.mkdir(parents=True)
        subprocess.run(["tar", "--extract", "--file", ARCHIVE, "--directory", folder], check=True)
        without_caches = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "pkgguard", folder / PYTHON, ignore=without_caches)
        shutil.copytree(ROOT / "templates", folder / PYTHON / "templates", ignore=without_caches)
        program = folder / "usr/bin/pkgguard"
        program.write_text(COMMAND, "utf-8")
        program.chmod(0o755)
        for line in (ROOT / "debian/dh-pkgguard.install").read_text("utf-8").splitlines():
            path, target = line.split()
            (folder / target).mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, folder / target)

    def run(self, cwd: str, *words: str, environment: Mapping[str, str] | None = None) -> Outcome:
        """Run a program inside, as root and without a network."""
        inside = ("sh", "-c", 'cd "$0" && exec "$@"', cwd, *words)
        done = subprocess.run(
            ("unshare", "--net", "chroot", str(self.folder), *inside),
            env={"PATH": PATH, "HOME": "/root", "LC_ALL": "C.UTF-8", **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        return Outcome(words, done.returncode, done.stdout)

    def build(self, cwd: str, *words: str, environment: Mapping[str, str] | None = None) -> Outcome:
        """``dpkg-buildpackage`` the binary packages; they lie in the folder above then."""
        # -d: no compiler is there, and pkgguard is not installed as a package.
        command = ("dpkg-buildpackage", "--no-sign", "--build=binary", "-d", *words)
        return self.run(cwd, *command, environment=environment)
