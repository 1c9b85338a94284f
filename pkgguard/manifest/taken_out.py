"""Which changes of a sum remain: a manifest can replace or drop those of the manifests that it extends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pkgguard.budget import spend
from pkgguard.manifest.composition import TakenOut
from pkgguard.manifest.hints import Words
from pkgguard.manifest.limits import SENTENCE, THING
from pkgguard.manifest.mistakes import CONTRADICTION, MISSING_KEY, UNKNOWN_NAME
from pkgguard.manifest.typed_table import sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pkgguard.manifest.model import Component
    from pkgguard.manifest.typed_table import Mistakes, Table

DROPPED: Final = "dropped"
"""The array of the changes that are dropped."""
REPLACES: Final = "replaces"
ID: Final = "id"


class _Entry(NamedTuple):
    """A change: its table, its name, and the things and server releases by which it can be named too.

    ``component`` is the server, or None if that is not a component.
    """

    table: Table
    name: str
    things: tuple[str, ...]
    servers: tuple[str, ...]
    component: Component | None


class _Wish(NamedTuple):
    """An entry that takes a change out: its key with the name, and the change in its place, if any."""

    table: Table
    key: str
    because: str
    see: tuple[str, ...]
    instead: _Entry | None


def remaining(
    changes: Sequence[Table],
    dropped: Sequence[Table],
    server_of: Callable[[str], Component | None],
    mistakes: Mistakes,
) -> tuple[list[Table], tuple[TakenOut, ...]]:
    """Return the tables of the changes that remain, and those that were taken out.

    ``server_of`` returns the server of a protocol, by the protocol's name. A change is
    named by its id, or as ``WHAT@RELEASE`` by anything that it is about and any of its
    server releases. It can only be one of a manifest that is extended.
    """
    paths = mistakes.places.paths
    if len(paths) == 1 and not dropped and not any(table.has(REPLACES) for table in changes):
        return list(changes), ()
    files: dict[str, tuple[list[_Entry], list[_Wish]]] = {path: ([], []) for path in paths}
    for table in changes:
        spend()
        entry = _entry(table, server_of)
        entries, wishes = files[mistakes.where(table.place).path]
        if table.has(REPLACES):
            because = _text(table, "because")
            if not because:
                table.note("because", "is missing", "say why it replaces the other change", MISSING_KEY)
            wishes.append(_Wish(table, REPLACES, because, tuple(_texts(table.take("see"))), entry))
        else:
            entries.append(entry)
    for table in dropped:
        because = table.string("because", required=True, most=SENTENCE)
        table.string("change", required=True, most=2 * THING)
        see = sources(table)
        table.finish()
        files[mistakes.where(table.place).path][1].append(_Wish(table, "change", because, see, None))
    left: dict[int, _Entry] = {}
    taken: list[TakenOut] = []
    for path in reversed(paths):
        entries, wishes = files[path]
        if wishes:
            names = _Names(dict(left))
            for wish in wishes:
                taken += _take(wish, names, left, mistakes, is_base=path == paths[-1])
        left.update({id(entry): entry for entry in entries})
    return [entry.table for entry in left.values()], tuple(taken)


class _Names:
    """The changes by their names; a change with that id goes before those that are about a thing."""

    def __init__(self, entries: Mapping[int, _Entry]) -> None:
        self.entries = entries
        self.taken: dict[int, Table] = {}
        self._by_name: dict[str, list[int]] = {}
        self._by_thing: dict[str, list[int]] = {}
        self._by_server: dict[str, tuple[dict[str, list[int]], list[Component]]] = {}
        for number, entry in entries.items():
            spend()
            self._by_name.setdefault(entry.name, []).append(number)
            for thing in entry.things:
                self._by_thing.setdefault(thing, []).append(number)
        self.words = Words(self._by_name)

    def of(self, name: str) -> list[int]:
        """Return the changes that a name means."""
        if found := self._by_name.get(name):
            return found
        thing, _, server = name.rpartition("@")
        return self._at(thing, server) or self._at(name, "")

    def _at(self, thing: str, server: str) -> list[int]:
        """Return the changes that are about a thing with a server release, or without any."""
        if thing not in self._by_server:
            self._by_server[thing] = self._servers_of(thing)
        by_server, components = self._by_server[thing]
        if server in by_server or not server:
            return by_server.get(server, [])
        releases = (component.find(server) for component in components)
        texts = dict.fromkeys(release.text for release in releases if release is not None)
        return [number for text in texts for number in by_server.get(text, ())]

    def _servers_of(self, thing: str) -> tuple[dict[str, list[int]], list[Component]]:
        """Return the changes that are about a thing by server release, and the servers."""
        found: dict[str, list[int]] = {}
        components: dict[str, Component] = {}
        for number in self._by_thing.get(thing, ()):
            entry = self.entries[number]
            if entry.component is not None:
                components[entry.component.name] = entry.component
            for server in entry.servers or ("",):
                spend()
                found.setdefault(server, []).append(number)
        return found, list(components.values())


def _take(
    wish: _Wish, names: _Names, left: dict[int, _Entry], mistakes: Mistakes, *, is_base: bool
) -> list[TakenOut]:
    """Take a change out of those that are left, and put another one in its place if there is one."""
    table, key = wish.table, wish.key
    name = _text(table, key)
    if is_base:
        help = 'name the manifest that has the change, as in extends = "kata", or take this out'
        table.note(key, "goes only with extends", help)
    elif name:
        called = names.of(name)
        found = [one for one in called if wish.instead is None or _same_protocol(names.entries[one], table)]
        if called and not found:
            other = _text(names.entries[called[0]].table, "protocol")
            help = "replace it with a change of the same protocol, or drop it in [[dropped]]"
            table.note(key, f"{name!r} is a change of the protocol {other!r}", help)
        elif not found:
            hint = mistakes.hint(name, names.words)
            table.note(key, f"no change of an extended manifest is called {name!r}", hint, UNKNOWN_NAME)
        elif len(found) > 1:
            where = " and ".join(str(mistakes.where(names.entries[one].table.place)) for one in found[:3])
            help = "write an id into the one that is meant, or name another thing that it is about"
            table.note(key, f"{name!r} is the name of several changes: {where}", help)
        elif found[0] in names.taken:
            before = mistakes.where(names.taken[found[0]].place)
            reason = f"{name!r} is taken out twice, also by {before}"
            table.note(key, reason, "keep one of the two", CONTRADICTION)
        else:
            names.taken[found[0]] = table
            return [_taken_out(wish, found[0], left, mistakes)]
    if wish.instead is not None:
        left[id(wish.instead)] = wish.instead
    return []


def _taken_out(wish: _Wish, number: int, left: dict[int, _Entry], mistakes: Mistakes) -> TakenOut:
    entry = left.pop(number) if wish.instead is None else left[number]
    if wish.instead is not None:
        left[number] = wish.instead
    return TakenOut(
        entry.name,
        mistakes.where(entry.table.place),
        mistakes.where(wish.table.place),
        wish.because,
        wish.see,
        is_replaced=wish.instead is not None,
    )


def _same_protocol(entry: _Entry, table: Table) -> bool:
    return _text(entry.table, "protocol") == _text(table, "protocol")


def _entry(table: Table, server_of: Callable[[str], Component | None]) -> _Entry:
    component = server_of(_text(table, "protocol"))
    things, servers = _texts(table.take("what")), _texts(table.take("server"))
    if component is not None:
        listed = [(component.find(text), text) for text in servers]
        known = sorted(release for release, _ in listed if release is not None)
        servers = [*(text for release, text in listed if release is None), *(one.text for one in known)]
    first = f"{things[0]}@{servers[-1]}" if things and servers else "".join(things[:1])
    return _Entry(table, _text(table, ID) or first, tuple(things), tuple(servers), component)


def _text(table: Table, key: str) -> str:
    value = table.take(key)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [one.strip() for one in items if isinstance(one, str) and one.strip()]
