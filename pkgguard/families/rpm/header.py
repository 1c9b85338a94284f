"""The header of an .rpm file, checked as in rpm before a library decodes it.

Sources: rpm's manual of the file format, and rpm 4.18's own checks (``rpmLeadRead``,
``hdrblobInit`` and what it calls), measured with ``rpm -qp``. A library does the
decoding. rpmfile accepts wrong counts and unknown types and takes hours over hostile
ones, so a library only gets data that has been checked here.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from pkgguard.budget import spend
from pkgguard.errors import PackageError
from pkgguard.families import limits
from pkgguard.families.package_file import opened
from pkgguard.families.rpm.digest import check_digests
from pkgguard.families.rpm.readers import Extract, Tags, decode
from pkgguard.families.rpm.signature import SignatureTag, check_signature_tags
from pkgguard.families.rpm.tags import (
    ARRAY,
    BINARY,
    NUMBER,
    SIGNATURE_ONLY,
    SINGLE,
    SIZES,
    STRING,
    TEXTS,
    TYPES,
    WANTED,
    Tag,
)

if TYPE_CHECKING:
    from pathlib import Path

_LEAD: Final = struct.Struct(">4sBB72xH16x")
_LEAD_MAGIC: Final = b"\xed\xab\xee\xdb"
_MAJOR: Final = (3, 4)
_SIGNATURE_TYPE: Final = 5
_HEADER_MAGIC: Final = b"\x8e\xad\xe8\x01\0\0\0\0"
_INTRO: Final = struct.Struct(">8sII")
_ENTRY: Final = struct.Struct(">IIII")
_TRAILER: Final = struct.Struct(">IIiI")
_LOWEST_TAG: Final = 100
_HIGHEST_TAG: Final = 2**31 - 1
_DIGEST: Final = 128  # longer than any digest
_TRUNCATED: Final = "copy or download the file again"
_DAMAGED: Final = "the file is damaged; copy or build it again"


class _Part(NamedTuple):
    """The description of one of the two headers: its name in messages, its region's tag, its limits."""

    name: str
    region: int
    tags: int
    store: int


_SIGNATURE: Final = _Part("signature header", 62, limits.RPM_SIGNATURE_TAGS, limits.RPM_SIGNATURE_STORE)
_MAIN: Final = _Part("header", 63, limits.RPM_TAGS, limits.RPM_STORE)


class _Header(NamedTuple):
    """A header as it is in the file: its (tag, type, offset, count) entries and its data.

    ``region`` is whether a region tag and its trailer enclosed them.
    """

    entries: list[tuple[int, int, int, int]]
    raw: bytes
    store: memoryview
    region: bool


def read_tags(path: Path) -> Tags:
    """Return the tags of a package's main header that pkgguard uses.

    Raises :class:`PackageError` if the path is not a regular file, if the file is not
    an rpm package, or if a header breaks a rule or a limit of the format, or does not
    match its digests; :class:`ReaderMissingError` if no library that decodes headers is
    installed.
    """
    where = str(path)
    with opened(path) as (file, size):
        _check_lead(where, file.read(_LEAD.size))
        signature = _header(where, file, size, _SIGNATURE)
        file.read(-len(signature.raw) % 8)
        signature_tags = [
            SignatureTag(tag, kind, count, signature.store[offset : offset + max(count, _DIGEST)])
            for tag, kind, offset, count in signature.entries
        ]
        check_signature_tags(where, signature_tags)
        digests = [(one.tag, one.kind, bytes(one.data[:_DIGEST])) for one in signature_tags]
        del signature, signature_tags
        main = _header(where, file, size, _MAIN)
    check_digests(where, digests, main.raw)
    return decode(where, _wanted(where, main))._replace(region=main.region)


def _check_lead(where: str, lead: bytes) -> None:
    if lead[:4] != _LEAD_MAGIC:
        raise PackageError(where, "lead", "this is not an rpm package", "give the path of an .rpm file")
    if len(lead) < _LEAD.size:
        raise PackageError(where, "lead", "the file ends inside it", _TRUNCATED)
    _, major, minor, signature = _LEAD.unpack(lead)
    if major not in _MAJOR:
        reason = f"format {major}.{minor} is not known"
        raise PackageError(where, "lead", reason, "only formats 3 and 4 are known")
    if signature != _SIGNATURE_TYPE:
        reason = f"its signature type is {signature}, not {_SIGNATURE_TYPE}"
        raise PackageError(where, "lead", reason, _DAMAGED)


def _header(where: str, file: BinaryIO, size: int, part: _Part) -> _Header:
    """Read and check one header."""
    start = file.read(_INTRO.size)
    if len(start) < _INTRO.size:
        raise PackageError(where, part.name, "the file ends before it", _TRUNCATED)
    magic, tags, store = _INTRO.unpack(start)
    if magic != _HEADER_MAGIC:
        raise PackageError(where, part.name, "its magic number is wrong", _DAMAGED)
    if not 0 < tags <= part.tags:
        raise PackageError(where, part.name, f"{tags} tags; there are 1 to {part.tags}", _DAMAGED)
    if not 0 < store <= part.store:
        reason = f"{store} bytes of data; there are 1 to {part.store}"
        raise PackageError(where, part.name, reason, _DAMAGED)
    length = tags * _ENTRY.size + store
    if file.tell() + length > size:
        raise PackageError(where, part.name, "the file ends inside it", _TRUNCATED)
    body = file.read(length)
    if len(body) < length:
        raise PackageError(where, part.name, "the file ends inside it", _TRUNCATED)
    index, data = body[: tags * _ENTRY.size], memoryview(body)[tags * _ENTRY.size :]
    entries = list(_ENTRY.iter_unpack(index))
    region = entries[0][0] == part.region
    if region:
        _check_region(where, part, entries, data)
        del entries[0]
    header = _Header(entries, start + body, data, region)
    _check_entries(where, part, header)
    return header


