"""The parts of a protocol as lines of text, much like those of a .proto file, and back.

A line says all that is on the wire of one method, field or value, so two protocols
differ exactly in the lines that only one of them has.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.budget import spend
from pkgguard.protocol.builder import SCALARS, entry_name
from pkgguard.protocol.encodings import UNPACKABLE
from pkgguard.protocol.model import Field, Method, Presence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pkgguard.protocol.builder import Builder
    from pkgguard.protocol.model import Enum, Message, Schema, Service

SERVICE, MESSAGE, ENUM = "service", "message", "enum"
ORDER: Final = (SERVICE, MESSAGE, ENUM)
"""The kinds of parts in the order of a record."""

_NAME: Final = r"[A-Za-z_][\w.]*"
_TYPE: Final = rf"(?:(?:enum|group) )?{_NAME}"
_RPC: Final = re.compile(rf"rpc (\w+)\((stream )?({_NAME})\) returns \((stream )?({_NAME})\)", re.ASCII)
_FIELD: Final = re.compile(
    rf"(?:(?P<label>optional|required|repeated) )?(?:map<(?P<key>\w+), (?P<value>{_TYPE})>|(?P<type>{_TYPE}))"
    rf" (?P<name>\w+|\[{_NAME}\]) = (?P<number>\d{{1,9}})"
    rf"(?P<unpacked> unpacked)?(?: oneof (?P<oneof>\w+))?(?: default (?P<default>\".*\"))?",
    re.ASCII,
)
_VALUE: Final = re.compile(r"(\w+) = (-?\d{1,10})", re.ASCII)
_RESERVED: Final = re.compile(r"reserved (?:(-?\d{1,10})(?: to (-?\d{1,10}))?|\"(\w+)\")", re.ASCII)
_DEFAULT: Final = re.compile(r"default (-?\d{1,10})", re.ASCII)
_CLOSED: Final = "closed"
_PACKABLE_WORD: Final = "unpacked"
_LABELS: Final = {"optional": Presence.EXPLICIT, "required": Presence.REQUIRED, "repeated": Presence.REPEATED}


class Part(NamedTuple):
    """A service, a message or an enum: its kind, its full name, and its lines in their order."""

    kind: str
    name: str
    lines: tuple[str, ...]


def parts_of(schema: Schema) -> Iterator[Part]:
    """Yield the parts of a protocol in the order of a record; the entry of a map is part of its field."""
    for service in schema.services.values():
        yield Part(SERVICE, service.name, tuple(_service_lines(service)))
    for message in schema.messages.values():
        if not message.map_entry:
            yield Part(MESSAGE, message.name, tuple(_message_lines(message, schema.messages)))
    for enum in schema.enums.values():
        yield Part(ENUM, enum.name, tuple(_enum_lines(enum)))


def method_line(method: Method) -> str:
    """Return a method as a line."""
    spend()
    request, response = (
        f"{'stream ' if streaming else ''}{name}"
        for streaming, name in (
            (method.client_streaming, method.request),
            (method.server_streaming, method.response),
        )
    )
    return f"rpc {method.name}({request}) returns ({response})"


def field_line(field: Field, messages: Mapping[str, Message]) -> str:
    """Return a field as a line."""
    spend()
    entry = messages.get(field.type_name) if field.type == "message" else None
    if entry is not None and entry.map_entry:
        key, value = entry.fields
        return f"map<{key.type}, {_type(value)}> {field.name} = {field.number}"
    words = [_label(field), _type(field), field.name, "=", str(field.number)]
    if field.repeated and not field.packed and field.type not in UNPACKABLE:
        words.append(_PACKABLE_WORD)
    if field.oneof:
        words += ["oneof", field.oneof]
    if field.default:
        words += ["default", json.dumps(field.default)]
    return " ".join(filter(None, words))


def order_of(line: str) -> tuple[int, int, str]:
    """Return the place of a line in its part: fields and values by number, and the rest after them."""
    if line.startswith("rpc "):
        return (0, 0, line)
    if line.startswith("reserved "):
        return (2, 0, line)
    match = _FIELD.fullmatch(line)
    if match is not None:
        return (1, int(match["number"]), line)
    value = _VALUE.fullmatch(line)
    return (1, int(value[2]), line) if value is not None else (3, 0, line)


def _label(field: Field) -> str:
    if field.presence is Presence.IMPLICIT or (
        field.presence is Presence.EXPLICIT and (field.oneof or field.type in {"message", "group"})
    ):
        return ""
    return "optional" if field.presence is Presence.EXPLICIT else field.presence.value


def _type(field: Field) -> str:
    if field.type == "message":
        return field.type_name
    return f"{field.type} {field.type_name}" if field.type_name else field.type


def _service_lines(service: Service) -> Iterator[str]:
    yield from map(method_line, service.methods)


def _message_lines(message: Message, messages: Mapping[str, Message]) -> Iterator[str]:
    yield from (field_line(field, messages) for field in message.fields)
    yield from _reserved_lines(message)


def _enum_lines(enum: Enum) -> Iterator[str]:
    for number, names in enum.values:
        yield from (f"{name} = {number}" for name in names)
    yield from _reserved_lines(enum)
    if enum.closed:
        yield _CLOSED
    if enum.default:
        yield f"default {enum.default}"


def _reserved_lines(one: Message | Enum) -> Iterator[str]:
    for first, last in one.reserved:
        yield f"reserved {first}" if first == last else f"reserved {first} to {last}"
    yield from (f'reserved "{name}"' for name in one.reserved_names)


def add_part(builder: Builder, part: Part) -> None:
    """Add a part to a protocol from its lines; a line that is not one of its kind is refused."""
    if part.kind == SERVICE:
        builder.add_service(part.name, [_method(builder, part.name, line) for line in part.lines])
    elif part.kind == MESSAGE:
        _add_message(builder, part)
    else:
        _add_enum(builder, part)


def _method(builder: Builder, place: str, line: str) -> Method:
    match = _RPC.fullmatch(line)
    if match is None:
        builder.refuse(place, f"{line!r} is not a method")
    name, sends, request, receives, response = match.groups()
    return Method(name, request, response, bool(sends), bool(receives))


def _add_message(builder: Builder, part: Part) -> None:
    reserved, others = _reserved(part.lines)
    fields = []
    for line in others:
        match = _FIELD.fullmatch(line)
        if match is None:
            builder.refuse(part.name, f"{line!r} is not a field")
        if match["key"]:
            full = f"{part.name}.{entry_name(match['name'])}"
            pair = [Field(1, "key", match["key"]), _typed(match["value"], Field(2, "value", ""))]
            builder.add_message(full, pair, map_entry=True)
            fields.append(Field(int(match["number"]), match["name"], "message", full, Presence.REPEATED))
        else:
            fields.append(_field(match))
    builder.add_message(part.name, fields, reserved.ranges, reserved.names)


def _field(match: re.Match[str]) -> Field:
    field = _typed(match["type"], Field(int(match["number"]), match["name"], "", oneof=match["oneof"] or ""))
    presence = _LABELS.get(match["label"] or "", Presence.IMPLICIT)
    if presence is Presence.IMPLICIT and (field.oneof or field.type in {"message", "group"}):
        presence = Presence.EXPLICIT
    packable = presence is Presence.REPEATED and field.type not in UNPACKABLE
    return field._replace(
        presence=presence,
        packed=packable and not match["unpacked"],
        default=_unquoted(match["default"]),
    )


def _unquoted(text: str | None) -> str:
    if text is None:
        return ""
    try:
        value = json.loads(text)
    except ValueError:
        return ""
    return str(value)


def _typed(text: str, field: Field) -> Field:
    kind, _, name = text.rpartition(" ")
    if kind:
        return field._replace(type=kind, type_name=name)
    return field._replace(type=name) if name in SCALARS else field._replace(type="message", type_name=name)


def _add_enum(builder: Builder, part: Part) -> None:
    reserved, others = _reserved(part.lines)
    closed, default = False, 0
    values = []
    for line in others:
        if line == _CLOSED:
            closed = True
        elif (match := _DEFAULT.fullmatch(line)) is not None:
            default = int(match[1])
        elif (match := _VALUE.fullmatch(line)) is not None:
            values.append((int(match[2]), match[1]))
        else:
            builder.refuse(part.name, f"{line!r} is not a value of an enum")
    values.sort(key=lambda one: one[0] != default)
    builder.add_enum(part.name, values, reserved.ranges, reserved.names, closed=closed)


class _Reserved(NamedTuple):
    ranges: list[tuple[int, int]]
    names: list[str]


def _reserved(lines: Iterable[str]) -> tuple[_Reserved, list[str]]:
    """Divide lines into those about reserved numbers and names, and the others."""
    found = _Reserved([], [])
    others = []
    for line in lines:
        match = _RESERVED.fullmatch(line)
        if match is None:
            others.append(line)
        elif match[3]:
            found.names.append(match[3])
        else:
            found.ranges.append((int(match[1]), int(match[2] or match[1])))
    return found, others
