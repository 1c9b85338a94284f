"""Which required peers a package can never be installed with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.compat.guard import required_groups

if TYPE_CHECKING:
    from pkgguard.check.subject import PeerView, Subject


def unsatisfied_peers(subject: Subject) -> list[PeerView]:
    """Return one peer of each group of alternatives of which no known release can be installed.

    A group in which no release would work in any case is left out.
    """
    views = {view.guard.peer.name: view for view in subject.peers}
    found = []
    for group in required_groups(subject.compatibility.manifest, subject.guards):
        members = [views[guard.peer.name] for guard in group]
        possible = [view for view in members if any(map(view.guard.compatible, view.guard.known))]
        if possible and not any(view.admitted_releases or view.otherwise_accepted for view in members):
            found.append(possible[0])
    return found
