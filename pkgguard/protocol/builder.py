"""Building a protocol piece by piece, with every name checked and everything counted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

from pkgguard.budget import spend
from pkgguard.errors import ProtocolError
from pkgguard.protocol.limits import DEPTH, ELEMENTS, NAME, VALUE
from pkgguard.protocol.model import NUMBERS, Enum, Field, Message, Method, Ranges, Schema, Service

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet
    from typing import NoReturn

SCALARS: Final = frozenset(
    {
        "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32", "fixed64",
        "sfixed32", "sfixed64", "bool", "string", "bytes",
    }
)  # fmt: skip
"""The types of fields that are neither messages nor enums."""

OWN: Final = "google.protobuf."
"""The beginning of the names of types that come with protobuf itself; only those that are used are kept."""

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FULL_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_ENUM_NUMBERS: Final = (-(2**31), 2**31 - 1)


_Part = TypeVar("_Part")


class Builder:
    """Collects the parts of a protocol; ``source`` is its name in messages.

    Every method raises :class:`ProtocolError` for what no protocol can have.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._services: dict[str, Service] = {}
        self._messages: dict[str, Message] = {}
        self._enums: dict[str, Enum] = {}
        self._count = 0

    def refuse(self, place: str, reason: str, help: str = "") -> NoReturn:
        """Raise the error for a part of the source."""
        raise ProtocolError(self._source, place[:NAME], reason, help)

    def identifier(self, name: str, place: str) -> str:
        """Return a name without dots."""
        return self._named(name, place, _IDENTIFIER)

    def full_name(self, name: str, place: str) -> str:
        """Return a name with dots, without one at its beginning."""
        return self._named(name.removeprefix("."), place, _FULL_NAME)

    def add_service(self, name: str, methods: Iterable[Method]) -> None:
        """Add a service."""
        full = self._new(name)
        found: dict[str, Method] = {}
        for method in methods:
            self.count()
            own = self.identifier(method.name, full)
            if own in found:
                self.refuse(f"{full}/{own}", "is defined twice")
            request, response = (self.full_name(one, full) for one in (method.request, method.response))
            found[own] = method._replace(name=own, request=request, response=response)
        self._services[full] = Service(full, tuple(found[own] for own in sorted(found)))

    def add_message(
        self,
        name: str,
        fields: Iterable[Field],
        reserved: Iterable[tuple[int, int]] = (),
        reserved_names: Iterable[str] = (),
        *,
        map_entry: bool = False,
    ) -> None:
        """Add a message."""
        full = self._new(name)
        if full.count(".") > DEPTH:
            self.refuse(full, f"is nested in more than {DEPTH} others")
        found: dict[int, Field] = {}
        names: set[str] = set()
        for field in fields:
            own = self._field(full, field)
            if own.number in found or own.name in names:
                self.refuse(f"{full}.{own.name}", "its number or its name is that of another field")
            found[own.number] = own
            names.add(own.name)
        if map_entry:
            if sorted(found) != [1, 2]:
                self.refuse(full, "the entry of a map must have the fields 1 and 2")
            found = {number: _in_entry(field) for number, field in found.items()}
        self._messages[full] = Message(
            full,
            tuple(found[number] for number in sorted(found)),
            self._ranges(full, reserved, NUMBERS),
            self._reserved_names(full, reserved_names),
            map_entry,
        )

    def add_enum(
        self,
        name: str,
        values: Iterable[tuple[int, str]],
        reserved: Iterable[tuple[int, int]] = (),
        reserved_names: Iterable[str] = (),
        *,
        closed: bool = False,
    ) -> None:
        """Add an enum; the values are in the order of its definition."""
        full = self._new(name)
        found: dict[int, list[str]] = {}
        names: set[str] = set()
        for number, value in values:
            self.count()
            own = self.identifier(value, full)
            if own in names or not _ENUM_NUMBERS[0] <= number <= _ENUM_NUMBERS[1]:
                self.refuse(f"{full}.{own}", "is defined twice, or its number does not fit into 32 bits")
            names.add(own)
            found.setdefault(number, []).append(own)
        default = next(iter(found), 0)
        self._enums[full] = Enum(
            full,
            tuple((number, tuple(sorted(found[number]))) for number in sorted(found)),
            closed,
            default,
            self._ranges(full, reserved, _ENUM_NUMBERS),
            self._reserved_names(full, reserved_names),
        )

    def schema(self) -> Schema:
        """Return the protocol, once every type that it names is defined."""
        for service in self._services.values():
            for method in service.methods:
                for name in (method.request, method.response):
                    self.count()
                    if name not in self._messages:
                        self.refuse(f"{service.name}/{method.name}", f"the message {name} is not defined")
        for message in self._messages.values():
            for field in message.fields:
                self.count()
                known = self._enums if field.type == "enum" else self._messages
                if field.type_name and field.type_name not in known:
                    self.refuse(f"{message.name}.{field.name}", f"the type {field.type_name} is not defined")
                self._check_entry(message, field)
        used = self._used()
        return Schema(
            _sorted(self._services, self._services.keys()),
            _sorted(self._messages, used),
            _sorted(self._enums, used),
        )

    def _used(self) -> set[str]:
        """Return all messages and enums but those of protobuf itself that nothing else names."""
        waiting = [name for name in (*self._messages, *self._enums) if not name.startswith(OWN)]
        for service in self._services.values():
            waiting += [name for one in service.methods for name in (one.request, one.response)]
        used: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in used:
                used.add(name)
                message = self._messages.get(name)
                waiting += [one.type_name for one in message.fields if one.type_name] if message else ()
        return used

    def _check_entry(self, message: Message, field: Field) -> None:
        """Refuse the entry of a map in any place but the one where protoc makes it."""
        if field.type != "message" or not self._messages[field.type_name].map_entry:
            return
        if not field.repeated or field.type_name != f"{message.name}.{entry_name(field.name)}":
            self.refuse(f"{message.name}.{field.name}", f"{field.type_name} is the entry of another map")

    def _field(self, message: str, field: Field) -> Field:
        self.count()
        name = field.name
        if not (name.startswith("[") and name.endswith("]")):  # an extension keeps its full name in brackets
            self.identifier(name, message)
        else:
            self.full_name(name[1:-1], message)
        place = f"{message}.{name}"
        if not NUMBERS[0] <= field.number <= NUMBERS[1]:
            self.refuse(place, f"its number {field.number} is not one from {NUMBERS[0]} to {NUMBERS[1]}")
        if len(field.default) > VALUE:
            self.refuse(place, f"its default value has more than {VALUE} characters")
        if field.type in SCALARS:
            return field._replace(type_name="")
        if field.type not in {"message", "group", "enum"}:
            self.refuse(place, f"its type {field.type!r} is not known")
        if field.oneof:
            self.identifier(field.oneof, place)
        return field._replace(type_name=self.full_name(field.type_name, place))

    def _new(self, name: str) -> str:
        self.count()
        full = self.full_name(name, "")
        if full in SCALARS:
            self.refuse(full, "has the name of a scalar type")
        if full in self._services or full in self._messages or full in self._enums:
            self.refuse(full, "is defined twice")
        return full

    def _named(self, name: str, place: str, pattern: re.Pattern[str]) -> str:
        if len(name) > NAME or not pattern.fullmatch(name):
            shown = name if len(name) <= 80 else f"{name[:77]}..."
            self.refuse(place, f"{shown!r} is not a name", "a name has letters, digits and _")
        return name

    def _ranges(self, place: str, ranges: Iterable[tuple[int, int]], most: tuple[int, int]) -> Ranges:
        found = []
        for first, last in ranges:
            self.count()
            if not most[0] <= first <= last <= most[1]:
                self.refuse(place, f"{first} to {last} is not a range of reserved numbers")
            found.append((first, last))
        return tuple(sorted(found))

    def _reserved_names(self, place: str, names: Iterable[str]) -> tuple[str, ...]:
        found = set()
        for name in names:
            self.count()
            found.add(self.identifier(name, place))
        return tuple(sorted(found))

    def count(self) -> None:
        """Count one part; raise :class:`ProtocolError` if there are too many."""
        spend()
        self._count += 1
        if self._count > 3 * ELEMENTS:  # a part is counted up to three times: found, added and resolved
            self.refuse(
                "", f"has more than {ELEMENTS} fields, values and other parts", "leave out what is not used"
            )


def entry_name(field: str) -> str:
    """Return the name of the message that protoc makes for the entries of a map."""
    return "".join(f"{part[:1].upper()}{part[1:]}" for part in field.split("_")) + "Entry"


def _in_entry(field: Field) -> Field:
    """Return the key or the value of a map, whose presence does not matter."""
    name = "key" if field.number == 1 else "value"
    return Field(field.number, name, field.type, field.type_name)


def _sorted(table: dict[str, _Part], names: AbstractSet[str]) -> dict[str, _Part]:
    return {name: table[name] for name in sorted(table) if name in names}
