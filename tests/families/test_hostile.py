"""Packages made to deceive, to hang or to exhaust: each is a clear error, and the rest is judged.

Every file is given to the command line together with a good one. The command
must end with exit code 3 within 2 seconds of CPU time and 200 MB, must name the file and
the place in it, and must still judge the good one.
"""

from __future__ import annotations

import gzip
import json
import os
import socket
import struct
from pathlib import Path
from unittest.mock import Mock

import pytest
from fuzz.make import (
    ARRAY,
    BINARY,
    CONTROL,
    LEAD,
    NUMBER,
    STRING,
    SUFFIXES,
    ar_member,
    control_tar,
    deb_of,
    header_of,
    main_of,
    numbers,
    relations,
    requires,
    rpm_of,
    tar_header,
    tar_member,
    tar_of,
    text,
    texts,
)
from limits import run_hostile

from pkgguard.check.files import read_package
from pkgguard.errors import PackageError

ROOT = Path(__file__).parents[2]
GOOD = ROOT / "examples/pause-container/packages/kata-runtime_1.1.0-1_amd64.deb"
NOTHING_WRITTEN = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))\n"


def check(tmp_path, *arguments, path=os.environ["PATH"], reader=None):
    """Run the check command under limits; return its exit code and output."""
    done = run_hostile(
        "check",
        *arguments,
        first=(reader.lines if reader else "") + NOTHING_WRITTEN,
        cwd=ROOT / "examples/pause-container",
        env={"PATH": path, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)},
    )
    return done.returncode, done.stdout, done.stderr


def refused(tmp_path, path, *, place, reason, **options):
    """Check that a file is an error with this place and reason, and that the good one is judged."""
    code, out, err = check(tmp_path, "--format", "json", str(path), str(GOOD), **options)
    assert (code, err) == (3, "")
    document = json.loads(out)
    judged = [one["path"] for one in document["packages"]]
    assert judged == [str(GOOD)]
    (unread,) = document["unread"]
    assert unread["path"] == str(path)
    assert place in unread["part"]
    assert reason in unread["message"]
    return unread


# ------------------------------------------------------------------ deb


def stanza(**changes):
    lines = [line for line in CONTROL.splitlines() if line.split(":")[0] not in changes]
    return "".join(f"{line}\n" for line in [*lines, *(f"{name}: {value}" for name, value in changes.items())])


def ar(*members):
    return b"!<arch>\n" + b"".join(ar_member(*member) for member in members)


VERSION = ("debian-binary", b"2.0\n")
TAR = control_tar()
DATA = ("data.tar", bytes(1024))
GZ = SUFFIXES[".gz"](TAR)
OTHER = CONTROL.replace("1:1.0.1-1", "9").encode()


def pax(record):
    return tar_member(b"x", b"%d %s\n" % (len(record) + 4, record), b"x")


