"""The header of an .rpm file, checked before a library is trusted with it.

The layout and the limits are those of rpm's file format; rpmfile, which does the
reading, would accept wrong counts and unknown types and take hours over hostile
ones, so nothing reaches it that has not been looked at here.
"""

from __future__ import annotations

import io
import os
import stat
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from pkgguard.errors import PackageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_LEAD_SIZE: Final = 96
_LEAD_MAGIC: Final = b"\xed\xab\xee\xdb"
_HEADER_MAGIC: Final = b"\x8e\xad\xe8\x01"
_INTRO: Final = struct.Struct(">4s4xII")
_ENTRY: Final = struct.Struct(">IIII")
_LARGEST_ARRAY: Final = 0xFFFFF
_NUMBER: Final = 4
_STRING: Final = 6
_BINARY: Final = 7
_ARRAY: Final = 8
_FIXED: Final = {0: 1, 1: 1, 2: 1, 3: 2, _NUMBER: 4, 5: 8, _BINARY: 1}
_STRINGS: Final = frozenset({_ARRAY, 9})
# Name, version, release, epoch, architecture, source; then names, flags and
# versions of the eight relation fields.
_WANTED: Final = {
    **dict.fromkeys((1000, 1001, 1002, 1022, 1044), _STRING),
    **dict.fromkeys((1003, 1106), _NUMBER),
    **dict.fromkeys((1047, 1049, 1054, 1090, 5046, 5049, 5052, 5055), _ARRAY),
    **dict.fromkeys((1113, 1050, 1055, 1115, 5047, 5050, 5053, 5056), _ARRAY),
    **dict.fromkeys((1112, 1048, 1053, 1114, 5048, 5051, 5054, 5057), _NUMBER),
}
_TRUNCATED: Final = "copy or download the file again"
_DAMAGED: Final = "the file is damaged; copy or build it again"


@dataclass(frozen=True, slots=True)
class _Limits:
    """What a header may be at most; ``name`` is the part that messages name."""

    name: str
    tags: int
    store: int


# rpm's own limits; the store of the main header is bounded more tightly than
# rpm's 256 MiB, since the largest real ones are a few MiB.
_SIGNATURE: Final = _Limits("signature header", 32, 64 << 20)
_MAIN: Final = _Limits("header", 65535, 32 << 20)


def read_headers(path: Path) -> Mapping[str, Any]:
    """Give the tags of a package's main header by rpmfile's names.

    Raises :class:`PackageError` where the path is no regular file, the file is
    no rpm package, or a header breaks a rule or a limit of the format.
    """
    where = str(path)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise PackageError(where, "", "this is no regular file", "give the path of an .rpm file")
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise PackageError(where, "", "this is no regular file", "give the path of an .rpm file")
            data = _headers_of(where, file, status.st_size)
    except OSError as error:
        reason = error.strerror or str(error)
        raise PackageError(
            where, "", f"cannot be read: {reason}", "check the path and its permissions"
        ) from error
    except ValueError as error:
        raise PackageError(where, "", f"this is no path: {error}", "give the path of an .rpm file") from error
    return _parsed(where, data)


def _parsed(where: str, data: bytes) -> Mapping[str, Any]:
    import rpmfile  # noqa: PLC0415 - 50 ms that only the reading of a file should cost

    try:
        headers: Mapping[str, Any] = rpmfile.open(fileobj=io.BytesIO(data)).headers
    except Exception as error:  # the library leaks whatever its parts raise
        raise PackageError(where, "header", f"rpmfile cannot read it: {error!r}", _DAMAGED) from error
    return headers


