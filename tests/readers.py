"""The libraries that decode rpm headers, each one alone, and what makes rpm's bindings importable.

Distributions install the bindings for their own Python, outside every virtual
environment. The one module is taken from there, and nothing else of that place.
"""

from __future__ import annotations

import functools
import importlib
import subprocess
import sys
from dataclasses import dataclass

import pytest

from pkgguard.families.rpm import readers

RPMFILE, BINDINGS = readers.READERS
SYSTEM = "/usr/bin/python3"
REMEDY = (
    f"this test needs rpm's Python bindings, for {sys.executable}: apt-get install python3-rpm, "
    f"and make the virtual environment with {SYSTEM}"
)


@functools.cache
def folder_of(module: str) -> str:
    """Return the folder from which the system's own Python imports a module; fail where it does not."""
    code = f"import os, {module} as one; print(os.path.dirname(one.__file__.removesuffix('/__init__.py')))"
    try:
        command = [SYSTEM, "-c", code]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        told = getattr(error, "stderr", "") or str(error)
        pytest.fail(f"{REMEDY} ({told.strip().splitlines()[-1]})", pytrace=False)
    return done.stdout.strip()


def import_bindings() -> None:
    """Import rpm's bindings from where the system has them; fail, never skip, where it has none."""
    if hasattr(sys.modules.get("rpm"), "hdr"):
        return
    sys.modules.pop("rpm", None)
    sys.path.append(folder_of("rpm"))
    try:
        importlib.import_module("rpm")
    except ImportError as error:
        pytest.fail(f"{REMEDY} ({error})", pytrace=False)
    finally:
        sys.path.pop()


@dataclass(frozen=True)
class Only:
    """One library alone: its name, and the Python lines that choose it in another process."""

    name: str

    @property
    def lines(self) -> str:
        taken = ""
        if self.name == BINDINGS:
            taken = f"sys.path.append({folder_of('rpm')!r})\nimport rpm\nsys.path.pop()\n"
        return (
            f"import sys\n{taken}"
            "from pkgguard.families.rpm import readers\n"
            f"readers.READERS = {{{self.name!r}: readers.READERS[{self.name!r}]}}\n"
        )


@pytest.fixture(
    params=[pytest.param(RPMFILE, marks=pytest.mark.rpmfile, id="rpmfile"), pytest.param(BINDINGS, id="rpm")]
)
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Only:
    """Run the test with each library alone."""
    if request.param == BINDINGS:
        import_bindings()
    monkeypatch.setattr(readers, "READERS", {request.param: readers.READERS[request.param]})
    return Only(request.param)
