"""Random manifests: a few releases, packages and changes, in every mode of the policy."""

from __future__ import annotations

from typing import Any

import toml
from hypothesis import strategies as st

from pkgguard.errors import ManifestError
from pkgguard.manifest.model import Manifest
from pkgguard.manifest.read import parse_manifest

RELEASES = (
    *("1.0.0", "1.0.1", "1.0.5", "1.1.0-rc.1", "1.1.0-rc.2"),
    *("1.1.0", "1.1.1", "1.2.0", "1.2.1", "2.0.0", "2.1.0"),
)


@st.composite
def documents(draw: st.DrawFn, *, plain: bool = False) -> dict[str, Any]:
    """Draw a manifest as plain tables; not every one is free of contradictions."""

    def releases() -> list[str]:
        return sorted(draw(st.sets(st.sampled_from(RELEASES), min_size=2, max_size=7)))

    runtime, agent, shim = releases(), releases(), releases()
    two_clients = draw(st.booleans()) and not plain
    components: dict[str, Any] = {"runtime": {"releases": runtime}, "agent": {"releases": agent}}
    packages: dict[str, Any] = {
        "kata-runtime": {"carries": ["runtime"]},
        "kata-image": {"carries": ["agent"]},
    }
    clients = ["runtime"]
    if two_clients:
        components["shim"] = {"releases": shim}
        clients.append("shim")
        if draw(st.booleans()):
            packages["kata-shim"] = {"carries": ["shim"]}
        else:
            packages["kata-runtime"]["carries"].append("shim")
    if draw(st.booleans()) and not plain:
        packages["kata-initrd"] = {"carries": ["agent"]}
        if draw(st.booleans()):
            packages["kata-initrd"]["presence"] = "optional"
    if draw(st.booleans()) and not plain:
        packages["kata-image"]["epoch"] = 1
    if draw(st.booleans()) and not plain:
        packages["kata-image"]["rpm"] = "kata-containers-image"
    if draw(st.booleans()) and not plain:
        packages["kata-image"]["files"] = ["/usr/share/kata/*.img", "/usr/lib/kata/**"]
    protocol: dict[str, Any] = {"client": clients, "server": "agent"}
    if draw(st.booleans()) and not plain:
        protocol["provides"] = "kata-agent-protocol"
    if draw(st.booleans()) and not plain:
        protocol["slot"] = "kata-agent-slot"

    def bound(listed: list[str]) -> Any:
        if draw(st.integers(0, 3)) == 0:
            some = draw(st.sets(st.sampled_from(listed), min_size=1, max_size=2))
            return sorted(some)
        return draw(st.sampled_from(listed))

    changes = []
    for number in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from(["added", "added", "removed", "changed", "compatible"]))
        change: dict[str, Any] = {
            "protocol": "agent",
            "kind": kind,
            "what": [draw(st.sampled_from(["A", "B", f"C{number}"]))],
            "server": bound(agent),
            "because": f"reason {number}",
        }
        if draw(st.integers(0, 4)):
            change["client"] = {"runtime": bound(runtime)}
            if two_clients and draw(st.booleans()):
                change["client"]["shim"] = bound(shim)
        if draw(st.integers(0, 3)) == 0:
            change["need"] = "optional"
        if kind == "changed" and draw(st.booleans()):
            change["old_until"] = draw(st.sampled_from(agent))
        changes.append(change)
    document: dict[str, Any] = {
        "manifest": 1,
        "project": "kata",
        "component": components,
        "package": packages,
        "protocol": {"agent": protocol},
        "change": changes,
        "policy": {
            "mode": draw(st.sampled_from(["protocol", "protocol", "lockstep", "window"])),
            "window": draw(st.integers(0, 2)),
            "horizon": draw(st.sampled_from(["none", "patch", "minor", "major"])),
            "prereleases": draw(st.sampled_from(["exclude", "include"])),
        },
    }
    if draw(st.integers(0, 3)) == 0:
        component = draw(st.sampled_from(["runtime", "agent"]))
        document["broken"] = [
            {"component": component, "release": draw(st.sampled_from(components[component]["releases"]))}
        ]
    return document


@st.composite
def manifests(draw: st.DrawFn, *, plain: bool = False) -> Manifest:
    """Draw a valid manifest."""
    document = draw(documents(plain=plain))
    while True:
        try:
            return parse_manifest(toml.dumps(document))
        except ManifestError as error:
            # Contradictory changes are taken out one by one until the rest agrees.
            if not document["change"]:
                raise AssertionError(document) from error
            document["change"].pop()
