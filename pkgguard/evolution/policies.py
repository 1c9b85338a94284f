"""The version policies and the classes of changes, as ``policies.toml`` defines them."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.data import tables_of
from pkgguard.errors import UnknownNameError
from pkgguard.manifest.model import Kind
from pkgguard.manifest.typed_table import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkgguard.manifest.model import Change


class Effect(StrEnum):
    """What a release does to the releases of the other side that are older."""

    NOTHING = "nothing"
    ADDITION = "addition"
    NEW_CLIENT = "new-client"
    OLD_CLIENT = "old-client"
    BOTH = "both"

    @property
    def text(self) -> str:
        """The effect as a sentence, without a full stop."""
        return _effect_texts()[self]


class Level(StrEnum):
    """The part of a version that a release raises; ``none`` leaves the version as it is."""

    NONE = "none"
    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"

    @property
    def rank(self) -> int:
        """Its place in the order of the levels."""
        return _RANKS[self]


class ChangeSide(StrEnum):
    """Whose release a change comes with, or the protocol itself."""

    CLIENT = "client"
    SERVER = "server"
    PROTOCOL = "protocol"


class ChangeClass(NamedTuple):
    """Changes of one kind and need, and their effects."""

    name: str
    title: str
    client: Effect
    server: Effect
    pair: Effect
    protocol: Effect

    def effect(self, side: ChangeSide) -> Effect:
        """Return the effect on one side."""
        return {
            ChangeSide.CLIENT: self.client,
            ChangeSide.SERVER: self.server,
            ChangeSide.PROTOCOL: self.protocol,
        }[side]


class VersionPolicy(NamedTuple):
    """A policy that gives releases their numbers.

    ``component`` and ``protocol`` map effects to levels; ``protocol`` is None if
    protocols have no version of their own. ``by_pair`` is whether a change is judged by
    its effect on both sides together.
    """

    name: str
    title: str
    text: str
    by_pair: bool
    component: Mapping[Effect, Level]
    protocol: Mapping[Effect, Level] | None

    def effect(self, changes: ChangeClass, side: ChangeSide) -> Effect:
        """Return the effect by which this policy judges a class of changes."""
        return changes.pair if self.by_pair else changes.effect(side)

    def level(self, changes: ChangeClass, side: ChangeSide) -> Level:
        """Return the level that a class of changes requires on one side."""
        levels = self.protocol if side is ChangeSide.PROTOCOL else self.component
        return levels[self.effect(changes, side)] if levels is not None else Level.NONE


_RANKS: Final = {level: rank for rank, level in enumerate(Level)}


@cache
def policies() -> Mapping[str, VersionPolicy]:
    """Return the policies by their names."""
    return {
        name: VersionPolicy(
            name,
            table["title"],
            table["text"],
            table["judged_by"] == "pair",
            _levels(table["component"]),
            _levels(table["protocol"]) if "protocol" in table else None,
        )
        for name, table in tables_of("pkgguard.evolution", "policies.toml")["policy"].items()
    }


def policy(name: str) -> VersionPolicy:
    """Return the policy with a name; raise :class:`UnknownNameError` if there is none."""
    known = policies()
    if name not in known:
        raise UnknownNameError("version policy", name, tuple(known), nearest(name, known))
    return known[name]


@cache
def classes() -> Mapping[tuple[str, str], ChangeClass]:
    """Return the classes of changes by (kind, need)."""
    return {
        (kind, need): ChangeClass(
            f"{kind}-{need}",
            table["title"],
            *(Effect(table[key]) for key in ("client", "server", "pair", "protocol")),
        )
        for kind, needs in tables_of("pkgguard.evolution", "policies.toml")["class"].items()
        for need, table in needs.items()
    }


def class_of(change: Change, *, ended: bool = False, undone: bool = False) -> ChangeClass:
    """Return the class of a change.

    ``ended`` asks for the end of its old form instead. ``undone`` is whether a release
    lacks the change although the one before it has it.
    """
    need = str(change.need) if change.client else "unneeded"
    if undone and change.kind in _UNDONE:
        return classes()[_UNDONE[change.kind], need]
    if ended:
        return classes()["ended", need]
    if change.old_until is not None and not undone:
        return classes()["overlapping", need]
    return classes()[change.kind, need]


@cache
def _effect_texts() -> Mapping[str, str]:
    texts: Mapping[str, str] = tables_of("pkgguard.evolution", "policies.toml")["effect"]
    return texts


_UNDONE: Final = {Kind.ADDED: "removed", Kind.REMOVED: "added"}


def _levels(table: Mapping[str, str]) -> dict[Effect, Level]:
    return {effect: Level(table[effect]) for effect in Effect}
