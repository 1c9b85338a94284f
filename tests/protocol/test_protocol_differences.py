"""Each class of change: what it is called, whom it breaks, and what must stay silent."""

from __future__ import annotations

from pathlib import Path

import pytest
from protocol_texts import schema

from pkgguard.protocol.change_classes import Pairing, Weight, change_classes
from pkgguard.protocol.differences import Difference, differences
from pkgguard.protocol.model import EMPTY

PAGE = Path(__file__).parents[2] / "docs/protocol.md"
NEW = ("new-client-old-server",)
OLD = ("old-client-new-server",)
BOTH = (*NEW, *OLD)

SERVICE = """\
service p.S
  rpc Call(p.Request) returns (p.Response)
"""
MESSAGES = """\
message p.Request
  {0}
message p.Response
  {1}
message p.Other
  {2}
enum p.E
  ZERO = 0
  ONE = 1
"""
PLAIN = "int32 same = 99"


def changed(old: str, new: str, place: int = 0, more: tuple[str, str] = ("", "")) -> list[Difference]:
    """Return the differences of two protocols that differ in the lines of one message."""
    texts = []
    for line, enums in zip((old, new), more, strict=True):
        lines = [PLAIN] * 3
        lines[place] = line or PLAIN
        texts.append(SERVICE + MESSAGES.format(*lines) + enums)
    return list(differences(*map(schema, texts)))


def shown(found: list[Difference]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.change_class.id, tuple(pair.value for pair in one.pairs)) for one in found]


# The lines of a message, old and new, and the changes if it is a request and if it is a response.
Pairs = dict[str, tuple[str, ...]]

