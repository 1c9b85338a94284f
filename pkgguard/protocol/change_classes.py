"""The classes of change, as ``change_classes.toml`` has them."""

from __future__ import annotations

import functools
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from pkgguard.data import tables_of
from pkgguard.protocol.model import Side

if TYPE_CHECKING:
    from collections.abc import Mapping


class Weight(StrEnum):
    """Whether a change breaks something."""

    BREAKS = "breaks"
    JUDGE = "judge"
    """Nothing fails on the wire; a person has to judge."""
    NONE = "none"


class Pairing(StrEnum):
    """A pair of releases on both sides of a change."""

    NEW_CLIENT = "new-client-old-server"
    OLD_CLIENT = "old-client-new-server"


class ChangeClass(NamedTuple):
    """A class of change; ``written`` has the ages, ``old`` and ``new``, whose messages are misread."""

    id: str
    weight: Weight
    title: str
    explanation: str
    pairs: tuple[Pairing, ...]
    written: tuple[str, ...]
    order: int

    def affects(self, sides: frozenset[Side], written: tuple[str, ...] = ()) -> tuple[Pairing, ...]:
        """Return the pairs that a change of this class is about.

        ``sides`` are the sides that send the message; if no method does, either may.
        ``written`` narrows the class's own.
        """
        found = set(self.pairs)
        for side in sides or frozenset(Side):
            for age in written or self.written:
                new_client = (side is Side.REQUEST) == (age == "new")
                found.add(Pairing.NEW_CLIENT if new_client else Pairing.OLD_CLIENT)
        return tuple(sorted(found))


@functools.cache
def change_classes() -> Mapping[str, ChangeClass]:
    """Return all classes by their ids, the gravest first."""
    return {
        name: ChangeClass(
            name,
            Weight(table["weight"]),
            table["title"],
            table["explanation"],
            tuple(map(Pairing, table.get("pairs", ()))),
            tuple(table.get("written", ())),
            order,
        )
        for order, (name, table) in enumerate(tables_of("pkgguard.protocol", "change_classes.toml").items())
    }
