"""A release of a component, and the interface of its scheme: how a project numbers its releases.

A scheme is a module in :mod:`pkgguard.versions.schemes`. Keys of every scheme have the
same shape, so that releases of components with different schemes compare by their
numbers. Sets of releases are :class:`VersionSet` over these keys, so they can be
unbounded and contain releases that do not exist yet.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from pkgguard.versions.sets import Boundary, VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pkgguard.versions.sets import Key

POSITIONS: Final = 4
"""The count of numbers in the key of a release; absent ones are 0."""

FINAL: Final = (1,)
"""The end of the key of a final release; with a word after the numbers, the end sorts above it."""

BELOW_PRERELEASES: Final = (0, ())
"""The end of a key that sorts below every prerelease of a release."""

LONGEST: Final = 128
"""The characters of a release."""

PRERELEASE_WORDS: Final = "alpha|beta|rc|pre|preview|dev|snapshot|cvs|svn|git|(?-i:M(?=[0-9]))"
"""The words that mark a prerelease in every scheme."""


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """One release of a component; instances compare by their keys. ``text`` is its form upstream."""

    key: Key
    text: str = field(compare=False)
    scheme: Scheme = field(compare=False, repr=False)
    prerelease: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.text

    @property
    def numbers(self) -> tuple[int, ...]:
        """Its numbers, with zeros for absent ones."""
        return self.key[:POSITIONS]

    @property
    def major(self) -> int:
        """Its first number."""
        return self.numbers[0]

    @property
    def minor(self) -> int:
        """Its second number."""
        return self.numbers[1]

    @property
    def patch(self) -> int:
        """Its third number."""
        return self.numbers[2]

    @property
    def branch(self) -> tuple[int, ...]:
        """The numbers that name its branch."""
        return self.key[: self.scheme.branch]

    @property
    def boundary(self) -> Boundary:
        """The position just before this release."""
        return Boundary.before(self.key)

    @property
    def opening(self) -> Boundary:
        """The position below this release and all its prereleases."""
        if len(self.key[POSITIONS]) > 1 and not self.prerelease:
            return self.boundary  # a word that is not a prerelease follows its numbers
        return Boundary.before((*self.numbers, BELOW_PRERELEASES))

    @property
    def final(self) -> str:
        """The text of this release if it is final, or else of its final release."""
        return self.scheme.with_key((*self.numbers, FINAL)).text if self.prerelease else self.text

    @property
    def shortest(self) -> Release:
        """The form of this release that sorts lowest, such as 252 for 252.0."""
        return Release(self.key, self.scheme.shortest(self), self.scheme, self.prerelease)

    @property
    def next_patch(self) -> Release:
        """The lowest final release above this one in its scheme."""
        if self.prerelease:
            return self.scheme.with_key((*self.numbers, FINAL))
        return self._raised(self.scheme.last_position)

    @property
    def next_branch(self) -> Release:
        """The first release of the next branch."""
        return self._raised(self.scheme.branch)

    @property
    def next_major(self) -> Release:
        """The first release of the next major."""
        return self._raised(1)

    def branches(self, below: int, above: int) -> VersionSet:
        """Return the releases of its branch and the nearest branches with the same numbers before."""
        *series, last = self.branch
        low, high = ((*series, number) for number in (max(0, last - below), last + above + 1))
        return VersionSet.between(opening(low), opening(high))

    def _raised(self, position: int) -> Release:
        numbers = (*self.key[: position - 1], self.key[position - 1] + 1)
        return self.scheme.with_key((*padded(numbers), FINAL))


def padded(numbers: Iterable[int]) -> tuple[int, ...]:
    """Return numbers with zeros up to :data:`POSITIONS`."""
    return (*numbers, *(0,) * POSITIONS)[:POSITIONS]


def opening(numbers: Iterable[int]) -> Boundary:
    """Return the position below every release that begins with these numbers."""
    return Boundary.before((*padded(numbers), BELOW_PRERELEASES))


class SchemeSettings(NamedTuple):
    """A component's settings for its scheme.

    ``branch`` is how many numbers name a branch, or 0 for the scheme's own count.
    ``prereleases`` are more words that mark a prerelease after a release's numbers, and
    ``suffixes`` are words without meaning.
    """

    branch: int = 0
    prereleases: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()


class ReleaseCore(NamedTuple):
    """The release at the beginning of an upstream version.

    ``texts`` are the possible releases, the most exact first; ``suffix`` follows the
    numbers. If ``texts`` is empty, ``why`` is the reason.
    """

    texts: tuple[str, ...]
    suffix: str
    why: str = ""


class Scheme(ABC):
    """A release scheme, with the settings of the component that uses it.

    ``described`` is the name of a release in messages. ``listed`` are the component's
    releases as in the manifest.
    """

    name: ClassVar[str]
    described: ClassVar[str]

    def __init__(self, settings: SchemeSettings | None = None, listed: Sequence[str] = ()) -> None:
        del listed
        self.settings = settings or SchemeSettings()
        self._listed: Mapping[Key, Release] = {}
        self._made: dict[Key, Release] = {}

    @property
    def branch(self) -> int:
        """How many numbers name a branch."""
        return self.settings.branch or self.usual_branch

    @property
    def prerelease_words(self) -> str:
        """A regular expression of the words that mark a prerelease."""
        return "|".join((PRERELEASE_WORDS, *map(re.escape, self.settings.prereleases)))

    @property
    def suffix_words(self) -> str:
        """A regular expression of the component's own words without meaning, or an empty text."""
        return "|".join(map(re.escape, self.settings.suffixes))

    @property
    @abstractmethod
    def usual_branch(self) -> int:
        """How many numbers name a branch, unless the component sets it."""

    @abstractmethod
    def parse(self, text: str) -> Release:
        """Return a release of the manifest; raise :class:`VersionError` if the text is not one."""

    @abstractmethod
    def text_of(self, key: Key) -> str:
        """Return the text of a release with this key, if the manifest does not list it."""

    @abstractmethod
    def core(self, upstream: str) -> ReleaseCore:
        """Return the release at the beginning of an upstream version."""

    @property
    @abstractmethod
    def last_position(self) -> int:
        """The position of the number that increases from one release to the next, counted from 1."""

    def shorter(self, release: Release) -> str:
        """Return the shorter text that stands for no release and sorts below this one, or an empty text."""
        del release
        return ""

    def shortest(self, release: Release) -> str:
        """Return the lowest-sorting text of a final release."""
        return release.text

    def numbers_of(self, release: Release) -> str:
        """Return the numbers at the beginning of a release, as its text has them."""
        return release.final

    def know(self, releases: Iterable[Release]) -> None:
        """From now on, write every release that equals one of these in the same form."""
        self._listed = {release.key: release for release in releases}

    def with_key(self, key: Key) -> Release:
        """Return the release with a key."""
        found = self._listed.get(key) or self._made.get(key)
        if found is None:
            found = self._made[key] = self.parse(self.text_of(key))
        return found

    def release_at(self, boundary: Boundary) -> Release:
        """Return the release just after a position; for an opening, the final one above it.

        Raises :class:`ValueError` for a position just after a release.
        """
        if boundary.rank or boundary.side:
            raise ValueError(f"{boundary} is not before a release")
        *numbers, rest = boundary.key
        return self.with_key((*numbers, FINAL if rest == BELOW_PRERELEASES else rest))
