"""Making .deb and .rpm files byte by byte, so that every part of them can be wrong."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import struct
from typing import TYPE_CHECKING

import zstandard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

CONTROL = """\
Package: kata-runtime
Source: kata (1.0)
Version: 1:1.0.1-1
Architecture: amd64
Multi-Arch: foreign
Maintainer: x <x@example.org>
Depends: kata-containers-image (>= 1.0.1~), kata-containers-image (<< 1.1~), a | b
Breaks: kata-containers-image (<< 1.0.1~)
Provides: kata-cli (= 1)
Description: the runtime
 Some text.
"""
SUFFIXES: Mapping[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": lambda content: gzip.compress(content, mtime=0),
    ".xz": lzma.compress,
    ".zst": zstandard.compress,
}


def ar_member(name: str, content: bytes, *, size: str | None = None) -> bytes:
    told = str(len(content)) if size is None else size
    header = f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{told:<10}`\n".encode()
    return header + content + b"\n" * (len(content) % 2)


def tar_header(name: bytes, size: int, kind: bytes = b"0", **fields: bytes) -> bytes:
    """Make a ustar header; ``fields`` are mode, uid, gid, mtime, link, magic or prefix as bytes."""
    header = name[:100].ljust(100, b"\0")
    header += fields.get("mode", b"0000644\0") + fields.get("uid", b"0000000\0")
    header += fields.get("gid", b"0000000\0") + b"%011o\0" % size + fields.get("mtime", b"00000000000\0")
    header += b" " * 8 + kind + fields.get("link", b"").ljust(100, b"\0")
    header += fields.get("magic", b"ustar\x0000") + bytes(80) + fields.get("prefix", b"").ljust(155, b"\0")
    return summed(header.ljust(512, b"\0"))


def summed(header: bytes) -> bytes:
    """Put the right sum into a tar header."""
    total = sum(header[:148]) + 8 * 32 + sum(header[156:])
    return header[:148] + b"%06o\0 " % total + header[156:]


def tar_member(name: bytes, content: bytes = b"", kind: bytes = b"0", **fields: bytes) -> bytes:
    padding = bytes(-len(content) % 512)
    return tar_header(name, len(content), kind, **fields) + content + padding


def tar_of(*members: bytes) -> bytes:
    return b"".join(members) + bytes(1024)


def control_tar(control: str | bytes = CONTROL) -> bytes:
    content = control if isinstance(control, bytes) else control.encode()
    return tar_of(tar_member(b"./", kind=b"5"), tar_member(b"./control", content))


def deb_of(tar: bytes, suffix: str = "", *, packed: bool = False, format_: bytes = b"2.0\n") -> bytes:
    """Make a package of a control archive, compressed as the suffix says unless it already is."""
    member = tar if packed else SUFFIXES[suffix](tar)
    return (
        b"!<arch>\n"
        + ar_member("debian-binary", format_)
        + ar_member("control.tar" + suffix, member)
        + ar_member("data.tar", bytes(1024))
    )


STRING, NUMBER, BINARY, ARRAY = 6, 4, 7, 8
LEAD = b"\xed\xab\xee\xdb\3\0" + bytes(72) + b"\0\5" + bytes(16)
Entry = tuple[int, int, int, bytes]


def text(tag: int, value: str) -> Entry:
    return tag, STRING, 1, value.encode() + b"\0"


def texts(tag: int, values: Iterable[str]) -> Entry:
    parts = [value.encode() + b"\0" for value in values]
    return tag, ARRAY, len(parts), b"".join(parts)


def numbers(tag: int, values: Iterable[int]) -> Entry:
    parts = [struct.pack(">I", value) for value in values]
    return tag, NUMBER, len(parts), b"".join(parts)


def relations(tag_name: int, tag_flags: int, tag_version: int, *triples: tuple[str, int, str]) -> list[Entry]:
    names, flags, versions = zip(*triples, strict=True)
    return [texts(tag_name, names), numbers(tag_flags, flags), texts(tag_version, versions)]


def requires(*triples: tuple[str, int, str]) -> list[Entry]:
    return relations(1049, 1048, 1050, *triples)


def header_of(entries: Iterable[Entry], region: int) -> bytes:
    """Make a header of (tag, type, count, data) with the region tag that rpm writes around it; 0 for none."""
    index, store, number = b"", b"", 0
    for tag, kind, count, data in entries:
        store += bytes(-len(store) % {3: 2, NUMBER: 4, 5: 8}.get(kind, 1))
        index += struct.pack(">IIII", tag, kind, len(store), count)
        store += data
        number += 1
    if region:
        number += 1
        index = struct.pack(">IIII", region, BINARY, len(store), 16) + index
        store += struct.pack(">IIiI", region, BINARY, -16 * number, 16)
    return b"\x8e\xad\xe8\x01" + bytes(4) + struct.pack(">II", number, len(store)) + index + store


NAMED: tuple[Entry, ...] = (
    text(1000, "kata-runtime"),
    text(1001, "1.0"),
    text(1002, "1"),
    text(1022, "noarch"),
    text(1044, "kata-1.0-1.src.rpm"),
)


def main_of(*entries: Entry) -> bytes:
    """Make a main header that holds these entries beside the name and version."""
    return header_of(sorted({one[0]: one for one in (*NAMED, *entries)}.values()), 63)


def rpm_of(main: bytes, *, signature: bytes | None = None, lead: bytes = LEAD) -> bytes:
    """Make a package of a main header, with the digests that belong to it unless others are given."""
    if signature is None:
        sha1 = text(269, hashlib.sha1(main, usedforsecurity=False).hexdigest())
        signature = header_of([sha1, text(273, hashlib.sha256(main).hexdigest())], 62)
    return lead + signature + bytes(-len(signature) % 8) + main + b"payload"


def split_rpm(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Divide a well-formed package into its signature header, main header and payload."""
    ends, at = [], len(LEAD)
    for _ in range(2):
        tags, size = struct.unpack_from(">II", data, at + 8)
        ends.append((at, at + 16 + 16 * tags + size))
        at = ends[-1][1] + (-(16 + 16 * tags + size) % 8 if len(ends) == 1 else 0)
    (one, two), (three, four) = ends
    return data[one:two], data[three:four], data[four:]
