"""Tar archives that dpkg-deb and apt read alike, and those that one of them refuses or reads otherwise."""

from __future__ import annotations

from fuzz.make import CONTROL, tar_header, tar_member, tar_of
from fuzz.mutate_tar import record_of

GOOD = CONTROL.encode()
EVIL = GOOD.replace(b"1:1.0.1-1", b"9:9.9-9")
CONTROL_MEMBER = tar_member(b"./control", GOOD)
INNER = tar_member(b"./control", EVIL)


def nested(name, kind):
    """Make a member whose content is another archive's member."""
    return tar_header(name, len(INNER), kind) + INNER


def long_name(name, kind=b"L"):
    return tar_member(b"././@LongLink", name, kind)


def pax(record):
    return tar_member(b"pax", record_of(record), b"x")


def with_field(start, value, name=b"./control", content=GOOD):
    header = bytearray(tar_header(name, len(content)))
    header[start : start + len(value)] = value
    total = sum(header[:148]) + 256 + sum(header[156:])
    header[148:156] = b"%06o\0 " % total
    return bytes(header) + content + bytes(-len(content) % 512)


def signed_sum(name):
    header = bytearray(tar_header(name, 0))
    total = sum(header[:148]) + 256 + sum(header[156:]) - 256 * sum(byte > 127 for byte in header)
    header[148:156] = b"%06o\0 " % total
    return bytes(header)


REFUSED = {
    **{f"a folder by its slash, kind {kind!r}": tar_of(CONTROL_MEMBER, nested(b"./x/", kind)) for kind in
       (b"0", b"\0", b"7", b"5", b"2")},
    "a folder with a size": tar_of(CONTROL_MEMBER, nested(b"./x", b"5")),
    "a folder by a long name": tar_of(CONTROL_MEMBER, long_name(b"./x/\0") + nested(b"z", b"0")),
    "the top with a size": tar_of(nested(b"./", b"0"), CONTROL_MEMBER),
    "a prefix that only dpkg-deb reads": tar_of(CONTROL_MEMBER, tar_member(b"control", EVIL, prefix=b"x")),
    "a prefix that makes the name": tar_of(tar_member(b"control", GOOD, prefix=b".")),
    "a pax path to control": tar_of(CONTROL_MEMBER, pax(b"path=./control"), tar_member(b"./x", EVIL)),
    "a pax path from control": tar_of(CONTROL_MEMBER, pax(b"path=./x"), tar_member(b"./control", EVIL)),
    "a contiguous control file": tar_of(tar_member(b"./control", GOOD, b"7")),
    **{f"control by the name {name!r}": tar_of(tar_member(name, GOOD)) for name in
       (b".//control", b"/control", b"././control", b"./control/.", b"//control")},
    "a link to nothing": tar_of(tar_member(b"./x", kind=b"2"), CONTROL_MEMBER),
    "a hard link to nothing": tar_of(tar_member(b"./x", kind=b"1"), CONTROL_MEMBER),
    "a file over a filled folder": tar_of(
        CONTROL_MEMBER, tar_member(b"./x", kind=b"5"), tar_member(b"./x/y", b"z"), tar_member(b"./x", b"z")
    ),
    "a file below a file": tar_of(CONTROL_MEMBER, tar_member(b"./x", b"z"), tar_member(b"./x/y", b"z")),
    "a file below control": tar_of(CONTROL_MEMBER, tar_member(b"./control/y", b"z")),
    "a member without a name": tar_of(tar_member(b"", b"z"), CONTROL_MEMBER),
    "a file that is the top": tar_of(tar_member(b".", b""), CONTROL_MEMBER),
    "a name of 257 bytes": tar_of(CONTROL_MEMBER, long_name(b"./" + b"a" * 257 + b"\0") + tar_member(b"z")),
    "a long name that does not end": tar_of(
        tar_header(b"././@LongLink", 9, b"L") + b"./control" + b"z" * 503 + tar_member(b"z", GOOD)
    ),
    "a mode in binary": tar_of(with_field(100, b"\x80\0\0\0\0\0\1\xa4")),
    "no end mark": CONTROL_MEMBER,
    "a major number that is none": tar_of(with_field(329, b"z")),
    "a minor number in binary": tar_of(with_field(337, b"\x80\0\0\0\0\0\0\1")),
    **{f"a pax record {record!r}": tar_of(pax(record), CONTROL_MEMBER) for record in
       (b"mtime=x", b"mtime=", b"atime=.5", b"ctime=" + b"9" * 25, b"uid=x", b"gid=-1", b"uid=4294967296")},
    "a pax key with a NUL": tar_of(pax(b"a\0b=c"), CONTROL_MEMBER),
    "a size in binary that apt reads otherwise": tar_of(
        with_field(124, b"\x80" + (200).to_bytes(11, "big"), b"./x", b"y" * 200), CONTROL_MEMBER
    ),
    "an owner beyond the range": tar_of(with_field(108, b"\x80\0\0\1\0\0\0\0")),
    "a time beyond the range": tar_of(with_field(136, b"\x80" + b"\x7f" * 11)),
    "a lone zero block and a damaged extension": tar_of(
        CONTROL_MEMBER + bytes(512), tar_member(b"x", b"z", b"g")
    ),
    "a hard link to a later file": tar_of(
        CONTROL_MEMBER, tar_member(b"./y", kind=b"1", link=b"./x"), tar_member(b"./x", b"z")
    ),
    "a hard link to a folder": tar_of(
        CONTROL_MEMBER, tar_member(b"./x", kind=b"5"), tar_member(b"./y", kind=b"1", link=b"./x")
    ),
    "a hard link with a size": tar_of(
        CONTROL_MEMBER, tar_member(b"./x", b"z"), tar_member(b"./y", INNER, b"1", link=b"./x")
    ),
    "control as a hard link": tar_of(
        tar_member(b"./x", GOOD), tar_member(b"./control", kind=b"1", link=b"./x")
    ),
    "a sum of signed bytes": tar_of(signed_sum(b"./\xe9\xe9"), CONTROL_MEMBER),
}  # fmt: skip