def _check_region(
    where: str, part: _Part, entries: list[tuple[int, int, int, int]], store: memoryview
) -> None:
    """Check the tag that covers the whole header, and its trailer."""
    place = f"{part.name}, region tag {part.region}"
    _, kind, offset, count = entries[0]
    if (kind, count) != (BINARY, _TRAILER.size):
        raise PackageError(where, place, "its type or its count is wrong", _DAMAGED)
    if offset + _TRAILER.size != len(store):
        raise PackageError(where, place, "its trailer is not at the end of the data", _DAMAGED)
    trailer = _TRAILER.unpack_from(store, offset)
    if trailer != (part.region, BINARY, -len(entries) * _ENTRY.size, _TRAILER.size):
        raise PackageError(where, place, "its trailer does not cover the whole header", _DAMAGED)


def _check_entries(where: str, part: _Part, header: _Header) -> None:
    """Check, as rpm does, that the entries fill the data one after the other."""
    seen: set[int] = set()
    entries, length = header.entries, len(header.store) - (_TRAILER.size if header.region else 0)
    starts = [offset for _, _, offset, _ in entries[1:]]
    intro = len(header.raw) - len(header.store)
    filled = 0
    for (tag, kind, offset, count), after in zip(entries, [*starts, length], strict=False):
        spend()
        if problem := _entry_problem(part, header.region, length, tag, kind, count) or (
            "the tag occurs twice" if tag in seen else ""
        ):
            raise PackageError(where, f"{part.name}, tag {tag}", problem, _DAMAGED)
        seen.add(tag)
        end = min(after, length)
        if kind in TEXTS:
            size = _text_size(header.raw, intro + offset, intro + end, count)
        elif offset % SIZES[kind]:
            size = -1
        else:
            size = SIZES[kind] * count
            filled += -filled % SIZES[kind]
        if size < 0 or offset + size > end:
            reason = _why_not(kind, offset, after, length)
            raise PackageError(where, f"{part.name}, tag {tag}", reason, _DAMAGED)
        filled += size
    if filled != length:
        reason = f"its tags have {filled} bytes of data, and there are {length}"
        raise PackageError(where, part.name, reason, _DAMAGED)


def _entry_problem(part: _Part, region: bool, length: int, tag: int, kind: int, count: int) -> str:
    """Return the fault of one entry, or an empty text."""
    if not _LOWEST_TAG <= tag <= _HIGHEST_TAG:
        return "the tag does not exist"
    if kind not in SIZES and kind not in TEXTS:
        return f"{kind} is not a type that rpm knows"
    if part is _MAIN:
        if kind != WANTED.get(tag, kind):
            return f"its type is {kind}, not {WANTED[tag]}"
        if tag in SIGNATURE_ONLY:
            return "it belongs in the signature header"
        if region and tag in TYPES and kind not in TYPES[tag]:
            return f"its type is {kind}, not {' or '.join(map(str, sorted(TYPES[tag])))}"
    largest = length if kind == BINARY else limits.RPM_ARRAY
    if not 0 < count <= largest:
        return f"{count} elements; there are 1 to {largest}"
    if kind == STRING and count != 1:
        return f"{count} elements of a type that has one"
    if part is _MAIN and tag in SINGLE and count != 1:
        return f"{count} elements of a tag that has one"
    return ""


def _text_size(raw: bytes, start: int, end: int, count: int) -> int:
    """Return the size of a number of texts at a place, or -1 if they do not end in the data."""
    if end <= start or (ends := raw.count(b"\0", start, end)) < count:
        return -1
    if ends == count and not raw[end - 1]:
        return end - start
    return end - start - len(raw[start:end].split(b"\0", count)[-1])


def _why_not(kind: int, offset: int, after: int, length: int) -> str:
    if kind not in TEXTS and offset % SIZES[kind]:
        return f"its data is not aligned to {SIZES[kind]} bytes"
    if offset > length or (kind not in TEXTS and after >= length):
        return "its data lies outside the header"
    if after >= length:
        return "its text does not end inside the header"
    return "it claims more data than there is before the next tag's"


def _wanted(where: str, header: _Header) -> Extract:
    """Return a header with only the tags that pkgguard uses, because a library's work is tags times data.

    Its data is packed as in rpm, with numbers at multiples of four. It has no region:
    rpm before 4.0 wrote such headers, and every later rpm reads them.
    """
    index, store, counts = b"", bytearray(), dict[Tag, int]()
    entries = header.entries
    intro = len(header.raw) - len(header.store)
    for number, (tag, kind, offset, count) in enumerate(entries):
        if tag not in WANTED:
            continue
        if kind == ARRAY and count > limits.RELATIONS:
            reason = f"{count} relations; at most {limits.RELATIONS} are read"
            raise PackageError(where, f"header, tag {tag}", reason, "write fewer")
        if kind == NUMBER:
            store += bytes(-len(store) % SIZES[NUMBER])
            size = SIZES[NUMBER] * count
        else:
            after = entries[number + 1][2] if number + 1 < len(entries) else len(header.store)
            size = _text_size(header.raw, intro + offset, intro + after, count)
        if len(store) + size > limits.RPM_READ:
            reason = f"names and versions of more than {limits.RPM_READ} bytes"
            raise PackageError(where, f"header, tag {tag}", reason, "write fewer")
        counts[Tag(tag)] = count
        index += _ENTRY.pack(tag, kind, len(store), count)
        store += header.store[offset : offset + size]
    start = _INTRO.pack(_HEADER_MAGIC, len(counts), len(store))
    return Extract(start + index + bytes(store), counts)
