"""Descriptor sets: what they say, and that hostile ones are refused with a reason."""

from __future__ import annotations

import random
import sys
import time
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol_texts import compiled, needs_protobuf, needs_protoc, schema

from pkgguard.errors import ProtocolError, ProtocolToolError
from pkgguard.protocol import descriptors, limits
from pkgguard.protocol.descriptors import read_descriptors
from pkgguard.protocol.differences import differences
from pkgguard.protocol.limits import protocol_budget
from pkgguard.protocol.record_text import Record, parse_record, write_record

pytestmark = needs_protobuf

PROTO2 = """\
syntax = "proto2";
package p;
enum E {
  option allow_alias = true;
  B = 1; A = 0; extensions_are_none = 7; C = 7;
  reserved 3, 5 to 6;
  reserved "X";
}
message M {
  required int32 a = 1;
  optional E e = 2 [default = A];
  repeated sint64 list = 3;
  repeated fixed32 packed = 4 [packed = true];
  optional group G = 5 { optional string text = 1 [default = "a \\"b\\" since 1.0.0\\n"]; }
  reserved 8 to 10, 12;
  reserved "gone";
  extensions 100 to max;
}
extend M { optional bytes more = 100; }
"""
READ = """\
message p.M
  required int32 a = 1
  optional enum p.E e = 2 default "A"
  repeated sint64 list = 3 unpacked
  repeated fixed32 packed = 4
  group p.M.G g = 5
  optional bytes [p.more] = 100
  reserved 8 to 10
  reserved 12
  reserved "gone"
message p.M.G
  optional string text = 1 default "a \\"b\\" since 1.0.0\\n"
enum p.E
  A = 0
  B = 1
  C = 7
  extensions_are_none = 7
  reserved 3
  reserved 5 to 6
  reserved "X"
  closed
  default 1
"""


@needs_protoc
def test_proto2(tmp_path: Path) -> None:
    found = compiled(tmp_path, PROTO2)
    assert found == schema(READ)
    record = Record("p").with_release("1.0.0", found, 0)
    text = write_record(record)
    assert parse_record(text.encode(), "p").schema() == found
    assert write_record(parse_record(text.encode(), "p")) == text


def test_editions() -> None:
    """A descriptor set in an edition has features for what a syntax implies."""
    pb = _pb()
    if not hasattr(pb.FieldOptions(), "features"):
        pytest.skip("this protobuf runtime does not know editions")
    file = pb.FileDescriptorProto(name="a.proto", package="p", syntax="editions", edition=1000)
    message = file.message_type.add(name="M")
    for number, (name, label, kind) in enumerate(
        (
            ("plain", 1, 5),
            ("implicit", 1, 5),
            ("required", 1, 5),
            ("list", 3, 5),
            ("unpacked", 3, 5),
            ("group", 1, 11),
        ),
        1,
    ):
        message.field.add(
            name=name, number=number, label=label, type=kind, type_name=".p.M" if kind == 11 else ""
        )
    message.field[1].options.features.field_presence = 2
    message.field[2].options.features.field_presence = 3
    message.field[4].options.features.repeated_field_encoding = 2
    message.field[5].options.features.message_encoding = 2
    enum = file.enum_type.add(name="E")
    enum.value.add(name="Z", number=0)
    enum.options.features.enum_type = 2
    assert _read(file) == schema(
        "message p.M\n  optional int32 plain = 1\n  int32 implicit = 2\n  required int32 required = 3\n"
        "  repeated int32 list = 4\n  repeated int32 unpacked = 5 unpacked\n  group p.M group = 6\n"
        "enum p.E\n  Z = 0\n  closed\n"
    )


def _pb() -> Any:
    from google.protobuf import descriptor_pb2

    return descriptor_pb2


def _file(**fields: Any) -> Any:
    return _pb().FileDescriptorProto(**{"name": "a.proto", "package": "p", "syntax": "proto3", **fields})


