"""Manifests with one protocol and a history, and the table of the pairs that work."""

from __future__ import annotations

from typing import Any

import toml
from hypothesis import HealthCheck, settings

from pkgguard.compat.engine import Compatibility
from pkgguard.manifest.model import Manifest
from pkgguard.manifest.read import parse_manifest

RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
RELEASES = ("1.0.0", "1.0.1", "1.0.5", "1.0.6", "1.1.0", "1.1.1", "1.2.0", "2.0.0", "2.1.0")


def manifest_of(*changes: dict[str, Any], **more: Any) -> Manifest:
    releases = list(more.pop("releases", RELEASES))
    clients = more.pop("clients", ["runtime"])
    document: dict[str, Any] = {
        "manifest": 1,
        "project": "kata",
        "component": {name: {"releases": releases} for name in (*clients, "agent")},
        "package": {f"kata-{name}": {"carries": [name]} for name in (*clients, "agent")},
        "protocol": {"agent": {"client": clients, "server": "agent"}},
        "change": [
            {"protocol": "agent", "kind": "added", "what": ["Pause"], "because": "x", **one}
            for one in changes
        ],
        "policy": more.pop("policy", {}),
        **more,
    }
    return parse_manifest(toml.dumps(document))


def table(manifest: Manifest, client: str = "runtime") -> dict[str, str]:
    """Return for each client release the server releases that work with it, joined by spaces."""
    engine = Compatibility(manifest)
    return {
        one.text: " ".join(
            other.text
            for other in manifest.components["agent"].releases
            if engine.verdict("agent", client, one, other).compatible
        )
        for one in manifest.components[client].releases
    }


def from_(release: str) -> str:
    return " ".join(RELEASES[RELEASES.index(release) :])


def before(release: str) -> str:
    return " ".join(RELEASES[: RELEASES.index(release)])
