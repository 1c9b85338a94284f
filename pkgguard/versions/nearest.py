"""The known releases that are closest to a version that belongs to none of them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from heapq import heappop, heappush
from itertools import islice
from typing import TYPE_CHECKING, Final

from pkgguard.versions.release import POSITIONS, padded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.versions.release import Release

_NUMBER: Final = r"[0-9]{1,9}"


def nearest_releases(text: str, known: Sequence[Release], count: int = 3) -> tuple[str, ...]:
    """Return the known releases closest to the leading numbers of a text, best first.

    ``known`` is in increasing order. The distance of the majors decides first, then
    that of the minors, then that of the patches.
    """
    numbers = [int(part) for part in re.findall(_NUMBER, text)[:POSITIONS]]
    target = padded(numbers)
    places = _by_distance(known, target, [(0, len(known))], 0)
    return tuple(known[place].text for place in islice(places, count))


def _by_distance(
    known: Sequence[Release], target: Sequence[int], spans: list[tuple[int, int]], level: int
) -> Iterator[int]:
    """Yield the places of the releases in some spans of ``known``, the nearest first, without visiting all.

    The releases of a span have the same numbers before ``level``. By these numbers, all
    spans are equally far from the target.
    """
    if level == len(target):
        for low, high in spans:
            yield from range(low, high)
        return
    wanted = target[level]

    def number(release: Release) -> int:
        return release.key[level]  # type: ignore[no-any-return]

    # In each span, the numbers from the wanted one on are visited upwards, the lower ones downwards.
    waiting: list[tuple[int, int, int, bool]] = []

    def wait(low: int, high: int, *, upwards: bool) -> None:
        if low < high:
            nearest = number(known[low] if upwards else known[high - 1])
            heappush(waiting, (abs(nearest - wanted), low, high, upwards))

    for low, high in spans:
        middle = bisect_left(known, wanted, low, high, key=number)
        wait(low, middle, upwards=False)
        wait(middle, high, upwards=True)
    while waiting:
        distance = waiting[0][0]
        tied: list[tuple[int, int]] = []
        while waiting and waiting[0][0] == distance:
            _, low, high, upwards = heappop(waiting)
            if upwards:
                end = bisect_right(known, number(known[low]), low, high, key=number)
                tied.append((low, end))
                wait(end, high, upwards=True)
            else:
                start = bisect_left(known, number(known[high - 1]), low, high, key=number)
                tied.append((start, high))
                wait(low, start, upwards=False)
        yield from _by_distance(known, target, sorted(tied), level + 1)
