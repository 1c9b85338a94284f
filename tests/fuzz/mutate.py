"""Mutations of packages at the places where their structure is."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from .make import SUFFIXES, ar_member, control_tar, deb_of, rpm_of, split_rpm, summed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

WORDS = (
    b"\0", b"\n", b"\n\n", b"\n ", b" ", b"\t", b"\r", b"\x0b", b"\x0c", b"\x1a", b"\x1b[31m", b"\xff", b":",
    b"(", b")", b",", b"|", b"=", b"<<", b">>", b"<", b">", b">=", b"==", b"~", b"-", b"+", b"/", b"0",
    b"9" * 12, b"%", b"${x}", b"\xc2\x85", b"\xc2\xa0", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"#",
    b"\n#c\n", b"\n.\n",
    b"Package: x\n", b"\nDepends: x\n", b"\nX: y", b"\nRevision: 3", b"\nOptional: a", b"\nEssential: yes",
    b"\nStatus: install ok installed", b"\nConffiles:\n /a b", b"\nMulti-Arch: same", b"\nArchitecture: all",
    b"\nProtected: yes", b"\nPriority: x", b"\nConflicts: a (>> 1), b:any", b"\nProvides: a (= 1)",
    b"\nSource: z", b"[amd64]", b"<!x>", b":any", b" or ", b" with ", b" if ", b" else ",
    b" unless ", b" and ",
    b"[[change]]\n", b"[", b"]", b'"', b"'", b"{", b"}", b"1e9", b"true", b"1979-05-27",
)  # fmt: skip
INTS = (
    0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 16, 62, 63, 99, 100, 1000, 1049, 0xFFFF, 0xFFFFF, 0x100000, 2**28,
    2**31 - 1, 2**31, 2**32 - 16, 2**32 - 1,
)  # fmt: skip


def bytes_of(random: Random, data: bytes, low: int = 0, high: int | None = None) -> bytes:
    """Flip, insert, delete, copy or cut a few bytes between two places."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        end = min(len(changed), len(data) if high is None else high)
        at = random.randrange(low, end) if end > low else 0
        match random.randrange(8):
            case 0:
                changed[at : at + 1] = bytes([changed[at] ^ (1 << random.randrange(8))]) if changed else b""
            case 1:
                changed[at : at + 1] = bytes([random.randrange(256)])
            case 2:
                changed[at:at] = random.choice(WORDS)
            case 3:
                del changed[at : at + random.choice((1, 1, 2, 8, 60))]
            case 4:
                word = random.choice(WORDS)
                changed[at : at + len(word)] = word
            case 5:
                other = random.randrange(low, end) if end > low else 0
                changed[at:at] = changed[other : other + random.randrange(1, 40)]
            case 6:
                changed[at : at + 4] = struct.pack(">I", random.choice(INTS))
            case _:
                if random.random() < 0.2:
                    del changed[at:]
    return bytes(changed)


def debs(random: Random, packages: Sequence[bytes], controls: Sequence[bytes]) -> Iterator[bytes]:
    """Mutate without end: whole packages, the control archive, or the text in it."""
    while True:
        control = random.choice(controls)
        suffix = random.choice(tuple(SUFFIXES))
        match random.randrange(10):
            case 0 | 1:
                data = random.choice(packages)
                yield bytes_of(random, data, 0, random.choice((140, len(data))))
            case 2:
                packed = bytes_of(random, SUFFIXES[suffix](control_tar(control)))
                yield deb_of(packed, suffix, packed=True)
            case 3:
                tar = bytes_of(random, control_tar(control), 0, 1024)
                for start in (0, 512) if random.random() < 0.7 else ():
                    tar = (
                        tar[:start] + summed(tar[start : start + 512].ljust(512, b"\0")) + tar[start + 512 :]
                    )
                yield deb_of(tar, suffix)
            case 4:
                name = random.choice(
                    ("control.tar", "control.tar/", "_x", "x", "data.tar", "control.tar.bz2", "")
                )
                data = random.choice(packages)
                member = ar_member(name, b"x" * random.randrange(3))
                yield data[:72] + member + data[72:]
            case _:
                yield deb_of(control_tar(bytes_of(random, control)), suffix)


def rpms(random: Random, packages: Sequence[bytes]) -> Iterator[bytes]:
    """Mutate without end: whole packages, or a header whose digests are then made right again."""
    while True:
        data = random.choice(packages)
        signature, main, _ = split_rpm(data)
        tags, size = struct.unpack_from(">II", main, 8)
        start = 16 + 16 * tags
        match random.randrange(10):
            case 0:
                yield bytes_of(random, data, 0, 96 + len(signature) + len(main))
            case 1:
                yield bytes_of(random, data, 0, 112)
            case 2:
                yield rpm_of(main, signature=bytes_of(random, signature))
            case 3:
                yield rpm_of(bytes_of(random, main, 0, 32))
            case 4 | 5 | 6:
                changed = bytearray(main)
                for _ in range(random.choice((1, 1, 2))):
                    entry = 16 + 16 * random.randrange(tags) + 4 * random.randrange(4)
                    (old,) = struct.unpack_from(">I", changed, entry)
                    new = random.choice(
                        (random.choice(INTS), old + 1, old - 1, old ^ 8, random.randrange(size))
                    )
                    struct.pack_into(">I", changed, entry, new % 2**32)
                yield rpm_of(bytes(changed))
            case _:
                store = bytearray(main[start:])
                for _ in range(random.choice((1, 1, 3))):
                    at = random.randrange(min(size, 2000))
                    word = random.choice((*WORDS, bytes([random.randrange(256)])))
                    store[at : at + len(word)] = word
                yield rpm_of(main[:start] + bytes(store[:size]))
