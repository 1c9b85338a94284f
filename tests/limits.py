"""Limits of CPU time, which a busy machine does not change, and the last resort against a hang."""

from __future__ import annotations

import os
import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

HANG = 900
"""Seconds of wall time after which a child is taken to hang for ever; no limit of what is tested."""


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
