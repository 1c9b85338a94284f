"""Run the checks that need neither root nor the real package tools: ``python -m tools.check``.

They are the style, the types, and the tests that are fast and only need Python.
``.ci/run`` runs everything.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent

LEFT_OUT: Final = {
    "bounded_memory": "measures the memory of processes",
    "bounded_work": "measures the CPU time of processes",
    "ci_action": "needs shellcheck",
    "ci_gitlab": "needs shellcheck",
    "ci_hook": "needs git, and installs pkgguard",
    "ci_image": "is about a container image",
    "ci_workspace": "needs bash, and installs pkgguard",
    "completion": "needs bash, zsh and fish",
    "completion_hostile": "needs bash, zsh and fish",
    "differential": "needs dpkg-deb and rpm",
    "differential_header": "needs rpm",
    "differential_tar": "needs dpkg-deb and apt",
    "fuzz": "takes long",
    "generate": "searches for counterexamples for a minute",
    "hostile": "takes long",
    "manifest_cost": "measures CPU time",
    "wheel": "builds and installs pkgguard",
}
"""The test modules that are not run, and why. A new module is run unless it is added here."""


def steps(root: Path = ROOT) -> dict[str, list[str]]:
    """Return the command of each check, by its name."""
    python = sys.executable
    ignored = [f"--ignore={root / 'tests' / f'test_{name}.py'}" for name in LEFT_OUT]
    return {
        "lint": [python, "-m", "ruff", "check", "."],
        "format": [python, "-m", "ruff", "format", "--check", "."],
        "types": [python, "-m", "mypy"],
        "tests": [python, "-m", "pytest", "-q", "-n", "2", "-m", "not real", *ignored],
    }


def main(words: list[str]) -> int:
    """Run the checks that ``words`` name, or all; return 1 if one fails, 2 if there is no such check."""
    every = steps()
    if unknown := [word for word in words if word not in every]:
        print(f"there is no check {unknown[0]!r}; the checks are {', '.join(every)}", file=sys.stderr)
        return 2
    # The modules of this checkout, even if another one is installed.
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    failed = []
    for name, command in every.items():
        if words and name not in words:
            continue
        print(f"== {name}", flush=True)
        begin = time.monotonic()
        if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            failed.append(name)
        print(f"== {name}: {time.monotonic() - begin:.1f} s", flush=True)
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
