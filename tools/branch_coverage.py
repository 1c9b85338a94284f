"""Measure which branches of pkgguard the fast tests take: ``python -m tools.branch_coverage``.

This is apart from the tests themselves, since measuring nearly doubles their time. What runs in a
process of its own (commands that a test starts) is not counted.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).parent.parent


_SLOW: Final = (
    *("wheel", "ci_*", "differential*", "completion*", "bench", "rpm_macros", "debian_build"),
    *("debputy_build", "real_*", "rpm_own_package", "fuzz"),
)
"""Tests that build, or that start processes for nearly all that they do."""


def main() -> int:
    """Run the fast tests, print what they leave out, and return the exit code."""
    left_out = [f"--ignore-glob=*/test_{name}.py" for name in _SLOW]
    tests = ["-m", "pytest", "-q", "-p", "no:xdist", "-m", "not real", *left_out]
    with TemporaryDirectory() as folder:
        data = f"--data-file={folder}/coverage"
        call = [sys.executable, "-m", "coverage"]
        run = [*call, "run", "--branch", "--source=pkgguard", data, *tests]
        done = subprocess.run(run, cwd=ROOT, check=False)
        if done.returncode:
            return done.returncode
        report = [*call, "report", data, "--skip-covered"]
        return int(subprocess.run(report, cwd=ROOT, check=False).returncode != 0)


if __name__ == "__main__":
    sys.exit(main())
