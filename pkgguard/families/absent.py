"""What packages leave of a package that is not among them: what they need of it, and what they refuse."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from pkgguard.budget import spend
from pkgguard.families.expression import Constraint, constraints
from pkgguard.families.interface import Problem
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from pkgguard.families.interface import Package, Relation


class Refuser(NamedTuple):
    """A package, and the relation of it that keeps every package out that could meet a constraint."""

    label: str
    relation: Relation

    def problem(self, label: str, needed: Relation) -> Problem:
        """Return why a package, ``label``, cannot have what it needs."""
        whose = "" if self.label == label else f"{self.label} has "
        refusal = f"{whose}'{self.relation}', which refuses every package that satisfies it"
        reason = f"{label} has '{needed}', and {refusal}"
        return Problem(self.label, self.relation, (label,), reason)


def refuses_all(field: str, constraint: Constraint) -> bool:
    """Return true: a negative constraint refuses every package that meets it."""
    return True


class Terms(NamedTuple):
    """How a family says what is needed and what is refused.

    ``range_of`` takes an operator and a version. ``bare`` says that a name which
    is provided without a version meets every bound, as it does in rpm.
    ``refuses_all`` takes a negative field and a constraint of it, and returns whether
    the constraint refuses every package that meets it.
    """

    positive_fields: frozenset[str]
    negative_fields: frozenset[str]
    range_of: Callable[[str, str], VersionSet]
    bare: bool
    refuses_all: Callable[[str, Constraint], bool] = refuses_all


def spoken_of(packages: Iterable[Package], fields: Collection[str]) -> frozenset[str]:
    """Return the names that some fields of packages speak of."""
    return frozenset(
        one.name
        for package in packages
        for relation in package.relations
        if relation.field in fields
        for one in constraints(relation.expression)
    )


def outside(packages: Collection[Package], providing: str) -> frozenset[str]:
    """Return the names that the packages speak of and do not bring themselves.

    ``providing`` is the family's field for what a package provides.
    """
    fields = {relation.field for package in packages for relation in package.relations}
    brought = spoken_of(packages, {providing}).union(package.name for package in packages)
    return spoken_of(packages, fields - {providing}) - brought


def ruled_out(
    packages: Sequence[Package], absent: frozenset[str], terms: Terms
) -> Mapping[Constraint, Refuser]:
    """Return the constraints that no further package can meet, each with what refuses it.

    ``absent`` are the names that none of the packages brings. A constraint on one
    of them is ruled out where every version that meets it is refused by the
    relations of the packages (Debian Policy 7.3 and 7.4; rpm-dependencies(7)).
    Rich Conflicts of rpm rule nothing out.
    """
    names = absent & spoken_of(packages, terms.positive_fields) & spoken_of(packages, terms.negative_fields)
    if not names:
        return {}
    refusals = _refusals(packages, names, terms)
    found: dict[Constraint, Refuser] = {}
    for package in packages:
        for relation in package.relations:
            if relation.field in terms.positive_fields:
                for one in constraints(relation.expression):
                    spend()
                    if one.name in refusals and one not in found:
                        refuser = refusals[one.name].refuser(one)
                        if refuser is not None:
                            found[one] = refuser
    return found


def needs(package: Package, terms: Terms) -> dict[str, list[tuple[VersionSet, Relation]]]:
    """Return the versions that a package needs, by name, of the clauses that have one alternative."""
    found: defaultdict[str, list[tuple[VersionSet, Relation]]] = defaultdict(list)
    for relation in package.relations:
        one = relation.expression
        if (
            relation.field in terms.positive_fields
            and isinstance(one, Constraint)
            and one.operator is not None
        ):
            spend()
            found[one.name].append((terms.range_of(one.operator.value, one.version), relation))
    return found


def common(some: Iterable[VersionSet]) -> VersionSet:
    """Return the versions that all of some ranges hold."""
    return ~VersionSet.union(~one for one in some)


def disputed(packages: Sequence[Package], absent: Collection[str], terms: Terms) -> Iterator[str]:
    """Yield why it is not known whether packages that are not given can meet what is needed of a name.

    It is for a family that installs one version of a package only. Where no
    version is all that is needed of an ``absent`` name, no package of that name
    can meet it; others that provide the name in two versions could (Debian
    Policy 7.5), and whether there are any is not known.
    """
    wanted: defaultdict[str, list[tuple[VersionSet, Relation, str]]] = defaultdict(list)
    for package in packages:
        for name, some in needs(package, terms).items():
            if name in absent:
                label = f"{package.name} {package.version}"
                wanted[name] += ((versions, relation, label) for versions, relation in some)
    refused = _refusals(packages, wanted.keys(), terms)
    for name, every in wanted.items():
        left = common(versions for versions, _, _ in every)
        if len(every) < 2 or (left and not (name in refused and refused[name].covers(left))):
            continue
        first = max(every, key=lambda one: one[0].boundaries[:1])
        last = min(every, key=lambda one: one[0].boundaries[-1:])
        demands = " and ".join(
            dict.fromkeys(f"{label} has '{relation}'" for _, relation, label in (first, last))
        )
        yield (
            f"{demands}: no version of {name} is both, and whether other packages provide it in two versions"
            " is not known"
        )


class _Refusals:
    """What the packages refuse of one name."""

    def __init__(self, refused: Sequence[tuple[Constraint, Refuser]], terms: Terms) -> None:
        self._terms = terms
        self._whole = next((by for one, by in refused if one.operator is None), None)
        self._parts = [
            (terms.range_of(one.operator.value, one.version), by)
            for one, by in refused
            if one.operator is not None
        ]
        self._union = VersionSet.union(part for part, _ in self._parts)

    def refuser(self, needed: Constraint) -> Refuser | None:
        """Return what refuses every version that meets a constraint, or None."""
        if self._whole is not None:
            return self._whole
        if needed.operator is None:
            if not self._terms.bare or self._union != VersionSet.full():
                return None
            return self._parts[0][1]
        wanted = self._terms.range_of(needed.operator.value, needed.version)
        if not wanted or not _inside(wanted, self._union):
            return None
        return next(by for part, by in self._parts if not part.is_disjoint(wanted))

    def covers(self, versions: VersionSet) -> bool:
        """Return whether every one of some versions is refused."""
        return self._whole is not None or _inside(versions, self._union)


def _refusals(packages: Sequence[Package], names: Collection[str], terms: Terms) -> dict[str, _Refusals]:
    refused: defaultdict[str, list[tuple[Constraint, Refuser]]] = defaultdict(list)
    for package in packages:
        label = f"{package.name} {package.version}"
        for relation in package.relations:
            expression = relation.expression
            if relation.field not in terms.negative_fields or not isinstance(expression, Constraint):
                continue
            spend()
            if expression.name in names and terms.refuses_all(relation.field, expression):
                refused[expression.name].append((expression, Refuser(label, relation)))
    return {name: _Refusals(found, terms) for name, found in refused.items()}


def _inside(inner: VersionSet, outer: VersionSet) -> bool:
    """Return whether a range of few intervals is part of one of many, by bisection."""
    for low, high in inner.intervals():
        place = bisect_right(outer.boundaries, low)
        if place % 2 == 0 or (place < len(outer.boundaries) and outer.boundaries[place] < high):
            return False
    return True
