"""The relations that guard a package version, each with its reasons."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from pkgguard.budget import spend
from pkgguard.compat.guard import Guard, guards, is_bundle, peers_without_release, required_groups, role_of
from pkgguard.compat.identify import identify, wrong_epoch
from pkgguard.diagnostics import Severity
from pkgguard.errors import UnknownNameError
from pkgguard.families import registry
from pkgguard.families.expression import All_, Any_, Constraint, With, constraints
from pkgguard.families.interface import AllowedVersions, GuardRequirements
from pkgguard.families.losses import (
    PEER_NOT_GUARDED,
    PRERELEASES_NOT_BOUNDED,
    RECOMMENDATION_LEFT_OUT,
    loss,
)
from pkgguard.generate.release_to_version import Translations
from pkgguard.manifest.model import Need
from pkgguard.manifest.typed_table import nearest
from pkgguard.versions.sets import Boundary, VersionSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pkgguard.compat.engine import Compatibility
    from pkgguard.compat.identify import Identity
    from pkgguard.compat.reasons import Exclusion, Reason
    from pkgguard.diagnostics import Diagnostic
    from pkgguard.families.expression import Expression
    from pkgguard.families.interface import EncodedRelations, Family, Relation
    from pkgguard.manifest.model import Manifest, Protocol
    from pkgguard.manifest.package_spec import PackageSpec


class ExplainedRelation(NamedTuple):
    """A relation and the reasons for it.

    ``binding`` are the reasons that determine its bound, ``others`` those that
    would still apply to a looser bound. ``note`` is the purpose of a relation that
    refuses no version.
    """

    relation: Relation
    binding: tuple[Reason, ...] = ()
    others: tuple[Reason, ...] = ()
    note: str = ""


class Generated(NamedTuple):
    """The relations of one package version in one family's dialect."""

    identity: Identity
    name: str
    family: str
    target: str
    relations: tuple[ExplainedRelation, ...]
    losses: tuple[Diagnostic, ...]
    guards: tuple[Guard, ...]


def generate(
    compatibility: Compatibility,
    family: Family,
    name: str,
    version: str,
    *,
    target: str = "",
    newest_if_unknown: bool = False,
) -> Generated:
    """Return the relations that one version of a package must carry.

    ``name`` is the package's name in the manifest or in the family, ``version``
    its full version there, ``target`` a dialect of the family (default: its
    first). Raises :class:`UnknownNameError`, :class:`UnknownReleaseError`,
    :class:`WrongEpochError` and :class:`VersionError`.
    """
    manifest = compatibility.manifest
    package = find_package(manifest, family.name, name)
    identity = identify(manifest, package, family, version, newest_if_unknown=newest_if_unknown)
    error = wrong_epoch(identity, family)
    if error is not None:
        raise error
    return guarded(compatibility, family, identity, target=target)


def guarded(
    compatibility: Compatibility,
    family: Family,
    identity: Identity,
    *,
    target: str = "",
    translations: Translations | None = None,
) -> Generated:
    """Return the relations that a package of known releases must carry, without checking its epoch.

    ``translations`` are the cached translations of the manifest, if there are any.
    Raises :class:`UnknownNameError` for a target that the family does not have.
    """
    manifest = compatibility.manifest
    target = target or family.summary.targets[0]
    if target not in family.summary.targets:
        raise _unknown_target(family, target)
    found = tuple(guard for guard in guards(compatibility, identity) if family.name in guard.peer.shipping)
    translations = translations or Translations(manifest.policy)
    encoded = family.encode(demand(compatibility, family, identity, found, translations), target)
    relations = reasoned(compatibility, family, found, encoded, translations)
    shipped = identity.package.shipping[family.name].name
    losses = (
        *encoded.losses,
        *_unwritten(translations, family, found),
        *_unmet_wishes(manifest, family, found),
        *_without_release(manifest, family, identity.package),
    )
    return Generated(identity, shipped, family.name, target, relations, losses, found)


def _unknown_target(family: Family, target: str) -> UnknownNameError:
    """Return the error for a target that a family does not have; it names the family that has it, if any."""
    known = family.summary.targets
    other = next((name for name in registry.names() if target in registry.summary(name).targets), "")
    help = f"it is a target of {other}: choose that family (--family {other})" if other else ""
    return UnknownNameError(
        f"target of {family.name}", target, known, "" if other else nearest(target, known), help
    )


def _unwritten(translations: Translations, family: Family, found: tuple[Guard, ...]) -> list[Diagnostic]:
    losses = []
    for guard in found:
        ends = translations.of(guard, family).unwritten(guard.unrefused)
        if ends:
            reason = (
                f"{family.name} has no bound below the prereleases of {', '.join(map(str, ends))}; versions"
                " after the newest release before them are refused, and their prereleases may be admitted"
            )
            losses.append(loss(PRERELEASES_NOT_BOUNDED, guard.peer.shipping[family.name].name, reason))
    return losses


