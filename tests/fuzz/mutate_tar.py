"""Control archives that are wrong in the grammar of tar: kinds, sizes, names, links, extensions, nesting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .make import CONTROL, SUFFIXES, deb_of, summed, tar_header, tar_member

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

NAMES = (
    b"./control", b"./control", b"./control", b"control", b"./control/", b".//control", b"/control",
    b"././control", b"./x", b"./x", b"./x/", b"./x/control", b"./x/y", b"./md5sums", b"./", b".", b"",
    b"./control/y", b"./../control", b"./control\0x", b"./Control", b"./" + b"n" * 98, b"\xe9\xe9",
)  # fmt: skip
KINDS = (b"0", b"0", b"0", b"\0", b"7", b"5", b"2", b"1", b"3", b"4", b"S", b"A", b"x", b"g", b"L", b"K")
LINKS = (
    b"", b"", b"control", b"./control", b".", b"x", b"./x", b"./x/", b"./md5sums", b"/x", b"../x",
    b"/etc/passwd",
)  # fmt: skip
MAGICS = (b"ustar\x0000", b"ustar  \0", bytes(8), b"ustar\0\0\0", b"ustar 00", b"USTAR\x0000")
PREFIXES = (b"", b"", b"", b".", b"x", b"./x", b"control", b"/", b"\0x")
LONG_NAMES = (
    b"./control\0", b"control\0", b"./control", b"./x\0", b"./x/\0", b"./control/\0", b"\0", b"",
    b"./" + b"a" * 254 + b"\0", b"./" + b"a" * 256 + b"\0", b"./control\0x\0", b"./" + b"b/" * 40 + b"c\0",
)  # fmt: skip
RECORDS = (
    b"path=./control", b"path=./x", b"path=", b"size=0", b"size=512", b"mtime=1.5", b"linkpath=./control",
    b"comment=x", b"uname=x", b"GNU.sparse.major=1", b"hdrcharset=BINARY", b"SCHILY.xattr.user.a=b",
    b"mtime=x", b"mtime=", b"mtime=-1", b"mtime=9" + b"9" * 20, b"atime=.5", b"ctime=1.", b"uid=1000",
    b"uid=-1", b"gid=x", b"gid=4294967295", b"uid=4294967296", b"x\0y=z", b"SCHILY.realsize=1", b"pathx=y",
)  # fmt: skip
NUMBERS = (
    b"", b" ", b"0", b"12", b"  12", b"12 ", b"12 z", b"12z", b"000000000012", b"-1", b"+1", b"0x1", b"9",
    b"\x80\0\0\0\0\0\0\x01", b"\x80\0\0\0\0\0\0\0\0\0\0\x05", b"\xff" * 12, b"\x81" + bytes(11), b"\t1", b"z",
    b"\x80" + bytes(10) + b"\xc8", b"\x80" + bytes(6) + b"\xc8", b"\x80\0\0\1" + bytes(8),
    b"\xff" * 7 + b"\x81", b"\x80" + b"\x7f" * 11, b" " * 12, b"7" * 12, b"0000000 ",
)  # fmt: skip
FIELDS = {"mode": (100, 108), "uid": (108, 116), "gid": (116, 124), "size": (124, 136), "mtime": (136, 148),
          "major": (329, 337), "minor": (337, 345)}  # fmt: skip
ENDS = (bytes(1024), bytes(1024), bytes(1024), bytes(512), b"", bytes(512) + b"z" * 512, b"z", b"z" * 700)


def control_of(random: Random) -> bytes:
    """Make a control file that tells which of several it is by its version."""
    return CONTROL.replace("1:1.0.1-1", f"1:1.0.{random.randrange(1, 9)}-1").encode()


def record_of(record: bytes) -> bytes:
    """Make a pax record."""
    length = len(record) + 2
    while len(b"%d %s\n" % (length, record)) != length:
        length += 1
    return b"%d %s\n" % (length, record)


def member_of(random: Random, depth: int = 0) -> bytes:
    """Make a member: a control file, or something that may hide or replace it."""
    kind = random.choice(KINDS[: random.choice((4, 7, len(KINDS)))])
    name = random.choice(NAMES)
    if kind == b"L":
        content = random.choice(LONG_NAMES)
    elif kind == b"K":
        content = random.choice((b"x\0", b"./control\0", b"\0", b"x"))
    elif kind in (b"x", b"g"):
        content = b"".join(record_of(random.choice(RECORDS)) for _ in range(random.choice((1, 1, 2))))
    elif name.endswith(b"control") or name == b"control":
        content = control_of(random)
    else:
        content = random.choice((b"", b"", b"text\n"))
    if depth < 2 and random.random() < 0.2:
        content = b"".join(member_of(random, depth + 1) for _ in range(random.choice((1, 2))))
    member = tar_member(
        name,
        content,
        kind,
        link=random.choice(LINKS),
        magic=MAGICS[0] if random.random() < 0.8 else random.choice(MAGICS),
        prefix=b"" if random.random() < 0.8 else random.choice(PREFIXES),
    )
    if kind in (b"L", b"K", b"x", b"g") and random.random() < 0.7:
        member += member_of(random, depth + 1)
    return changed_header(random, member) if random.random() < 0.15 else member


def changed_header(random: Random, member: bytes) -> bytes:
    """Write a number of a header in another way, or give it another size or sum."""
    header = bytearray(member[:512])
    match random.randrange(5):
        case 0 | 1:
            start, end = FIELDS[random.choice(tuple(FIELDS))]
            header[start:end] = random.choice(NUMBERS).ljust(end - start, b"\0")[: end - start]
        case 2:
            header[:] = tar_header(
                bytes(header[:100]), random.choice((0, 1, 512, 1024)), bytes(header[156:157])
            )
        case 3:
            start = random.choice((0, 99, 156, 257, 263, 329, 345, 500))
            header[start : start + 1] = random.choice((b"\0", b" ", b"/", b"z", b"\xff"))
        case _:
            total = sum(header[:148]) + 256 + sum(header[156:])
            signed = total - 256 * sum(byte > 127 for byte in header[:148] + header[156:])
            form = random.choice((b"%06o\0 ", b"%07o\0", b"%o", b"%8o", b"%06oz", b"%06o  "))
            header[148:156] = (form % random.choice((total, signed))).ljust(8, b"\0")[:8]
            return bytes(header) + member[512:]
    return summed(bytes(header)) + member[512:]


def control_archives(random: Random) -> Iterator[bytes]:
    """Make packages without end whose control archives are wrong in one way or several."""
    while True:
        members = [member_of(random) for _ in range(random.choice((0, 1, 1, 2, 3)))]
        if random.random() < 0.85:
            good = tar_member(random.choice((b"./control", b"control")), control_of(random))
            members.insert(random.randrange(len(members) + 1), good)
        if random.random() < 0.5:
            members.insert(0, tar_member(b"./", kind=b"5"))
        if random.random() < 0.05:
            members.insert(random.randrange(len(members) + 1), bytes(512))
        yield deb_of(b"".join(members) + random.choice(ENDS), random.choice(tuple(SUFFIXES)))
