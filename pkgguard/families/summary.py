"""The description of a family for manifests and the command line, available without loading it."""

from __future__ import annotations

import re
from typing import NamedTuple


class Summary(NamedTuple):
    """The names and versions that a family accepts, its files, and its output formats.

    ``title`` is the name of the family in messages, and ``described`` that of one of
    its packages. ``package`` and ``version`` are regular expressions of a whole name
    and a whole version, ``pieces`` of the parts that are compared one by one in a
    prerelease (empty: as semver does it). ``largest_epoch`` is 0 for a family without epochs.
    ``lists_published`` says whether a manifest may list versions that exist in
    archives. ``suffixes`` are the endings of package files, with the dot, and ``magic``
    the bytes that they begin with. ``targets`` are the dialects of relations, and
    ``formats`` the templates for them; the first of each is the default. A template is
    ``FORMAT.j2`` in ``templates/`` or in the family's own folder. ``dialects`` is what
    help says of the other targets. ``notes`` has pairs of the id of a rule and
    what its explanation says of this family.
    """

    title: str
    described: str
    package: str
    version: str
    pieces: str
    largest_epoch: int
    lists_published: bool
    suffixes: tuple[str, ...]
    magic: bytes
    targets: tuple[str, ...]
    formats: tuple[str, ...]
    dialects: str = ""
    notes: tuple[tuple[str, str], ...] = ()

    def is_package(self, name: str) -> bool:
        """Return whether this is a valid package name in the family."""
        return re.fullmatch(self.package, name) is not None

    def is_version(self, version: str) -> bool:
        """Return whether this is a valid full version in the family."""
        return re.fullmatch(self.version, version) is not None