DEBS = {
    "negative-size": (
        b"!<arch>\n" + ar_member(*VERSION) + ar_member("control.tar", TAR, size="-60"),
        "ar header",
        "not a number",
    ),
    "size-behind-the-end": (
        b"!<arch>\n" + ar_member(*VERSION) + ar_member("control.tar", TAR, size="9999999999"),
        "control.tar",
        "past the end",
    ),
    "format-3": (deb_of(TAR, format_=b"3.0\n"), "debian-binary", "format 3.0"),
    "format-without-a-newline": (deb_of(TAR, format_=b"2.0"), "debian-binary", "format 2.0"),
    "format-without-a-minor": (deb_of(TAR, format_=b"2.x\n"), "debian-binary", "format 2.x"),
    "unknown-member-first": (ar(VERSION, ("x", b""), ("control.tar", TAR), DATA), "x", "belongs"),
    "data-before-control": (ar(VERSION, DATA, ("control.tar", TAR)), "data.tar", "belongs"),
    "no-data": (ar(VERSION, ("control.tar", TAR)), "data.tar", "missing"),
    "two-controls": (
        ar(VERSION, ("control.tar", TAR), ("control.tar.gz", GZ), DATA),
        "control.tar.gz",
        "second control member",
    ),
    "name-of-escapes": (
        ar(VERSION, ("\x1b[2J", b""), ("control.tar", TAR), DATA),
        "ar header",
        "visible ASCII",
    ),
    "rest-after-the-members": (deb_of(TAR) + b"rest", "ar header", "truncated"),
    "damaged-gzip-sum": (deb_of(GZ[:-8] + bytes(8), ".gz", packed=True), "control.tar.gz", "damaged"),
    "cut-gzip": (deb_of(GZ[:-3], ".gz", packed=True), "control.tar.gz", "cut short"),
    "gzip-with-a-tail": (deb_of(GZ + b"tail", ".gz", packed=True), "control.tar.gz", "damaged"),
    "many-gzip-streams": (deb_of(gzip.compress(b"") * 9999, ".gz", packed=True), "control.tar.gz", "streams"),
    "two-xz-streams": (
        deb_of(SUFFIXES[".xz"](TAR[:512]) + SUFFIXES[".xz"](TAR[512:]), ".xz", packed=True),
        "control.tar.xz",
        "follow the end",
    ),
    "zstd-with-a-tail": (
        deb_of(SUFFIXES[".zst"](TAR) + b"x", ".zst", packed=True),
        "control.tar.zst",
        "follow",
    ),
    "no-tar": (deb_of(b"not a tar" * 100), "control.tar", "sum"),
    "tar-damaged-in-the-middle": (
        deb_of(tar_member(b"./control", CONTROL.encode()) + b"\1" * 512 + bytes(1024)),
        "control.tar",
        "sum",
    ),
    "control-is-a-link": (
        deb_of(tar_of(tar_member(b"./control", kind=b"2", link=b"/etc/passwd"))),
        "",
        "regular",
    ),
    "control-is-a-hard-link": (deb_of(tar_of(tar_member(b"./control", kind=b"1"))), "", "kind b'1'"),
    "control-is-a-device": (deb_of(tar_of(tar_member(b"./control", kind=b"3"))), "", "kind b'3'"),
    "control-is-a-directory": (deb_of(tar_of(tar_member(b"./control/", kind=b"5"))), "", "regular"),
    "control-is-sparse": (deb_of(tar_of(tar_member(b"./control", b"a", b"S"))), "", "kind b'S'"),
    "control-twice": (
        deb_of(tar_of(tar_member(b"./control", CONTROL.encode()), tar_member(b".//control", OTHER))),
        "control.tar",
        "twice",
    ),
    "control-through-a-link": (
        deb_of(
            tar_of(
                tar_member(b"./control", CONTROL.encode()),
                tar_member(b"./d", kind=b"2", link=b"."),
                tar_member(b"./d/control", OTHER),
            )
        ),
        "control.tar",
        "links",
    ),
    "control-by-a-pax-path": (
        deb_of(
            tar_of(
                tar_member(b"./control", CONTROL.encode()), pax(b"path=./control"), tar_member(b"./x", OTHER)
            )
        ),
        "control.tar",
        "sets b'path'",
    ),
    "pax-size": (deb_of(tar_of(pax(b"size=0"), tar_member(b"./control", OTHER))), "", "size"),
    "pax-sparse": (
        deb_of(tar_of(pax(b"GNU.sparse.major=1"), tar_member(b"./control", OTHER))),
        "",
        "GNU.sparse",
    ),
    "long-name": (
        deb_of(
            tar_of(
                tar_member(b"./control", CONTROL.encode()),
                tar_member(b"x", b"./control\0", b"L"),
                tar_member(b"./x", OTHER),
            )
        ),
        "control.tar",
        "twice",
    ),
    "path-that-leads-out": (deb_of(tar_of(tar_member(b"./../control", OTHER))), "control.tar", "leads out"),
    "many-files": (deb_of(tar_of(*[tar_member(b"./x")] * 2000), ".gz"), "control.tar.gz", "more than 1024"),
    "huge-control": (
        deb_of(tar_of(tar_member(b"./control", CONTROL.encode() + b" x\n" * 500_000)), ".xz"),
        "control.tar.xz",
        "larger than",
    ),
    "half-a-gigabyte-in-tar": (deb_of(tar_header(b"./control", 512 << 20)), "control.tar", "cut short"),
    "duplicate-field": (deb_of(control_tar(CONTROL + "depends: z\n")), "control: line 12", "twice"),
    "junk-line": (deb_of(control_tar(CONTROL + "junk\n")), "control: line 12", "neither a field"),
    "second-paragraph": (
        deb_of(control_tar(CONTROL + "\nPackage: b\n")),
        "control: line 12",
        "second paragraph",
    ),
    "no-final-newline": (deb_of(control_tar(CONTROL[:-1])), "control", "not ended"),
    "nul": (deb_of(control_tar(CONTROL + "X-A: \0\n")), "control", "NUL"),
    "not-utf-8": (deb_of(control_tar(CONTROL.encode() + b"X-A: \xff\n")), "control", "UTF-8"),
    "hidden-revision": (deb_of(control_tar(stanza(Revision="3"))), "line 12", "does not belong"),
    "hidden-recommends": (deb_of(control_tar(stanza(Recommended="x"))), "line 12", "does not belong"),
    "capitals": (deb_of(control_tar(stanza(Package="Kata-Runtime"))), "Package", "not a package name"),
    "same-for-all": (
        deb_of(control_tar(stanza(Architecture="all", **{"Multi-Arch": "same"}))),
        "Multi-Arch",
        "refuses same",
    ),
    "endless-epoch": (deb_of(control_tar(stanza(Version="0" * 9999 + ":1"))), "control", "digits"),
    "endless-bound": (deb_of(control_tar(stanza(Depends=f"a (>= {'0' * 9999}:1)"))), "control", "digits"),
    "countless-relations": (
        deb_of(control_tar(stanza(Depends=", ".join(["a"] * 60_000))), ".gz"),
        "Depends",
        "more than 50000",
    ),
    "bad-version": (deb_of(control_tar(stanza(Version="1.0-"))), "Version", "revision"),
    "no-package": (
        b"\x7fELF" + bytes(100),
        "",
        "neither a Debian package (.deb) nor an rpm package",
    ),
    "empty": (b"", "", "it is empty"),
    "magic-alone": (b"!<arch>\n", "control.tar", "missing"),
}
MEBIBYTE = bytes(1 << 20)


