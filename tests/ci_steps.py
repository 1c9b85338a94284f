"""Running what CI would run: shell text of a CI file, in an environment as the CI sets it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples/pause-container"
DOCUMENTATION = (ROOT / "docs/ci.md").read_text("utf-8")
YAML = re.compile(r"^```yaml\n# (\S+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
OFFLINE = {
    "PIP_NO_INDEX": "1",
    # pip's word for "do not isolate": the build tools are those of the tests.
    "PIP_NO_BUILD_ISOLATION": "false",
}
"""With these and :func:`write_python`, pip installs a checkout without a network."""


def load(path: str) -> dict[str, Any]:
    """Read a YAML file of the repository."""
    content: dict[str, Any] = yaml.safe_load((ROOT / path).read_text("utf-8"))
    return content


def documented(name: str) -> list[str]:
    """Return the examples in the documentation that are a file of this name."""
    found = [text for path, text in YAML.findall(DOCUMENTATION) if path == name]
    assert found, name
    return found


def check_schema(name: str, *paths: Path) -> subprocess.CompletedProcess[str]:
    """Check files against one of the schemas that check-jsonschema brings."""
    words = ["-m", "check_jsonschema", "--builtin-schema", f"vendor.{name}", *map(str, paths)]
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)


def shellcheck(text: str, shell: str) -> str:
    """Return what shellcheck says of a script."""
    done = subprocess.run(
        ["shellcheck", "--shell", shell, "-"], input=text, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def write_script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    path.chmod(0o755)


def write_python(path: Path) -> None:
    """Write a Python whose environments find what pkgguard depends on among the tests' own packages."""
    installed = [folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages"))]
    last = f"import sys; sys.path.extend({installed!r})"
    write_script(
        path,
        f"""{shlex.quote(sys.executable)} "$@" || exit
case " $* " in *" -m venv "*)
    for folder; do :; done
    for site in "$folder"/lib/python*/site-packages; do
        echo {shlex.quote(last)} > "$site/tests.pth"
    done ;;
esac""",
    )


def install_commands(folder: Path) -> None:
    """Put a ``pkgguard`` and a ``python`` into a folder, which are those of the tests."""
    python = shlex.quote(sys.executable)
    write_script(folder / "pkgguard", f'exec {python} -I -m pkgguard "$@"')
    write_script(folder / "python", f'exec {python} "$@"')


def copy_checkout(target: Path) -> Path:
    """Copy of a checkout what pkgguard is built from."""
    for name in ("pkgguard", "templates"):
        shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.cfg", "setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, target / name)
    return target


def make_project(folder: Path) -> Path:
    """Make a project with a manifest, packages that are right in dist/, and a wrong one in dist/wrong/."""
    (folder / "dist/wrong").mkdir(parents=True)
    shutil.copy(EXAMPLE / "pkgguard.toml", folder)
    for path in sorted((EXAMPLE / "packages").glob("*.deb")):
        wrong = path.name.startswith("kata-runtime_1.1.0")
        shutil.copy(path, folder / "dist" / ("wrong" if wrong else ""))
    return folder


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a CI job: nothing of the machine's own but the way to its tools."""
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **more}