def _without_release(manifest: Manifest, family: Family, package: PackageSpec) -> list[Diagnostic]:
    return [
        loss(
            PEER_NOT_GUARDED,
            peer.shipping[family.name].name,
            f"what it carries ({', '.join(peer.carries)}) has no release in common, so no relation names it",
        )._replace(severity=Severity.ERROR)
        for peer in peers_without_release(manifest, package)
        if family.name in peer.shipping
    ]


def _unmet_wishes(manifest: Manifest, family: Family, found: tuple[Guard, ...]) -> list[Diagnostic]:
    reason = "no release satisfies every optional need, so none is recommended"
    return [
        loss(RECOMMENDATION_LEFT_OUT, guard.peer.shipping[family.name].name, reason)
        for group in required_groups(manifest, found)
        for guard in group
        if guard.allowed and not guard.recommended
    ]


def find_package(manifest: Manifest, family: str, name: str) -> PackageSpec:
    """Find a package by its name in a family, or else by its name in the manifest.

    Raises :class:`UnknownNameError` if there is none, or if the family does not
    ship it.
    """
    package = manifest.package_named(family, name) or manifest.packages.get(name)
    if package is None:
        known = tuple(manifest.packages)
        raise UnknownNameError("package", name, known, nearest(name, known))
    if family not in package.shipping:
        known = tuple(one.name for one in manifest.packages.values() if family in one.shipping)
        raise UnknownNameError(f"{family} package", name, known)
    return package


def demand(
    compatibility: Compatibility,
    family: Family,
    identity: Identity,
    found: tuple[Guard, ...],
    translations: Translations,
) -> GuardRequirements:
    """Return what the guards of a package version require, as versions of a family."""
    manifest = compatibility.manifest
    groups = required_groups(manifest, found)
    served = [
        protocol
        for protocol in manifest.protocols.values()
        if protocol.server in identity.package.carries and not is_bundle(identity.package, protocol)
    ]
    return GuardRequirements(
        require=tuple(tuple(_allowed(translations, family, guard) for guard in group) for group in groups),
        refuse=tuple(_allowed(translations, family, guard) for guard in found),
        recommend=tuple(
            tuple(_allowed(translations, family, guard, optional=True) for guard in group)
            for group in groups
            if any(guard.recommended != guard.allowed for guard in group)
            and all(guard.recommended for guard in group)
        ),
        protocol=tuple(
            tuple(choice for some in choices for choice in some)
            for role in _consumed(manifest, found)
            if all(choices := [_protocol_choices(compatibility, protocol, found) for protocol in role])
        ),
        provide=tuple(
            provided
            for protocol in served
            if (provided := compatibility.provided(protocol.name, identity.releases[protocol.server]))
            is not None
        ),
        slots=tuple(protocol.slot for protocol in served if protocol.slot),
    )


def _allowed(
    translations: Translations, family: Family, guard: Guard, *, optional: bool = False
) -> AllowedVersions:
    translation = translations.of(guard, family)
    shipping = guard.peer.shipping[family.name]
    releases = guard.recommended if optional else guard.unrefused
    positions = translation.positions
    own = next((str(one) for one in guard.identity.releases.values() if str(one) in positions), "")
    versions = translations.versions(guard, family, releases)
    if guard.exact and own and versions and not versions.boundaries[0].rank:
        # The one version that is allowed is not the first of its release.
        positions = {**positions, own: versions.boundaries[0]}
    spellings = translations.spellings(guard, family)
    return AllowedVersions(shipping.name, versions, positions, shipping.published, own, spellings)


def _consumed(manifest: Manifest, found: tuple[Guard, ...]) -> list[list[Protocol]]:
    """Return the protocols whose provided names a client asks for, those of one role together.

    Of a role in which one of the protocols has no name, none can be asked for.
    """
    names = {
        name for group in required_groups(manifest, found) for guard in group for name in guard.as_client
    }
    roles: defaultdict[tuple[str, bool], list[Protocol]] = defaultdict(list)
    for protocol in manifest.protocols.values():
        if protocol.name in names:
            roles[role_of(protocol)].append(protocol)
    return [role for role in roles.values() if all(protocol.is_provided for protocol in role)]


def _protocol_choices(
    compatibility: Compatibility, protocol: Protocol, found: tuple[Guard, ...]
) -> tuple[tuple[str, str], ...]:
    """Return the names of which a client asks for one, each with the least version of it.

    None is returned if a server that is allowed provides no name: it would not do then.
    """
    choices: dict[str, tuple[int, ...]] = {}
    for guard in found:
        spend()
        if protocol.name in guard.as_client:
            for release in guard.known:
                spend()
                if guard.compatible(release):
                    provided = compatibility.provided(protocol.name, guard.carried(protocol.server, release))
                    if provided is None:
                        return ()
                    name, version = provided
                    numbers = tuple(map(int, version.split("."))) if version else ()
                    choices[name] = min(numbers, choices.get(name, numbers))
    if not choices:
        # No server is allowed; this name shows what is missing, and the guards refuse every server.
        return ((protocol.provides, "0"),) if protocol.provides else ((protocol.names[-1][1], ""),)
    ordered = sorted(choices.items(), key=lambda one: one[1])
    return tuple((name, ".".join(map(str, numbers))) for name, numbers in ordered)


