"""CPU time that one untrusted input may cost.

Bounds on sizes keep work small only as long as it grows in proportion to them.
A budget holds even where it does not: code whose work depends on an input calls
:func:`spend` as it goes, and once the CPU time of the thread is used up the
input is given up, whatever it is doing. No clock of the wall is looked at, so a
busy machine changes no verdict.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from pkgguard.errors import PkgguardError

if TYPE_CHECKING:
    from collections.abc import Iterator


class OverBudgetError(PkgguardError):
    """An input needed more CPU time than it may; ``seconds`` is what it was allowed."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds

    def __str__(self) -> str:
        return f"it takes more than {self.seconds:g} seconds of CPU time"


_limits: ContextVar[tuple[float, float] | None] = ContextVar("limits", default=None)


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Allow the code inside ``seconds`` of this thread's CPU time.

    Inside another budget the one that ends first holds. Code inside that calls
    :func:`spend` raises :class:`OverBudgetError` once the time is used up.
    """
    mine = (time.thread_time() + seconds, seconds)
    outer = _limits.get()
    token = _limits.set(mine if outer is None else min(mine, outer))
    try:
        yield
    finally:
        _limits.reset(token)


def spend() -> None:
    """Raise :class:`OverBudgetError` if the budget in force is used up; without one, do nothing."""
    limit = _limits.get()
    if limit is not None and time.thread_time() > limit[0]:
        raise OverBudgetError(limit[1])
