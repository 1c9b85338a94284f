"""Limits of CPU time, which a busy machine does not change, and the last resort against a hang."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = str(Path(__file__).parent.parent)
"""Where pkgguard is imported from, whatever folder a command runs in."""

HANG = 900
"""Seconds of wall time after which a child is taken to hang for ever; no limit of what is tested."""

SECONDS = 2
"""Seconds of CPU time that a command may take on any hostile input, Python's own start included."""
MEGABYTES = 200
"""What it may hold in memory at once."""

_PROGRAM = f"""
import atexit, re, resource, sys
report = sys.argv.pop(1)
resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS * 4}, {SECONDS * 4}))
def peak():
    with open("/proc/self/status") as status, open(report, "w") as out:
        out.write(re.search("VmHWM:\\\\s+([0-9]+) kB", status.read())[1])
atexit.register(peak)
sys.argv[0] = "pkgguard"
from pkgguard.__main__ import main
main()
"""


def run_hostile(
    *arguments: str | Path, first: str = "", seconds: float = SECONDS, **more: Any
) -> subprocess.CompletedProcess[str]:
    """Run pkgguard on what is hostile, and fail if it takes more than ``seconds`` or ``MEGABYTES``.

    ``first`` is Python that runs before it; ``more`` is for :func:`subprocess.run`.
    """
    more.setdefault("env", {**os.environ, "PYTHONPATH": ROOT})
    with tempfile.TemporaryDirectory() as folder, cpu_below(seconds, children=True):
        report = Path(folder, "peak")
        done = subprocess.run(
            [sys.executable, "-c", first + _PROGRAM, report, *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=HANG,
            check=False,
            **more,
        )
        assert report.exists(), f"it was killed: {done.returncode}\n{done.stderr}"
        held = int(report.read_text()) // 1024
    assert "Traceback" not in done.stderr, done.stderr
    assert held < MEGABYTES, f"it held {held} MB, and may hold {MEGABYTES}"
    return done


@contextmanager
def cpu_below(seconds: float, *, children: bool = False) -> Iterator[None]:
    """Fail if what is done inside takes more CPU time, of this process or of children that it waits for."""
    who = resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF
    before = resource.getrusage(who)
    yield
    after = resource.getrusage(who)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert used < seconds, f"it took {used:.1f} seconds of CPU time, and may take {seconds}"


def need_terminal() -> None:
    """Skip the test where no pseudo-terminal can be opened, as in some build environments."""
    pty = pytest.importorskip("pty")
    try:
        descriptors = pty.openpty()
    except OSError as error:
        pytest.skip(f"no pseudo-terminal can be opened: {error}")
    for one in descriptors:
        os.close(one)
