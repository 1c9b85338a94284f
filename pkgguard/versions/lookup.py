"""Release schemes by their names. A scheme is found by its module in :mod:`pkgguard.versions.schemes`."""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from pkgguard.versions import schemes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pkgguard.versions.release import Release, Scheme, SchemeSettings
    from pkgguard.versions.sets import Boundary

DEFAULT: Final = "semver"
"""The scheme of a component that does not name one."""


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


def parse_release(text: str) -> Release:
    """Return a release of the default scheme; raise :class:`VersionError` if the text is not one."""
    return default_scheme().parse(text)


def release_at(boundary: Boundary, scheme: Scheme | None = None) -> Release:
    """Return the release just after a position; for :attr:`Release.opening`, the final one above it.

    The default is the default scheme. Raises :class:`ValueError` for a position just
    after a release.
    """
    return (scheme or default_scheme()).release_at(boundary)