def reasoned(
    compatibility: Compatibility,
    family: Family,
    found: tuple[Guard, ...],
    encoded: EncodedRelations,
    translations: Translations,
) -> tuple[ExplainedRelation, ...]:
    """Return the relations, each with its reasons."""
    manifest = compatibility.manifest
    by_name = {guard.peer.shipping[family.name].name: guard for guard in found}
    exclusions = {
        name: _SortedExclusions(
            (exclusion, translations.excluded(guard, family, exclusion)) for exclusion in guard.exclusions
        )
        for name, guard in by_name.items()
    }
    result = []
    for relation in encoded.relations:
        names = dict.fromkeys(constraint.name for constraint in constraints(relation.expression))
        binding: dict[Reason, None] = {}
        others: dict[Reason, None] = {}
        for name in names:
            spend()
            if name in by_name:
                satisfying = _satisfying(relation.expression, name, family)
                refused = satisfying if relation.field in family.traits.negative_fields else ~satisfying
                for bound, reason in _reasons(
                    exclusions[name], refused, relation.field == family.traits.recommending_field
                ):
                    (binding if bound else others).setdefault(reason)
        note = " ".join(dict.fromkeys(filter(None, (_note(manifest, name) for name in names))))
        if relation.field not in family.traits.negative_fields and not binding and not note:
            note = "the client cannot run without its server"
        rest = tuple(reason for reason in others if reason not in binding)
        result.append(ExplainedRelation(relation, tuple(binding), rest, note))
    return tuple(result)


def _note(manifest: Manifest, name: str) -> str:
    """Return the purpose of a virtual name."""
    for protocol in manifest.protocols.values():
        spend()
        if protocol.slot == name:
            return f"only one package that serves the {protocol.name} protocol can be installed"
        if name in (chosen for _, chosen in protocol.names):
            return f"the {protocol.name} protocol by the name that upstream gives it"
        if protocol.provides and name.rpartition("-")[0] == protocol.provides:
            return f"a version of the {protocol.name} protocol, which several packages can provide"
    return ""


class _SortedExclusions:
    """The exclusions of a peer, with the versions that each excludes, sorted by position."""

    def __init__(self, excluded: Iterable[tuple[Exclusion, VersionSet]]) -> None:
        self._all = [
            (
                exclusion,
                versions,
                frozenset(boundary for boundary in versions.boundaries if not boundary.rank),
            )
            for exclusion, versions in excluded
            if versions
        ]
        self._order = sorted(range(len(self._all)), key=lambda one: self._all[one][1].boundaries[0])
        self._lows = [self._all[one][1].boundaries[0] for one in self._order]
        self._reach = list(accumulate((self._all[one][1].boundaries[-1] for one in self._order), max))

    def meeting(self, refused: VersionSet) -> Iterator[tuple[Exclusion, VersionSet, frozenset[Boundary]]]:
        """Yield the exclusions of any of these versions, with their bounds, in the original order."""
        if not refused:
            return
        first = bisect_right(self._reach, refused.boundaries[0])
        end = bisect_left(self._lows, refused.boundaries[-1])
        for place in sorted(self._order[first:end]):
            spend()
            if not self._all[place][1].is_disjoint(refused):
                yield self._all[place]


def _reasons(
    exclusions: _SortedExclusions, refused: VersionSet, wishes: bool
) -> Iterable[tuple[bool, Reason]]:
    """Yield the reasons for what a relation refuses, each with whether it determines the bound.

    With ``wishes``, the exclusions of optional needs count too.
    """
    bounds = frozenset(refused.boundaries)
    for exclusion, versions, ends in exclusions.meeting(refused):
        if wishes or exclusion.reason.need is Need.REQUIRED:
            unbounded = versions == VersionSet.full() == refused
            yield unbounded or not ends.isdisjoint(bounds), exclusion.reason


def _satisfying(expression: Expression, name: str, family: Family) -> VersionSet:
    """Return the versions of one package that satisfy an expression written by an encoder."""
    match expression:
        case Constraint(name=other, operator=operator, version=version):
            if other != name:
                return VersionSet.empty()
            return VersionSet.full() if operator is None else family.range_of(operator.value, version)
        case Any_(of):
            return VersionSet.union(_satisfying(part, name, family) for part in of)
        case With(of) | All_(of):
            result = VersionSet.full()
            for part in of:
                result &= _satisfying(part, name, family)
            return result
        case _:
            return VersionSet.full()
