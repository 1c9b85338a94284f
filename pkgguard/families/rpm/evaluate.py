"""Whether packages can be installed together, and which versions of a peer they admit.

The reference is ``rpm -i --test`` of all the packages on an empty database. File lists
are not read, so dependencies on paths and conflicts between files are not judged.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.families.absent import Terms, ruled_out
from pkgguard.families.expression import Constraint, constraints
from pkgguard.families.interface import InstallabilityVerdict, Problem
from pkgguard.families.limits import PROBLEMS
from pkgguard.families.rpm.dependency_syntax import PRETRANS
from pkgguard.families.rpm.rpm_facts import one_machine
from pkgguard.families.rpm.spread import Question, Versions
from pkgguard.families.rpm.three_valued import Assumed, Elsewhere, Provider, World, owner_of
from pkgguard.families.rpm.transaction import added, matches, replaces
from pkgguard.families.rpm.version import range_of
from pkgguard.versions.sets import VersionSet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from pkgguard.families.absent import Refuser
    from pkgguard.families.interface import Package, Peer, Relation
    from pkgguard.families.rpm.three_valued import Holder, Truth

_REQUIRED: Final = frozenset({"Requires", PRETRANS})
JUDGED: Final = _REQUIRED | {"Conflicts"}
TERMS: Final = Terms(_REQUIRED, frozenset({"Conflicts"}), range_of, bare=True)


def coinstallable(packages: Sequence[Package], *, assumed: Collection[str] = ()) -> InstallabilityVerdict:
    """Return whether ``rpm -i`` accepts all the packages on an empty database.

    ``assumed`` are names that are assumed to be present: a requirement that names one
    is satisfied, unless the packages refuse every suitable version. It is not known
    whether a Conflicts that names one is triggered.

    Two packages may have one name, because ``rpm -i`` accepts both. With an Obsoletes
    among the packages, rpm omits the obsoleted one (see
    :func:`~pkgguard.families.rpm.transaction.added`), which is not a refusal. As in
    rpm, the order of the packages can then matter. The architectures are refused if no
    machine accepts all the packages.

    ``installable`` is None if a path is required that no package provides by name, if a
    package has malformed relations, or if an architecture is unknown, unless another
    relation refuses the set anyway.
    """
    kept = added(packages)
    problems: list[Problem] = []
    unknown: list[str] = []
    match one_machine(package.architecture for package in kept):
        case False:
            problems += _architecture_problems(kept)
        case None:
            names = ", ".join(sorted({package.architecture for package in kept}))
            unknown.append(f"no known machine accepts all of these architectures: {names}")
    providers: dict[object, Provider] = {id(package): Provider(_provides(package)) for package in kept}
    others = "assumed"
    refused_outside = ruled_out(kept, frozenset(assumed), TERMS)
    world = World(
        {**providers, others: Assumed(assumed, True, refused_outside)},
        {**providers, others: Assumed(assumed, None)},
        transaction=True,
    )
    for package in kept:
        for relation in package.relations:
            if relation.field not in JUDGED:
                continue
            refused = is_refused(world, relation, id(package))
            if refused:
                if len(problems) < PROBLEMS:
                    problems.append(
                        _refused_outside(package, relation, refused_outside)
                        or _problem(package, relation, kept, providers)
                    )
            elif refused is None and names_path(relation):
                reason = "file lists are not read, and no Provides decides it"
                unknown.append(f"{package.ref} has '{relation}': {reason}")
        problems += islice(_obsolete_problems(package, kept), max(0, PROBLEMS - len(problems)))
    unknown += (
        f"{package.ref} has a malformed {field}, {text!r}: {reason}"
        for package in packages
        for field, text, reason in package.malformed
    )
    left_out = tuple(_left_out(packages, kept))
    if problems:
        return InstallabilityVerdict(False, tuple(problems), tuple(unknown), left_out)
    return InstallabilityVerdict(None if unknown else True, (), tuple(unknown), left_out)


def admitted(package: Package, peer: Peer, *, fields: Collection[str] | None = None) -> VersionSet:
    """Return the versions of the peer that the package's own relations admit.

    Each relation is judged by the rules of :func:`coinstallable`, for every version of
    the peer at once. Names that the peer neither has nor provides in any version may be
    present or absent. A relation admits the peer unless it certainly refuses it.
    ``fields`` limits the fields that are considered (``Requires``, ``Conflicts``);
    other fields cannot refuse.
    """
    wanted = JUDGED if fields is None else _with_qualified(fields) & JUDGED
    relations = [relation for relation in package.relations if relation.field in wanted]
    known = {peer.name} | {
        one.name
        for _, clauses in peer.provides
        for clause in clauses
        for one in constraints(clause.expression)
    }
    deciding, rest = _divide(relations, peer.name, known)
    own = Provider(_provides(package))
    elsewhere = Elsewhere(peer.name, known)
    others: dict[object, Holder] = {id(package): own, "elsewhere": elsewhere}
    world = World(others, others, transaction=False)
    if any(is_refused(world, relation, id(package)) for relation in rest):
        return VersionSet.empty()
    # Each relation decides independently, so the cost is linear.
    versions = Versions(peer, known)
    refused: list[VersionSet] = []
    for required, expression in dict.fromkeys((one.field in _REQUIRED, one.expression) for one in deciding):
        plain = isinstance(expression, Constraint)
        beside = (versions, elsewhere) if plain and not required else (own, versions, elsewhere)
        answer = Question(beside, features=required or plain).ask(expression)
        refused.append(answer.false if required else answer.true)
    return ~VersionSet.union(refused)


def _with_qualified(fields: Collection[str]) -> frozenset[str]:
    return frozenset(fields) | (_REQUIRED if "Requires" in fields else frozenset())


def _divide(
    relations: list[Relation], name: str, known: Collection[str]
) -> tuple[list[Relation], list[Relation]]:
    """Split relations into those that name the peer and the others."""
    deciding: list[Relation] = []
    rest: list[Relation] = []
    for relation in relations:
        spend()
        speaks = any(
            one.name in known or owner_of(one.name, name)[0] for one in constraints(relation.expression)
        )
        (deciding if speaks else rest).append(relation)
    return deciding, rest


def is_refused(world: World, relation: Relation, owner: object) -> Truth:
    """Return whether a relation refuses its package: a Requires that fails, or a Conflicts that holds."""
    if relation.field in _REQUIRED:
        met = world.requirement(relation.expression, pretrans=relation.field == PRETRANS)
        return None if met is None else not met
    return world.conflict(relation.expression, owner)


def _provides(package: Package) -> Iterator[Relation]:
    return (relation for relation in package.relations if relation.field == "Provides")


def names_path(relation: Relation) -> bool:
    """Return whether a relation names a path, which may be a file of any package."""
    return any(one.name.startswith("/") for one in constraints(relation.expression))


def _refused_outside(
    package: Package, relation: Relation, refused: Mapping[Constraint, Refuser]
) -> Problem | None:
    """Return the refuser of all packages outside the set that could meet a requirement, or None."""
    if relation.field not in _REQUIRED:
        return None
    refuser = next((refused[one] for one in constraints(relation.expression) if one in refused), None)
    return None if refuser is None else refuser.problem(package.ref, relation)


def _problem(
    package: Package, relation: Relation, kept: Sequence[Package], providers: Mapping[object, Provider]
) -> Problem:
    """Return why a relation refuses its package, and the other packages involved."""
    parts = list(constraints(relation.expression))
    near = [
        (other.ref, providers[id(other)])
        for other in kept
        if other is not package and any(providers[id(other)].names(part) for part in parts)
    ]
    if relation.field == "Conflicts":
        hit = tuple(ref for ref, provider in near if any(provider.holds(part) for part in parts))
        reason = f"{package.ref} conflicts with {', '.join(map(str, hit)) or 'itself'} ({relation.text})"
        return Problem(package.ref, relation, hit, reason)
    met = tuple(ref for ref, _ in near)
    needed = f"{package.ref} requires {relation.text}"
    if relation.field == PRETRANS:
        reason = (
            f"{package.ref} requires {relation.text} before the transaction begins, when nothing is installed"
        )
    elif met:
        do = "do" if len(met) > 1 else "does"
        reason = f"{needed}, which {', '.join(map(str, met))} {do} not satisfy"
    elif any(part.name.startswith("rpmlib(") for part in parts):
        reason = f"{needed}, a feature that rpm 4.18 does not have"
    else:
        reason = f"{needed}, which none of the packages provides"
    return Problem(package.ref, relation, met, reason)


def _architecture_problems(packages: Sequence[Package]) -> Iterator[Problem]:
    base = next(package for package in packages if package.architecture != "noarch")
    for package in packages:
        if one_machine((package.architecture, base.architecture)) is False:
            reason = (
                f"{package.ref} is for {package.architecture} and {base.ref} for {base.architecture}, "
                "and no machine accepts both"
            )
            yield Problem(package.ref, None, (base.ref,), reason)


def _left_out(packages: Sequence[Package], kept: Sequence[Package]) -> Iterator[Problem]:
    """Yield the packages that rpm skips, each with the Obsoletes that replaces it."""
    if len(kept) == len(packages):
        return
    there = {id(package) for package in kept}
    obsoleting: dict[str, list[tuple[Package, Relation, Constraint]]] = {}
    for package in packages:
        for relation in package.relations:
            constraint = relation.expression
            if relation.field == "Obsoletes" and isinstance(constraint, Constraint):
                obsoleting.setdefault(constraint.name, []).append((package, relation, constraint))
    for package in packages:
        if id(package) in there:
            continue
        for owner, relation, constraint in obsoleting.get(package.name, ()):
            spend()
            if owner is not package and matches(constraint, package):
                reason = (
                    f"{owner.ref} has '{relation}', so rpm installs only one of {owner.ref} and {package.ref}"
                )
                yield Problem(owner.ref, relation, (package.ref,), reason)
                break


def _obsolete_problems(package: Package, kept: Sequence[Package]) -> Iterator[Problem]:
    for relation in package.relations:
        obsoleted = relation.expression
        if relation.field != "Obsoletes" or not isinstance(obsoleted, Constraint):
            continue
        for other in kept:
            if other is not package and replaces(obsoleted, other):
                reason = f"{package.ref} obsoletes {other.ref}"
                yield Problem(package.ref, relation, (other.ref,), reason)
