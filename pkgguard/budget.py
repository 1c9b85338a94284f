"""Limits on the CPU time that one untrusted input may take.

Limits on sizes keep the work small only as long as it grows in proportion to them.
A budget works even if it does not: code whose work depends on an input calls
:func:`spend` regularly, which raises an error once the CPU time of the thread is
used up. Wall-clock time does not count, so a busy machine does not change a verdict.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple

from pkgguard.errors import PkgguardError

if TYPE_CHECKING:
    from collections.abc import Iterator


class OverBudgetError(PkgguardError):
    """An input took too much CPU time; ``seconds`` is the limit."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds

    def __str__(self) -> str:
        return f"it takes more than {self.seconds:g} seconds of CPU time"


class _Limit(NamedTuple):
    """When a budget ends: after which CPU time of the thread, and not before which time of the clock."""

    end: float
    seconds: float
    earliest: float


_limits: ContextVar[_Limit | None] = ContextVar("limits", default=None)


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Limit the CPU time of this thread inside the block to ``seconds``.

    Budgets can be nested; the one that ends first applies. Once the time is used up,
    :func:`spend` raises :class:`OverBudgetError`.
    """
    mine = _Limit(time.thread_time() + seconds, seconds, time.monotonic() + seconds)
    outer = _limits.get()
    token = _limits.set(mine if outer is None else min(mine, outer))
    try:
        yield
    finally:
        _limits.reset(token)


def spend() -> None:
    """Raise :class:`OverBudgetError` if the current budget, if any, is used up."""
    limit = _limits.get()
    if limit is None or time.monotonic() < limit.earliest:
        return  # a thread uses at most the time that passes, and the clock is much faster to read
    if time.thread_time() > limit.end:
        raise OverBudgetError(limit.seconds)
