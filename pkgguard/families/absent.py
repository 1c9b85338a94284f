"""What a set of packages needs and refuses of a package that is not in the set."""

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

    from pkgguard.diagnostics import PackageRef
    from pkgguard.families.interface import Package, Relation


class Refuser(NamedTuple):
    """A package with a relation that refuses every package that could meet a constraint."""

    package: PackageRef
    relation: Relation

    def problem(self, package: PackageRef, needed: Relation) -> Problem:
        """Return the reason why a relation of a package cannot be met."""
        whose = "" if self.package == package else f"{self.package} has "
        refusal = f"{whose}'{self.relation}', which refuses every package that satisfies it"
        reason = f"{package} has '{needed}', and {refusal}"
        return Problem(self.package, self.relation, (package,), reason)


def refuses_all(field: str, constraint: Constraint) -> bool:
    """Return True: a negative constraint refuses every package that meets it."""
    return True


class Terms(NamedTuple):
    """How a family expresses needs and refusals.

    ``range_of`` takes an operator and a version. ``bare`` is whether a name that is
    provided without a version meets every bound, as in rpm. ``refuses_all`` takes a
    negative field and a constraint of it, and returns whether the constraint refuses
    every package that meets it.
    """

    positive_fields: frozenset[str]
    negative_fields: frozenset[str]
    range_of: Callable[[str, str], VersionSet]
    bare: bool
    refuses_all: Callable[[str, Constraint], bool] = refuses_all


def spoken_of(packages: Iterable[Package], fields: Collection[str]) -> frozenset[str]:
    """Return the names in some fields of packages."""
    return frozenset(
        one.name
        for package in packages
        for relation in package.relations
        if relation.field in fields
        for one in constraints(relation.expression)
    )


def outside(packages: Collection[Package], providing: str) -> frozenset[str]:
    """Return the names in the relations of the packages that none of them has or provides.

    ``providing`` is the family's field for provided names.
    """
    fields = {relation.field for package in packages for relation in package.relations}
    brought = spoken_of(packages, {providing}).union(package.name for package in packages)
    return spoken_of(packages, fields - {providing}) - brought


def ruled_out(
    packages: Sequence[Package], absent: frozenset[str], terms: Terms
) -> Mapping[Constraint, Refuser]:
    """Return the constraints that no other package can meet, each with its refuser.

    ``absent`` are the names that none of the packages has or provides. A constraint on
    one of them is ruled out if relations of the packages refuse every version that
    meets it (Debian Policy 7.3 and 7.4; rpm-dependencies(7)). Rich Conflicts of rpm
    rule nothing out.
    """
    names = absent & spoken_of(packages, terms.positive_fields) & spoken_of(packages, terms.negative_fields)
    if not names:
        return {}
    refusals = _refusals(packages, names, terms)
    found: dict[Constraint, Refuser] = {}
    for package in packages:
        for relation in package.relations:
            if relation.field in terms.positive_fields:
                for constraint in constraints(relation.expression):
                    spend()
                    if constraint.name in refusals and constraint not in found:
                        refuser = refusals[constraint.name].refuser(constraint)
                        if refuser is not None:
                            found[constraint] = refuser
    return found


def needs(package: Package, terms: Terms) -> dict[str, list[tuple[VersionSet, Relation]]]:
    """Return the versions that a package needs by name, from the clauses with one alternative."""
    found: defaultdict[str, list[tuple[VersionSet, Relation]]] = defaultdict(list)
    for relation in package.relations:
        constraint = relation.expression
        if (
            relation.field in terms.positive_fields
            and isinstance(constraint, Constraint)
            and constraint.operator is not None
        ):
            spend()
            found[constraint.name].append(
                (terms.range_of(constraint.operator.value, constraint.version), relation)
            )
    return found


def common(some: Iterable[VersionSet]) -> VersionSet:
    """Return the versions in all of some ranges."""
    return ~VersionSet.union(~one for one in some)


def disputed(packages: Sequence[Package], absent: Collection[str], terms: Terms) -> Iterator[str]:
    """Yield why it is not known whether packages outside the set can meet the needs for a name.

    This is for families that install only one version of a package. If no single
    version meets all needs for an ``absent`` name, no package of that name can. Other
    packages could provide the name in two versions (Debian Policy 7.5), and it is not
    known whether they exist.
    """
    wanted: defaultdict[str, list[tuple[VersionSet, Relation, PackageRef]]] = defaultdict(list)
    for package in packages:
        for name, some in needs(package, terms).items():
            if name in absent:
                ref = package.ref
                wanted[name] += ((versions, relation, ref) for versions, relation in some)
    refused = _refusals(packages, wanted.keys(), terms)
    for name, every in wanted.items():
        left = common(versions for versions, _, _ in every)
        if len(every) < 2 or (left and not (name in refused and refused[name].covers(left))):
            continue
        first = max(every, key=lambda one: one[0].boundaries[:1])
        last = min(every, key=lambda one: one[0].boundaries[-1:])
        demands = " and ".join(dict.fromkeys(f"{ref} has '{relation}'" for _, relation, ref in (first, last)))
        yield (
            f"{demands}: no version of {name} is both, and whether other packages provide it in two versions"
            " is not known"
        )


class _Refusals:
    """The versions of one name that the packages refuse."""

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
        """Return the refuser of every version that meets a constraint, or None."""
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
        """Return whether all of some versions are refused."""
        return self._whole is not None or _inside(versions, self._union)


def _refusals(packages: Sequence[Package], names: Collection[str], terms: Terms) -> dict[str, _Refusals]:
    refused: defaultdict[str, list[tuple[Constraint, Refuser]]] = defaultdict(list)
    for package in packages:
        ref = package.ref
        for relation in package.relations:
            expression = relation.expression
            if relation.field not in terms.negative_fields or not isinstance(expression, Constraint):
                continue
            spend()
            if expression.name in names and terms.refuses_all(relation.field, expression):
                refused[expression.name].append((expression, Refuser(ref, relation)))
    return {name: _Refusals(found, terms) for name, found in refused.items()}


def _inside(inner: VersionSet, outer: VersionSet) -> bool:
    """Return whether a range of few intervals is a subset of one with many, by bisection."""
    for low, high in inner.intervals():
        place = bisect_right(outer.boundaries, low)
        if place % 2 == 0 or (place < len(outer.boundaries) and outer.boundaries[place] < high):
            return False
    return True