@pytest.mark.parametrize("name", DEBS)
def test_a_hostile_deb_is_an_error(name, tmp_path):
    data, place, reason = DEBS[name]
    (tmp_path / "hostile.deb").write_bytes(data)
    refused(tmp_path, tmp_path / "hostile.deb", place=place, reason=reason)


@pytest.mark.parametrize("suffix", [".gz", ".xz", ".zst"])
def test_a_bomb_is_an_error(suffix, tmp_path):
    bomb = SUFFIXES[suffix](tar_header(b"./control", 500 << 20) + MEBIBYTE * 60)
    assert len(bomb) < 100_000
    (tmp_path / "bomb.deb").write_bytes(deb_of(bomb, suffix, packed=True))
    refused(tmp_path, tmp_path / "bomb.deb", place=f"control.tar{suffix}", reason="inflates to more than")


def test_a_huge_control_member_is_an_error(tmp_path):
    with (tmp_path / "huge.deb").open("wb") as file:
        head = tar_header(b"./control", 512 << 20)
        file.write(
            b"!<arch>\n" + ar_member(*VERSION) + ar_member("control.tar", b"", size=str(1 << 29)) + head
        )
        file.truncate(1 << 30)
    refused(tmp_path, tmp_path / "huge.deb", place="control.tar", reason="larger than")


def test_zst_is_read_without_a_program(tmp_path):
    (tmp_path / "p.deb").write_bytes(deb_of(TAR, ".zst"))
    code, out, _ = check(tmp_path, "--format", "json", str(tmp_path / "p.deb"), path="/nowhere")
    assert code != 3
    assert [one["name"] for one in json.loads(out)["packages"]] == ["kata-runtime"]


# ------------------------------------------------------------------ rpm


def raw_header(tags, size, rest=b""):
    return b"\x8e\xad\xe8\x01" + bytes(4) + struct.pack(">II", tags, size) + rest


def edited(old, new):
    """Return a package one of whose relations was edited after it was built."""
    data = rpm_of(main_of(*requires(("kata-containers-image", 8, "1.0.1"))))
    assert old in data
    return data.replace(old, new)