CASES: dict[str, tuple[str, str, Pairs, Pairs | None]] = {
    "a field of two numbers": (
        "string a = 1",
        "string a = 2",
        {"field-renumbered": BOTH},
        {"field-renumbered": BOTH},
    ),
    "a number of two fields": (
        "string a = 1",
        "fixed32 b = 1",
        {"number-reused": BOTH},
        {"number-reused": BOTH},
    ),
    "two fields exchanged": (
        "string a = 1\n  string b = 2",
        "string b = 1\n  string a = 2",
        {"field-renumbered": BOTH, "number-reused": BOTH},
        {"field-renumbered": BOTH, "number-reused": BOTH},
    ),
    "an added field": (
        "",
        "string a = 1\n  int32 same = 99",
        {"request-field-added": NEW},
        {"response-field-added": NEW},
    ),
    "a removed field": (
        "string a = 1\n  int32 same = 99",
        "",
        {"request-field-removed": OLD},
        {"response-field-removed": OLD},
    ),
    "an added required field": (
        "",
        "required string a = 1\n  int32 same = 99",
        {"required-field-added": OLD},
        {"required-field-added": NEW},
    ),
    "a removed required field": (
        "required string a = 1\n  int32 same = 99",
        "",
        {"required-field-removed": NEW},
        {"required-field-removed": OLD},
    ),
    "a field that is required later": (
        "optional string a = 1",
        "required string a = 1",
        {"field-became-required": OLD},
        {"field-became-required": NEW},
    ),
    "a field that is required no more": (
        "required string a = 1",
        "optional string a = 1",
        {"field-no-longer-required": NEW},
        {"field-no-longer-required": OLD},
    ),
    "a retyped field": ("int32 a = 1", "sint32 a = 1", {"field-retyped": BOTH}, {"field-retyped": BOTH}),
    "text to number": ("string a = 1", "int64 a = 1", {"field-retyped": BOTH}, {"field-retyped": BOTH}),
    "message to group": (
        "p.Other a = 1",
        "group p.Other a = 1",
        {"field-retyped": BOTH},
        {"field-retyped": BOTH},
    ),
    "a wider number": (
        "int32 a = 1",
        "int64 a = 1",
        {"value-range-changed": NEW},
        {"value-range-changed": OLD},
    ),
    "a narrower number": (
        "uint64 a = 1",
        "uint32 a = 1",
        {"value-range-changed": OLD},
        {"value-range-changed": NEW},
    ),
    "another sign": (
        "int32 a = 1",
        "uint32 a = 1",
        {"value-range-changed": BOTH},
        {"value-range-changed": BOTH},
    ),
    "bytes of a text": (
        "string a = 1",
        "bytes a = 1",
        {"value-range-changed": NEW},
        {"value-range-changed": OLD},
    ),
    "a list of texts": (
        "string a = 1",
        "repeated string a = 1",
        {"field-became-list": NEW},
        {"field-became-list": OLD},
    ),
    "a text of a list": (
        "repeated string a = 1",
        "string a = 1",
        {"field-was-list": OLD},
        {"field-was-list": NEW},
    ),
    "a packed list": (
        "int32 a = 1",
        "repeated int32 a = 1",
        {"field-became-packed-list": NEW},
        {"field-became-packed-list": OLD},
    ),
    "a number of a packed list": (
        "repeated int32 a = 1",
        "int32 a = 1",
        {"field-was-packed-list": OLD},
        {"field-was-packed-list": NEW},
    ),
    "an unpacked list": (
        "int32 a = 1",
        "repeated int32 a = 1 unpacked",
        {"field-became-list": NEW},
        {"field-became-list": OLD},
    ),
    "a packed and an unpacked list": (
        "repeated int32 a = 1",
        "repeated int32 a = 1 unpacked",
        {"packing-changed": ()},
        {"packing-changed": ()},
    ),
    "a field with presence": (
        "int32 a = 1",
        "optional int32 a = 1",
        {"presence-gained": OLD},
        {"presence-gained": NEW},
    ),
    "a field without presence": (
        "optional int32 a = 1",
        "int32 a = 1",
        {"presence-lost": NEW},
        {"presence-lost": OLD},
    ),
    "another default": (
        'optional int32 a = 1 default "1"',
        'optional int32 a = 1 default "2"',
        {"default-changed": BOTH},
        {"default-changed": BOTH},
    ),
    "fields that exclude each other": (
        "p.Other a = 1\n  p.Other b = 2",
        "p.Other a = 1 oneof o\n  p.Other b = 2 oneof o",
        {"oneof-joined": OLD},
        {"oneof-joined": NEW},
    ),
    "fields that exclude each other no more": (
        "p.Other a = 1 oneof o\n  p.Other b = 2 oneof o",
        "p.Other a = 1\n  p.Other b = 2",
        {"oneof-left": NEW},
        {"oneof-left": OLD},
    ),
    "a renamed field": ("string a = 1", "string b = 1", {"field-renamed": ()}, {"field-renamed": ()}),
    "a renamed oneof": ("string a = 1 oneof o", "string a = 1 oneof q", {}, {}),
    "a reserved number that is used": (
        "reserved 4 to 6\n  int32 same = 99",
        "string a = 5\n  int32 same = 99",
        {"request-field-added": NEW, "reserved-number-used": BOTH, "reservation-dropped": ()},
        None,
    ),
    "a reserved number that is given up": (
        "reserved 7",
        "",
        {"request-field-added": NEW, "reservation-dropped": ()},
        None,
    ),
    "a reserved name that is given up": (
        'reserved "x"\n  int32 same = 99',
        "",
        {"reservation-dropped": ()},
        {"reservation-dropped": ()},
    ),
    "reserved in one range": (
        "reserved 1\n  reserved 2\n  int32 same = 99",
        "reserved 1 to 2\n  int32 same = 99",
        {},
        {},
    ),
    "a number of an enum": (
        "enum p.E a = 1",
        "int32 a = 1",
        {"value-range-changed": NEW},
        {"value-range-changed": OLD},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_change_of_a_message(name: str) -> None:
    old, new, request, response = CASES[name]
    assert dict(shown(changed(old, new))) == request
    if response is not None:
        assert dict(shown(changed(old, new, 1))) == response


@pytest.mark.parametrize("case", CASES)
def test_a_message_that_no_method_carries_may_be_sent_by_either_side(case: str) -> None:
    old, new, request, _ = CASES[case]
    found = dict(shown(changed(old, new, 2)))
    assert found.keys() == request.keys()
    for name, pairs in found.items():
        one = change_classes()[name]
        assert pairs == (BOTH if one.written else tuple(pair.value for pair in one.pairs))


def test_a_list_and_a_map_of_entries_alike() -> None:
    entry = "message p.Pair\n  int32 key = 1\n  string value = 2\n"
    old, new = "repeated p.Pair a = 1", "map<int32, string> a = 1"
    assert dict(shown(changed(old, new, more=(entry, "")))) == {"list-became-map": OLD}
    assert dict(shown(changed(new, old, more=("", entry)))) == {"map-became-list": NEW}


def test_methods_and_services() -> None:
    old = schema(SERVICE + MESSAGES.format(PLAIN, PLAIN, PLAIN))
    more = (
        SERVICE + "  rpc More(stream p.Request) returns (p.Response)\n" + MESSAGES.format(PLAIN, PLAIN, PLAIN)
    )
    assert shown(list(differences(old, schema(more)))) == [("method-added", NEW)]
    assert shown(list(differences(schema(more), old))) == [("method-removed", OLD)]
    streaming = more.replace("stream ", "")
    assert shown(list(differences(schema(more), schema(streaming)))) == [("streaming-changed", BOTH)]
    other = schema(SERVICE.replace("p.S", "q.S") + MESSAGES.format(PLAIN, PLAIN, PLAIN))
    (one,) = differences(old, other)
    assert (one.change_class.id, one.what, one.old, one.new) == (
        "service-renamed",
        "q.S",
        "service p.S",
        "service q.S",
    )
    assert {one.what for one in differences(EMPTY, old)} == {
        "p.S/Call",
        "p.Request",
        "p.Response",
        "p.Other",
        "p.E",
    }


def test_a_server_with_both_names_of_a_service_breaks_nobody_but_those_who_call_the_new_one() -> None:
    rest = MESSAGES.format(PLAIN, PLAIN, PLAIN)
    first, both, last = (
        schema(text + rest)
        for text in (SERVICE, SERVICE + SERVICE.replace("p.S", "q.S"), SERVICE.replace("p.S", "q.S"))
    )
    assert [(one.change_class.id, one.what) for one in differences(first, both)] == [
        ("method-added", "q.S/Call")
    ]
    assert [(one.change_class.id, one.what) for one in differences(both, last)] == [
        ("method-removed", "p.S/Call")
    ]


def test_a_package_that_was_renamed_is_only_the_paths_of_its_methods() -> None:
    text = SERVICE + MESSAGES.format("p.Other a = 1", "enum p.E b = 1", PLAIN)
    found = differences(schema(text), schema(text.replace("p.", "q.")))
    assert [one.change_class.id for one in found] == ["service-renamed", *["type-renamed"] * 4]


def test_types_that_were_exchanged_are_found() -> None:
    """A name that stays says nothing: the structure in its place is compared."""
    text = (
        "service p.S\n  rpc Call(p.A) returns (p.B)\nmessage p.A\n  p.X x = 1\nmessage p.B\n"
        "message p.X\n  string a = 1\nmessage p.Y\n  int32 a = 1\n"
    )
    other = text.replace("p.X x", "p.Y x")
    found = [one for one in differences(schema(text), schema(other)) if one.weight is not Weight.NONE]
    assert [(one.change_class.id, one.what) for one in found] == [("field-retyped", "p.Y.a")]
    assert found[0].carried.requests == ("p.S/Call",)


def test_the_methods_that_carry_a_message_are_named() -> None:
    text = """\
service p.S
  rpc A(p.Outer) returns (p.None)
  rpc B(p.None) returns (p.Outer)
  rpc C(p.None) returns (p.None)
message p.None
message p.Outer
  map<string, p.Middle> middle = 1
message p.Middle
  repeated p.Inner inner = 1
  p.Outer back = 2
message p.Inner
  {}
"""
    (one,) = differences(schema(text.format("int32 a = 1")), schema(text.format("string a = 1")))
    assert one.carried == (("p.S/A",), ("p.S/B",))
    assert one.broken == (Pairing.NEW_CLIENT, Pairing.OLD_CLIENT)


ENUMS: list[tuple[str, str, Pairs]] = [
    ("A = 0\n  B = 1", "A = 0\n  B = 1\n  C = 2", {"enum-value-added": NEW}),
    ("A = 0\n  B = 1", "A = 0", {"enum-value-removed": OLD}),
    ("A = 0\n  B = 1", "A = 0\n  B = 2", {"enum-value-renumbered": BOTH}),
    ("A = 0\n  B = 1\n  C = 2", "A = 0\n  B = 2\n  C = 1", {"enum-value-renumbered": BOTH}),
    ("A = 0\n  B = 1", "A = 0\n  X = 1", {"enum-value-renamed": ()}),
    ("A = 0\n  B = 1", "A = 0\n  B = 1\n  B2 = 1", {"enum-value-renamed": ()}),
    ("A = 0", "A = 0\n  closed", {"enum-openness-changed": ()}),
    ("A = 0\n  B = 1", "A = 0\n  B = 1\n  default 1", {"default-changed": BOTH}),
    ("A = 0\n  reserved -3 to 4", "A = 0", {"reservation-dropped": ()}),
]


@pytest.mark.parametrize(("old", "new", "expected"), ENUMS)
def test_a_change_of_an_enum(old: str, new: str, expected: dict[str, tuple[str, ...]]) -> None:
    text = SERVICE + "message p.Request\n  enum q.F f = 1\nmessage p.Response\nenum q.F\n  {}\n"
    found = differences(schema(text.format(old)), schema(text.format(new)))
    assert dict(shown(list(found))) == expected


def test_every_class_is_found_by_a_test_here() -> None:
    found = {name for _, _, expected in ENUMS for name in expected}
    found |= {name for case in CASES.values() for some in case[2:] for name in some or ()}
    found |= {"number-used-again"}  # tests/protocol/test_protocol_kata_history.py
    found |= {"list-became-map", "map-became-list", "method-added", "method-removed", "service-renamed"}
    found |= {
        "streaming-changed",
        "type-renamed",
        "message-added",
        "enum-added",
        "message-removed",
        "enum-removed",
    }
    assert found == change_classes().keys()


def test_what_only_one_version_has() -> None:
    old, new = schema("message p.A\nenum p.B\n  Z = 0\n"), schema("message p.C\nenum p.D\n  Z = 0\n")
    assert [(one.change_class.id, one.what) for one in differences(old, new)] == [
        ("message-added", "p.C"),
        ("message-removed", "p.A"),
        ("enum-added", "p.D"),
        ("enum-removed", "p.B"),
    ]


def test_nothing_changes_by_itself() -> None:
    text = schema(SERVICE + MESSAGES.format("map<string, enum p.E> a = 1", "p.Request b = 2 oneof o", PLAIN))
    assert differences(text, text) == ()


def test_a_class_says_what_it_is() -> None:
    for one in change_classes().values():
        assert one.title
        assert one.explanation.endswith(".")
        assert bool(one.pairs or one.written) is (one.weight is not Weight.NONE)
        assert set(one.written) <= {"old", "new"}


def test_the_page_lists_every_class() -> None:
    pairs = {
        Pairing.NEW_CLIENT: "new client with old server",
        Pairing.OLD_CLIENT: "old client with new server",
    }
    rows = []
    for one in change_classes().values():
        words = [*(pairs[pair] for pair in one.pairs), *(f"{age} writer" for age in one.written)]
        rows.append(f"| `{one.id}` | {one.weight} | {', '.join(words) or '-'} |\n")
    assert "".join(rows) in PAGE.read_text("utf-8")
