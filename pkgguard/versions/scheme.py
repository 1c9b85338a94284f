"""The interface of a release scheme: how a project numbers its releases, and how package versions show them.

A scheme is a module in :mod:`pkgguard.versions.schemes`, found by its name. Keys of
every scheme have the same shape, so that releases of components with different
schemes compare by their numbers.
"""

from __future__ import annotations

import os
import re
from abc import ABC, abstractmethod
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, cast

from pkgguard.versions import schemes
from pkgguard.versions.release import BELOW_PRERELEASES, FINAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pkgguard.versions.release import Release
    from pkgguard.versions.sets import Boundary, Key

DEFAULT: Final = "semver"
"""The scheme of a component that does not name one."""

LONGEST: Final = 128
"""The characters of a release."""

PRERELEASE_WORDS: Final = "alpha|beta|rc|pre|preview|dev|snapshot|cvs|svn|git"
"""The words that mark a prerelease in every scheme."""


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


def names() -> tuple[str, ...]:
    """Return the names of the schemes, sorted."""
    found: set[str] = set()
    for place in schemes.__path__:
        try:
            found.update(name[:-3] for name in os.listdir(place) if name.endswith(".py"))
        except NotADirectoryError:  # pkgguard is imported from an archive
            from pkgutil import iter_modules  # noqa: PLC0415 - slow to load, and rarely needed

            found.update(module.name for module in iter_modules([place]))
    return tuple(sorted(found - {"__init__"}))


@cache
def scheme_class(name: str) -> type[Scheme]:
    """Return the scheme with a name, which is one of :func:`names`."""
    return cast("type[Scheme]", import_module(f"{schemes.__name__}.{name}").SCHEME)


def make_scheme(name: str, settings: SchemeSettings, listed: Sequence[str]) -> Scheme:
    """Return a scheme for a component with these settings and releases."""
    return scheme_class(name)(settings, listed)


@cache
def default_scheme() -> Scheme:
    """Return the scheme of a component that does not name one."""
    return scheme_class(DEFAULT)()
