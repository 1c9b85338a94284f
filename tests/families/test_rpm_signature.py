"""The tags of an rpm's signature header: what rpm would refuse is refused, by the table in RFC 4880."""

from __future__ import annotations

import pytest

from pkgguard.errors import PackageError
from pkgguard.families.rpm.signature import SignatureTag, check_signature_tags
from pkgguard.families.rpm.tags import BINARY, NUMBER, STRING

BODY = b"\4" + bytes(9)
"""A signature of version 4 that is 10 bytes long."""


def complaint(tag: int, kind: int, data: bytes, elements: int | None = None) -> str:
    """Return the reason why a tag is refused, or an empty text."""
    one = SignatureTag(tag, kind, len(data) if elements is None else elements, memoryview(data))
    try:
        check_signature_tags("x.rpm", [one])
    except PackageError as error:
        return error.reason if error.place == f"signature header, tag {tag}" else error.place
    return ""


@pytest.mark.parametrize(
    "packet",
    [
        b"\x88\x0a" + BODY,  # the older format, with a length of one, two and four bytes
        b"\x89\x00\x0a" + BODY,
        b"\x8a\x00\x00\x00\x0a" + BODY,
        b"\x88\x0a\3" + bytes(9),  # version 3
        b"\xc2\x0a" + BODY,  # the newer format, with each of its lengths
        b"\xc2\xc0\x00" + b"\4" + bytes(191),
        b"\xc2\xff\x00\x00\x00\x0a" + BODY,
    ],
)
def test_a_signature_packet_is_accepted(packet: bytes) -> None:
    assert complaint(267, BINARY, packet) == ""
    assert complaint(268, BINARY, packet + b"what follows its elements", len(packet)) == ""


@pytest.mark.parametrize(
    "packet",
    [
        b"\x08\x0a" + BODY,  # not a packet
        b"\x98\x0a" + BODY,  # a key
        b"\xc6\x0a" + BODY,
        b"\x88\x0a\5" + bytes(9),  # version 5
        b"\x88\x09" + BODY,  # a length that is wrong
        b"\x88\x0b" + BODY,
        b"\x8b" + BODY,  # of no length
        b"\x88\x00",
        b"\xc2\x00",
        b"\xc2\xe1" + BODY,  # a part of a packet
        b"\xc2\xc0",  # a length that is cut
        b"\xc2",
        b"\x88",
    ],
)
def test_anything_else_is_refused(packet: bytes) -> None:
    assert complaint(267, BINARY, packet) == "it is not an OpenPGP signature"


def test_a_tag_has_its_type_and_its_number_of_elements() -> None:
    assert complaint(269, STRING, b"0" * 40) == ""
    assert complaint(269, BINARY, b"0" * 40) == f"its type is {BINARY}, not {STRING}"
    assert complaint(1004, BINARY, bytes(16)) == ""
    assert complaint(1004, BINARY, bytes(15)) == "it has 15 elements, not 16"
    assert complaint(1000, NUMBER, bytes(4), 1) == ""
    assert complaint(1000, NUMBER, bytes(8), 2) == "it has 2 elements, not 1"


def test_a_tag_that_rpm_does_not_know_may_be_anything() -> None:
    assert complaint(1234, BINARY, b"") == ""
