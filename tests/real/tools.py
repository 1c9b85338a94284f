"""Running a real tool without letting it near the machine's own system."""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

Item = TypeVar("Item")
Answer = TypeVar("Answer")

#: The tools that the tests call, and the Debian package that brings each.
TOOLS = {
    "apt-get": "apt",
    "bash": "bash",
    "chromium": "chromium",
    "createrepo_c": "createrepo-c",
    "dh": "debhelper",
    "dnf": "dnf",
    "dpkg": "dpkg",
    "dpkg-architecture": "dpkg-dev",
    "dpkg-buildpackage": "dpkg-dev",
    "dpkg-deb": "dpkg",
    "dpkg-gencontrol": "dpkg-dev",
    "dpkg-query": "dpkg",
    "dpkg-scanpackages": "dpkg-dev",
    "fish": "fish",
    "groff": "groff-base",
    "lexgrog": "man-db",
    "man": "man-db",
    "mandoc": "mandoc",
    "rpm": "rpm",
    "rpmbuild": "rpm",
    "rpmlint": "rpmlint",
    "zsh": "zsh",
}

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class ToolError(AssertionError):
    """A tool that only prepares a test failed, so the test has no verdict."""


@dataclass(frozen=True)
class Outcome:
    """What one run of a tool ended with; true when the tool was content."""

    command: tuple[str, ...]
    returncode: int
    output: str

    def __bool__(self) -> bool:
        return self.returncode == 0

    def __str__(self) -> str:
        return f"$ {' '.join(self.command)}\n{self.output}(exit code {self.returncode})"

    def checked(self) -> Outcome:
        """Return the outcome itself, or raise when the tool was not content."""
        if self.returncode:
            raise ToolError(str(self))
        return self


def run(
    command: Iterable[str | Path],
    *,
    home: Path,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Outcome:
    """Run ``command`` with a HOME of its own and nothing of the caller's environment."""
    words = tuple(str(word) for word in command)
    done = subprocess.run(
        words,
        cwd=cwd or home,
        env={
            "PATH": PATH,
            "HOME": str(home),
            "TMPDIR": str(home),
            "LC_ALL": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
            **(environment or {}),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return Outcome(words, done.returncode, done.stdout)


def in_parallel(ask: Callable[[Item], Answer], items: Iterable[Item]) -> list[Answer]:
    """Ask the same of every item, as many at once as there are processors; answers in order."""
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        return list(pool.map(ask, items))


def missing_tools() -> str:
    """Return what keeps the real tools from being asked, and the remedy; empty when nothing does."""
    missing = [tool for tool in TOOLS if shutil.which(tool, path=PATH) is None]
    if missing:
        packages = " ".join(sorted({TOOLS[tool] for tool in missing}))
        return f"the tests marked 'real' need {', '.join(missing)}: apt-get install {packages}"
    if os.geteuid() != 0:
        return "the tests marked 'real' install into scratch roots, which rpm only does for root: run as root"
    return ""
