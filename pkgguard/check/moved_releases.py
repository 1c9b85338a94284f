"""The compatible releases of a peer that a package refuses because files have moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.families.interface import Peer

if TYPE_CHECKING:
    from pkgguard.check.subject import PeerView, Subject
    from pkgguard.families.interface import Package, Relation
    from pkgguard.versions.release import Release


def moved_releases(view: PeerView) -> tuple[Release, ...]:
    """Return the compatible known releases of a peer that only a move of files keeps away."""
    subject = view.subject
    if not subject.family.traits.moving_fields or not view.refused_compatible:
        return ()
    moves = subject.moves
    if not moves:
        return ()
    otherwise = subject.family.admitted(_without(subject, moves), Peer(view.name, view.provides))
    return tuple(one for one in view.refused_compatible if not otherwise.is_disjoint(view.span(one)))


def _without(subject: Subject, relations: tuple[Relation, ...]) -> Package:
    """Return a subject's package without some relations."""
    left_out = frozenset(map(id, relations))
    kept = tuple(one for one in subject.package.relations if id(one) not in left_out)
    return subject.package._replace(relations=kept)
