"""The one fix of a package: its relation fields as they would be with what pkgguard generates."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.budget import spend
from pkgguard.compat.identify import wrong_epoch
from pkgguard.diagnostics import Severity
from pkgguard.families.expression import constraints
from pkgguard.families.interface import Peer, Pitfall, written_fields
from pkgguard.versions.sets import Boundary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

    from pkgguard.check.subject import PeerView, Subject
    from pkgguard.diagnostics import Diagnostic, PackageRef
    from pkgguard.families.interface import Package, Relation
    from pkgguard.versions.sets import VersionSet

_WORD: Final = r"[A-Za-z0-9+._-]+"
"""A package's name or a version in a text."""


class PackageFix(NamedTuple):
    """What to change in the relations of a package.

    ``removed`` are its relations to take out, ``added`` the ones that are missing.
    ``lines`` are to be written in the source of the package, each a whole field or
    tag. ``replaced`` names the fields that stand there and that a line replaces,
    ``emptied`` those of which nothing is left. ``path`` is the file of the package.
    """

    package: PackageRef
    path: str
    removed: tuple[Relation, ...]
    added: tuple[Relation, ...]
    lines: tuple[str, ...]
    replaced: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()


def package_fix(subject: Subject, findings: Sequence[Diagnostic]) -> PackageFix | None:
    """Return the fix of a package with some findings, or None if it has none.

    There is none for a package with a relation that cannot be read, because its field
    cannot be written anew, for one that no version of a peer works with, nor for one
    with another epoch than the manifest's, to which bounds on it do not apply.
    """
    package = subject.package
    if package.malformed or not any(one.fix or one.peer for one in findings):
        return None
    if any(view.needed and not view.intended for view in subject.peers):
        return None
    if wrong_epoch(subject.identity, subject.family) is not None:
        return None
    generated = tuple(one.relation for one in subject.generated.relations)
    removed = tuple(_superfluous(subject, generated, findings))
    out = frozenset(removed)
    held = {(one.field, one.expression) for one in package.relations if one not in out}
    added = tuple(one for one in generated if (one.field, one.expression) not in held)
    if not (removed or added):
        return None
    traits = subject.family.traits
    if not traits.fields_occur_once:
        return PackageFix(package.ref, package.path, removed, added, written_fields(added, traits))
    changed = {one.field for one in (*removed, *added)}
    kept = [one for one in package.relations if one.field in changed and one not in out]
    standing = {one.field for one in package.relations}
    left = {one.field for one in (*kept, *added)}
    order = [*dict.fromkeys((*subject.family.relation_fields, *sorted(changed)))]
    whole = sorted((*kept, *added), key=lambda one: order.index(one.field))
    return PackageFix(
        package.ref,
        package.path,
        removed,
        added,
        written_fields(whole, traits),
        tuple(field for field in order if field in changed & standing & left),
        tuple(field for field in order if field in changed - left),
    )


def fixed(package: Package, fix: PackageFix) -> Package:
    """Return a package as it is with a fix."""
    out = frozenset(fix.removed)
    kept = tuple(one for one in package.relations if one not in out)
    return package._replace(relations=(*kept, *fix.added))


def _superfluous(
    subject: Subject, generated: tuple[Relation, ...], findings: Iterable[Diagnostic]
) -> Iterator[Relation]:
    """Yield the relations that what is generated replaces, and those that are too strict."""
    traits = subject.family.traits
    wanted = {(one.field, one.expression) for one in generated}
    views = _by_name(subject.peers)
    about = [one for one in findings if one.severity is not Severity.INFO and _may_refuse_wrongly(one)]
    offered = {
        one.name
        for relation in generated
        if relation.field == traits.providing_field
        for one in constraints(relation.expression)
    }
    requiring = traits.positive_fields | {traits.recommending_field}
    moves = frozenset(map(id, subject.moves))
    for relation in subject.package.relations:
        spend()
        if id(relation) in moves or (
            (relation.field, relation.expression) in wanted and not subject.family.pitfalls(relation)
        ):
            continue
        names = {one.name.partition("(")[0] for one in constraints(relation.expression)}
        if relation.field == traits.providing_field:
            if names <= offered:
                yield relation
            continue
        concerned = [view for name in names for view in views.get(name, ())]
        if not concerned:
            if _means_a_peer(subject, relation, views.keys()):
                yield relation
            continue
        alone = _Alone(subject, relation)
        if relation.field in traits.negative_fields:
            if alone.is_covered(generated, concerned) or any(
                view.name == one.peer and alone.is_wrong(view, one) for view in concerned for one in about
            ):
                yield relation
        elif relation.field in traits.pre_dependency_fields:
            # The peer that depends on the package is unpacked after it, so this can never be met.
            if any(view.guard.as_server for view in concerned) or alone.is_too_strict(concerned):
                yield relation
        elif relation.field in requiring and (names <= views.keys() or alone.is_too_strict(concerned)):
            yield relation


def _means_a_peer(subject: Subject, relation: Relation, views: Set[str]) -> bool:
    """Return whether a relation has an operator in a name, beside the name of a peer."""
    in_name = (Pitfall.OPERATOR_IN_NAME, Pitfall.SEPARATOR_IN_NAME)
    return any(
        pitfall in in_name and views & set(re.findall(_WORD, text))
        for pitfall, text in subject.family.pitfalls(relation)
    )


def _by_name(views: Iterable[PeerView]) -> Mapping[str, list[PeerView]]:
    """Return the peers by each name by which a relation may speak of them."""
    found: defaultdict[str, list[PeerView]] = defaultdict(list)
    for view in views:
        for name in {view.name, *view.provided_names}:
            found[name].append(view)
    return found


def _may_refuse_wrongly(finding: Diagnostic) -> bool:
    """Return whether a finding may be about a peer that is refused although it works."""
    witness = finding.witness
    return bool(finding.peer) and (witness is None or (witness.compatible and not witness.installable))


class _Alone:
    """A relation of a subject, as if the subject had no other one."""

    def __init__(self, subject: Subject, relation: Relation) -> None:
        self._subject = subject
        self._package = subject.package._replace(relations=(relation,))

    def is_too_strict(self, views: Iterable[PeerView]) -> bool:
        """Return whether it refuses a version that may be installed with the subject."""
        return any(not view.intended <= self._admitted(view) for view in views)

    def is_wrong(self, view: PeerView, finding: Diagnostic) -> bool:
        """Return whether it refuses a release that works, or the witness that a finding says is refused."""
        if finding.witness is None:
            return self.is_too_strict((view,))
        admitted = self._admitted(view)
        witness = Boundary.before(self._subject.family.key(finding.witness.peer.version))
        return witness not in admitted or any(
            view.guard.compatible(release) and admitted.is_disjoint(view.span(release))
            for release in view.guard.known
        )

    def is_covered(self, generated: tuple[Relation, ...], views: Iterable[PeerView]) -> bool:
        """Return whether what is generated refuses all that it refuses."""
        fields = self._subject.family.traits.negative_fields
        package = self._subject.package._replace(relations=generated)
        return all(self._admitted(view, package, fields) <= self._admitted(view) for view in views)

    def _admitted(
        self, view: PeerView, package: Package | None = None, fields: frozenset[str] | None = None
    ) -> VersionSet:
        peer = Peer(view.name, view.provides)
        return self._subject.family.admitted(package or self._package, peer, fields=fields)
