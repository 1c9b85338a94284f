"""Which releases nobody has judged: the history of the protocol does not mention them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.manifest.model import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pkgguard.manifest.model import Change, Manifest
    from pkgguard.versions.release import Release

_BY_HISTORY: Final = (Mode.PROTOCOL, Mode.WINDOW)
"""The modes in which the changes decide."""


class Unjudged(NamedTuple):
    """A release of a component that no change of a protocol names; it counts as the one before, if any."""

    protocol: str
    component: str
    is_server: bool
    release: Release
    before: Release | None


def unjudged(manifest: Manifest, components: Iterable[str], text: str) -> Iterator[Unjudged]:
    """Yield the protocols in which a release of some components has not been judged.

    It has been if a change names it, even one that is ``compatible``, or if it is
    broken. Where the promise alone decides, as with ``lockstep``, there is nothing to
    judge.
    """
    for name in components:
        component = manifest.components[name]
        release = component.find(text)
        if release is None or any((one.component, one.release) == (name, release) for one in manifest.broken):
            continue
        place = component.releases.index(release)
        before = component.releases[place - 1] if place else None
        for protocol in manifest.protocols.values():
            is_server = name == protocol.server
            taking_part = is_server or name in protocol.clients
            if taking_part and manifest.mode(protocol) in _BY_HISTORY:
                changes = (one for one in manifest.changes if one.protocol == protocol.name)
                if not any(_names(one, name, release, is_server=is_server) for one in changes):
                    yield Unjudged(protocol.name, name, is_server, release, before)


def _names(change: Change, component: str, release: Release, *, is_server: bool) -> bool:
    if is_server:
        return release in change.server or release == change.old_until
    return release in change.client.get(component, ())
