"""A protocol as data: its services, methods, messages, fields and enums.

Only what is on the wire or in names is kept: no comments, no options that only a
generator of code reads, no files. Every source of a protocol gives this model.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMBERS: Final = (1, 2**29 - 1)
"""The lowest and the highest number of a field."""


class Presence(StrEnum):
    """Whether a reader can tell that a singular field was not sent."""

    IMPLICIT = "implicit"
    """It cannot: the default value is not sent."""
    EXPLICIT = "explicit"
    REQUIRED = "required"
    REPEATED = "repeated"
    """The field has any number of values."""


class Field(NamedTuple):
    """A field of a message.

    ``type`` is a scalar type such as ``int32``, or ``message``, ``group`` (a message
    that is delimited by tags) or ``enum``, whose full name is ``type_name``. ``oneof``
    is the name of its oneof, or empty. ``default`` is the default value of proto2 as
    text, or empty.
    """

    number: int
    name: str
    type: str
    type_name: str = ""
    presence: Presence = Presence.IMPLICIT
    packed: bool = False
    oneof: str = ""
    default: str = ""

    @property
    def repeated(self) -> bool:
        """Whether the field has any number of values."""
        return self.presence is Presence.REPEATED


Ranges = tuple[tuple[int, int], ...]
"""Ranges of numbers, each with its first and its last one."""


class Message(NamedTuple):
    """A message, with its fields by their numbers. ``map_entry`` is whether it is the entry of a map."""

    name: str
    fields: tuple[Field, ...] = ()
    reserved: Ranges = ()
    reserved_names: tuple[str, ...] = ()
    map_entry: bool = False

    def is_reserved(self, number: int) -> bool:
        """Return whether a number is reserved."""
        return any(first <= number <= last for first, last in self.reserved)


class Enum(NamedTuple):
    """An enum: its values, sorted by number, each with its sorted names.

    ``closed`` is whether a reader drops a number that it does not know. ``default`` is
    the number of the value that a reader assumes if none was sent.
    """

    name: str
    values: tuple[tuple[int, tuple[str, ...]], ...] = ()
    closed: bool = False
    default: int = 0
    reserved: Ranges = ()
    reserved_names: tuple[str, ...] = ()


class Method(NamedTuple):
    """A method of a service; ``request`` and ``response`` are full names of messages."""

    name: str
    request: str
    response: str
    client_streaming: bool = False
    server_streaming: bool = False


class Service(NamedTuple):
    """A service; its methods are sorted by name."""

    name: str
    methods: tuple[Method, ...] = ()


class Schema(NamedTuple):
    """A whole protocol: services, messages and enums by their full names, without a leading dot.

    Every name of a type that a method or a field has is one of a message or an enum
    here.
    """

    services: Mapping[str, Service]
    messages: Mapping[str, Message]
    enums: Mapping[str, Enum]


EMPTY: Final = Schema({}, {}, {})
"""A protocol with nothing in it."""


class Side(StrEnum):
    """The side that sends a message: the client sends requests, the server responses."""

    REQUEST = "request"
    RESPONSE = "response"
