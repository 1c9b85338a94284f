"""Remembering what short texts were turned into.

A package may hold thousands of versions that are each as long as a book. What
is remembered of them would outlive the package, so only short texts, as all
real ones are, are remembered.
"""

from __future__ import annotations

from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_ENTRIES: Final = 4096
_LONG: Final = 128
"""Characters of a text from which on nothing is remembered of it."""

Texts = ParamSpec("Texts")
Made = TypeVar("Made")


def remembered(make: Callable[Texts, Made]) -> Callable[Texts, Made]:
    """Remember the results of a function of texts, where the last text, by which they differ, is short."""
    recall = lru_cache(maxsize=_ENTRIES)(make)

    @wraps(make)
    def made(*texts: Texts.args, **named: Texts.kwargs) -> Made:
        return recall(*texts, **named) if len(texts[-1]) < _LONG else make(*texts, **named)  # type: ignore[arg-type]

    return made
