"""The sum of a manifest and those that it extends, as the tables of one manifest.

Tables are merged key by key, and a key of the nearer manifest replaces that of the
other. The releases of a component are added to those of the other, and so are the
entries of an array of tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pkgguard.budget import spend
from pkgguard.diagnostics import Position
from pkgguard.manifest.acceptance import KEY as ACCEPT
from pkgguard.manifest.components import LIST, OF_THE_LIST, SHARED
from pkgguard.manifest.extend import KEY
from pkgguard.manifest.places import Places, PlacesOfSum
from pkgguard.manifest.policy import PROFILES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pkgguard.manifest.places import Place
    from pkgguard.manifest.source import Source

_ARRAYS: Final = ("change", "broken", "dropped", ACCEPT)


def merged(chain: Sequence[Source]) -> tuple[dict[str, Any], Places]:
    """Return the tables of a sum, and the places of everything in them.

    ``chain`` is a manifest and those that it extends, the nearest first.
    """
    if len(chain) == 1:
        return chain[0].tables, chain[0].places
    *nearer, last = chain
    found = _Sum(last)
    for source in reversed(nearer):
        found.add(source, inherited=source is not chain[0])
    return found.tables, PlacesOfSum(found.positions, found.further, tuple(one.shown for one in chain))


class _Sum:
    """The sum of some manifests, while others are added to it."""

    def __init__(self, source: Source) -> None:
        self.tables = source.tables
        self.positions = {
            place: Position(source.shown, line, inherited=True) for place, line in source.places.lines.items()
        }
        self.further: dict[Place, tuple[Position, ...]] = {}
        self._added = source
        self._inherited = True

    def add(self, source: Source, *, inherited: bool) -> None:
        """Add a manifest that extends the sum; ``inherited`` is whether another one extends it in turn."""
        self._added, self._inherited = source, inherited
        given = {key: value for key, value in source.tables.items() if key != KEY}
        self._name_clients(given)
        self._own_lists(given)
        tables = {key: value for key, value in self.tables.items() if key != KEY}
        for key, value in given.items():
            old = tables.get(key)
            if key in _ARRAYS and isinstance(old, list) and isinstance(value, list):
                tables[key] = [*old, *value]
                self._copy_array(key, len(old))
            elif key in _ARRAYS:
                tables[key] = value
                self._copy_array(key, 0)
            else:
                tables[key] = self._merge(old, value, (key,))
        self.tables = tables

    def _where(self, place: Place) -> Position:
        return self._added.places.where(place)._replace(inherited=self._inherited)

    def _merge(self, old: Any, new: Any, place: Place) -> Any:
        """Return the sum of two values at one place."""
        spend()
        if isinstance(old, dict) and isinstance(new, dict):
            if (own := self._added.places.exact(place)) is not None:
                self._add_position(place, own._replace(inherited=self._inherited))
            result = dict(old)
            for key, value in new.items():
                # The order of levels has a meaning: a later one applies.
                before = result.pop(key, None) if _holds_levels(place) else result.get(key)
                result[key] = self._merge(before, value, (*place, key))
            return result
        if len(place) == 3 and (place[0], place[2]) == ("component", LIST):
            return self._merge_releases(old, new, place)
        self._forget(old, place)
        self._note(new, place)
        return new

    def _merge_releases(self, old: Any, new: Any, place: Place) -> Any:
        """Return the releases of both; if one of them is not a list of texts, return that one."""
        listed, added = _texts(old), _texts(new)
        if old is None or added is None:
            self._forget(old, place)
            self._note(new, place)
            return new
        if listed is None:
            return old
        known = set(listed)
        before = self.positions.get(place, self._where(place))
        for text in listed:
            self.positions.setdefault((*place, text), before)
        fresh = [text for text in added if text not in known]
        own = self._where(place)
        for text in fresh:
            self.positions[*place, text] = own
        if fresh:
            self._add_position(place, own)
        return [*listed, *fresh]

    def _add_position(self, place: Place, position: Position) -> None:
        if place in self.positions:
            self.further[place] = (*self.further.get(place, ()), position)
        else:
            self.positions[place] = position

    def _forget(self, value: Any, place: Place) -> None:
        """Remove the positions of a value that is replaced."""
        self.positions.pop(place, None)
        self.further.pop(place, None)
        if isinstance(value, dict):
            for key, one in value.items():
                spend()
                self._forget(one, (*place, key))

    def _note(self, value: Any, place: Place) -> None:
        """Note the positions of a value that the added manifest gives."""
        self.positions[place] = self._where(place)
        if isinstance(value, dict):
            for key, one in value.items():
                spend()
                self._note(one, (*place, key))

    def _copy_array(self, key: str, before: int) -> None:
        """Note the positions of an array's entries, which follow those of the sum."""
        for place in self._added.places.lines:
            if place[:1] == (key,):
                spend()
                index = place[1] + before if len(place) > 1 and isinstance(place[1], int) else None
                moved = place if index is None else (key, index, *place[2:])
                self.positions.setdefault(moved, self._where(place))

    def _own_lists(self, given: dict[str, Any]) -> None:
        """Divide a shared list of releases where the added manifest has further ones for one component.

        Releases that are added to a list that is shared make a list of the component's
        own, which begins with the shared ones; a list that becomes shared is left out.
        """
        before, after = self.tables.get("component"), given.get("component")
        if not isinstance(before, dict) or not isinstance(after, dict):
            return
        components = dict(before)
        for name, table in after.items():
            old = before.get(name)
            if not isinstance(old, dict) or not isinstance(table, dict):
                continue
            if (SHARED in table) is (LIST in table):  # neither of them, or both, which is a mistake
                continue
            spend()
            other = old.get(SHARED)
            listed = before.get(other) if isinstance(other, str) else None
            if LIST in table and isinstance(listed, dict):
                own = {key: value for key, value in listed.items() if key in OF_THE_LIST}
                components[name] = {key: value for key, value in old.items() if key != SHARED} | own
                for key in own:
                    self._copy_position(("component", str(other)), ("component", name), key)
            elif SHARED in table:
                components[name] = {key: value for key, value in old.items() if key not in OF_THE_LIST}
        self.tables = {**self.tables, "component": components}

    def _copy_position(self, source: Place, target: Place, key: str) -> None:
        """Note that a key of a table, and each element of its list, stands where that of another one does."""
        listed = _texts(self.tables["component"][source[1]].get(key)) or []
        for tail in ((key,), *((key, text) for text in listed)):
            if (*source, *tail) in self.positions:
                self.positions[*target, *tail] = self.positions[*source, *tail]
        if further := self.further.get((*source, key)):
            self.further[*target, key] = further

    def _name_clients(self, given: dict[str, Any]) -> None:
        """Name the client in what the sum says of a protocol that gets further clients.

        A release without the name of its client is about the only client that the
        protocol had.
        """
        before, after = self.tables.get("protocol"), given.get("protocol")
        if not isinstance(before, dict) or not isinstance(after, dict):
            return
        only = {}
        for name, table in after.items():
            old = before.get(name)
            if isinstance(old, dict) and isinstance(table, dict):
                had, has = _texts(old.get("client")), _texts(table.get("client"))
                if had is not None and has is not None and len(had) == 1 < len(has):
                    only[name] = had[0]
        if not only:
            return
        protocols = {
            name: _with_name(table, "guarded_since", only[name]) if name in only else table
            for name, table in before.items()
        }
        changes = self.tables.get("change")
        if isinstance(changes, list):
            named = [
                _with_name(one, "client", only[one["protocol"]])
                if isinstance(one, dict) and one.get("protocol") in only
                else one
                for one in changes
            ]
            self.tables = {**self.tables, "change": named}
        self.tables = {**self.tables, "protocol": protocols}


def _with_name(table: dict[str, Any], key: str, client: str) -> dict[str, Any]:
    value = table.get(key)
    return table if value is None or isinstance(value, dict) else {**table, key: {client: value}}


def _holds_levels(place: Place) -> bool:
    return place == ("rules",) or (len(place) == 2 and place[0] == PROFILES)


def _texts(value: Any) -> list[str] | None:
    """Return a list of texts, or a text as such a list; None for anything else."""
    items = [value] if isinstance(value, str) else value
    if isinstance(items, list) and all(
        isinstance(one, str) and one.strip() and one.isprintable() for one in items
    ):
        return [one.strip() for one in items]
    return None