def _read(*files: Any) -> Any:
    return read_descriptors(_pb().FileDescriptorSet(file=files).SerializeToString(), "set")


def _field(name: str, number: int, kind: int = 5, **more: Any) -> Any:
    return _pb().FieldDescriptorProto(**{"name": name, "number": number, "label": 1, "type": kind, **more})


def _message(*fields: Any, name: str = "M", **more: Any) -> Any:
    return _pb().DescriptorProto(name=name, field=fields, **more)


def _hostile() -> dict[str, tuple[Any, str]]:
    pb = _pb()
    deep = _message(name="D")
    for _ in range(60):
        deep = _message(name="D", nested_type=[deep])
    service = pb.ServiceDescriptorProto(
        name="S", method=[pb.MethodDescriptorProto(name="C", input_type=".p.X")]
    )
    entry = _message(_field("key", 1), _field("value", 2), name="AEntry", options={"map_entry": True})
    return {
        "a control character": (_file(message_type=[_message(_field("a\x1b[31m", 1))]), "is not a name"),
        "a package of no name": (_file(package="p..q"), "is not a name"),
        "a name that is too long": (_file(message_type=[_message(name="x" * 1000)]), "is not a name"),
        "number 0": (_file(message_type=[_message(_field("a", 0))]), "its number 0 is not one from 1"),
        "a negative number": (_file(message_type=[_message(_field("a", -1))]), "its number -1"),
        "a number twice": (
            _file(message_type=[_message(_field("a", 1), _field("b", 1))]),
            "that of another field",
        ),
        "a name twice": (
            _file(message_type=[_message(_field("a", 1), _field("a", 2))]),
            "that of another field",
        ),
        "a message twice": (_file(message_type=[_message(), _message()]), "is defined twice"),
        "no type": (
            _file(message_type=[_message(pb.FieldDescriptorProto(name="a", number=1))]),
            "has no type",
        ),
        "an unknown type": (
            _file(message_type=[_message(_field("a", 1, 11, type_name=".p.X"))]),
            "the type p.X is not defined",
        ),
        "an enum for a message": (
            _file(
                message_type=[_message(_field("a", 1, 11, type_name=".p.E"))],
                enum_type=[pb.EnumDescriptorProto(name="E")],
            ),
            "the type p.E is not defined",
        ),
        "an unknown request": (_file(service=[service]), "is not a name"),
        "an unknown syntax": (_file(syntax="proto9"), "its syntax 'proto9' is not known"),
        "a oneof that does not exist": (
            _file(message_type=[_message(_field("a", 1, oneof_index=3))]),
            "oneof that is not defined",
        ),
        "a reserved range backwards": (
            _file(message_type=[_message(reserved_range=[{"start": 5, "end": 2}])]),
            "is not a range of reserved numbers",
        ),
        "an entry of no map": (
            _file(
                message_type=[
                    _message(_field("b", 1, 11, label=3, type_name=".p.M.AEntry"), nested_type=[entry])
                ]
            ),
            "is the entry of another map",
        ),
        "an entry with one field": (
            _file(
                message_type=[
                    _message(
                        nested_type=[_message(_field("key", 1), name="AEntry", options={"map_entry": True})]
                    )
                ]
            ),
            "must have the fields 1 and 2",
        ),
        "an extension of nothing": (
            _file(extension=[_field("a", 1, extendee=".p.X")]),
            "is extended, and is not defined",
        ),
        "a deep nest": (_file(message_type=[deep]), "is nested in more than 32 others"),
        "a long default": (
            _file(message_type=[_message(_field("a", 1, 9, default_value="x" * 2000))]),
            "more than 1000 characters",
        ),
        "a message called string": (
            _file(package="", message_type=[_message(name="string")]),
            "a scalar type",
        ),
    }


def test_what_no_protocol_has_is_refused() -> None:
    for name, (file, part) in _hostile().items():
        with pytest.raises(ProtocolError, match=part) as error:
            _read(file)
        assert "\x1b" not in str(error.value), name


