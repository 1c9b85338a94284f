"""Which required peers a package can never be installed with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkgguard.check.subject import PeerView, Subject


def unsatisfied_peers(subject: Subject) -> list[PeerView]:
    """Return one peer of each group of alternatives of which no known release can be installed.

    A group without any compatible release is left out.
    """
    found = []
    for group in subject.served_by:
        members = [view for view in group if view.asked_for] or group
        possible = [view for view in members if any(map(view.guard.compatible, view.guard.known))]
        if possible and not any(view.admitted_releases or view.otherwise_accepted for view in members):
            found.append(possible[0])
    return found
