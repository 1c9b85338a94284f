"""Packages that are built together, and what that says of the published ones of an older build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.versions.sets import BOTTOM, TOP, Boundary

if TYPE_CHECKING:
    from pkgguard.check.subject import PeerView, Subject
    from pkgguard.versions.release import Release


def are_siblings(one: Subject, other: Subject) -> bool:
    """Return whether two packages are built together.

    They are of one source and version. Where neither names a source, as those of
    tools that build no source package, they are of one full version, and one pins
    the other to it.
    """
    if one.origin == other.origin:
        return True
    if one.package.source or other.package.source or one.key != other.key:
        return False
    return _pins(one, other) or _pins(other, one)


def is_pinned_by_sibling(view: PeerView) -> bool:
    """Return whether a given client of a server accepts no other build of it than the one beside it.

    The clients of older builds are then taken to do the same with theirs.
    """
    server = view.subject
    return any(
        one.installable and _pins(one.peer, server) and are_siblings(one.peer, server)
        for one in view.meetings
    )


def guards_itself(view: PeerView, release: Release) -> bool:
    """Return whether the packages of a client's release refuse the server on their own, as far as is known.

    Where some of them are given, their relations tell. Else a sibling that pins the
    server stands for those of older builds, unless the manifest says from which
    release on clients refuse wrong servers themselves.
    """
    given = view.given(release)
    if given:
        return all(
            one.installable is False and Boundary.before(one.peer.key) in view.admitted for one in given
        )
    protocols = view.subject.compatibility.manifest.protocols
    if any(protocols[name].guarded_since for name in view.guard.as_server):
        return False
    return is_pinned_by_sibling(view)


def _pins(client: Subject, server: Subject) -> bool:
    """Return whether a client accepts no release of a server but those that the server carries."""
    name = server.identity.package.name
    view = next((one for one in client.peers if one.guard.peer.name == name), None)
    if view is None or not view.admitted:
        return False
    first, last = view.admitted.boundaries[0], view.admitted.boundaries[-1]
    return first != BOTTOM and last != TOP and set(view.admitted_releases) <= set(server.carried)
