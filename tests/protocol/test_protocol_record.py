"""The record: its text, releases in any order, and what is refused in it."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol_texts import KATA, schema

from pkgguard.errors import ProtocolError
from pkgguard.protocol.model import Schema
from pkgguard.protocol.record_text import Record, is_record, parse_record, write_record

PARTS = (
    "service p.S\n  rpc A(p.M) returns (stream p.M)\nmessage p.M\n  string a = 1\n",
    "message p.M\n  string a = 1\n  repeated int32 b = 2 unpacked\n",
    "message p.M\n  string b = 1\n  map<string, enum p.E> m = 3\nenum p.E\n  Z = 0\n  A = 0\n",
    "message p.N\nmessage p.M\n  p.N n = 1 oneof o\n  reserved 2 to 5\n",
)


def written(schemas: list[Schema], order: list[int]) -> str:
    record = Record("p")
    for number in order:
        place = sum(int(one) < number for one in record.releases)
        record = record.with_release(str(number), schemas[number], place)
    return write_record(record)


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_the_order_of_recording_does_not_matter_and_nothing_is_lost(
    texts: list[str], chance: random.Random
) -> None:
    schemas = [schema(text) for text in texts]
    order = list(range(len(schemas)))
    expected = written(schemas, order)
    chance.shuffle(order)
    assert written(schemas, order) == expected
    record = parse_record(expected.encode(), "p")
    for number, one in enumerate(schemas):
        assert record.schema(str(number)) == one
        assert write_record(record.with_release(str(number), one, number)) == expected


def test_a_release_adds_only_lines_of_its_own() -> None:
    record = parse_record(KATA.read_bytes(), "kata")
    schemas = {release: record.schema(release) for release in ("2.0.4", "2.1.0")}
    first = Record("agent").with_release("2.0.4", schemas["2.0.4"], 0)
    before = write_record(first).splitlines()
    after = write_record(first.with_release("2.1.0", schemas["2.1.0"], 1)).splitlines()
    assert len(set(after) - set(before)) == 16
    assert sorted((Counter(before) - Counter(after)).elements()) == sorted(
        line.removesuffix(" until 2.1.0") for line in after if line.endswith(" until 2.1.0")
    )


def test_the_same_release_again_replaces_it() -> None:
    one, other = schema(PARTS[0]), schema(PARTS[1])
    record = Record("p").with_release("1", one, 0).with_release("1", other, 0)
    assert record.schema("1") == other
    assert "p.S" not in write_record(record)


HEAD = "record 1\nprotocol p\nrelease 1\nrelease 2\n"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("record 2\n", "line 1: must be 'record 1'"),
        ("record 1\n", "the record has no protocol"),
        ("record 1\nprotocol a/b\n", "line 2: must end with"),
        (HEAD + "release 2\n", "line 5: the release 2 is listed twice"),
        (HEAD + "message p.M\n", "line 5: must end with 'since RELEASE'"),
        (HEAD + "message p.M since 3\n", "line 5: must end with"),
        (HEAD + "message p.M until 1\n", "line 5: must end with"),
        (HEAD + "message p.M since 2 until 1\n", "line 5: names releases that are not in their order"),
        (HEAD + "message p.M since 1 since 2\n", "line 5: must end with"),
        (HEAD + "mesage p.M since 1\n", "line 5: is not a line of a record"),
        (HEAD + "message p.M since 1\nmessage p.M since 2\n", "line 6: is not a line of a record"),
        (HEAD + "  string a = 1 since 1\n", "line 5: belongs to nothing"),
        (
            HEAD + "message p.M since 2\n  string a = 1 since 1\n",
            "line 6: names a release that what is above it",
        ),
        (
            HEAD + "message p.M since 1\n  string a = 1 since 1\n  string a = 1 since 2\n",
            "line 7: is there already",
        ),
    ],
)
def test_a_mistake_has_its_line(text: str, part: str) -> None:
    with pytest.raises(ProtocolError) as error:
        parse_record(text.encode(), "p.protocol")
    assert f"p.protocol: {part}" in str(error.value) or part in str(error.value)


@pytest.mark.parametrize(
    "line",
    [
        "string a",
        "string a = x",
        "strin&g a = 1",
        "rpc A(p.M) returns (p.M)",
        "string a = 0",
        "map<p.M, string> a = 1",
        "string a = 1 default x",
        "reserved 5 to 2",
        "p.Nowhere a = 1",
        "string a = 1 packed",
    ],
)
def test_a_wrong_line_is_refused(line: str) -> None:
    text = f"{HEAD}message p.M since 1\n  {line} since 1\n"
    with pytest.raises(ProtocolError):
        parse_record(text.encode(), "p").schema("1")


def test_what_a_record_is() -> None:
    assert is_record(b"# a comment\n\nrecord 1\n")
    assert not is_record(b"recorded")
    assert not is_record(b"\n\x0arecord")
    with pytest.raises(ProtocolError, match="line 2: is not UTF-8"):
        parse_record(b"record 1\n\xff", "p")
    with pytest.raises(ProtocolError, match="is a record without releases"):
        parse_record(b"record 1\nprotocol p\n", "p").schema()


@given(st.text(alphabet=st.sampled_from('record1 protlsince\nmgu.<>=(),"\\'), max_size=300))
def test_any_text(text: str) -> None:
    try:
        record = parse_record(f"record 1\nprotocol p\nrelease 1\n{text}".encode(), "p")
        found = record.schema()
    except ProtocolError:
        return
    assert parse_record(write_record(record).encode(), "p").schema() == found
