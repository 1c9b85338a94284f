"""Suffixes with a tilde that mark a rebuild of a release, which sorts below it and is not a prerelease.

A manifest can name more of them for a package (``rebuilds``).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Rebuild(NamedTuple):
    """One vendor's suffix.

    ``pattern`` is a regular expression of its beginning. ``opening`` is the least text
    with which the vendor's rebuilds of a release begin, and ``packages`` are the
    packages that are published in no other way: bounds on these begin with it.
    """

    vendor: str
    pattern: str
    opening: str = ""
    packages: frozenset[str] = frozenset()


_DOCKER: Final = frozenset({"docker-ce", "docker-ce-cli", "docker-ce-rootless-extras", "docker-ce-selinux"})
_WINE: Final = frozenset(
    f"{name}-{branch}{architecture}"
    for name, architectures in (("winehq", ("",)), ("wine", ("", "-amd64", "-i386")))
    for branch in ("stable", "staging", "devel")
    for architecture in architectures
)
_CODENAMES: Final = (
    "wheezy|jessie|stretch|buster|bullseye|bookworm|trixie|forky|sid"
    "|trusty|xenial|bionic|focal|jammy|kinetic|lunar|mantic|noble|oracular|plucky|questing"
)

REBUILDS: Final = (
    Rebuild("Debian", "~bpo|~deb[0-9]|~backport|~ds|~dfsg|~repack"),
    Rebuild("Ubuntu", "~ubuntu"),
    Rebuild("Fedora and Enterprise Linux", "~el[0-9]|~fc[0-9]"),
    Rebuild("SUSE", "~suse|~sles|~lp[0-9]"),
    Rebuild("Docker", "~[0-9]-0~(?:debian|ubuntu|raspbian)", "~3", _DOCKER),
    Rebuild("Docker", "~ce(?![a-z])", "~ce", _DOCKER),
    Rebuild("Docker", "~(?:debian|raspbian)(?![a-z])"),
    Rebuild("Apache CouchDB", f"~(?:{_CODENAMES})(?![a-z])", "~b", frozenset({"couchdb"})),
    Rebuild("WineHQ", f"~(?:{_CODENAMES})(?![a-z])", "~b", _WINE),
)

_KNOWN: Final = re.compile(f"(?i:{'|'.join(dict.fromkeys(row.pattern for row in REBUILDS))})")


def rebuild_at(text: str, more: tuple[str, ...] = ()) -> str:
    """Return the suffix of a rebuild with which a text begins, or an empty text.

    ``more`` are suffixes that the manifest names.
    """
    for suffix in more:
        if text.startswith(suffix):
            return suffix
    found = _KNOWN.match(text)
    return found[0] if found else ""


def openings(package: str, more: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the texts with which rebuilds of a release begin in a package that is published as rebuilds."""
    known = [row.opening for row in REBUILDS if package in row.packages]
    return tuple(dict.fromkeys((*(suffix.partition("-")[0] for suffix in more), *known)))
