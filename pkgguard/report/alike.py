"""Several texts that differ in one place as one text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_PIECE: Final = re.compile(r"(\s+|[:;,](?=\s))")
_MOST: Final = 5
"""How many of the texts are named; the others are counted."""
_LONGEST: Final = 1000
"""The most characters of a text that is compared with others."""


def joined(texts: Sequence[str]) -> str | None:
    """Return texts that begin and end alike as one, with what differs joined by commas and ``and``.

    None is returned if they do not begin with the same word, or if one of them has
    nothing where the others differ.
    """
    if any(len(text) > _LONGEST for text in texts):
        return None
    split = [_PIECE.split(text) for text in texts]
    start = _shared(split)
    end = _shared([words[start:][::-1] for words in split])
    different = ["".join(words[start : len(words) - end]) for words in split]
    if start < 2 or not all(one.strip() for one in different):
        return None
    before, after = "".join(split[0][:start]), "".join(split[0][len(split[0]) - end :])
    named = different[:_MOST]
    if len(different) > _MOST:
        named.append(f"{len(different) - _MOST} more")
    *some, last = named
    return f"{before}{', '.join(some)} and {last}{after}"


def _shared(rows: Sequence[Sequence[str]]) -> int:
    """Return the number of pieces with which all rows begin."""
    count = 0
    for pieces in zip(*rows, strict=False):
        if len(set(pieces)) > 1:
            break
        count += 1
    return count
