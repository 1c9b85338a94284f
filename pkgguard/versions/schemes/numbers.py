"""A project's own numbers: one to four of them, such as 252, 15.4, 23.03.1 and 0.6.5.9.

They compare as numbers, and numbers that are absent are 0. A word may follow them.
One that marks a prerelease comes before the release (3008.0rc2), any other one after
it (9.2p1, 1.1.1k).
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from pkgguard.errors import VersionError
from pkgguard.versions.release import FINAL, LONGEST, POSITIONS, Release, ReleaseCore, Scheme, padded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pkgguard.versions.release import SchemeSettings
    from pkgguard.versions.sets import Key

_NUMBERS: Final = r"[0-9]{1,18}(?:\.[0-9]{1,18}){0,3}"
_RELEASE: Final = re.compile(rf"({_NUMBERS})(?:([-.~_]?)([A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)*))?")
_CORE: Final = re.compile(rf"({_NUMBERS})(.*)", re.DOTALL)
_WORD: Final = re.compile(r"[._]?([A-Za-z]+[0-9]*)(?![A-Za-z0-9])")
_HELP: Final = "write one to four numbers, such as 252 or 23.03.1, and a word where the project has one"


class Numbers(Scheme):
    """One to four numbers."""

    name = "numbers"
    described = "a release of one to four numbers"

    def __init__(self, settings: SchemeSettings | None = None, listed: Sequence[str] = ()) -> None:
        written = [match[1].split(".") for match in map(_RELEASE.match, listed) if match]
        self._most = max(map(len, written), default=1)
        self._widths = [max(map(_width, numbers)) for numbers in zip_longest(*written, fillvalue="")]
        super().__init__(settings)

    @property
    def usual_branch(self) -> int:
        """A branch is named by all numbers but the last, and by two at most."""
        return max(1, min(2, self._most - 1))

    @property
    def last_position(self) -> int:
        """The last number of the longest release that is listed."""
        return max(self._most, self.branch)

    def parse(self, text: str) -> Release:
        """Read one to four numbers with a word."""
        if not isinstance(text, str) or len(text) > LONGEST:
            raise VersionError(str(text)[:LONGEST], "release", _HELP)
        match = _RELEASE.fullmatch(text)
        if match is None or not text.isascii():
            raise VersionError(text, "release", _HELP)
        written, separator, word = match.groups()
        numbers = padded(map(int, written.split(".")))
        if not word:
            return Release((*numbers, FINAL), text, self)
        if self._is_prerelease(word):
            return Release((*numbers, (0, _parts(word))), text, self, word)
        if separator in ("-", "~"):
            raise VersionError(
                text, "release", f"{word} follows the release, so join it as in 9.2p1 or 9.2.P1"
            )
        return Release((*numbers, (*FINAL, _parts(word))), text, self)

    def text_of(self, key: Key) -> str:
        """Write as many numbers as the longest listed release has, as wide as there, and the word."""
        *numbers, (_, *word) = key
        count = max((place for place, number in enumerate(numbers, 1) if number), default=1)
        widths = (*self._widths, *(1,) * POSITIONS)
        wide = [str(number).zfill(width) for number, width in zip(numbers, widths, strict=False)]
        text = ".".join(wide[: max(count, min(self._most, 2))])
        return text + "".join(
            str(number) if not kind else letters for kind, number, letters in [*word, ()][0]
        )

    def core(self, upstream: str) -> ReleaseCore:
        """Find one to four numbers, and a word right after them."""
        match = _CORE.fullmatch(upstream)
        if match is None:
            return ReleaseCore((), "", "does not begin with a number, as a release does")
        numbers, suffix = match.groups()
        if re.match(r"\.?\d", suffix):
            return ReleaseCore(
                (), suffix, f"has another number after {numbers}, and releases have four at most"
            )
        word = _WORD.match(suffix)
        if word is None or self._is_prerelease(word[1]):
            return ReleaseCore((numbers,), suffix)
        return ReleaseCore((f"{numbers}{word[0]}", numbers), suffix)

    def shortest(self, release: Release) -> str:
        """252 sorts below 252.0 in every family, and is the same release; so does 16rc1 below 16.0rc1."""
        numbers = self.numbers_of(release)
        word = release.text[len(numbers) :]
        if word and not release.prerelease:
            return release.text
        return re.sub(r"(?:\.0+)+\Z", "", numbers) + word

    def numbers_of(self, release: Release) -> str:
        """Return the numbers at the beginning of a release's text."""
        match = re.match(_NUMBERS, release.text)
        return match[0] if match else release.final

    def _is_prerelease(self, word: str) -> bool:
        return self._prerelease.match(word) is not None

    @cached_property
    def _prerelease(self) -> re.Pattern[str]:
        return re.compile(rf"(?i:(?:{self.prerelease_words})(?![a-z])|[ab](?=[0-9]))")


def _width(number: str) -> int:
    """Return how many digits a project writes at least, as one of its numbers shows: two in 03."""
    return len(number) if number.startswith("0") and len(number) > 1 else 1


def _parts(word: str) -> tuple[tuple[int, int, str], ...]:
    """Divide a word into letters and numbers, so that rc10 is above rc2."""
    runs = re.findall(r"[0-9]+|[A-Za-z]+", word)
    return tuple((0, int(run), "") if run.isdigit() else (1, 0, run) for run in runs)


SCHEME: Final = Numbers
