"""Checking the tags of an rpm's signature header, as rpm does.

Source: rpm's own table of them (``lib/rpmvs.c``), measured with ``rpm -qp`` of rpm
4.18: a tag that it knows has one type, and most have one length. A signature must be an
OpenPGP packet (RFC 4880, 4.2 and 5.2). It is not verified, because pkgguard does not
know which keys are trusted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.errors import PackageError
from pkgguard.families.rpm.tags import ARRAY, BINARY, INT64, NUMBER, STRING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_HELP: Final = "the file was changed after it was built; fetch or build it again"
_SIGNATURE_PACKET: Final = 2
_VERSIONS: Final = (3, 4)


class SignatureTag(NamedTuple):
    """One entry of a signature header: its tag, type, number of elements and data."""

    tag: int
    kind: int
    elements: int
    data: memoryview


class _Demand(NamedTuple):
    """rpm's requirements for a tag: its type, its number of elements (0: any), whether it is a signature."""

    kind: int
    elements: int = 0
    packet: bool = False


_DEMANDS: Final[Mapping[int, _Demand]] = {
    267: _Demand(BINARY, packet=True),
    268: _Demand(BINARY, packet=True),
    269: _Demand(STRING),
    270: _Demand(INT64, 1),
    271: _Demand(INT64, 1),
    273: _Demand(STRING),
    274: _Demand(ARRAY),
    275: _Demand(NUMBER, 1),
    276: _Demand(ARRAY),
    277: _Demand(NUMBER, 1),
    1000: _Demand(NUMBER, 1),
    1002: _Demand(BINARY),
    1004: _Demand(BINARY, 16),
    1005: _Demand(BINARY),
    1007: _Demand(NUMBER, 1),
}


def check_signature_tags(where: str, tags: Iterable[SignatureTag]) -> None:
    """Raise :class:`PackageError` for a tag of a signature header that rpm would refuse."""
    for entry in tags:
        demand = _DEMANDS.get(entry.tag)
        if demand is None:
            continue
        place = f"signature header, tag {entry.tag}"
        if entry.kind != demand.kind:
            raise PackageError(where, place, f"its type is {entry.kind}, not {demand.kind}", _HELP)
        if demand.elements and entry.elements != demand.elements:
            raise PackageError(
                where, place, f"it has {entry.elements} elements, not {demand.elements}", _HELP
            )
        if demand.packet and not _is_signature(entry.data[: entry.elements]):
            raise PackageError(where, place, "it is not an OpenPGP signature", _HELP)


def _is_signature(data: memoryview) -> bool:
    """Return whether data is exactly one signature packet of a version that rpm knows."""
    first, rest = data[0], data[1:]
    if first & 0xC0 == 0xC0:
        kind, start, length = first & 0x3F, *_new_length(rest)
    elif first & 0x80:
        width = {0: 1, 1: 2, 2: 4}.get(first & 3, 0)
        kind, start, length = first >> 2 & 0xF, width, int.from_bytes(rest[:width], "big")
    else:
        return False
    body = rest[start:]
    return kind == _SIGNATURE_PACKET and start > 0 and len(body) == length > 0 and body[0] in _VERSIONS


def _new_length(rest: memoryview) -> tuple[int, int]:
    """Return the size of a length in the new format, and the length itself (RFC 4880, 4.2.2)."""
    first = rest[0] if rest else 0
    if first < 192:
        return 1, first
    if first < 224 and len(rest) > 1:
        return 2, ((first - 192) << 8) + rest[1] + 192
    if first == 255:
        return 5, int.from_bytes(rest[1:5], "big")
    return 0, 0
