"""Run the checks that need neither root nor the real package tools: ``python -m tools.check``.

They are the style, the types, and the tests that are fast and need only Python.
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
    "families/test_bounded_memory.py": "measures the memory of processes",
    "families/test_bounded_work.py": "measures the CPU time of processes",
    "project/test_ci_action.py": "needs shellcheck",
    "project/test_ci_gitlab.py": "needs shellcheck",
    "project/test_ci_hook.py": "needs git, and installs pkgguard",
    "project/test_ci_image.py": "is about a container image",
    "project/test_ci_workspace.py": "needs bash, and installs pkgguard",
    "cli/test_completion.py": "needs bash, zsh and fish",
    "cli/test_completion_hostile.py": "needs bash, zsh and fish",
    "families/test_differential.py": "needs dpkg-deb and rpm",
    "families/test_differential_header.py": "needs rpm",
    "families/test_differential_tar.py": "needs dpkg-deb and apt",
    "fuzz/test_fuzz.py": "takes long",
    "generate/test_generate.py": "searches for counterexamples for a minute",
    "families/test_hostile.py": "takes long",
    "manifest/test_manifest_cost.py": "measures CPU time",
    "project/test_wheel.py": "builds and installs pkgguard",
}
"""The test modules that are not run, and the reasons. A new module is run unless it is added here."""


def steps(root: Path = ROOT) -> dict[str, list[str]]:
    """Return the command of each check, by its name."""
    python = sys.executable
    ignored = [f"--ignore={root / 'tests' / path}" for path in LEFT_OUT]
    return {
        "lint": [python, "-m", "ruff", "check", "."],
        "format": [python, "-m", "ruff", "format", "--check", "."],
        "types": [python, "-m", "mypy"],
        "dead-code": [python, "-m", "vulture"],
        "tests": [python, "-m", "pytest", "-q", "-n", "2", "-m", "not real", *ignored],
    }


def main(words: list[str]) -> int:
    """Run the checks that ``words`` name, or all; return 1 if one fails, 2 if a check does not exist."""
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
