"""Measure which lines and branches of pkgguard the fast tests take: ``python -m tools.branch_coverage``.

It fails if they take less than ``fail_under`` in pyproject.toml. Separate processes,
such as commands that a test starts, are not counted.
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).parent.parent

LEFT_OUT: Final = (
    *("wheel", "ci_*", "differential*", "completion*", "bench", "rpm_macros", "debian_build"),
    *("debputy_build", "real_*", "rpm_own_package", "fuzz"),
    *("bounded_*", "habits", "manifest_cost", "new_*", "processes", "readme_commands", "startup"),
)
"""Tests that build, or that do nearly everything in other processes."""

_PARTS: Final = 8
"""How many parts the tests have: so many that two processes end at about the same time."""

_PROCESSES: Final = 2
"""How many parts run at once."""


def files() -> list[str]:
    """Return the test modules to run."""
    return [
        str(path)
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if not any(fnmatch(path.stem, f"test_{name}") for name in LEFT_OUT)
    ]


def main() -> int:
    """Run the fast tests, print the lines and branches that they miss, and return the exit code."""
    every = files()
    call = [sys.executable, "-m", "coverage"]
    tests = ["-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-m", "not real"]
    with TemporaryDirectory() as folder:
        environment = os.environ | {"COVERAGE_FILE": f"{folder}/coverage", "PYTHONPATH": str(ROOT)}

        def code_of(part: int) -> int:
            words = [*call, "run", "--parallel-mode", *tests, *every[part::_PARTS]]
            return subprocess.run(words, cwd=ROOT, env=environment, check=False).returncode

        with ThreadPoolExecutor(_PROCESSES) as pool:
            codes = [*pool.map(code_of, range(_PARTS))]
        if any(codes):
            return 1
        subprocess.run([*call, "combine", "-q"], cwd=ROOT, env=environment, check=True)
        done = subprocess.run([*call, "report"], cwd=ROOT, env=environment, check=False)
        return int(done.returncode != 0)


if __name__ == "__main__":
    sys.exit(main())