HARMLESS = {"a prefix that makes the name", "the top with a size", "no end mark"}
"""What the two read alike in this one case, and differently in others of its kind."""

ACCEPTED = {
    "the top folder first": tar_of(tar_member(b"./", kind=b"5"), CONTROL_MEMBER),
    "a name without a dot": tar_of(tar_member(b"control", GOOD)),
    "a folder by its slash, empty": tar_of(tar_member(b"./x/"), CONTROL_MEMBER),
    "a file that holds an archive": tar_of(nested(b"./x", b"0"), CONTROL_MEMBER),
    "a long name": tar_of(CONTROL_MEMBER, long_name(b"./" + b"a" * 200 + b"\0") + tar_member(b"z", b"z")),
    "control by a long name": tar_of(long_name(b"./control\0") + tar_member(b"z", GOOD)),
    "a name of 255 bytes": tar_of(CONTROL_MEMBER, long_name(b"./" + b"a" * 255 + b"\0") + tar_member(b"z")),
    "a time in a pax header": tar_of(pax(b"mtime=1.5"), CONTROL_MEMBER),
    "a link": tar_of(tar_member(b"./x", kind=b"2", link=b"md5sums"), CONTROL_MEMBER),
    "a hard link between scripts": tar_of(
        CONTROL_MEMBER, tar_member(b"./x", b"z"), tar_member(b"./y", kind=b"1", link=b"./x")
    ),
    "a hard link to control": tar_of(CONTROL_MEMBER, tar_member(b"./y", kind=b"1", link=b"./control")),
    "a time before 1970": tar_of(with_field(136, b"\xff" * 12)),
    "blank device numbers": tar_of(with_field(329, b" " * 16)),
    "the prefix of GNU tar's own format": tar_of(
        tar_member(b"./control", GOOD, prefix=b"x", magic=b"ustar  \0")
    ),
    "the oldest format": tar_of(tar_member(b"./control", GOOD, magic=bytes(8))),
    "one zero block": CONTROL_MEMBER + bytes(512),
    "an archive behind the end mark": tar_of(CONTROL_MEMBER) + INNER,
    "an owner in binary": tar_of(with_field(108, b"\x80\0\0\0\0\0\0\x05")),
    "bytes above 127 in a name": tar_of(tar_member(b"./\xe9\xe9", b"z"), CONTROL_MEMBER),
}  # fmt: skip
