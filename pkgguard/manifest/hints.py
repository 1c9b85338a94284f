"""Finding the nearest known word to a misspelt one."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, Final

from pkgguard.manifest.limits import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable

_FEW: Final = 200  # up to this many, all are compared
_NEIGHBOURS: Final = 20
_LISTED: Final = 24


class Words:
    """Known words, with a search for the nearest one.

    If there are many, it only compares those that share the longest beginning or the
    longest end.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(words)
        self._found: dict[str, str] = {}

    def nearest(self, word: str) -> str:
        """Return the known word most like ``word``, or an empty string."""
        if word not in self._found:
            import difflib  # noqa: PLC0415 - only a mistake needs it

            close = difflib.get_close_matches(word, self._like(word), n=1, cutoff=0.5)
            self._found[word] = close[0] if close else ""
        return self._found[word]

    def hint(self, word: str) -> str:
        """Return a hint that names the nearest known word, or the known words."""
        close = self.nearest(word)
        if close:
            return f"did you mean {close!r}?"
        return self.listing()

    def has_searched(self, word: str) -> bool:
        """Return whether the search for ``word`` has already been done."""
        return word in self._found

    def listing(self) -> str:
        """Return a hint that lists the known words, or the first ones of many."""
        if not self._words:
            return "none is defined"
        more = len(self._words) - _LISTED
        tail = f" and {more} more" if more > 0 else ""
        return f"known: {', '.join(self._words[:_LISTED])}{tail}"

    def _like(self, word: str) -> list[str]:
        if len(word) > NAME:
            return []
        if len(self._words) <= _FEW:
            words = self._words
        else:
            backwards = [one[::-1] for one in _around(self._backwards, word[::-1])]
            words = list(dict.fromkeys(_around(self._words, word) + backwards))
        return [one for one in words if len(one) <= NAME]

    @cached_property
    def _backwards(self) -> list[str]:
        return sorted(word[::-1] for word in self._words)


def _around(words: list[str], word: str) -> list[str]:
    place = bisect_left(words, word)
    return words[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS]
