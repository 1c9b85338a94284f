"""The ar file around a package: read where dpkg-deb and apt read it alike, refused where they do not."""

from __future__ import annotations

import shutil

import pytest
from fuzz.make import CONTROL, SUFFIXES, ar_member, control_tar
from real.deb_readers import compare

from pkgguard.errors import PackageError
from pkgguard.families.deb.package import read

EVIL = CONTROL.replace("1:1.0.1-1", "9:9.9-9")
MAGIC = b"!<arch>\n"
FIRST = ar_member("debian-binary", b"2.0\n")
PACKED = SUFFIXES[".gz"](control_tar())
ARCHIVE = ar_member("control.tar.gz", PACKED)
DATA = ar_member("data.tar", bytes(1024))
HEAD = MAGIC + FIRST + ARCHIVE
GOOD = HEAD + DATA


def packed(control: str, suffix: str) -> bytes:
    return SUFFIXES[suffix](control_tar(control))


def with_number(place: int, value: bytes, member: bytes) -> bytes:
    """Write a number into the header of a member."""
    return member[:place] + value + member[place + len(value) :]


REFUSED = {
    **{
        f"the {name} {value!r} of {where}": (MAGIC + b"".join(members), "not a number")
        for name, place, value in (
            ("time", 16, b"x"), ("time", 16, b"-1"), ("owner", 28, b"x"), ("group", 34, b"-1"),
            ("mode", 40, b"9"), ("mode", 40, b"x"),
        )
        for where, members in (
            ("the version", (with_number(place, value, FIRST), ARCHIVE, DATA)),
            ("control", (FIRST, with_number(place, value, ARCHIVE), DATA)),
            ("the data", (FIRST, ARCHIVE, with_number(place, value, DATA))),
            ("a member behind", (FIRST, ARCHIVE, DATA, with_number(place, value, ar_member("x", b"")))),
        )
    },
    "a size that apt takes for octal": (
        MAGIC + FIRST + ar_member("control.tar.gz", PACKED, size=f"0{len(PACKED)}") + DATA, "the size"
    ),
    **{
        f"another name of BSD's behind the data, {name!r}": (
            GOOD + ar_member(f"#1/{len(name)}", name.encode() + packed(EVIL, suffix)), "another one"
        )
        for suffix in SUFFIXES
        for name in (f"control.tar{suffix}", f"control.tar{suffix}\0\0")
    },
    "a name of BSD's without a length": (GOOD + ar_member("#1/x", b"ab"), "another one"),
    "a name of BSD's that is too long": (GOOD + ar_member("#1/999", b"ab"), "another one"),
    "a name of BSD's for control itself": (
        MAGIC + FIRST + ar_member("#1/14", b"control.tar.gz" + PACKED) + DATA, "another one"
    ),
    **{
        f"another control behind the data, {name}": (
            GOOD + ar_member(name, packed(EVIL, suffix)), "there is a second control member"
        )
        for name, suffix in (("control.tar.zst", ".zst"), ("control.tar//", ""), ("control.tar.gz//", ".gz"))
    },
    **{f"no name but {name!r}": (GOOD + ar_member(name, b"ab"), "no name") for name in ("", "/", "//")},
    **{
        f"data of the name {name}": (HEAD + ar_member(name, b""), "compression of the data")
        for name in ("data.tar.lz4", "data.tar.foo", "data.tarx", "data.tar.", "data.tar//")
    },
    "two sets of data": (GOOD + ar_member("data.tar.xz", b""), "two data members"),
    "data of odd size without padding": (
        HEAD + ar_member("data.tar", bytes(1023))[:-1], "pads"
    ),
}  # fmt: skip
READ = {
    "as dpkg-deb builds it": GOOD,
    "names with a slash": MAGIC
    + ar_member("debian-binary/", b"2.0\n")
    + ar_member("control.tar.gz/", PACKED)
    + ar_member("data.tar/", bytes(1024)),
    "blank numbers": MAGIC + b"".join(with_number(16, b" " * 32, one) for one in (FIRST, ARCHIVE, DATA)),
    "a size with a blank before it": MAGIC
    + FIRST
    + ar_member("control.tar.gz", PACKED, size=f" {len(PACKED)}")
    + DATA,
    "members of others": MAGIC + FIRST + ar_member("_a", b"x") + ARCHIVE + DATA + ar_member("_gpg", b"xy"),
    "data of odd size with padding": HEAD + ar_member("data.tar", bytes(1023)),
    **{
        f"data of the name data.tar{suffix}": HEAD + ar_member(f"data.tar{suffix}", bytes(1024))
        for suffix in ("", ".gz", ".xz", ".zst", ".bz2", ".lzma")
    },
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_the_reason(name, tmp_path):
    data, reason = REFUSED[name]
    (tmp_path / "p.deb").write_bytes(data)
    with pytest.raises(PackageError, match=reason):
        read(tmp_path / "p.deb")


@pytest.mark.parametrize("name", READ)
def test_it_is_read(name, tmp_path):
    (tmp_path / "p.deb").write_bytes(READ[name])
    assert read(tmp_path / "p.deb").version == "1:1.0.1-1"


@pytest.mark.real
@pytest.mark.skipif(not shutil.which("apt-ftparchive"), reason="apt-ftparchive is not installed")
def test_dpkg_deb_and_apt_read_alike_what_is_read(tmp_path):
    outcomes, wrong = compare(tmp_path / "read", list(READ.values()))
    assert not wrong
    assert outcomes == {"accepted": len(READ)}


HARMLESS = {
    "another name of BSD's behind the data, 'control.tar.xz'",
    "another name of BSD's behind the data, 'control.tar.xz\\x00\\x00'",
    "data of the name data.tar//",
    "two sets of data",
}
"""What both take the same control file from: apt prefers gzip to xz, and this does not tell of the data."""


@pytest.mark.real
@pytest.mark.skipif(not shutil.which("apt-ftparchive"), reason="apt-ftparchive is not installed")
def test_dpkg_deb_and_apt_differ_where_it_is_refused(tmp_path):
    for name, (data, _) in REFUSED.items():
        outcomes, _ = compare(tmp_path / "one", [data])
        assert outcomes["stricter"] == (name in HARMLESS), name
