"""A copy of the checkout, in which a test follows one of CONTRIBUTING's walkthroughs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXAMPLES = ("examples/pause-container", "examples/create-container", "examples/packages")
COPIED = ("pkgguard", "templates", "tests", "tools", "docs", *EXAMPLES)
FILES = (".gitignore", "CONTRIBUTING.md", "README.md", "pyproject.toml", "setup.cfg", "setup.py")


def copy(folder: Path) -> Path:
    """Copy what a walkthrough needs into a folder, and commit it there."""
    left_out = shutil.ignore_patterns("__pycache__", "corpus", "vectors")
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    who = "-c user.name=nobody -c user.email=nobody@example.org"
    shell(folder, f"git init -q . && git add -A && git {who} commit -qm start")
    return folder


def shell(checkout: Path, script: str) -> str:
    """Run a script in a checkout by sh; it must succeed."""
    folder = str(Path(sys.executable).parent)
    environment = {
        **os.environ,
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PYTHONPATH": str(checkout),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        ["sh", "-euc", script], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def changed(checkout: Path) -> set[str]:
    """Return the files that differ from the commit, or are new."""
    lines = shell(checkout, "git status --short --untracked-files=all").splitlines()
    return {line.split()[-1] for line in lines}


def blocks(title: str, language: str) -> list[str]:
    """Return the blocks of a language in a section of CONTRIBUTING."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    section = re.search(rf"^## {title}\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    assert section
    return re.findall(rf"^```{language}\n(.*?)^```$", section[1], re.MULTILINE | re.DOTALL)
