"""The changes that come with the releases of each component, and of each protocol."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from pkgguard.budget import spend
from pkgguard.evolution.policies import ChangeClass, ChangeSide, class_of
from pkgguard.versions.release_sets import from_branches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pkgguard.manifest.model import Change, Manifest
    from pkgguard.versions.release import Release


class Event(NamedTuple):
    """A change on one side.

    ``releases`` are the first releases with it, the last one on the main line. ``ended``
    is whether it is the end of the change's old form. ``undone`` is whether a release
    lacks the change although the one before it has it.
    """

    change: Change
    side: ChangeSide
    releases: tuple[Release, ...]
    ended: bool = False
    undone: bool = False

    @property
    def change_class(self) -> ChangeClass:
        """The class of the change."""
        return class_of(self.change, ended=self.ended, undone=self.undone)

    def between(self, since: Release, until: Release) -> Event | None:
        """Return what the step from one release to another makes of it: the event, its reverse, or None."""
        held = from_branches(self.releases)
        before, after = since.boundary in held, until.boundary in held
        if before == after:
            return None
        return self if after else self._replace(undone=True)


class Events(NamedTuple):
    """All events of a manifest, by component and by protocol, in the manifest's order."""

    components: Mapping[str, Sequence[Event]]
    protocols: Mapping[str, Sequence[Event]]


def events_of(manifest: Manifest) -> Events:
    """Return the events of a manifest."""
    components: defaultdict[str, list[Event]] = defaultdict(list)
    protocols: defaultdict[str, list[Event]] = defaultdict(list)
    for change in manifest.changes:
        spend()
        protocol = manifest.protocols[change.protocol]
        if change.server:
            components[protocol.server].append(Event(change, ChangeSide.SERVER, change.server))
            protocols[protocol.name].append(Event(change, ChangeSide.PROTOCOL, change.server))
        if change.old_until is not None:
            end = (change.old_until,)
            components[protocol.server].append(Event(change, ChangeSide.SERVER, end, ended=True))
            protocols[protocol.name].append(Event(change, ChangeSide.PROTOCOL, end, ended=True))
        for client, releases in change.client.items():
            components[client].append(Event(change, ChangeSide.CLIENT, releases))
    return Events(components, protocols)
