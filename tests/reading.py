"""What a manifest says, read a second time: from its plain tables, one pair at a time.

docs/manifest.md is all that this follows; nothing of pkgguard is used. Only what
:func:`promising_documents` draws is understood: final releases, and one change for each thing.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]
RELEASES = ("1.0.0", "1.0.1", "1.1.0", "1.2.0", "1.3.1", "2.0.0")


def numbers(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.split(".")))


def has(release: str, since: str | list[str]) -> bool:
    """Return whether a release has what was first released in ``since``: on the main line, or on branches."""
    firsts = sorted(map(numbers, [since] if isinstance(since, str) else since))
    own = numbers(release)
    return own >= firsts[-1] or any(own[:2] == one[:2] and own >= one for one in firsts)


def change_allows(change: Document, client: str, ours: str, theirs: str) -> bool:
    """Return whether a change lets a client release meet a server release."""
    if change["kind"] == "compatible" or change.get("need") == "optional" or client not in change["client"]:
        return True
    client_has, server_has = has(ours, change["client"][client]), has(theirs, change["server"])
    if change["kind"] == "added":
        return server_has or not client_has
    if change["kind"] == "removed":
        return client_has or not server_has
    return client_has == server_has


def promise_allows(document: Document, protocol: Document, ours: str, theirs: str) -> bool:
    """Return whether the promise of a protocol covers a client release and a server release."""
    policy = document.get("policy", {})
    mode = protocol.get("mode", policy.get("mode", "protocol"))
    if mode in ("lockstep", "exact"):
        return ours == theirs
    if mode == "window":
        window = protocol.get("window", policy.get("window", 1))
        older, newer = (window, window) if isinstance(window, int) else (window["older"], window["newer"])
        (major, minor, _), (other, of_server, _) = numbers(ours), numbers(theirs)
        return major == other and -newer <= of_server - minor <= older
    return True


def pair_works(document: Document, name: str, client: str, ours: str, theirs: str) -> bool:
    """Return whether a client release and a server release work together over a protocol."""
    protocol = document["protocol"][name]
    broken = {(one["component"], one["release"]) for one in document.get("broken", ())}
    return (
        (client, ours) not in broken
        and (protocol["server"], theirs) not in broken
        and promise_allows(document, protocol, ours, theirs)
        and all(
            change_allows(change, client, ours, theirs)
            for change in document.get("change", ())
            if change["protocol"] == name
        )
    )


def set_works(document: Document, package: str, installed: dict[str, str]) -> bool:
    """Return whether a client package can be there with some packages: all fit, and it has what it needs.

    ``installed`` maps the packages to their releases, the client among them.
    """
    packages = document["package"]
    needed: dict[str, bool] = {}
    for name, protocol in document["protocol"].items():
        if not protocol.get("same_machine", True):
            continue
        role = "role " + protocol["role"] if "role" in protocol else name
        for client in set(protocol["client"]) & set(packages[package]["carries"]):
            for other, table in packages.items():
                if protocol["server"] not in table["carries"]:
                    continue
                if table.get("presence") != "optional":
                    needed.setdefault(role, False)
                if other in installed:
                    if not pair_works(document, name, client, installed[package], installed[other]):
                        return False
                    needed[role] = True
    return all(needed.values())


@st.composite
def promising_documents(draw: st.DrawFn) -> Document:
    """Draw a manifest of a client and up to three packages that serve it, with the words for promises."""

    def some(most: int) -> list[str]:
        return sorted(draw(st.sets(st.sampled_from(RELEASES), min_size=2, max_size=most)))

    components = {name: {"releases": some(4)} for name in ("client", "engine", "rival")}
    packages: Document = {
        "client": {"carries": ["client"]},
        "engine": {"carries": ["engine"]},
        "engine-lite": {"carries": ["engine"]},
        "rival": {"carries": ["rival"]},
    }
    for name in ("engine", "engine-lite", "rival"):
        if draw(st.integers(0, 2)) == 0:
            packages[name]["presence"] = "optional"
    protocols: Document = {
        "talk": {"client": ["client"], "server": "engine"},
        "talk-rival": {"client": ["client"], "server": "rival"},
    }
    if draw(st.booleans()):
        for protocol in protocols.values():
            protocol["role"] = "engine"
    windows = st.integers(0, 2) | st.fixed_dictionaries(
        {"older": st.integers(0, 2), "newer": st.integers(0, 2)}
    )
    if "role" not in protocols["talk"] and draw(st.booleans()):
        protocols["talk-rival"]["same_machine"] = False
    if draw(st.integers(0, 2)) == 0:
        names = draw(st.sets(st.sampled_from(components["engine"]["releases"]), min_size=1))
        protocols["talk"]["provides"] = {release: f"engine-abi-{release}" for release in sorted(names)}
    for protocol in protocols.values():
        if draw(st.integers(0, 2)) == 0 and "same_machine" not in protocol:
            protocol["guarded_since"] = draw(st.sampled_from(components["client"]["releases"]))
        if draw(st.booleans()):
            protocol["mode"] = draw(st.sampled_from(("protocol", "lockstep", "exact", "window")))
            if protocol["mode"] == "window":
                protocol["window"] = draw(windows)
    changes = []
    for number in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from(("talk", "talk-rival")))
        server = components[protocols[name]["server"]]["releases"]
        changes.append(
            {
                "protocol": name,
                "kind": draw(st.sampled_from(("added", "removed", "changed", "compatible"))),
                "what": [f"thing {number}"],
                "server": draw(st.sampled_from(server)),
                "client": {"client": draw(st.sampled_from(components["client"]["releases"]))},
                "because": f"reason {number}",
            }
        )
    document: Document = {
        "manifest": 1,
        "project": "drawn",
        "component": components,
        "package": packages,
        "protocol": protocols,
        "change": changes,
        "policy": {
            "mode": draw(st.sampled_from(("protocol", "window", "lockstep"))),
            "window": draw(windows),
            "horizon": "major",
        },
    }
    if draw(st.integers(0, 3)) == 0:
        name = draw(st.sampled_from(("client", "engine", "rival")))
        release = draw(st.sampled_from(components[name]["releases"]))
        document["broken"] = [{"component": name, "release": release}]
    return document
