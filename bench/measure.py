"""CPU seconds and peak memory of a command, from the operating system's own accounting."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

OWN = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@dataclass(frozen=True)
class Cost:
    """The median of several runs: CPU seconds (user and system) and the peak memory in MB."""

    cpu: float
    memory: float


def cost(
    commands: Sequence[Sequence[str]], *, runs: int = 5, environment: dict[str, str] | None = None
) -> Cost:
    """Run commands one after the other, several times after a warm-up, and give what one round costs."""
    cpu, memory = [], []
    for number in range(runs + 1):
        total, peak = 0.0, 0.0
        for command in commands:
            with tempfile.TemporaryFile() as output:
                child = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **(environment or {})},
                )
                _, status, usage = os.wait4(child.pid, 0)
                child.returncode = os.waitstatus_to_exitcode(status)
                if child.returncode not in (0, 1):
                    output.seek(0)
                    raise SystemExit(f"{command[0]} failed: {output.read(2000).decode(errors='replace')}")
            total += usage.ru_utime + usage.ru_stime
            peak = max(peak, usage.ru_maxrss / 1024)
        if number:
            cpu.append(total)
            memory.append(peak)
    return Cost(statistics.median(cpu), statistics.median(memory))


def table(title: str, rows: Sequence[tuple[str, Cost]]) -> None:
    """Print costs, and how many times that of the first row each is."""
    first = rows[0][1]
    print(f"\n{title}")
    for name, one in rows:
        ratio = one.cpu / first.cpu if first.cpu else 0.0
        # A child's peak begins with that of this process, from which it was made.
        peak = f"{one.memory:8.1f}" if one.memory > 1.1 * OWN else f"  < {1.1 * OWN:4.0f}"
        print(f"  {name:<44} {one.cpu:8.3f} s CPU {ratio:8.2f} x {peak} MB")


def folder_of(path: Path) -> list[str]:
    """Give the files of a folder, sorted."""
    return sorted(str(one) for one in path.iterdir() if one.is_file())
