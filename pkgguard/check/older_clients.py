"""Which clients only the server's package can refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.budget import spend

if TYPE_CHECKING:
    from pkgguard.check.subject import PeerView, Subject
    from pkgguard.versions.release import Release


def only_server_can_refuse(subject: Subject, view: PeerView, client: Release) -> bool:
    """Return whether only the server's package can refuse a client.

    This is a client that is broken, or that worked before and does not refuse incompatible
    servers itself.
    """
    if client.boundary in view.guard.broken:
        return not view.only_self_guarded(client)
    return client.boundary not in view.guard.self_guarded and _worked_before(subject, view, client)


def _worked_before(subject: Subject, view: PeerView, client: Release) -> bool:
    compatibility = subject.compatibility
    for name in view.guard.as_server:
        spend()
        protocol = compatibility.manifest.protocols[name]
        own = subject.identity.releases[protocol.server]
        for component in protocol.clients:
            if component in view.guard.peer.carries:
                servers = compatibility.allowed_servers(name, component, client)
                if compatibility.has_release(protocol.server, servers, own):
                    return True
    return False
