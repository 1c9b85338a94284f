"""The difference between two packages, or between a package and what would be generated for it."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from pkgguard.budget import OverBudgetError, budget, spend
from pkgguard.check.judged_package import JudgedPackage
from pkgguard.check.peer_relations import PeerRelations
from pkgguard.compat.difference import ReleaseRange
from pkgguard.compat.guard import guards
from pkgguard.compat.identify import identify, wrong_epoch
from pkgguard.errors import JUDGING, PackageError, UnknownNameError, over_budget
from pkgguard.families import registry
from pkgguard.families.expression import constraints
from pkgguard.families.interface import Peer
from pkgguard.families.limits import JUDGE_SECONDS
from pkgguard.families.lookup import family as family_named
from pkgguard.families.relation_changes import RelationChange, relation_changes
from pkgguard.generate.relations import find_package, guarded
from pkgguard.generate.release_to_version import Translations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pkgguard.compat.engine import Compatibility
    from pkgguard.compat.guard import Guard
    from pkgguard.compat.reasons import Reason
    from pkgguard.diagnostics import PackageRef
    from pkgguard.families.interface import Package, Relation
    from pkgguard.manifest.package_spec import PackageSpec
    from pkgguard.versions.release import Release


class PeerChange(NamedTuple):
    """Listed releases of a peer that only one of two packages admits.

    ``admitted`` is whether the new one does, ``right`` whether the manifest agrees.
    ``relations`` are what refuses them in the package that does, and ``reasons`` what
    the manifest says against them, those that concern most of them first. ``number`` is
    that of the releases.
    """

    peer: str
    admitted: bool
    right: bool
    releases: ReleaseRange
    number: int
    relations: tuple[Relation, ...]
    reasons: tuple[Reason, ...]


class PackageDifference(NamedTuple):
    """The difference between the relations of two packages.

    ``generated`` is whether the new one is the old one with the relations that would be
    generated for it. ``known`` is whether the manifest knows both; if it does not,
    ``peers`` is empty.
    """

    old: PackageRef
    new: PackageRef
    generated: bool
    known: bool
    relations: tuple[RelationChange, ...]
    peers: tuple[PeerChange, ...]

    def releases(self, *, admitted: bool) -> int:
        """Return how many releases of peers are newly admitted, or refused."""
        return sum(one.number for one in self.peers if one.admitted is admitted)

    @property
    def wrong(self) -> int:
        """The number of releases of peers that are newly admitted or refused against the manifest."""
        return sum(one.number for one in self.peers if not one.right)


def package_difference(
    compatibility: Compatibility, old: Package, new: Package, *, newest_if_unknown: bool = False
) -> PackageDifference:
    """Return what differs between the relations of two packages of one family, and for which peers.

    Raises :class:`PackageError` for a package with a malformed relation,
    :class:`UnknownNameError` for packages of different families, and
    :class:`UnknownReleaseError` or :class:`VersionError` for a version that belongs to
    no known release.
    """
    if old.family != new.family:
        raise UnknownNameError("single family", f"{old.family} and {new.family}", registry.names())
    _refuse_malformed(old)
    _refuse_malformed(new)
    try:
        with budget(JUDGE_SECONDS):
            changes = relation_changes(old.relations, new.relations)
            specs = [compatibility.manifest.package_named(one.family, one.name) for one in (old, new)]
            if specs[0] is None or specs[1] is None:
                return PackageDifference(old.ref, new.ref, False, False, changes, ())
            translations = Translations(compatibility.manifest.policy)
            before, after = (
                _judged(compatibility, package, spec, translations, newest_if_unknown=newest_if_unknown)
                for package, spec in ((old, specs[0]), (new, specs[1]))
            )
            return PackageDifference(old.ref, new.ref, False, True, changes, tuple(_peers(before, after)))
    except OverBudgetError as error:
        raise over_budget(new.path or str(new.ref), JUDGING, error) from None


def difference_from_generated(
    compatibility: Compatibility, package: Package, *, target: str = "", newest_if_unknown: bool = False
) -> PackageDifference:
    """Return what differs between a package and what would be generated for it.

    Its relations on peers are compared, and what it provides of what would be
    generated; relations by which files move from a peer are left out. Raises what
    :func:`package_difference` raises, :class:`UnknownNameError` if the manifest does
    not know the package, and :class:`WrongEpochError`.
    """
    _refuse_malformed(package)
    try:
        with budget(JUDGE_SECONDS):
            spec = find_package(compatibility.manifest, package.family, package.name)
            translations = Translations(compatibility.manifest.policy)
            before = _judged(compatibility, package, spec, translations, newest_if_unknown=newest_if_unknown)
            error = wrong_epoch(before.identity, before.family)
            if error is not None:
                raise error
            found = guarded(
                compatibility, before.family, before.identity, target=target, translations=translations
            )
            generated = tuple(one.relation for one in found.relations)
            own = _guarding(before, generated)
            guarding = frozenset(map(id, own))
            rest = tuple(one for one in package.relations if id(one) not in guarding)
            after = JudgedPackage(
                compatibility,
                before.family,
                package._replace(relations=(*rest, *generated)),
                before.identity,
                before.guards,
                translations,
            )
            changes = relation_changes(own, generated)
            return PackageDifference(
                package.ref, package.ref, True, True, changes, tuple(_peers(before, after))
            )
    except OverBudgetError as error:
        raise over_budget(package.path or str(package.ref), JUDGING, error) from None


def _refuse_malformed(package: Package) -> None:
    for field, text, reason in package.malformed:
        help = "pkgguard check says what to write instead"
        raise PackageError(package.path or str(package.ref), field, f"{text!r} is malformed: {reason}", help)


def _judged(
    compatibility: Compatibility,
    package: Package,
    spec: PackageSpec,
    translations: Translations,
    *,
    newest_if_unknown: bool,
) -> JudgedPackage:
    family = family_named(package.family)
    identity = identify(
        compatibility.manifest, spec, family, package.version, newest_if_unknown=newest_if_unknown
    )
    found = tuple(one for one in guards(compatibility, identity) if family.name in one.peer.shipping)
    return JudgedPackage(compatibility, family, package, identity, found, translations)


def _guarding(judged: JudgedPackage, generated: tuple[Relation, ...]) -> list[Relation]:
    """Return the relations of a package that generated relations take the place of."""
    traits = judged.family.traits
    fields = {traits.recommending_field, traits.providing_field}.union(
        traits.positive_fields, traits.negative_fields
    )
    views = [PeerRelations(judged, guard) for guard in judged.guards]
    peers = frozenset(name for view in views for name in (view.name, *view.provided_names))
    offered = _names([one for one in generated if one.field == traits.providing_field])
    moves = frozenset(map(id, judged.moves))
    found = []
    for relation in judged.package.relations:
        spend()
        wanted = offered if relation.field == traits.providing_field else peers
        is_guard = relation.field in fields and not wanted.isdisjoint(_names([relation]))
        if is_guard and id(relation) not in moves:
            found.append(relation)
    return found


def _names(relations: Iterable[Relation]) -> frozenset[str]:
    """Return the names in some relations, also without the architecture of a build (``name(isa)``)."""
    parts = [part.name for one in relations for part in constraints(one.expression)]
    return frozenset((*parts, *(name.partition("(")[0] for name in parts)))


def _peers(before: JudgedPackage, after: JudgedPackage) -> Iterator[PeerChange]:
    """Yield the listed releases of each peer that only one of two packages admits, in runs."""
    guards_before = {guard.peer.name: guard for guard in before.guards}
    for guard in after.guards:
        old = PeerRelations(before, guards_before.get(guard.peer.name, guard))
        new = PeerRelations(after, guard)
        changed = frozenset(old.admitted_releases) ^ frozenset(new.admitted_releases)
        admitted = changed & frozenset(new.admitted_releases)
        states = [
            (
                release in changed,
                release in admitted,
                _is_right(guard, release, is_admitted=release in admitted),
            )
            for release in guard.known
        ]
        for (differs, is_admitted, right), places in groupby(range(len(states)), key=states.__getitem__):
            if differs:
                run = tuple(guard.known[place] for place in places)
                reasons = Counter(one.reason for release in run for one in guard.reasons_against(release))
                yield PeerChange(
                    new.name,
                    is_admitted,
                    right,
                    ReleaseRange(run[0], run[-1]),
                    len(run),
                    _refusing(old if is_admitted else new, run),
                    tuple(reason for reason, _ in reasons.most_common()),
                )


def _is_right(guard: Guard, release: Release, *, is_admitted: bool) -> bool:
    """Return whether the manifest agrees that a release is admitted, or that it is refused."""
    return release.boundary in guard.unrefused if is_admitted else not guard.compatible(release)


def _refusing(view: PeerRelations, releases: tuple[Release, ...]) -> tuple[Relation, ...]:
    """Return the relations of a package that refuse some of the releases of a peer.

    They are those that do so alone, or else all that name the peer.
    """
    family, package = view.subject.family, view.subject.package
    names = frozenset((view.name, *view.provided_names))
    peer = Peer(view.name, view.provides)
    naming = [one for one in package.relations if not names.isdisjoint(_names([one]))]
    found = []
    for relation in naming:
        spend()
        alone = family.admitted(package._replace(relations=(relation,)), peer)
        if any(alone.is_disjoint(view.span(release)) for release in releases):
            found.append(relation)
    return tuple(found or naming)