def test_types_that_contain_each_other() -> None:
    inner = _field("m", 1, 11, type_name=".p.N")
    outer = _field("n", 1, 11, type_name=".p.M")
    file = _file(message_type=[_message(inner), _message(outer, name="N")])
    found = _read(file)
    assert differences(found, found) == ()


def test_a_set_of_many_parts_takes_time_in_proportion(monkeypatch: pytest.MonkeyPatch) -> None:
    def many(count: int) -> Any:
        fields = [_field(f"f{number}", number) for number in range(1, count)]
        names = [_message(name=f"M{number}") for number in range(count)]
        return _file(message_type=[_message(*fields), *names])

    times = []
    for count in (2_000, 8_000):
        start = time.thread_time()
        found = _read(many(count))
        assert differences(found, found) == ()
        times.append(time.thread_time() - start)
    assert times[1] < 10 * times[0]
    monkeypatch.setattr("pkgguard.protocol.builder.ELEMENTS", 1_000)
    with pytest.raises(ProtocolError, match="has more than 1000 fields"):
        _read(many(2_000))


def test_exchanged_types_do_not_multiply(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every message has a field of every other one, shifted: as many pairs as there are pairs of messages."""
    count = 40
    texts = []
    for shift in (0, 1):
        lines = []
        for one in range(count):
            lines.append(f"message p.M{one}")
            lines += [
                f"  p.M{(number * (1 + shift) + one) % count} f{number} = {number + 1}"
                for number in range(count)
            ]
        texts.append(schema("\n".join(lines)))
    with protocol_budget():
        assert differences(*texts)
    monkeypatch.setattr("pkgguard.protocol.usage.PAIRS", 100)
    with pytest.raises(ProtocolError, match="more than 100 pairs"):
        differences(*texts)


def test_a_budget_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pkgguard.protocol.limits.SECONDS", 0.0)
    with pytest.raises(ProtocolError, match="more than 0 seconds of CPU time"), protocol_budget():
        schema("message p.M")


def test_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProtocolError, match=f"is larger than {limits.DESCRIPTORS} bytes"):
        read_descriptors(bytes(limits.DESCRIPTORS + 1), "set")
    monkeypatch.setattr(descriptors, "FILES", 1)
    with pytest.raises(ProtocolError, match="has more than 1 files"):
        _read(_file(), _file(name="b.proto"))


def test_the_runtime_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.protobuf.descriptor_pb2", None)
    with pytest.raises(
        ProtocolToolError, match=r"install python3-protobuf, or 'pip install pkgguard\[protocol\]'"
    ):
        read_descriptors(b"", "set")


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    try:
        read_descriptors(data, "set")
    except ProtocolError:
        return


@given(st.randoms(use_true_random=False))
def test_damaged_sets(chance: random.Random) -> None:
    pb = _pb()
    service = pb.ServiceDescriptorProto(
        name="S", method=[pb.MethodDescriptorProto(name="C", input_type=".p.M", output_type=".p.M")]
    )
    enum = pb.EnumDescriptorProto(name="E", value=[{"name": "Z", "number": 0}])
    message = _message(
        _field("a", 1), _field("m", 2, 11, type_name=".p.M"), _field("e", 3, 14, type_name=".p.E")
    )
    file = _file(message_type=[message], enum_type=[enum], service=[service])
    data = bytearray(pb.FileDescriptorSet(file=[file]).SerializeToString())
    for _ in range(chance.randint(1, 6)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        found = read_descriptors(bytes(data), "set")
    except ProtocolError:
        return
    text = write_record(Record("p").with_release("1", found, 0))
    assert parse_record(text.encode(), "p").schema() == found
    assert differences(found, found) == ()


def test_the_order_of_a_set_does_not_matter() -> None:
    files = [
        _file(message_type=[_message(_field("a", 1, 11, type_name=".q.N"))]),
        _file(name="b.proto", package="q", message_type=[_message(name="N")]),
    ]
    assert len({str(_read(*some)) for some in permutations(files)}) == 1
