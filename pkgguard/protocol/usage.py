"""The types that take each other's places in two versions of a protocol, and the methods that carry them.

Types are paired by how they are used, not by their names: the two requests of a method
are a pair, and so are the types of two fields with one number. So a type that was
renamed or moved is compared with itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.budget import spend
from pkgguard.errors import ProtocolError
from pkgguard.protocol.limits import PAIRS
from pkgguard.protocol.model import Side
from pkgguard.protocol.pairing import paired_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.protocol.model import Schema
    from pkgguard.protocol.pairing import Fields, Services

MESSAGE: Final = "message"
ENUM: Final = "enum"


class TypePair(NamedTuple):
    """A message or an enum, by the name that it has in the old and in the new version."""

    kind: str
    old: str
    new: str


class Carried(NamedTuple):
    """The methods that carry a type: in their requests, and in their responses."""

    requests: tuple[str, ...]
    responses: tuple[str, ...]

    @property
    def sides(self) -> frozenset[Side]:
        """The sides that send it."""
        found = {Side.REQUEST: self.requests, Side.RESPONSE: self.responses}
        return frozenset(side for side, methods in found.items() if methods)


class Usage:
    """All pairs of types of two versions.

    ``fields`` has the fields of each pair of messages. A type that no method uses is
    paired with the one of its name.
    """

    def __init__(self, old: Schema, new: Schema, services: Services) -> None:
        self._old = old
        self._new = new
        self._methods: list[str] = []
        self._carried: dict[TypePair, list[int]] = {}
        self._inner: dict[TypePair, list[TypePair]] = {}
        self.fields: dict[TypePair, Fields] = {}
        for service, before, after in services.methods():
            bit = 1 << len(self._methods)
            self._methods.append(f"{service.name}/{after.name}")
            self._spread(TypePair(MESSAGE, before.request, after.request), (bit, 0))
            self._spread(TypePair(MESSAGE, before.response, after.response), (0, bit))
        paired = {pair.old for pair in self._carried}
        for kind, table, other in ((MESSAGE, old.messages, new.messages), (ENUM, old.enums, new.enums)):
            for name in table:
                if name in other and name not in paired:
                    self._spread(TypePair(kind, name, name), (0, 0))

    def __iter__(self) -> Iterator[TypePair]:
        return iter(self._carried)

    def carried(self, pair: TypePair) -> Carried:
        """Return the methods that carry a pair."""
        return Carried(*(self._named(bits) for bits in self._carried[pair]))

    def _named(self, bits: int) -> tuple[str, ...]:
        found = []
        while bits:
            spend()
            last = bits.bit_length() - 1
            found.append(self._methods[last])
            bits ^= 1 << last
        return tuple(found[::-1])

    def _spread(self, first: TypePair, bits: tuple[int, int]) -> None:
        """Add methods to a pair, and to all pairs inside it that do not have them yet."""
        waiting = [first]
        while waiting:
            spend()
            pair = waiting.pop()
            known = self._carried.get(pair)
            if known is None:
                if len(self._carried) >= PAIRS:
                    reason = f"has more than {PAIRS} pairs of messages that may take each other's places"
                    raise ProtocolError("the comparison", "", reason, "leave out what is not used")
                known = self._carried[pair] = [0, 0]
            elif not any(own & ~held for own, held in zip(bits, known, strict=True)):
                continue
            for index, own in enumerate(bits):
                known[index] |= own
            waiting += self._within(pair)

    def _within(self, pair: TypePair) -> list[TypePair]:
        if pair.kind == ENUM:
            return []
        if pair not in self._inner:
            fields = paired_fields(self._old.messages[pair.old], self._new.messages[pair.new])
            self.fields[pair] = fields
            self._inner[pair] = [
                TypePair(MESSAGE if one.type != "enum" else ENUM, one.type_name, other.type_name)
                for one, other in (*fields.same, *fields.renumbered)
                if one.type == other.type and one.type_name and other.type_name
            ]
        return self._inner[pair]
