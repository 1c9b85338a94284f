"""What a manifest and the command line must know of a family, without loading it."""

from __future__ import annotations

import re
from typing import NamedTuple


class Summary(NamedTuple):
    """The names and versions that a family accepts, its files, and the forms that relations are written in.

    ``title`` is how messages call the family, and ``described`` one of its
    packages. ``package`` and ``version`` are regular expressions of a whole name
    and a whole version. ``largest_epoch`` is 0 for a family without epochs.
    ``lists_published`` says whether a manifest may list versions that exist in
    archives. ``suffixes`` are the endings of package files, with the dot, and
    ``magic`` the bytes that they begin with. ``targets`` are the dialects that
    relations are encoded in, and ``formats`` the templates that they are written
    with; the first of each is the default. A template lies in ``templates/`` or in
    the family's own folder, as ``FORMAT.j2``.
    """

    title: str
    described: str
    package: str
    version: str
    largest_epoch: int
    lists_published: bool
    suffixes: tuple[str, ...]
    magic: bytes
    targets: tuple[str, ...]
    formats: tuple[str, ...]

    def is_package(self, name: str) -> bool:
        """Return whether the family may call a package by this name."""
        return re.fullmatch(self.package, name) is not None

    def is_version(self, version: str) -> bool:
        """Return whether this is a full version of the family."""
        return re.fullmatch(self.version, version) is not None
