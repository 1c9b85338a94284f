"""What a manifest says, read a second time: from its plain tables, one pair at a time.

docs/manifest.md is all that this follows; nothing of pkgguard is used. Only what
:func:`promising_documents` and :func:`numbered_documents` draw is understood: final releases in
semver, those of the scheme ``numbers`` with a word, and one change for each thing.
"""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]
RELEASES = ("1.0.0", "1.0.1", "1.1.0", "1.2.0", "1.3.1", "2.0.0")


def divided(release: str) -> tuple[list[int], str]:
    """Return the numbers of a release, and the word after them."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)*)([a-z]*[0-9]*)", release)
    assert match is not None
    return [int(number) for number in match[1].split(".")], match[2]


def numbers(release: str) -> tuple[object, ...]:
    """Return what two releases are compared by: absent numbers are 0, and a word is before or after."""
    found, word = divided(release)
    rank = 0 if word.startswith("rc") else 1 if not word else 2
    return (*found, *[0] * (4 - len(found)), rank, int(re.sub("[a-z]", "", word) or 0))


def branch_length(component: Document) -> int:
    """Return how many numbers name a branch of a component."""
    if component.get("scheme", "semver") == "semver":
        return component.get("branch", 2)  # type: ignore[no-any-return]
    longest = max(len(divided(release)[0]) for release in component["releases"])
    return component.get("branch", max(1, min(2, longest - 1)))  # type: ignore[no-any-return]


def branch_of(component: Document, release: str) -> tuple[int, ...]:
    """Return the branch of a release."""
    found = divided(release)[0]
    return tuple([*found, *[0] * 4][: branch_length(component)])


def has(component: Document, release: str, since: str | list[str]) -> bool:
    """Return whether a release has what was first released in ``since``: on the main line, or on branches."""
    firsts = sorted([since] if isinstance(since, str) else since, key=numbers)
    own, branch = numbers(release), branch_of(component, release)
    return own >= numbers(firsts[-1]) or any(
        branch == branch_of(component, one) and own >= numbers(one) for one in firsts
    )


def version_of(table: Document, family: str, component: Document, release: str) -> str:
    """Return the version of a package that carries a release, with the epoch that it has in a family."""
    own = table.get(family, {})
    given = own.get("epoch", table.get("epoch", 0)) if isinstance(own, dict) else table.get("epoch", 0)
    if isinstance(given, dict):
        begun = [one for one in given if numbers(one) <= numbers(release)]
        given = given[max(begun, key=numbers)] if begun else 0
    text = next(one for one in component["releases"] if numbers(one) == numbers(release))
    word = divided(text)[1]
    if word.startswith("rc"):  # a listed prerelease is packaged with a tilde
        text = f"{text.removesuffix(word)}~{word}"
    return f"{given}:{text}-1" if given else f"{text}-1"


def change_allows(document: Document, change: Document, client: str, ours: str, theirs: str) -> bool:
    """Return whether a change lets a client release meet a server release."""
    if change["kind"] == "compatible" or change.get("need") == "optional" or client not in change["client"]:
        return True
    components = document["component"]
    server = components[document["protocol"][change["protocol"]]["server"]]
    client_has = has(components[client], ours, change["client"][client])
    server_has = has(server, theirs, change["server"])
    if change["kind"] == "added":
        return server_has or not client_has
    if change["kind"] == "removed":
        return client_has or not server_has
    return client_has == server_has


def promise_allows(document: Document, protocol: Document, client: str, ours: str, theirs: str) -> bool:
    """Return whether the promise of a protocol covers a client release and a server release."""
    policy = document.get("policy", {})
    mode = protocol.get("mode", policy.get("mode", "protocol"))
    if mode in ("lockstep", "exact"):
        return numbers(ours) == numbers(theirs)
    if mode == "window":
        window = protocol.get("window", policy.get("window", 1))
        older, newer = (window, window) if isinstance(window, int) else (window["older"], window["newer"])
        *major, minor = branch_of(document["component"][client], ours)
        *other, of_server = branch_of(document["component"][protocol["server"]], theirs)
        return major == other and -newer <= of_server - minor <= older
    return True


def pair_works(document: Document, name: str, client: str, ours: str, theirs: str) -> bool:
    """Return whether a client release and a server release work together over a protocol."""
    protocol = document["protocol"][name]
    broken = {(one["component"], one["release"]) for one in document.get("broken", ())}
    return (
        (client, ours) not in broken
        and (protocol["server"], theirs) not in broken
        and promise_allows(document, protocol, client, ours, theirs)
        and all(
            change_allows(document, change, client, ours, theirs)
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


NUMBERED = (
    ("9.2p1", "9.2p2", "9.3rc1", "9.3p1", "10.0p1"),
    ("22.09.0", "23.03.0", "23.03.1", "23.06.0", "24.03.0"),
    ("251", "252", "252.4", "252.39", "253"),
    ("15.4", "15.20", "16rc1", "16", "16.1", "17"),
    ("0.6.5.9", "0.6.5.11", "0.7.0", "0.7.1", "0.7.1.1"),
)


@st.composite
def numbered_documents(draw: st.DrawFn) -> Document:
    """Draw a manifest of a client and a server in a project's own numbers, with epochs."""
    pool = draw(st.sampled_from(NUMBERED))

    def some() -> list[str]:
        return sorted(draw(st.sets(st.sampled_from(pool), min_size=2)), key=numbers)

    def epoch(releases: list[str]) -> int | Document:
        if draw(st.booleans()):
            return draw(st.integers(0, 3))
        begins = sorted(draw(st.sets(st.sampled_from(releases), min_size=1)), key=numbers)
        steps = sorted(draw(st.sets(st.integers(0, 9), min_size=len(begins), max_size=len(begins))))
        return dict(zip(begins, steps, strict=True))

    components: Document = {name: {"scheme": "numbers", "releases": some()} for name in ("client", "engine")}
    branch = draw(st.sampled_from((0, 1, 2)))
    longest = min(max(len(divided(one)[0]) for one in pool), 2)
    for component in components.values():
        component["branch"] = branch or max(1, longest - 1)
    packages: Document = {name: {"carries": [name]} for name in components}
    for name, package in packages.items():
        for family in draw(st.sets(st.sampled_from(("deb", "rpm", "")))):
            found = epoch(components[name]["releases"])
            if family:
                package[family] = {"epoch": found}
            else:
                package["epoch"] = found
    mode = draw(st.sampled_from(("protocol", "lockstep", "window")))
    return {
        "manifest": 1,
        "project": "drawn",
        "component": components,
        "package": packages,
        "protocol": {"talk": {"client": ["client"], "server": "engine"}},
        "change": [
            {
                "protocol": "talk",
                "kind": draw(st.sampled_from(("added", "removed", "changed"))),
                "what": [f"thing {number}"],
                "server": draw(st.sampled_from(components["engine"]["releases"])),
                "client": {"client": draw(st.sampled_from(components["client"]["releases"]))},
                "because": f"reason {number}",
            }
            for number in range(draw(st.integers(0, 2)))
        ],
        "policy": {"mode": mode, "window": draw(st.integers(0, 2)), "horizon": "major"},
    }
