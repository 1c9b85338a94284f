"""Reading real packages of every compression, and refusing what is none."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from pkgguard.errors import PackageError
from pkgguard.families.deb.archive import CONTROL_LIMIT
from pkgguard.families.deb.package import describe, read

DPKG_DEB = shutil.which("dpkg-deb")

STANZA = """\
Package: kata-runtime
Source: kata (1.0)
Version: 1:1.0.1-1
Architecture: amd64
Multi-Arch: foreign
Maintainer: x <x@example.org>
Depends: kata-containers-image (>= 1.0.1~),
 kata-containers-image (<< 1.1~), a | b
Breaks: kata-containers-image (<< 1.0.1~)
Provides: kata-cli (= 1)
Essential: no
Description: the runtime
 Two lines \u2028 of text.
 .
 And more.
"""


def tar_of(files, kind=tarfile.REGTYPE):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files:
            info = tarfile.TarInfo(name)
            info.type = kind
            info.size = len(content) if kind == tarfile.REGTYPE else 0
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def ar_of(members):
    out = b"!<arch>\n"
    for name, content in members:
        out += f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode() + content
        out += b"\n" * (len(content) % 2)
    return out


def deb_of(control, name="control.tar", data=True):
    rest = [("data.tar", tar_of([]))] if data else []
    return ar_of([("debian-binary", b"2.0\n"), (name, control), *rest])


GOOD = tar_of([("./control", STANZA.encode())])


@pytest.mark.skipif(DPKG_DEB is None, reason="dpkg-deb is not installed")
@pytest.mark.parametrize("compression", ["gzip", "xz", "zstd", "none"])
def test_a_package_is_read_as_dpkg_deb_reads_it(compression, tmp_path):
    (tmp_path / "p/DEBIAN").mkdir(parents=True)
    (tmp_path / "p/DEBIAN/control").write_text(STANZA, "utf-8")
    file = tmp_path / "p.deb"
    made = subprocess.run(
        [DPKG_DEB, f"-Z{compression}", "--uniform-compression", "-b", tmp_path / "p", file],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"this dpkg-deb cannot write {compression}")
    package = read(file)

    def told(field):
        done = subprocess.run([DPKG_DEB, "-f", file, field], capture_output=True, check=True, text=True)
        return done.stdout.strip()

    assert package.family == "deb"
    assert package.path == str(file)
    assert package.name == told("Package")
    assert package.version == told("Version")
    assert package.architecture == told("Architecture")
    assert package.source == told("Source")
    assert package.attributes == {"Multi-Arch": told("Multi-Arch"), "Essential": told("Essential")}
    assert package.malformed == ()
    for field in ("Depends", "Breaks", "Provides"):
        clauses = ", ".join(relation.text for relation in package.relations if relation.field == field)
        assert clauses == " ".join(told(field).split())


def test_a_stanza_is_described():
    package = describe(STANZA)
    assert (package.name, package.version, package.path) == ("kata-runtime", "1:1.0.1-1", "")
    assert [relation.field for relation in package.relations] == [*["Depends"] * 3, "Breaks", "Provides"]


def test_relations_that_cannot_be_read_are_kept_as_such():
    stanza = STANZA.replace("Provides: kata-cli (= 1)", "Conflicts: x (== 1)").replace("foreign", "often")
    package = describe(stanza)
    assert [(field, text) for field, text, _ in package.malformed] == [
        ("Conflicts", "x (== 1)"),
        ("Multi-Arch", "often"),
    ]
    assert "not an operator" in package.malformed[0][2]
    assert [relation.field for relation in package.relations] == [*["Depends"] * 3, "Breaks"]


@pytest.mark.parametrize("field", ["Depends", "Pre-Depends", "Recommends", "Breaks", "Conflicts", "Provides"])
def test_a_qualifier_that_dpkg_does_not_know(field):
    stanza = "Package: a\nVersion: 1\nArchitecture: all\n{}: b:native, c:any, d:amd64, e:Any, f\n"
    package = describe(stanza.format(field))
    assert [relation.text for relation in package.relations] == ["c:any", "d:amd64", "f"]
    assert [(where, text) for where, text, _ in package.malformed] == [(field, "b:native"), (field, "e:Any")]
    assert "build dependencies" in package.malformed[0][2]


@pytest.mark.parametrize(
    ("stanza", "reason"),
    [
        ("", "blank"),
        (STANZA + "\nPackage: second\n", "blank"),
        (STANZA + "Depends: c\n", "twice"),
        (STANZA + "depends: c\n", "twice"),
        (STANZA + "junk\n", "neither"),
        (" lead\n" + STANZA, "does not follow a field"),
        (STANZA + "X: \0\n", "NUL"),
        (STANZA.replace("Package: kata-runtime\n", ""), "missing"),
        (STANZA.replace("1:1.0.1-1", ""), "missing"),
        (STANZA.replace("Architecture: amd64\n", ""), "missing"),
        (STANZA.replace("1:1.0.1-1", "1.0-"), "revision"),
        (STANZA.replace("1:1.0.1-1", "1.0\u00a0"), "differently"),
        (STANZA.replace("kata-runtime", "kata/runtime"), "not a package name"),
        (STANZA.replace(": amd64", ": a b"), "not an architecture"),
        (STANZA.replace("kata-cli", "\ud800"), "Unicode"),
    ],
)
def test_a_bad_stanza_is_refused(stanza, reason):
    with pytest.raises(PackageError, match=reason):
        describe(stanza)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"!<arch>\n", "missing"),
        (b"\x1f\x8b garbage", "magic"),
        (deb_of(GOOD)[:100], "damaged|ends behind"),
        (deb_of(GOOD)[:-100], "extends past the end"),
        (deb_of(GOOD, data=False), "data.tar"),
        (ar_of([("debian-binary", b"2.0\n"), ("data.tar", b"")]), "control.tar"),
        (ar_of([("debian-binary", b"3.0\n"), ("control.tar", GOOD), ("data.tar", b"")]), "format 3.0"),
        (ar_of([("control.tar", GOOD), ("data.tar", b"")]), "debian-binary"),
        (
            ar_of([("debian-binary", b"2.0\n"), ("control.tar", GOOD), ("control.tar.gz", b"")]),
            "second control member",
        ),
        (ar_of([("debian-binary", b"2.0\n"), ("x", b""), ("x", b"")]), "twice"),
        (ar_of([("debian-binary", b"2.0\n"), *((f"x{n}", b"") for n in range(99))]), "more than"),
        (deb_of(GOOD).replace(f"{len(GOOD):<10}".encode(), b"-1        "), "not a number"),
        (deb_of(GOOD).replace(f"{len(GOOD):<10}".encode(), b"9999999999"), "extends past the end"),
        (deb_of(GOOD, "control.tar.bz2"), "compression"),
        (deb_of(b"not a tar" * 100), "damaged"),
        (deb_of(tar_of([("./other", b"")])), "missing"),
        (deb_of(tar_of([("./control", b"a"), ("control", b"b")])), "twice"),
        (deb_of(tar_of([("./control", b"")], tarfile.DIRTYPE)), "regular"),
        (deb_of(tar_of([("./control", b"")], tarfile.SYMTYPE)), "link without a target"),
        (deb_of(tar_of([("./control", b"")], tarfile.FIFOTYPE)), "regular"),
        (deb_of(tar_of([("./control", STANZA.encode("utf-16"))])), "UTF-8"),
        (deb_of(gzip.compress(GOOD)[:-9], "control.tar.gz"), "cut short"),
        (deb_of(gzip.compress(GOOD)[:-8] + b"\0" * 8, "control.tar.gz"), "damaged"),
        (deb_of(gzip.compress(GOOD) + b"tail", "control.tar.gz"), "damaged"),
        (deb_of(gzip.compress(b"") * 500, "control.tar.gz"), "streams"),
        (deb_of(gzip.compress(bytes(CONTROL_LIMIT + 1)), "control.tar.gz"), "inflates"),
        (deb_of(lzma.compress(GOOD)[:-9], "control.tar.xz"), "cut short"),
        (deb_of(lzma.compress(bytes(CONTROL_LIMIT + 1)), "control.tar.xz"), "inflates"),
        (deb_of(b"\x28\xb5\x2f\xfd" + b"\xff" * 20, "control.tar.zst"), "damaged"),
        (deb_of(b"", "control.tar.zst"), "damaged"),
    ],
    # Some hold the time at which they were made, and each process of a run must find the same tests.
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_file_is_refused(content, reason, tmp_path):
    file = tmp_path / "p.deb"
    file.write_bytes(content)
    with pytest.raises(PackageError, match=reason) as caught:
        read(file)
    assert caught.value.path == str(file)


def test_a_zstd_bomb_is_refused(tmp_path):
    zstandard = pytest.importorskip("zstandard")
    file = tmp_path / "p.deb"
    file.write_bytes(deb_of(zstandard.compress(bytes(200 * 2**20)), "control.tar.zst"))
    with pytest.raises(PackageError, match="inflates"):
        read(file)
    file.write_bytes(deb_of(zstandard.compress(GOOD)[:-5], "control.tar.zst"))
    with pytest.raises(PackageError, match="cut short"):
        read(file)


def test_only_regular_files_are_opened(tmp_path):
    os.mkfifo(tmp_path / "fifo.deb")
    for path in (tmp_path, tmp_path / "fifo.deb"):
        with pytest.raises(PackageError, match="not a regular file"):
            read(path)
    with pytest.raises(PackageError, match="No such file"):
        read(tmp_path / "absent.deb")


def test_the_library_is_loaded_only_to_read():
    code = (
        "import sys; from pkgguard.families.deb import evaluate, relation, version; "
        "sys.exit(bool({'debian', 'click', 'semver', 'tarfile'} & set(sys.modules)))"
    )
    assert (
        subprocess.run(
            [sys.executable, "-S", "-c", code], cwd=Path(__file__).parents[2], check=False
        ).returncode
        == 0
    )