SIGNATURE = header_of([text(1001, "x")], 62)
PADDED = SIGNATURE + bytes(-len(SIGNATURE) % 8)
ENTRIES = b"".join(struct.pack(">IIII", 5200 + tag, ARRAY, 0, 500_000) for tag in range(3000))
RPMS = {
    "lead-cut": (LEAD[:50], "lead", "ends inside"),
    "lead-format": (rpm_of(main_of(), lead=LEAD[:4] + b"\7" + LEAD[5:]), "lead", "format 7.0"),
    "lead-signature-type": (
        rpm_of(main_of(), lead=LEAD[:79] + b"\1" + LEAD[80:]),
        "lead",
        "signature type is 1",
    ),
    "no-header": (LEAD + PADDED, "header", "ends before"),
    "bad-magic": (LEAD + PADDED + b"\x8e\xad\xe8\2" + main_of()[4:], "header", "magic"),
    "reserved-bytes": (LEAD + PADDED + main_of()[:5] + b"\1" + main_of()[6:], "header", "magic"),
    "too-many-tags": (LEAD + PADDED + raw_header(70_000, 16), "header", "70000 tags"),
    "negative-tags": (LEAD + PADDED + raw_header(0xFFFFFFFF, 16), "header", "4294967295 tags"),
    "negative-size": (LEAD + PADDED + raw_header(1, 0xFFFFFFFF), "header", "4294967295 bytes"),
    "header-behind-the-end": (LEAD + PADDED + raw_header(1, 1 << 20), "header", "ends inside"),
    "shared-data": (
        LEAD + PADDED + raw_header(3000, 8 << 20, ENTRIES + b"a\0" * (4 << 20)),
        "header, tag 5200",
        "more data",
    ),
    "many-signature-tags": (
        rpm_of(main_of(), signature=header_of([text(1000 + tag, "") for tag in range(40)], 62)),
        "signature header",
        "41 tags",
    ),
    "unknown-type": (rpm_of(main_of((5300, 99, 1, b"x\0"))), "header, tag 5300", "not a type"),
    "type-of-another-tag": (rpm_of(main_of((1106, STRING, 1, b"x\0"))), "header, tag 1106", "type is 6"),
    "type-that-rpm-refuses": (rpm_of(main_of((1119, ARRAY, 1, b"x\0"))), "header, tag 1119", "type is 8"),
    "count-of-none": (rpm_of(main_of((5300, STRING, 0, b"x\0"))), "header, tag 5300", "0 elements"),
    "negative-count": (rpm_of(main_of((5300, NUMBER, 2**32 - 1, bytes(4)))), "header, tag 5300", "elements"),
    "count-that-wraps": (
        rpm_of(main_of((5300, NUMBER, 2**30 + 1, bytes(4)))),
        "header, tag 5300",
        "elements",
    ),
    "count-of-a-blob": (rpm_of(main_of((5300, BINARY, 2**31, bytes(4)))), "header, tag 5300", "elements"),
    "text-without-an-end": (rpm_of(main_of((5300, STRING, 1, b"x"))), "header, tag 5300", "does not end"),
    "array-too-short": (rpm_of(main_of((5300, ARRAY, 9, b"x\0y\0"))), "header, tag 5300", "does not end"),
    "data-between-tags": (rpm_of(main_of((5300, STRING, 1, b"x\0y\0"))), "header", "bytes of data"),
    "low-tag": (rpm_of(main_of((99, STRING, 1, b"x\0"))), "header, tag 99", "the tag does not exist"),
    "signature-tag-in-the-header": (
        rpm_of(main_of((273, STRING, 1, b"x\0"))),
        "header, tag 273",
        "signature",
    ),
    "unequal-arrays": (
        rpm_of(main_of(texts(1049, ["a", "b"]), numbers(1048, [8]), texts(1050, ["1"]))),
        "Requires",
        "2 names, 1 flags",
    ),
    "names-alone": (rpm_of(main_of(texts(1049, ["a", "b"]))), "Requires", "are not all present"),
    "edited-name": (edited(b"kata-containers-image", b"kata-containers-imagf"), "header", "digest"),
    "edited-version": (edited(b"1.0.1\0", b"1.0.0\0"), "header", "digest of the header is wrong"),
    "digest-that-is-none": (
        rpm_of(main_of(), signature=header_of([text(273, "x" * 64)], 62)),
        "signature header, tag 273",
        "not a SHA256 digest",
    ),
    "short-digest": (
        rpm_of(main_of(), signature=header_of([text(269, "a" * 39)], 62)),
        "signature header, tag 269",
        "not a SHA1 digest",
    ),
    "digest-of-a-wrong-type": (
        rpm_of(main_of(), signature=header_of([numbers(273, [1])], 62)),
        "signature header, tag 273",
        "its type is 4",
    ),
    "region-type": (
        rpm_of(main_of().replace(struct.pack(">II", 63, 7), struct.pack(">II", 63, 8))),
        "region",
        "",
    ),
    "region-too-short": (
        rpm_of(main_of().replace(struct.pack(">i", -16 * 6), struct.pack(">i", -16 * 5))),
        "region tag 63",
        "does not cover",
    ),
    "countless-relations": (
        rpm_of(main_of(*requires(*[("a", 0, "")] * 60_000))),
        "header, tag 1049",
        "60000 relations",
    ),
    "countless-in-several-fields": (
        rpm_of(
            main_of(
                *requires(*[("a", 0, "")] * 40_000), *relations(1047, 1112, 1113, *[("a", 0, "")] * 40_000)
            )
        ),
        "",
        "more than 50000",
    ),
    "endless-name": (rpm_of(main_of(*requires(("a" * (9 << 20), 0, "")))), "header, tag 1049", "more than"),
    "endless-epoch": (rpm_of(main_of(*requires(("a", 8, "0" * 9999 + ":1")))), "requireversion", "digits"),
    "source-package": (rpm_of(main_of(numbers(1106, [1]))), "", "source package"),
    "not-utf-8": (rpm_of(main_of((1000, STRING, 1, b"\xff\0"))), "name", "UTF-8"),
    "two-epochs": (rpm_of(main_of(numbers(1003, [1, 2]))), "header, tag 1003", "2 elements"),
}


