"""CPU seconds and peak memory of commands that run by turns, from the operating system's accounting."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import tempfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """One measurement: a name, and commands that run one after another.

    ``folder`` is where they run (default: here). ``environment`` is added to that of
    this process; the value None removes a variable.
    """

    name: str
    commands: Sequence[Sequence[str]]
    environment: Mapping[str, str | None] = field(default_factory=dict)
    folder: Path | None = None


@dataclass(frozen=True)
class Spread:
    """Several measurements of one thing, in CPU seconds."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median."""
        return statistics.median(self.values)

    def __str__(self) -> str:
        return f"{self.median:8.3f} s ({min(self.values):.3f}–{max(self.values):.3f})"


@dataclass(frozen=True)
class Cost:
    """The CPU seconds (user and system) of each run, and the median of their peak memory in MB."""

    cpu: Spread
    memory: float


def costs(entries: Sequence[Entry], rounds: int) -> list[Cost]:
    """Run the entries by turns, A B C A B C …, after one round that is not counted."""
    cpu: list[list[float]] = [[] for _ in entries]
    memory: list[list[float]] = [[] for _ in entries]
    for number in range(rounds + 1):
        for place, entry in enumerate(entries):
            seconds, peak = _run(entry)
            if number:
                cpu[place].append(seconds)
                memory[place].append(peak)
    return [
        Cost(Spread(tuple(one)), statistics.median(peaks)) for one, peaks in zip(cpu, memory, strict=True)
    ]


def compare(title: str, entries: Sequence[Entry], rounds: int) -> list[Cost]:
    """Measure entries by turns, and print each with its ratio to the first."""
    found = costs(entries, rounds)
    print(f"\n{title} ({rounds} rounds)")
    for entry, one in zip(entries, found, strict=True):
        show(entry.name, one, found[0])
    return found


def show(name: str, cost: Cost, first: Cost) -> None:
    """Print one line: the median, the minimum and maximum, and the ratio to the first entry."""
    ratio = cost.cpu.median / first.cpu.median if first.cpu.median else 0.0
    # The peak of a child includes that of this process, from which it was forked.
    own = 1.1 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    peak = f"{cost.memory:6.1f}" if cost.memory > own else f"<{own:5.0f}"
    print(f"  {name:<40} {cost.cpu}  {ratio:7.2f} x  {peak} MB")


def _run(entry: Entry) -> tuple[float, float]:
    environment = {**os.environ, **entry.environment}
    given = {name: value for name, value in environment.items() if value is not None}
    seconds, peak = 0.0, 0.0
    for command in entry.commands:
        with tempfile.TemporaryFile() as output:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=given,
                cwd=entry.folder,
            )
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            # lintian ends with 2 and rpmlint with 64 if they find errors.
            if child.returncode not in (0, 1, 2, 64):
                output.seek(0)
                text = output.read(2000).decode(errors="replace")
                raise SystemExit(f"{command[0]} ended with {child.returncode}: {text}")
        seconds += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss / 1024)
    return seconds, peak