def _headers_of(where: str, file: BinaryIO, size: int) -> bytes:
    """Read the lead and both headers, checked; the payload is left alone."""
    lead = file.read(_LEAD_SIZE)
    if lead[:4] != _LEAD_MAGIC:
        raise PackageError(where, "lead", "this is no rpm package", "give the path of an .rpm file")
    if len(lead) < _LEAD_SIZE:
        raise PackageError(where, "lead", "the file ends inside it", _TRUNCATED)
    _, signature = _header(where, file, size, _SIGNATURE)
    file.read(-len(signature) % 8)
    index, store = _header(where, file, size, _MAIN)
    # rpmfile copies the rest of the store for every tag, so it is given only
    # the tags that are looked at, and none of the signature.
    wanted = b"".join(_ENTRY.pack(*entry) for entry in _ENTRY.iter_unpack(index) if entry[0] in _WANTED)
    slim = _INTRO.pack(_HEADER_MAGIC, len(wanted) // _ENTRY.size, len(store))
    return lead + _INTRO.pack(_HEADER_MAGIC, 0, 0) + slim + wanted + store


def _header(where: str, file: BinaryIO, size: int, limits: _Limits) -> tuple[bytes, bytes]:
    """Read and check one header; give its index and its store."""
    start = file.read(_INTRO.size)
    if len(start) < _INTRO.size:
        raise PackageError(where, limits.name, "the file ends before it", _TRUNCATED)
    magic, tags, store = _INTRO.unpack(start)
    if magic != _HEADER_MAGIC:
        raise PackageError(where, limits.name, "its magic number is wrong", _DAMAGED)
    if not 0 < tags <= limits.tags:
        raise PackageError(where, limits.name, f"{tags} tags; there are 1 to {limits.tags}", _DAMAGED)
    if not 0 < store <= limits.store:
        raise PackageError(
            where, limits.name, f"{store} bytes of data; there are 1 to {limits.store}", _DAMAGED
        )
    length = tags * _ENTRY.size + store
    if file.tell() + length > size:
        raise PackageError(where, limits.name, "the file ends inside it", _TRUNCATED)
    body = file.read(length)
    if len(body) < length:
        raise PackageError(where, limits.name, "the file ends inside it", _TRUNCATED)
    index, data = body[: tags * _ENTRY.size], body[tags * _ENTRY.size :]
    _check_entries(where, limits, index, data)
    return index, data


def _check_entries(where: str, limits: _Limits, index: bytes, store: bytes) -> None:
    """Refuse an index whose entries do not lie inside the data, each in a place of its own."""
    seen: set[int] = set()
    used = 0
    for tag, kind, offset, count in _ENTRY.iter_unpack(index):
        place = f"{limits.name}, tag {tag}"
        if tag in seen:
            raise PackageError(where, place, "the tag stands there twice", _DAMAGED)
        seen.add(tag)
        if limits is _MAIN and kind != _WANTED.get(tag, kind):
            raise PackageError(where, place, f"its type is {kind}, not {_WANTED[tag]}", _DAMAGED)
        largest = len(store) if kind == _BINARY else _LARGEST_ARRAY
        if not 0 < count <= largest:
            raise PackageError(where, place, f"{count} elements; there are 1 to {largest}", _DAMAGED)
        if kind == _STRING and count != 1:
            raise PackageError(where, place, f"{count} elements of a type that has one", _DAMAGED)
        try:
            used += _length(kind, offset, count, store)
        except ValueError as error:
            raise PackageError(where, place, str(error), _DAMAGED) from error
        # Entries that share data would make the work a product of both sizes.
        if used > len(store):
            raise PackageError(where, place, "the tags claim more data than the header has", _DAMAGED)


def _length(kind: int, offset: int, count: int, store: bytes) -> int:
    """Give the bytes that an entry takes in the store; raise ValueError if it does not fit."""
    if kind in _FIXED:
        length = _FIXED[kind] * count
        if offset + length > len(store):
            raise ValueError("its data lies outside the header")
        return length
    if kind != _STRING and kind not in _STRINGS:
        raise ValueError(f"{kind} is no type of rpm's")
    end = offset
    for _ in range(count):
        end = store.find(b"\0", end) + 1
        if not end:
            raise ValueError("its text does not end inside the header")
    return end - offset
