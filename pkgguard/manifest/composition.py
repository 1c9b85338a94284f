"""What a manifest was made of: its files, and the changes of others that it took out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pkgguard.diagnostics import Position


class TakenOut(NamedTuple):
    """A change of an extended manifest that is not part of the sum.

    ``reference`` is its name, ``position`` where it stands. ``by`` is the position of
    the entry that took it out, ``because`` and ``see`` the reason and the sources there.
    That entry is a change in its place if ``is_replaced``.
    """

    reference: str
    position: Position
    by: Position
    because: str
    see: tuple[str, ...]
    is_replaced: bool


class SourceFile(NamedTuple):
    """A file that a manifest was read from.

    ``path`` is its name in messages. ``identity`` is the same for the same file, and
    empty for a text that is in no file. ``built_in`` is whether it comes with pkgguard.
    """

    path: str
    identity: str = ""
    built_in: bool = False
