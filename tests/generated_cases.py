"""Manifests whose generated packages are clean, with the versions of each package that are built."""

from __future__ import annotations

from typing import Final, NamedTuple

_BODY: Final = """
manifest = 1
project = "generated"
[component.c]
{scheme}
releases = {client}
[component.s]
{scheme}
releases = {server}
[package.cl]
carries = ["c"]
{more_client}
[package.sv]
carries = ["s"]
{more_server}
[protocol.p]
client = ["c"]
server = "s"
{more}
[policy]
mode = "{mode}"
"""


class Case(NamedTuple):
    """A manifest of a client and a server, and the (name, version) of the packages to build."""

    manifest: str
    clients: tuple[tuple[str, str], ...]
    servers: tuple[tuple[str, str], ...]


def case(
    mode: str,
    client: list[str],
    server: list[str],
    clients: str,
    servers: str,
    *,
    names: tuple[str, str] = ("cl", "sv"),
    scheme: str = "semver",
    more: str = "",
    more_client: str = "",
    more_server: str = "",
) -> Case:
    text = _BODY.format(
        mode=mode,
        client=client,
        server=server,
        scheme=f'scheme = "{scheme}"',
        more=more,
        more_client=more_client,
        more_server=more_server,
    )
    built = [
        tuple((name, version) for version in some.split())
        for name, some in zip(names, (clients, servers), strict=True)
    ]
    return Case(text, *built)


_LISTED: Final = ["1.0.0", "1.1.0-rc.1", "1.1.0"]
_PLAIN: Final = ["1.0.0", "1.1.0"]
_EVERY: Final = "1.0.0-1 1.1.0~rc.1-1 1.1.0~rc.2-1 1.1.0-1 1.1.0-2"
_SERIES: Final = 'deb = "sv-{major}.{minor}"\nrpm = "sv-{major}.{minor}"'
_NEWEST_BROKEN: Final = """
guarded_since = "1.1.0"
[[broken]]
component = "c"
release = "1.1.1"
because = "it forgets what it was told"
"""

CASES: Final = {
    "exact, a release that one side lists": case(
        "exact",
        ["1.0.0", "1.1.0", "1.2.0"],
        ["1.0.0", "1.2.0"],
        "1.0.0-1 1.1.0-1 1.2.0-1",
        "1.0.0-1 1.2.0-1 1.2.0-2",
    ),
    "exact, prereleases that both list": case("exact", _LISTED, _LISTED, _EVERY, _EVERY),
    "exact, prereleases that the server lists": case("exact", _PLAIN, _LISTED, _EVERY, _EVERY),
    "exact, prereleases that the client lists": case("exact", _LISTED, _PLAIN, _EVERY, _EVERY),
    "exact, a series": case(
        "exact",
        _LISTED,
        _PLAIN,
        _EVERY,
        "1.1.0~rc.1-1 1.1.0~rc.2-1 1.1.0-1 1.1.0-2",
        names=("cl", "sv-1.1"),
        more_server=_SERIES,
    ),
    "exact, numbers with an epoch": case(
        "exact",
        ["15.04", "15.5"],
        ["15.04", "15.5p1", "15.5"],
        "2:15.04-1 2:15.5-1 2:15.5p1-1",
        "15.04-1 15.5-1 15.5p1-1",
        scheme="numbers",
        more_client="epoch = 2",
    ),
    "guarded, the newest client is broken": case(
        "protocol",
        ["1.1.0", "1.1.1"],
        ["1.1.0", "1.1.1"],
        "1.1.0-1 1.1.1-1",
        "1.1.0-1 1.1.1-1",
        more=_NEWEST_BROKEN,
    ),
    "guarded lockstep, the newest client is broken": case(
        "lockstep",
        ["1.1.0", "1.1.1"],
        ["1.1.0", "1.1.1"],
        "1.1.0-1 1.1.1-1",
        "1.1.0-1 1.1.1-1",
        more=_NEWEST_BROKEN,
    ),
    "a release with a word": case(
        "lockstep",
        ["9.1p1", "9.2p1", "9.3rc1", "9.3p1"],
        ["9.1p1", "9.2p1", "9.3rc1", "9.3p1"],
        "9.1p1-1 9.2p1-3 9.3~rc1-1 9.3p1-1",
        "9.1p1-1 9.2p1-1 9.3~rc1-2 9.3p1-1",
        scheme="numbers",
    ),
}
