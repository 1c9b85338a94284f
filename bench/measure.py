"""CPU seconds and peak memory of commands that are run in turn, by the operating system's own accounting."""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import tempfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OWN = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@dataclass(frozen=True)
class Case:
    """Something to measure: commands that are run one after another, and their environment beside the own."""

    name: str
    commands: Sequence[Sequence[str]]
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def program(self) -> str:
        """The program that must be installed."""
        return self.commands[0][0]


@dataclass
class Cost:
    """What each round of a case cost: CPU seconds (user and system) and peak memory in MB."""

    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


def measure(cases: Sequence[Case], runs: int) -> list[tuple[Case, Cost]]:
    """Run all cases in turn, A B C A B C …, so that a change of the machine's speed meets them alike.

    One round is a warm-up and does not count. A case whose program is not
    installed is named and left out.
    """
    there = []
    for case in cases:
        if shutil.which(case.program) is None:
            print(f"  {case.program} is not installed, and left out")
        else:
            there.append((case, Cost()))
    for number in range(runs + 1):
        for case, cost in there:
            cpu, memory = _round(case)
            if number:
                cost.cpu.append(cpu)
                cost.memory.append(memory)
    return there


def _round(case: Case) -> tuple[float, float]:
    total, peak = 0.0, 0.0
    for command in case.commands:
        with tempfile.TemporaryFile() as output:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **case.environment},
            )
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode not in (0, 1, 2):  # lintian ends with 2 where it finds something
                output.seek(0)
                raise SystemExit(f"{command[0]} failed: {output.read(2000).decode(errors='replace')}")
        total += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss / 1024)
    return total, peak


def table(title: str, rows: Sequence[tuple[Case, Cost]]) -> None:
    """Print the median and the spread of each case, and how many times the first it is, round by round."""
    print(f"\n{title}")
    print(f"  {'':<44} {'CPU s':>8} {'least–most':>15} {'times':>8} {'MB':>8}")
    first = rows[0][1]
    for case, cost in rows:
        spread = f"{min(cost.cpu):.3f}–{max(cost.cpu):.3f}"
        ratios = [mine / other for mine, other in zip(cost.cpu, first.cpu, strict=True) if other]
        ratio = f"{statistics.median(ratios):8.2f}" if ratios else "       –"
        memory = statistics.median(cost.memory)
        # A child's peak begins with that of this process, from which it was made.
        peak = f"{memory:8.1f}" if memory > 1.1 * OWN else f"   <{1.1 * OWN:4.0f}"
        print(f"  {case.name:<44} {statistics.median(cost.cpu):8.3f} {spread:>15} {ratio} {peak}")
