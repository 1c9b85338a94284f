"""The subject of the rules: a package and its peers, among the packages that are judged together."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from pkgguard.check.finding import quoted, shortened
from pkgguard.check.judged_package import JudgedPackage
from pkgguard.check.needed_names import lacking_names
from pkgguard.check.peer_relations import PeerRelations
from pkgguard.compat.guard import required_groups
from pkgguard.compat.identify import identify
from pkgguard.diagnostics import Diagnostic
from pkgguard.errors import UnknownReleaseError, VersionError
from pkgguard.families.expression import speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pkgguard.compat.engine import Compatibility
    from pkgguard.compat.guard import Guard
    from pkgguard.compat.identify import Identity
    from pkgguard.diagnostics import Kind, Statement, Witness
    from pkgguard.families.interface import Family, Package
    from pkgguard.generate.release_to_version import Translations
    from pkgguard.versions.release import Release
    from pkgguard.versions.sets import Key


class Subject(JudgedPackage):
    """A package that the manifest knows, and its peers.

    ``given`` is shared by all packages that are judged together.
    """

    def __init__(
        self,
        compatibility: Compatibility,
        family: Family,
        package: Package,
        identity: Identity,
        guards: tuple[Guard, ...],
        given: Given,
    ) -> None:
        super().__init__(compatibility, family, package, identity, guards, given.translations)
        self.given = given

    @cached_property
    def peers(self) -> tuple[PeerView, ...]:
        """The relations of the package to each of its peers."""
        return tuple(PeerView(self, guard) for guard in self.guards)

    @cached_property
    def served_by(self) -> tuple[tuple[PeerView, ...], ...]:
        """The groups of peers that the package needs; one peer of each group is enough."""
        views = {view.guard.peer.name: view for view in self.peers}
        groups = required_groups(self.compatibility.manifest, self.guards)
        return tuple(tuple(views[guard.peer.name] for guard in group) for group in groups)

    def report(
        self,
        rule: Kind,
        view: PeerView | None,
        message: str,
        witness: Witness | None = None,
        reasons: Iterable[Statement] = (),
        relations: tuple[str, ...] | None = None,
        fix: tuple[str, ...] = (),
        releases: Iterable[Release] = (),
    ) -> Diagnostic:
        """Return a finding of a rule about this package, and about one peer if ``view`` is given.

        ``relations`` are the lines that it is about (default: all that name the peer),
        ``fix`` the lines to paste (default: all that guard against the peer),
        ``releases`` the releases of the peer that it concerns.
        """
        if relations is None:
            relations = view.naming if view is not None else ()
        return Diagnostic(
            rule.id,
            rule.severity,
            shortened(message),
            rule.help,
            rule.references,
            self.package.path,
            package=self.ref,
            peer=view.name if view is not None else "",
            relations=quoted(relations),
            releases=tuple(map(str, releases)),
            witness=witness,
            reasons=tuple(dict.fromkeys(reasons)),
            fix=fix or (self.fix(view.name) if view is not None else ()),
        )

    def fix(self, peer: str) -> tuple[str, ...]:
        """Return the lines to paste that guard this package against one peer, and those that move files."""
        lines = [one.relation for one in self.generated.relations if speaks_of(one.relation.expression, peer)]
        if lines:
            lines += [one for one in self.moves if speaks_of(one.expression, peer)]
        return tuple(dict.fromkeys(map(str, lines)))


class PeerView(PeerRelations):
    """A subject's relations to one peer package, and the given packages of the peer."""

    subject: Subject

    def __init__(self, subject: Subject, guard: Guard) -> None:
        super().__init__(subject, guard)

    @property
    def replaced(self) -> bool:
        """Whether the subject requires another package that serves it as the peer would."""
        name = self.guard.peer.name
        groups = [
            some for some in self.subject.served_by if any(view.guard.peer.name == name for view in some)
        ]
        return any(view.asked_for for some in groups for view in some)

    @cached_property
    def admitted_incompatible(self) -> tuple[Release, ...]:
        """The incompatible known releases with an accepted version or an accepted unlisted successor."""
        if not self.accepted_in_error:
            return ()
        return tuple(
            release
            for release in self.guard.known
            if (self.guard.by_full_version or not self.guard.compatible(release))
            and not self._lacks_names(release)
            and not self.accepted_in_error.is_disjoint(self.translation.reach(release))
        )

    def _lacks_names(self, release: Release) -> bool:
        """Return whether the given packages of a release lack a name that the subject needs."""
        given = self.given(release) if self.subject.needed_series else ()
        return bool(given) and all(lacking_names(self.subject, one.peer) for one in given)

    @cached_property
    def refused_compatible(self) -> tuple[Release, ...]:
        """The compatible known releases that are refused."""
        if self.accepts_own_version:
            return ()
        inside = self.otherwise_accepted.union(self.admitted_releases)
        return tuple(one for one in self.guard.known if one not in inside and self.guard.compatible(one))

    @cached_property
    def meetings(self) -> tuple[Meeting, ...]:
        """The meetings of the subject with the given packages of the peer."""
        return self.subject.given.meetings_of(self.subject, self.guard.peer.name)

    def given(self, release: Release) -> Sequence[Meeting]:
        """Return the meetings with the given packages that carry a release."""
        return self._given.get(release.text, ())

    @cached_property
    def otherwise_accepted(self) -> frozenset[Release]:
        """The known releases that the subject accepts only in an unusual version.

        This is the version of a given package that can be installed with it, or an
        exact version that its relations name, such as ``1.1.0~ce-1``, which sorts
        outside of the usual versions of 1.1.0.
        """
        given = {
            release.text: release for one in self.meetings if one.installable for release in one.peer.carried
        }
        return frozenset((*given.values(), *self._named_exactly()))

    @cached_property
    def _given(self) -> dict[str, list[Meeting]]:
        found: defaultdict[str, list[Meeting]] = defaultdict(list)
        for one in self.meetings:
            for release in one.peer.carried:
                found[release.text].append(one)
        return dict(found)

    @cached_property
    def outcomes(self) -> Mapping[tuple[bool | None, bool], frozenset[Key]]:
        """The keys of the given versions, by whether they install with the subject and work with it."""
        found: defaultdict[tuple[bool | None, bool], set[Key]] = defaultdict(set)
        for peer, installable, compatible in self.meetings:
            found[installable, compatible].add(peer.key)
        return {outcome: frozenset(keys) for outcome, keys in found.items()}

    def _named_exactly(self) -> Iterator[Release]:
        peer, family = self.guard.peer, self.subject.family
        for low, high in self.admitted.intervals():
            if not low.rank and low.key == high.key:
                try:
                    yield from identify(
                        self.subject.compatibility.manifest, peer, family, family.version_of(low.key)
                    ).releases.values()
                except (UnknownReleaseError, VersionError):
                    continue


class Given:
    """What packages that are judged together share.

    ``translations`` are those of their manifest. ``meetings`` are set when the
    pairs have been judged, which comes before the rules: for each two packages
    that meet, the two, whether they can be installed together and whether they work.
    """

    def __init__(self, translations: Translations) -> None:
        self.translations = translations
        self.meetings: Iterable[tuple[Subject, Subject, bool | None, bool]] = ()

    def meetings_of(self, subject: Subject, peer: str) -> tuple[Meeting, ...]:
        """Return what the given packages of a peer, by its name in the manifest, do beside a subject."""
        return tuple(self._index.get((id(subject), peer), ()))

    @cached_property
    def _index(self) -> dict[tuple[int, str], list[Meeting]]:
        found: dict[tuple[int, str], list[Meeting]] = {}
        for one, other, installable, compatible in self.meetings:
            for own, peer in ((one, other), (other, one)):
                key = (id(own), peer.identity.package.name)
                found.setdefault(key, []).append(Meeting(peer, installable, compatible))
        return found


class Meeting(NamedTuple):
    """A given peer of a subject, whether the two can be installed together, and whether they work.

    ``installable`` is None where that is not judged.
    """

    peer: Subject
    installable: bool | None
    compatible: bool
