"""rpm packages that are wrong in what a header says: sense bits, regions, tags of the signature header."""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING

from .make import ARRAY, BINARY, NUMBER, STRING, header_of, relations, rpm_of, text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from .make import Entry

FIELDS = {
    "Requires": (1049, 1048, 1050),
    "Conflicts": (1054, 1053, 1055),
    "Provides": (1047, 1112, 1113),
    "Obsoletes": (1090, 1114, 1115),
    "Recommends": (5046, 5048, 5047),
}
NAMES = (
    "client", "server", "server", "server", "virtual", "server(x86-64)", "rpmlib(FileCaps)", "rpmlib(X)",
    "/bin/sh", "(server or virtual)", "(server if virtual)", "(server with virtual)", "config(server)",
)  # fmt: skip
PLAIN = ("client", "server", "virtual", "server(x86-64)")
RICH = (*PLAIN, *PLAIN, "(server or virtual)", "(server if virtual)", "(server with virtual)")
VERSIONS = ("", "1.0", "1.0-1", "1.1-1", "0:1.0-1", "2", "4.6.1-1")
SENSES = (0, 2, 4, 8, 10, 12, 8, 12, 6, 14)
BITS = (
    0,
    0,
    0,
    1,
    0x20,
    0x40,
    0x80,
    0x100,
    0x200,
    0x1000,
    0x80000,
    0x100000,
    0x200000,
    0x1000000,
    0x8000000,
    0x80000000,
)
SIGNATURE_TAGS = (100, 267, 268, 269, 270, 271, 273, 274, 275, 276, 277, 1000, 1002, 1004, 1005, 1007, 1008)
PACKETS = (
    b"\x88\x16\x03\x05\0" + bytes(12) + b"\x01\x08ab\0\x08\xff",
    b"\x89\0\x10\4" + bytes(15),
    b"\xc2\x05\4\0\0\0\0",
    b"\x88\x05\4",
    bytes(16),
    b"\1" * 64,
)


def triples_of(random: Random, field: str, own: tuple[str, int, str] | None) -> list[tuple[str, int, str]]:
    names = NAMES if random.random() < 0.1 else PLAIN if field in ("Provides", "Obsoletes") else RICH
    found = [own] if own else []
    for _ in range(random.choice((0, 0, 0, 1, 1, 2))):
        flags = random.choice(SENSES[:-2] if random.random() < 0.9 else SENSES)
        flags |= random.choice(BITS) if random.random() < 0.15 else 0
        name = random.choice(names)
        found.append((name, flags, "" if name.startswith(("(", "/")) else random.choice(VERSIONS)))
    return found


def signature_entry(random: Random) -> Entry:
    tag, kind = random.choice(SIGNATURE_TAGS), random.choice((1, 3, 4, 4, 5, 6, 7, 7, 8, 9))
    count = random.choice((1, 1, 1, 2, 16))
    if kind in (STRING, ARRAY, 9):
        return tag, kind, count, b"abc\0" * count
    if kind == BINARY:
        data = random.choice(PACKETS)
        return tag, kind, len(data), data
    return tag, kind, count, struct.pack(">Q", 5)[-{1: 1, 3: 2, NUMBER: 4, 5: 8}[kind] :] * count


def package_of(random: Random, name: str) -> bytes:
    """Make a package whose relations, region or signature header may be wrong."""
    version = random.choice(("1.0", "1.1"))
    entries = {
        1000: text(1000, name),
        1001: text(1001, version),
        1002: text(1002, "1"),
        1021: text(1021, "linux"),
        1022: text(1022, "noarch"),
        1044: text(1044, "source-1-1.src.rpm"),
    }
    for field, tags in FIELDS.items():
        own = (name, 8, f"{version}-1") if field == "Provides" and random.random() < 0.9 else None
        if triples := triples_of(random, field, own):
            entries |= {one[0]: one for one in relations(*tags, *triples)}
    main = header_of(sorted(entries.values()), 63 if random.random() < 0.85 else 0)
    if random.random() < 0.05:
        main = damaged_region(random, main)
    signature = {
        269: text(269, hashlib.sha1(main, usedforsecurity=False).hexdigest()),
        273: text(273, hashlib.sha256(main).hexdigest()),
    }
    if random.random() < 0.15:
        entry = signature_entry(random)
        signature[entry[0]] = entry
    packed = header_of(sorted(signature.values()), 62 if random.random() < 0.95 else 0)
    return rpm_of(main, signature=packed)


def damaged_region(random: Random, main: bytes) -> bytes:
    """Change a number of the first entry or of the trailer."""
    changed = bytearray(main)
    start = random.choice((16, len(main) - 16))
    at = start + 4 * random.randrange(4)
    (value,) = struct.unpack_from(">I", changed, at)
    others = (0, 1, 7, 16, 62, 63, 2**32 - 16, value + 16, max(0, value - 16))
    struct.pack_into(">I", changed, at, random.choice(others) % 2**32)
    return bytes(changed)


def packages(random: Random) -> Iterator[tuple[bytes, bytes]]:
    """Make pairs of packages without end."""
    while True:
        yield package_of(random, "client"), package_of(random, "server")
