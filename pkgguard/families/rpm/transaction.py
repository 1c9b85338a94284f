"""How rpm reduces a list of packages before it checks their dependencies."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pkgguard.budget import spend
from pkgguard.families.expression import Constraint, Operator
from pkgguard.families.rpm.three_valued import overlap
from pkgguard.families.rpm.version import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pkgguard.families.interface import Package
    from pkgguard.versions.sets import Key


def added(packages: Sequence[Package]) -> list[Package]:
    """Return the arguments of ``rpm -i`` that rpm keeps, in order.

    Measured with rpm 4.18 (findPos in its depends.c): a package that an earlier one
    obsoletes is silently skipped, a package replaces the first earlier one that it
    obsoletes, and packages of the same name, version and architecture count once.
    """
    # Positions in ``kept`` by name; a replaced package leaves None there.
    kept: list[Package | None] = []
    places: dict[str, list[int]] = {}
    obsoleting: dict[str, dict[Constraint, None]] = {}
    counts: dict[Constraint, int] = {}
    present: Counter[tuple[str, str, Key]] = Counter()
    for package in packages:
        spend()
        if any(matches(obsoleted, package) for obsoleted in obsoleting.get(package.name, ())):
            continue
        own = tuple(dict.fromkeys(_obsoleted(package)))
        replaced = _first_obsoleted(own, kept, places)
        if replaced is not None:
            gone = kept[replaced]
            assert gone is not None  # noqa: S101 - only packages that are kept have a place
            kept[replaced] = None
            places[gone.name].remove(replaced)
            present[_identity(gone)] -= 1
            for obsoleted in dict.fromkeys(_obsoleted(gone)):
                counts[obsoleted] -= 1
                if not counts[obsoleted]:
                    del obsoleting[obsoleted.name][obsoleted]
        elif present[_identity(package)] > 0:
            continue
        places.setdefault(package.name, []).append(len(kept))
        kept.append(package)
        present[_identity(package)] += 1
        for obsoleted in own:
            spend()
            counts[obsoleted] = counts.get(obsoleted, 0) + 1
            obsoleting.setdefault(obsoleted.name, {})[obsoleted] = None
    return [package for package in kept if package is not None]


def matches(one: Constraint, package: Package) -> bool:
    """Return whether an Obsoletes matches a package by its name; provided names never match."""
    return one.name == package.name and overlap(
        one, Constraint(package.name, Operator.EQUAL, package.version)
    )


def replaces(one: Constraint, package: Package) -> bool:
    """Return whether an Obsoletes removes a package that was installed before.

    rpm searches the provided names for such a package. A package that does not provide
    its own name stays; every package from rpmbuild provides it.
    """
    return matches(one, package) and any(
        isinstance(provided := relation.expression, Constraint) and provided.name == package.name
        for relation in package.relations
        if relation.field == "Provides"
    )


def _first_obsoleted(
    own: Iterable[Constraint], kept: Sequence[Package | None], places: Mapping[str, Sequence[int]]
) -> int | None:
    for one in own:
        spend()
        for index in places.get(one.name, ()):
            earlier = kept[index]
            if earlier is not None and replaces(one, earlier):
                return index
    return None


def _obsoleted(package: Package) -> Iterator[Constraint]:
    for relation in package.relations:
        if relation.field == "Obsoletes" and isinstance(relation.expression, Constraint):
            yield relation.expression


def _identity(package: Package) -> tuple[str, str, Key]:
    return package.name, package.architecture, key(package.version)