@pytest.mark.parametrize("name", RPMS)
def test_a_hostile_rpm_is_an_error(name, tmp_path, reader):
    data, place, reason = RPMS[name]
    (tmp_path / "hostile.rpm").write_bytes(data)
    refused(tmp_path, tmp_path / "hostile.rpm", place=place, reason=reason, reader=reader)


@pytest.mark.parametrize("size", [2**31 - 1, 2**28, 65 << 20])
def test_a_huge_header_is_an_error(size, tmp_path):
    with (tmp_path / "huge.rpm").open("wb") as file:
        file.write(LEAD + PADDED + raw_header(1, size))
        file.truncate(3 << 30)
    refused(tmp_path, tmp_path / "huge.rpm", place="header", reason=f"{size} bytes of data")


def test_the_largest_header_is_read_within_the_limits(tmp_path, reader):
    main = main_of((1146, BINARY, 60 << 20, bytes(60 << 20)))
    (tmp_path / "large.rpm").write_bytes(rpm_of(main))
    code, out, _ = check(tmp_path, "--format", "json", str(tmp_path / "large.rpm"), reader=reader)
    assert code != 3
    assert [one["name"] for one in json.loads(out)["packages"]] == ["kata-runtime"]


def test_a_package_that_is_not_read_to_its_end_costs_nothing(tmp_path, reader):
    for name, data in (("p.deb", deb_of(TAR)), ("p.rpm", rpm_of(main_of()))):
        with (tmp_path / name).open("wb") as file:
            file.write(data[:-1024] if name == "p.deb" else data)
            if name == "p.deb":
                place = data.rindex(b"data.tar")
                file.seek(place)
                file.write(ar_member("data.tar", b"", size=str(2 << 30)))
                file.truncate(place + 60 + (2 << 30))
            else:
                file.truncate(2 << 30)
    paths = str(tmp_path / "p.deb"), str(tmp_path / "p.rpm")
    code, out, _ = check(tmp_path, "--format", "json", *paths, reader=reader)
    assert code != 3
    assert len(json.loads(out)["packages"]) == 2


# ------------------------------------------------------------------ what is not a regular file


def made(tmp_path, name):
    path = tmp_path / name
    match name:
        case "fifo.deb":
            os.mkfifo(path)
        case "directory.deb":
            path.mkdir()
        case "socket.rpm":
            with socket.socket(socket.AF_UNIX) as one:
                one.bind(str(path))
        case "zero.deb":
            path.symlink_to("/dev/zero")
        case "terminal.deb":
            path.symlink_to("/dev/tty")
        case "link-to-fifo.rpm":
            os.mkfifo(tmp_path / "fifo")
            path.symlink_to(tmp_path / "fifo")
        case "loop.rpm":
            path.symlink_to(path)
        case "process.deb":
            path.symlink_to("/proc/self/mem")
    return path


@pytest.mark.parametrize(
    "name",
    ["fifo.deb", "directory.deb", "socket.rpm", "zero.deb", "terminal.deb", "link-to-fifo.rpm", "/dev/zero"],
)
def test_what_is_no_regular_file_is_not_opened(name, tmp_path):
    path = Path(name) if name.startswith("/") else made(tmp_path, name)
    refused(tmp_path, path, place="", reason="not a regular file")


@pytest.mark.parametrize("name", ["absent.deb", "loop.rpm", "process.deb", "a" * 300])
def test_what_cannot_be_read_is_an_error(name, tmp_path):
    refused(tmp_path, made(tmp_path, name), place="", reason="")


