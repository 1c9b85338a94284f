"""Packages whose names contain their series, such as postgresql-15 and php8.2-fpm.

One table of the manifest describes a package of each series. Its name in a family has
``{major}`` in the place of the first number of the series, and ``{minor}`` for the
second.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkgguard.manifest.model import Component
    from pkgguard.manifest.package_spec import PackageSpec, Shipping

_MAJOR: Final = "{major}"
_MINOR: Final = "{minor}"
_SERIES: Final = r"(?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8}))?"


def holds_series(name: str) -> bool:
    """Return whether a package name has a placeholder for the series."""
    return _MAJOR in name or _MINOR in name


def depth_of(name: str) -> int:
    """Return how many numbers of the series a name contains."""
    return 2 if _MINOR in name else 1


def parse_series(text: str) -> tuple[int, ...]:
    """Return the numbers of a series such as ``10.7`` or ``15``, or an empty tuple for another text."""
    return tuple(map(int, text.split("."))) if re.fullmatch(_SERIES, text) else ()


def series_text(series: Iterable[int]) -> str:
    """Return a series as text."""
    return ".".join(map(str, series))


def filled(name: str, series: tuple[int, ...]) -> str:
    """Return the name of the package of a series."""
    for mark, number in zip((_MAJOR, _MINOR), series, strict=False):
        name = name.replace(mark, str(number))
    return name


def listed_series(components: Iterable[Component], depth: int) -> list[tuple[int, ...]]:
    """Return the series in which all of some components have a release, the newest first."""
    found: set[tuple[int, ...]] | None = None
    for component in components:
        spend()
        own = {release.numbers[:depth] for release in component.releases}
        found = own if found is None else found & own
    return sorted(found or (), reverse=True)


def divided(package: PackageSpec, series: Iterable[tuple[int, ...]]) -> list[PackageSpec]:
    """Return the packages of a table with a series in its name: one of each series.

    Families with the same name for all series keep one package for all, which comes
    last.
    """
    several = {family: one for family, one in package.shipping.items() if holds_series(one.name)}
    same = {family: one for family, one in package.shipping.items() if family not in several}
    found = []
    for numbers in series:
        spend()
        name = f"{package.name}-{series_text(numbers)}"
        shipping: dict[str, Shipping] = {
            family: one._replace(name=filled(one.name, numbers)) for family, one in several.items()
        }
        found.append(package._replace(name=name, shipping=shipping, series=numbers))
    return [*found, package._replace(shipping=same)] if same else found
