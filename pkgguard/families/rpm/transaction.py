"""What rpm makes of a list of packages before it looks at their dependencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.families.expression import Constraint, Operator
from pkgguard.families.rpm.version import key
from pkgguard.families.rpm.world import overlap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.families.interface import Package


def added(packages: Sequence[Package]) -> list[Package]:
    """Give the packages that ``rpm -i`` keeps of its arguments, in their order.

    As measured of rpm 4.18 (findPos in its depends.c): a package that an
    earlier one obsoletes is passed over without a word, a package takes the
    place of the first earlier one that it obsoletes, and a package of the same
    name, version and architecture counts once.
    """
    kept: list[Package] = []
    for package in packages:
        if any(matches(one, package) for earlier in kept for one in _obsoleted(earlier)):
            continue
        replaced = _first_obsoleted(package, kept)
        if replaced is not None:
            del kept[replaced]
        elif any(_same(earlier, package) for earlier in kept):
            continue
        kept.append(package)
    return kept


def matches(one: Constraint, package: Package) -> bool:
    """Say whether an Obsoletes matches a package: by its name, never by what it provides."""
    return one.name == package.name and overlap(
        one, Constraint(package.name, Operator.EQUAL, package.version)
    )


def _first_obsoleted(package: Package, kept: list[Package]) -> int | None:
    for one in _obsoleted(package):
        for index, earlier in enumerate(kept):
            if matches(one, earlier):
                return index
    return None


def _obsoleted(package: Package) -> Iterator[Constraint]:
    for relation in package.relations:
        if relation.field == "Obsoletes" and isinstance(relation.expression, Constraint):
            yield relation.expression


def _same(one: Package, other: Package) -> bool:
    return (one.name, one.architecture) == (other.name, other.architecture) and key(one.version) == key(
        other.version
    )
