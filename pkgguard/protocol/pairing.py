"""Which service, method and field of one version of a protocol is which one of the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pkgguard.budget import spend
from pkgguard.protocol.encodings import Reading, reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.protocol.model import Field, Message, Method, Schema, Service


class Services(NamedTuple):
    """The services of two versions: pairs of one service, and those that only one version has."""

    same: tuple[tuple[Service, Service], ...]
    removed: tuple[Service, ...]
    added: tuple[Service, ...]

    def methods(self) -> Iterator[tuple[Service, Method, Method]]:
        """Yield the methods that both versions have, each with its new service."""
        for old, new in self.same:
            by_name = {method.name: method for method in old.methods}
            for method in new.methods:
                spend()
                if method.name in by_name:
                    yield new, by_name[method.name], method


def paired_services(old: Schema, new: Schema) -> Services:
    """Pair the services by name; a missing one with a new one that has methods of the same names."""
    added = [one for name, one in new.services.items() if name not in old.services]
    by_methods: dict[tuple[str, ...], list[Service]] = {}
    for one in reversed(added):
        by_methods.setdefault(_names(one), []).append(one)
    same, gone = [], []
    for name, one in old.services.items():
        alike = by_methods.get(_names(one)) if one.methods else None
        if name in new.services:
            same.append((one, new.services[name]))
        elif alike:
            same.append((one, alike.pop()))
        else:
            gone.append(one)
    taken = {other.name for _, other in same}
    return Services(tuple(same), tuple(gone), tuple(one for one in added if one.name not in taken))


def _names(service: Service) -> tuple[str, ...]:
    return tuple(method.name for method in service.methods)


class Fields(NamedTuple):
    """The fields of two versions of a message.

    ``same`` are those that are one field in both, ``removed`` and ``added`` those of one
    only. ``renumbered`` have one name and two numbers, ``reused`` one number of two
    fields.
    """

    same: tuple[tuple[Field, Field], ...]
    removed: tuple[Field, ...]
    added: tuple[Field, ...]
    renumbered: tuple[tuple[Field, Field], ...]
    reused: tuple[tuple[Field, Field], ...]


def paired_fields(old: Message, new: Message) -> Fields:
    """Pair the fields of two messages by number, and find those that got another number or lost theirs.

    A field whose name is new at a number whose old name is gone is the same one,
    renamed, if it is encoded alike.
    """
    before = {field.number: field for field in old.fields}
    after = {field.number: field for field in new.fields}
    old_names = {field.name: field for field in old.fields}
    new_names = {field.name: field for field in new.fields}
    moved = {
        name
        for name, field in old_names.items()
        if name in new_names and new_names[name].number != field.number
    }
    same: list[tuple[Field, Field]] = []
    reused: list[tuple[Field, Field]] = []
    for number in sorted(before.keys() & after.keys()):
        spend()
        pair = before[number], after[number]
        names = {one.name for one in pair}
        one_field = len(names) == 1 or (names.isdisjoint(moved) and _alike(*pair))
        (same if one_field else reused).append(pair)
    return Fields(
        tuple(same),
        tuple(one for one in old.fields if one.number not in after and one.name not in moved),
        tuple(one for one in new.fields if one.number not in before and one.name not in moved),
        tuple((old_names[name], new_names[name]) for name in sorted(moved)),
        tuple(reused),
    )


def _alike(old: Field, new: Field) -> bool:
    return old.repeated == new.repeated and reading(old, new) is not Reading.MISREAD
