"""Packages that are wrong in the grammar of ar: names, numbers, order, padding, members after the data."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from .make import SUFFIXES, control_tar
from .mutate_tar import control_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

NAMES = (
    "debian-binary", "control.tar", "control.tar.gz", "control.tar.xz", "control.tar.zst", "control.tar/",
    "control.tar//", "control.tar.gz//", "data.tar", "data.tar/", "data.tar//", "data.tar.gz", "data.tar.lz4",
    "data.tar.bz2", "data.tarx", "_x", "_control.tar", "__.SYMDEF", "x", "", "/", "//", "/0", "#1/14",
    "#1/15", "#1/0", "#1/", "#1/999", "#1/-1", "_#1/14", "Control.tar",
)  # fmt: skip
NUMBERS = ("", "0", "00", "07", "09", "8", "-1", "+1", "x", "1x", "1 2", "0x1", "\t1", "99999", "644")
COLUMNS = (16, 28, 34, 40, 48, 58, 60)


def member_of(random: Random, name: str, content: bytes) -> bytes:
    """Make a member, one in a few with another number in its header, and one without padding."""
    fields = ["0", "0", "0", "100644", str(len(content)), "`\n"]
    if random.random() < 0.15:
        place = random.choice((0, 1, 2, 3, 4, 4, 5))
        size = random.choice(
            (f"0{len(content)}", f" {len(content)}", f"{len(content)} 1", f"{len(content)}x")
        )
        changed = size if place == 4 and random.random() < 0.7 else random.choice(NUMBERS)
        width = COLUMNS[place + 1] - COLUMNS[place]
        fields[place] = changed[:width]
    widths = [end - start for start, end in itertools.pairwise(COLUMNS)]
    parts = [f"{field:<{width}}" for field, width in zip(fields, widths, strict=True)]
    padding = random.choice((b"\n", b"\n", b"\n", b"\0", b"x", b"")) * (len(content) % 2)
    return f"{name:<16}{''.join(parts)}".encode() + content + padding


def other_member(random: Random) -> bytes:
    """Make a member that a package has no need of, perhaps another control archive."""
    name = random.choice(NAMES)
    suffix = random.choice(tuple(SUFFIXES))
    content = random.choice((b"", b"a", b"ab", SUFFIXES[suffix](control_tar(control_of(random)))))
    if name.startswith("#1/"):
        content = random.choice((b"control.tar.xz", b"control.tar.zst", b"control.tar", b"_y")) + content
    return member_of(random, name, content)


def packages(random: Random) -> Iterator[bytes]:
    """Make packages without end that are wrong in one way or several, or not at all."""
    while True:
        suffix = random.choice(tuple(SUFFIXES))
        packed = SUFFIXES[suffix](control_tar(control_of(random)))
        data = "data.tar" + random.choice(("", "", ".gz", ".xz", ".zst", ".bz2", ".lzma", "/", ".lz4", "x"))
        members = [
            member_of(random, random.choice(("debian-binary",) * 9 + ("debian-binary/",)), b"2.0\n"),
            member_of(random, f"control.tar{suffix}" + random.choice(("", "", "", "/")), packed),
            member_of(random, data, bytes(random.choice((1024, 1024, 1023)))),
        ]
        for _ in range(random.choice((0, 0, 1, 1, 2))):
            members.insert(random.choice((3, 3, 3, 2, 1, 0)), other_member(random))
        if random.random() < 0.05:
            del members[random.randrange(len(members))]
        yield b"!<arch>\n" + b"".join(members) + random.choice((b"",) * 9 + (b"\n", b"rest"))
