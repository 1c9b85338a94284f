"""Reading a descriptor set (``FileDescriptorSet``), as protoc and buf write it, with the protobuf runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pkgguard.errors import ProtocolError, ProtocolToolError
from pkgguard.protocol.builder import OWN, Builder
from pkgguard.protocol.encodings import UNPACKABLE
from pkgguard.protocol.limits import DEPTH, DESCRIPTORS, FILES
from pkgguard.protocol.model import Field, Method, Presence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pkgguard.protocol.model import Schema

_OPTIONAL, _REQUIRED, _REPEATED = 1, 2, 3
_GROUP, _MESSAGE, _ENUM = 10, 11, 14
_TYPES: Final[Mapping[int, str]] = {
    1: "double", 2: "float", 3: "int64", 4: "uint64", 5: "int32", 6: "fixed64", 7: "fixed32", 8: "bool",
    9: "string", _GROUP: "group", _MESSAGE: "message", 12: "bytes", 13: "uint32", _ENUM: "enum",
    15: "sfixed32", 16: "sfixed64", 17: "sint32", 18: "sint64",
}  # fmt: skip


# The values of FeatureSet that decide how something is sent.
_IMPLICIT, _LEGACY_REQUIRED = 2, 3
_PACKED, _CLOSED, _DELIMITED = 1, 2, 2


class _Features(NamedTuple):
    """What the syntax or the edition of a file, and what it sets, say about everything inside."""

    presence: int
    repeated: int
    enum: int
    encoding: int = 1

    def within(self, options: Any) -> _Features:
        """Return the features of a part of the file with its own options."""
        if not hasattr(options, "features") or not options.HasField("features"):
            return self
        own = options.features
        return _Features(
            own.field_presence or self.presence,
            own.repeated_field_encoding or self.repeated,
            own.enum_type or self.enum,
            own.message_encoding or self.encoding,
        )


_SYNTAXES: Final[Mapping[str, _Features]] = {
    "proto2": _Features(presence=1, repeated=2, enum=_CLOSED),
    "proto3": _Features(presence=_IMPLICIT, repeated=_PACKED, enum=1),
    "editions": _Features(presence=1, repeated=_PACKED, enum=1),
}


def read_descriptors(data: bytes, source: str) -> Schema:
    """Read the bytes of a descriptor set; ``source`` is its name in messages.

    Raises :class:`ProtocolError` if it is not one, or is not complete, and
    :class:`ProtocolToolError` if there is no protobuf runtime.
    """
    if len(data) > DESCRIPTORS:
        raise ProtocolError(source, "", f"is larger than {DESCRIPTORS} bytes", "leave out what is not used")
    files = _parsed(data, source)
    if not 0 < len(files) <= FILES:
        if files:
            raise ProtocolError(source, "", f"has more than {FILES} files", "leave out what is not used")
        help = "write one with 'protoc --include_imports --descriptor_set_out=FILE', or 'buf build -o FILE'"
        raise ProtocolError(source, "", "is not a descriptor set, or an empty one", help)
    builder = Builder(source)
    extensions = _Extensions(builder)
    for file in files:
        extensions.collect(file, _text(file.package), _features_of(file, builder))
    for file in files:
        _Reader(builder, extensions, file).read()
    if unknown := extensions.by_message.keys() - extensions.used:
        builder.refuse(min(unknown), "is extended, and is not defined")
    return builder.schema()


def _parsed(data: bytes, source: str) -> Sequence[Any]:
    try:
        from google.protobuf.descriptor_pb2 import FileDescriptorSet  # noqa: PLC0415 - an optional library
        from google.protobuf.message import DecodeError  # noqa: PLC0415
    except ImportError as error:
        reason = "reading descriptors needs the protobuf runtime, which cannot be loaded"
        help = "install python3-protobuf, or 'pip install pkgguard[protocol]'"
        raise ProtocolToolError(source, "", reason, help) from error
    try:
        files: Sequence[Any] = FileDescriptorSet.FromString(data).file
    except (DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ProtocolError(source, "", "is not a descriptor set") from error
    return files


def _features_of(file: Any, builder: Builder) -> _Features:
    syntax = _text(file.syntax) or "proto2"
    if syntax not in _SYNTAXES:
        builder.refuse(_text(file.name), f"its syntax {syntax!r} is not known")
    if syntax == "editions" and not hasattr(file.options, "features"):
        builder.refuse(
            _text(file.name), "needs a protobuf runtime that knows editions", "install protobuf 4.26 or newer"
        )
    return _SYNTAXES[syntax].within(file.options)


class _Extensions:
    """The extensions of all files, which are fields of the messages that they extend."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self.by_message: dict[str, list[Field]] = {}
        self.used: set[str] = set()

    def of(self, message: str) -> list[Field]:
        """Return the extensions of a message."""
        self.used.add(message)
        return self.by_message.get(message, [])

    def collect(self, part: Any, prefix: str, features: _Features, depth: int = 0) -> None:
        """Collect the extensions that a file or a message defines, and those inside its messages."""
        self._builder.count()
        for one in part.extension:
            name = self._builder.identifier(_text(one.name), prefix)
            own = _field(self._builder, one, features, prefix, "")
            extension = own._replace(name=f"[{_joined(prefix, name)}]")
            extended = self._builder.full_name(_text(one.extendee), prefix)
            if extended.startswith(OWN):
                continue  # an option, which only the compiler reads
            self.by_message.setdefault(extended, []).append(extension)
        inner = part.nested_type if hasattr(part, "nested_type") else part.message_type
        for message in inner:
            if depth > DEPTH:
                self._builder.refuse(prefix, f"is nested in more than {DEPTH} others")
            self.collect(
                message, _joined(prefix, _text(message.name)), features.within(message.options), depth + 1
            )


