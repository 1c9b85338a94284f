"""Caching the results of functions of short texts.

A package may contain thousands of versions that are each as long as a book, and cached
results would outlive the package. So only short texts are cached; all real ones are
short.
"""

from __future__ import annotations

from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_ENTRIES: Final = 4096
_LONG: Final = 128
"""The length from which on a text is not cached."""

Texts = ParamSpec("Texts")
Made = TypeVar("Made")


def remembered(make: Callable[Texts, Made]) -> Callable[Texts, Made]:
    """Cache the results of a function of texts, if its last text, which differs most, is short."""
    recall = lru_cache(maxsize=_ENTRIES)(make)

    @wraps(make)
    def made(*texts: Texts.args, **named: Texts.kwargs) -> Made:
        return recall(*texts, **named) if len(texts[-1]) < _LONG else make(*texts, **named)  # type: ignore[arg-type]

    return made