def test_a_file_without_rights_is_an_error(tmp_path, monkeypatch):
    path = tmp_path / "p.deb"
    path.write_bytes(deb_of(TAR))
    path.chmod(0)
    if os.geteuid() == 0:  # root may read everything, so the system call is made to say no
        monkeypatch.setattr(os, "open", Mock(side_effect=PermissionError(13, "Permission denied")))
    with pytest.raises(PackageError, match="Permission denied"):
        read_package(path)


# ------------------------------------------------------------------ text that would act on a terminal

MARKS = "\x1b]0;x\x07\x1b[2J\x9b1m\u202e\u2066\u200f\u061c\ufeff"
FORBIDDEN = set(MARKS) - set("]0;x[2J1m")


def clean(output):
    assert not FORBIDDEN & set(output), [hex(ord(one)) for one in FORBIDDEN & set(output)]


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.parametrize(
    "data",
    [
        deb_of(control_tar(stanza(Package=f"kata{MARKS}"))),
        deb_of(control_tar(stanza(Version=f"1{MARKS}"))),
        deb_of(control_tar(stanza(Architecture=f"a{MARKS}"))),
        deb_of(control_tar(CONTROL + f"{MARKS}\n")),
        deb_of(control_tar(stanza(Depends=f"kata{MARKS} (>= 1)", Breaks=f"kata (<< 1{MARKS})"))),
        deb_of(control_tar(stanza(Source=f"kata{MARKS}", Essential=f"yes{MARKS}"))),
        rpm_of(main_of(text(1000, f"kata{MARKS}"))),
        rpm_of(main_of(text(1001, f"1{MARKS}"))),
        rpm_of(main_of(text(1022, f"noarch{MARKS}"))),
        rpm_of(main_of(text(1044, f"kata{MARKS}-1-1.src.rpm"))),
        rpm_of(main_of(*requires((f"kata{MARKS}", 8, "1"), ("kata", 8, f"1{MARKS}"), (f"({MARKS}", 0, "")))),
        rpm_of(main_of(*requires((f"kata-containers-image{MARKS}", 8, f"1.0{MARKS}-1")))),
    ],
)
def test_what_a_package_says_does_not_reach_the_terminal_raw(data, form, tmp_path):
    path = tmp_path / f"p{MARKS.replace('/', '')}.pkg"
    path.write_bytes(data)
    code, out, err = check(tmp_path, "--format", form, "--show", "info", str(path), str(GOOD))
    assert code in {0, 1, 3}
    clean(out)
    clean(err)
    assert out


def test_an_error_says_the_file_and_the_place_as_text(tmp_path):
    path = tmp_path / "hostile.deb"
    path.write_bytes(deb_of(control_tar(CONTROL + "junk\n")))
    code, out, _ = check(tmp_path, str(path), str(GOOD))
    assert code == 3
    assert "hostile.deb" in out
    assert "line 12" in out


def test_a_file_of_the_kernel_is_neither_waited_for_nor_read_for_ever(tmp_path: Path) -> None:
    """Its kind is that of a regular file, its size 0; /proc/kmsg waits, and others never end."""
    for path in map(Path, ("/proc/kmsg", "/proc/self/mem", "/proc/self/pagemap")):
        if os.access(path, os.R_OK):
            done = run_hostile("check", path)
            assert (done.returncode, " not read" in done.stdout) == (3, True), done.stderr
            assert run_hostile("manifest", "check", path).returncode == 1
            (tmp_path / "debian").mkdir(exist_ok=True)
            (tmp_path / "debian/control").unlink(missing_ok=True)
            (tmp_path / "debian/control").symlink_to(path)
            done = run_hostile("debian", "substvars", cwd=tmp_path)
            assert done.returncode in (2, 3), done.stdout


@pytest.mark.parametrize("name", ["control", "changelog"])
@pytest.mark.parametrize("kind", ["device", "fifo"])
def test_a_source_file_that_never_ends_is_refused(tmp_path: Path, name: str, kind: str) -> None:
    folder = tmp_path / "debian"
    folder.mkdir()
    (folder / "control").write_text("Source: kata\n\nPackage: kata-runtime\nArchitecture: all\n")
    (folder / "changelog").write_text("kata (1.0.0-1) unstable; urgency=low\n")
    (folder / name).unlink()
    if kind == "fifo":
        os.mkfifo(folder / name)
    else:
        (folder / name).symlink_to("/dev/zero")
    done = run_hostile("debian", "substvars", cwd=tmp_path)
    assert done.returncode == 3
    assert "is not a regular file" in done.stderr
