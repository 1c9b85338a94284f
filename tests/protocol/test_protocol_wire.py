"""The verdict about a change against the wire: what the protobuf runtime reads of what it wrote.

Random pairs of an old and a new request are built as real messages. One version writes,
and the other one reads: a field that no difference names must arrive as it was sent,
and one that is said to break must not.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from protocol_texts import needs_protobuf

from pkgguard.protocol.change_classes import Pairing, Weight
from pkgguard.protocol.descriptors import read_descriptors
from pkgguard.protocol.differences import Difference, differences

pytestmark = needs_protobuf

SCALARS = {
    "double": 1,
    "float": 2,
    "int64": 3,
    "uint64": 4,
    "int32": 5,
    "fixed64": 6,
    "fixed32": 7,
    "bool": 8,
    "string": 9,
    "bytes": 12,
    "uint32": 13,
    "sfixed32": 15,
    "sfixed64": 16,
    "sint32": 17,
    "sint64": 18,
}
TYPES = [*SCALARS, "message", "enum", "group"]
LABELS = ["", "optional", "repeated", "unpacked", "oneof"]
UNPACKABLE = {"string", "bytes", "message", "group"}
NAMES = ["a", "b", "c", "d"]


class Field(NamedTuple):
    name: str
    type: str
    label: str


Fields = dict[int, Field]


class Pair(NamedTuple):
    """The request p.M of both versions, and the message p.N and the enum p.E inside it."""

    old: Fields
    new: Fields
    old_inner: Fields
    new_inner: Fields
    old_values: frozenset[int]
    new_values: frozenset[int]

    def version(self, age: str) -> tuple[Fields, Fields, frozenset[int]]:
        if age == "old":
            return self.old, self.old_inner, self.old_values
        return self.new, self.new_inner, self.new_values


def _fields(types: list[str]) -> st.SearchStrategy[Fields]:
    field = st.builds(Field, st.sampled_from(NAMES), st.sampled_from(types), st.sampled_from(LABELS))
    return st.dictionaries(st.integers(1, 4), field, max_size=4).map(_named_once)


def _named_once(fields: Fields) -> Fields:
    names: set[str] = set()
    found = {}
    for number, field in fields.items():
        name = field.name if field.name not in names else f"{field.name}{number}"
        names.add(name)
        found[number] = field._replace(name=name)
    return found


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """Draw a version, and a version with a few changes of its fields."""
    outer, inner = draw(_fields(TYPES)), draw(_fields([*SCALARS, "enum"]))
    values = st.frozensets(st.integers(1, 3), max_size=3)
    return Pair(
        outer,
        draw(_changed(outer, TYPES)),
        inner,
        draw(_changed(inner, [*SCALARS, "enum"])),
        draw(values),
        draw(values),
    )


@st.composite
def _changed(draw: st.DrawFn, fields: Fields, types: list[str]) -> Fields:
    found = dict(fields)
    for _ in range(draw(st.integers(0, 2))):
        number = draw(st.integers(1, 4))
        field = found.get(number)
        what = draw(st.sampled_from(["type", "label", "name", "number", "gone"])) if field else "new"
        if field is None:
            found[number] = draw(_fields(types)).get(number, Field("new", draw(st.sampled_from(types)), ""))
        elif what == "type":
            found[number] = field._replace(type=draw(st.sampled_from(types)))
        elif what == "label":
            found[number] = field._replace(label=draw(st.sampled_from(LABELS)))
        elif what == "name":
            found[number] = field._replace(name=draw(st.sampled_from([*NAMES, "x"])))
        else:
            del found[number]
            if what == "number":
                found.setdefault(draw(st.integers(1, 4)), field)
    return _named_once(found)


class Version:
    """One version as real messages, and as pkgguard reads it."""

    def __init__(self, fields: Fields, inner: Fields, values: frozenset[int]) -> None:
        from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

        file = descriptor_pb2.FileDescriptorProto(name="a.proto", package="p")
        # Groups are of proto2 only, so the labels say what proto3 would: "optional" has presence there too.
        file.syntax = "proto2" if _needs_proto2(fields) else "proto3"
        self.presence = file.syntax == "proto2"
        self._add(file.message_type.add(name="M"), fields)
        self._add(file.message_type.add(name="N"), inner)
        enum = file.enum_type.add(name="E")
        for number in sorted({0, *values}):
            enum.value.add(name=f"V{number}", number=number)
        method = file.service.add(name="S").method.add(name="C")
        method.input_type, method.output_type = ".p.M", ".p.Answer"
        file.message_type.add(name="Answer")
        pool = descriptor_pool.DescriptorPool()
        pool.AddSerializedFile(file.SerializeToString())
        found = pool.FindMessageTypeByName("p.M")
        if hasattr(message_factory, "GetMessageClass"):
            self.message = message_factory.GetMessageClass(found)
        else:
            self.message = message_factory.MessageFactory(pool).GetPrototype(found)
        data = descriptor_pb2.FileDescriptorSet(file=[file]).SerializeToString()
        self.schema = read_descriptors(data, "set")

    def _add(self, message: Any, fields: Fields) -> None:
        numbered = sorted(fields.items(), key=lambda one: one[1].label != "oneof")
        if any(field.label == "oneof" for _, field in numbered):
            message.oneof_decl.add(name="o")
        for number, field in numbered:
            one = message.field.add(name=field.name, number=number, label=1, type=SCALARS.get(field.type, 11))
            if field.type in {"message", "group", "enum"}:
                one.type = {"message": 11, "group": 10, "enum": 14}[field.type]
                one.type_name = ".p.E" if field.type == "enum" else ".p.N"
            if field.label in {"repeated", "unpacked"}:
                one.label = 3
                if field.type not in UNPACKABLE:
                    one.options.packed = field.label == "repeated"
            elif field.label == "required":
                one.label = 2
            elif field.label == "oneof":
                one.oneof_index = 0
            elif field.label == "optional" and not self.presence:
                one.proto3_optional = True
                one.oneof_index = len(message.oneof_decl)
                message.oneof_decl.add(name=f"_{field.name}")


def _needs_proto2(fields: Fields) -> bool:
    return any(field.type == "group" or field.label == "required" for field in fields.values())


def _fill(message: Any, only: int | None = None, *, high: bool = False) -> None:
    """Set every field, or one, to a value; ``high`` is one that a narrower type does not have."""
    for field in message.DESCRIPTOR.fields:
        if only is not None and field.number != only:
            continue
        several = field.label == 3 if not hasattr(field, "is_repeated") else field.is_repeated
        if field.message_type is not None:
            target = getattr(message, field.name)
            for one in [target.add(), target.add()] if several else [target]:
                one.SetInParent()
                _fill(one, high=high)
            continue
        value = _value(field, high=high)
        if several:
            getattr(message, field.name).extend(
                [value, value] if field.type == 8 else [value, _value(field, more=1)]
            )
        else:
            setattr(message, field.name, value)


def _value(field: Any, *, high: bool = False, more: int = 0) -> Any:
    if field.enum_type is not None:
        return field.enum_type.values[-1].number
    if field.type == 8:
        return True
    if field.type == 9:
        return "text"
    if field.type == 12:
        return b"\xff\xfe" if high else b"text"
    if field.type in {1, 2}:
        return 1.5
    top = {3: 63, 4: 64, 5: 31, 6: 64, 7: 32, 13: 32, 15: 31, 16: 63, 17: 31, 18: 63}[field.type]
    return 2**top - 1 if high else 1 + more


def _view(message: Any) -> dict[int, Any]:
    """Return what a message says by numbers, without what is the same as not sent."""
    found: dict[int, Any] = {}
    for field, value in message.ListFields():
        several = isinstance(value, list) or hasattr(value, "append")
        values = [_plain(field, one) for one in (value if several else [value])]
        if several or values[0] not in (0, b""):
            found[field.number] = values if several else values[0]
    return found


def _single(value: Any) -> Any:
    """Return a value with each list of one in it as that one: a list reads a single value as such a list."""
    if isinstance(value, dict):
        return {number: _single(one) for number, one in value.items()}
    if isinstance(value, list):
        return [_single(one) for one in value] if len(value) != 1 else _single(value[0])
    return value


def _plain(field: Any, value: Any) -> Any:
    if field.message_type is not None:
        return _view(value)
    return value.encode() if isinstance(value, str) else value


def _read(reader: Version, data: bytes) -> Any:
    from google.protobuf.message import DecodeError

    try:
        message = reader.message.FromString(data)
    except (DecodeError, UnicodeDecodeError):
        return None
    return message if message.IsInitialized() else None


DIRECTIONS = [("new", "old", Pairing.NEW_CLIENT), ("old", "new", Pairing.OLD_CLIENT)]


@settings(max_examples=400)
@given(pairs(), st.booleans())
def test_what_no_difference_names_arrives_as_it_was_sent(pair: Pair, high: bool) -> None:
    versions = {age: Version(*pair.version(age)) for age in ("old", "new")}
    found = differences(versions["old"].schema, versions["new"].schema)
    for writing, reading, direction in DIRECTIONS:
        relevant = [one for one in found if one.weight is not Weight.NONE and direction in one.pairs]
        message = versions[writing].message()
        _fill(message, high=high)
        arrived = _read(versions[reading], message.SerializeToString())
        sent = _view(message)
        event("something changed" if relevant else "nothing changed")
        if not relevant:
            assert arrived is not None
            assert _single(_view(arrived)) == _single(sent)
        elif arrived is None:
            assert any(one.change_class.id in UNREADABLE for one in relevant)
        else:
            _check_unnamed(pair, writing, relevant, sent, _view(arrived))


UNREADABLE = {"field-retyped", "number-reused", "field-renumbered", "value-range-changed"}
"""Changes after which a whole message may be unreadable: bytes that are neither UTF-8 nor a message."""


def _check_unnamed(
    pair: Pair, writing: str, relevant: list[Difference], sent: dict[int, Any], arrived: dict[int, Any]
) -> None:
    """Check the fields that no difference is about, by their names in both versions."""
    named = {one.what for one in relevant}
    inside = any(what.startswith(("p.N.", "p.E.")) for what in named)
    fields = pair.version(writing)[0]
    others = pair.version("new" if writing == "old" else "old")[0]
    for number, value in sent.items():
        names = {f"p.M.{one[number].name}" for one in (fields, others) if number in one}
        looked_into = fields[number].type in {"message", "group", "enum"}
        if names.isdisjoint(named) and not (inside and looked_into) and "p.M.o" not in named:
            assert _single(arrived.get(number)) == _single(value)


LOSES_VALUE = {
    "field-renumbered",
    "number-reused",
    "field-retyped",
    "field-became-packed-list",
    "field-was-packed-list",
}


@settings(max_examples=400)
@given(pairs())
def test_what_is_said_to_break_does_not_arrive(pair: Pair) -> None:
    versions = {age: Version(*pair.version(age)) for age in ("old", "new")}
    found = differences(versions["old"].schema, versions["new"].schema)
    for writing, reading, direction in DIRECTIONS:
        fields = pair.version(writing)[0]
        for one in found:
            if (
                direction not in one.broken
                or one.change_class.id not in LOSES_VALUE
                or "p.M." not in one.what
            ):
                continue
            line = one.old if writing == "old" else one.new
            number = int(line.split(" = ")[1].split(" ")[0])
            message = versions[writing].message()
            _fill(message, number)
            if not _view(message):
                continue
            event(one.change_class.id)
            arrived = _read(versions[reading], message.SerializeToString())
            other = pair.version(reading)[0].get(number)
            if arrived is None or _view(arrived) != _view(message):
                continue
            # What arrives is taken for another field.
            assert one.change_class.id in {"field-renumbered", "number-reused"}
            assert other is None or other.name != fields[number].name


@pytest.mark.parametrize(
    ("writer", "reader", "arrives"),
    [
        (Field("a", "int32", ""), Field("a", "int32", "optional"), False),
        (Field("a", "int32", "optional"), Field("a", "int32", "optional"), True),
    ],
)
def test_a_zero_of_a_field_without_presence_is_not_seen(writer: Field, reader: Field, arrives: bool) -> None:
    old, new = (Version({1: one}, {}, frozenset()) for one in (writer, reader))
    found = {one.change_class.id for one in differences(old.schema, new.schema)}
    assert found == (set() if arrives else {"presence-gained"})
    message = old.message(a=0)
    assert new.message.FromString(message.SerializeToString()).HasField("a") is arrives


@pytest.mark.parametrize("required", ["old", "new"])
def test_a_message_without_a_required_field_is_refused(required: str) -> None:
    optional, strict = (
        Version({1: Field("a", "int32", label)}, {}, frozenset()) for label in ("optional", "required")
    )
    old, new = (strict, optional) if required == "old" else (optional, strict)
    (one,) = [one for one in differences(old.schema, new.schema) if one.weight is Weight.BREAKS]
    assert one.broken == (Pairing.NEW_CLIENT if required == "old" else Pairing.OLD_CLIENT,)
    assert _read(strict, optional.message().SerializeToString()) is None
    assert _read(strict, optional.message(a=1).SerializeToString()) is not None
    assert _read(optional, strict.message(a=1).SerializeToString()) is not None
