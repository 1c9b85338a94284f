"""Suffixes with a tilde that mark a rebuild of a release, which sorts below it but is not a prerelease.

A manifest can name more of them for a package (``rebuilds``).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Rebuild(NamedTuple):
    """One vendor's suffix.

    ``pattern`` is a regular expression of its beginning. ``packages`` are packages that
    are only published as such rebuilds. Bounds on them begin with ``opening``, the
    lowest text with which a rebuild of a release can begin.
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

_KNOWN: Final = f"(?i:{'|'.join(dict.fromkeys(row.pattern for row in REBUILDS))})"


def rebuild_at(text: str, more: tuple[str, ...] = ()) -> str:
    """Return the suffix of a rebuild at the beginning of a text, or an empty text.

    ``more`` are suffixes that the manifest names.
    """
    for suffix in more:
        if text.startswith(suffix):
            return suffix
    found = re.match(_KNOWN, text) if text.startswith("~") else None
    return found[0] if found else ""


def openings(package: str, more: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the openings of the rebuilds of a package that is only published as rebuilds."""
    known = [row.opening for row in REBUILDS if package in row.packages]
    return tuple(dict.fromkeys((*(suffix.partition("-")[0] for suffix in more), *known)))