class _Reader:
    """Reads one file of a descriptor set."""

    def __init__(self, builder: Builder, extensions: _Extensions, file: Any) -> None:
        self._builder = builder
        self._extensions = extensions
        self._file = file

    def read(self) -> None:
        """Add everything in the file."""
        package = _text(self._file.package)
        if package:
            self._builder.full_name(package, _text(self._file.name))
        features = _features_of(self._file, self._builder)
        for service in self._file.service:
            name = _joined(package, self._builder.identifier(_text(service.name), package))
            self._builder.add_service(name, map(_method, service.method))
        for enum in self._file.enum_type:
            self._enum(enum, package, features)
        for message in self._file.message_type:
            self._message(message, package, features, 0)

    def _message(self, message: Any, prefix: str, outer: _Features, depth: int) -> None:
        if depth > DEPTH:
            self._builder.refuse(prefix, f"is nested in more than {DEPTH} others")
        name = _joined(prefix, self._builder.identifier(_text(message.name), prefix))
        features = outer.within(message.options)
        self._builder.add_message(
            name,
            [*self._fields(message, name, features), *self._extensions.of(name)],
            ((one.start, one.end - 1) for one in message.reserved_range),
            map(_text, message.reserved_name),
            map_entry=message.options.map_entry,
        )
        for enum in message.enum_type:
            self._enum(enum, name, features)
        for inner in message.nested_type:
            self._message(inner, name, features, depth + 1)

    def _fields(self, message: Any, name: str, features: _Features) -> Iterator[Field]:
        for one in message.field:
            oneof = ""
            if one.HasField("oneof_index") and not one.proto3_optional:
                if not 0 <= one.oneof_index < len(message.oneof_decl):
                    self._builder.refuse(f"{name}.{_text(one.name)}", "is in a oneof that is not defined")
                oneof = _text(message.oneof_decl[one.oneof_index].name)
            yield _field(self._builder, one, features, name, oneof)

    def _enum(self, enum: Any, prefix: str, features: _Features) -> None:
        self._builder.add_enum(
            _joined(prefix, self._builder.identifier(_text(enum.name), prefix)),
            ((one.number, _text(one.name)) for one in enum.value),
            ((one.start, one.end) for one in enum.reserved_range),
            map(_text, enum.reserved_name),
            closed=features.within(enum.options).enum == _CLOSED,
        )


def _field(builder: Builder, one: Any, outer: _Features, place: str, oneof: str) -> Field:
    features = outer.within(one.options)
    kind = _TYPES.get(one.type) if one.HasField("type") else None
    if kind is None:
        # A set that was not linked says only the name of a type.
        builder.refuse(f"{place}.{_text(one.name)}", "has no type", "write the set with protoc or buf")
    if kind == "message" and features.encoding == _DELIMITED:
        kind = "group"
    packed = False
    if one.label == _REPEATED and kind not in UNPACKABLE:
        packed = one.options.packed if one.options.HasField("packed") else features.repeated == _PACKED
    presence = _presence(one, features, kind, oneof)
    name, type_name, default = map(_text, (one.name, one.type_name, one.default_value))
    return Field(one.number, name, kind, type_name, presence, packed, oneof, default)


def _presence(one: Any, features: _Features, kind: str, oneof: str) -> Presence:
    if one.label == _REPEATED:
        return Presence.REPEATED
    if one.label == _REQUIRED or (features.presence == _LEGACY_REQUIRED and not oneof):
        return Presence.REQUIRED
    if oneof or one.proto3_optional or kind in {"message", "group"} or features.presence != _IMPLICIT:
        return Presence.EXPLICIT
    return Presence.IMPLICIT


def _method(one: Any) -> Method:
    request, response = _text(one.input_type), _text(one.output_type)
    return Method(_text(one.name), request, response, one.client_streaming, one.server_streaming)


def _text(value: str | bytes) -> str:
    """Return a string of a descriptor, which the runtime leaves as bytes if it is not UTF-8."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _joined(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name
