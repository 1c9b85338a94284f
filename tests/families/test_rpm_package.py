"""Reading rpm packages: real ones held against rpm, and hostile ones refused."""

from __future__ import annotations

import contextlib
import os
import shutil
import struct
import subprocess

import pytest
from limits import SECONDS, cpu_below

from pkgguard.errors import PackageError
from pkgguard.families.rpm.package import describe, read

SPEC = """\
Name: kata-runtime
Epoch: 2
Version: 1.0.1~rc1
Release: 3.fc39
Summary: s
License: x
{arch}
Provides: kata-agent-protocol = 1.3, slot
Requires: kata-containers-image >= 1.0.1~, plain
Requires(pre): before
Requires(pretrans): early
Requires: (kata-image >= 1 with kata-image < 2~)
Conflicts: kata-old < 1.0, (x or (y unless z))
Obsoletes: ancient <= 0:9
Recommends: r = 1
Suggests: s
Supplements: (t and u)
Enhances: e > 3-1
%description
%package -n kata-lonely
Summary: s
%description -n kata-lonely
%files
%files -n kata-lonely
"""
TAGS = ["PROVIDE", "REQUIRE", "CONFLICT", "OBSOLETE", "RECOMMEND", "SUGGEST", "SUPPLEMENT", "ENHANCE"]
each_reader = pytest.mark.usefixtures("reader")
needs_rpm = pytest.mark.skipif(not shutil.which("rpmbuild"), reason="rpmbuild is not installed")

STRING, NUMBER, ARRAY = 6, 4, 8


def header(entries, *, count=None, size=None):
    """Make a header of (tag, type, value) entries; a value may be raw (count, bytes)."""
    index, store = b"", b""
    for tag, kind, value in entries:
        if isinstance(value, tuple):
            number, data = value
        elif isinstance(value, str):
            number, data = 1, value.encode() + b"\0"
        elif isinstance(value[0], int):
            number, data = len(value), struct.pack(f">{len(value)}I", *value)
        else:
            number, data = len(value), b"".join(one.encode() + b"\0" for one in value)
        if kind == NUMBER:
            store += bytes(-len(store) % 4)
        index += struct.pack(">IIII", tag, kind, len(store), number)
        store += data
    size = len(store) if size is None else size
    return b"\x8e\xad\xe8\x01" + bytes(4) + struct.pack(">II", count or len(entries), size) + index + store


BASE = {
    1000: (STRING, "p"),
    1001: (STRING, "1.0"),
    1002: (STRING, "1"),
    1022: (STRING, "noarch"),
    1044: (STRING, "src-1.0-1.src.rpm"),
}


LEAD = b"\xed\xab\xee\xdb\3\0" + bytes(72) + b"\0\5" + bytes(16)


def file_of(main, *, signature=None, lead=LEAD):
    signature = signature or header([(1000, NUMBER, [1])])
    return lead + signature + bytes(-len(signature) % 8) + main + b"payload"


def made(tmp_path, changes=None, **options):
    entries = {**BASE, **(changes or {})}
    path = tmp_path / "p.rpm"
    path.write_bytes(file_of(header([(tag, *value) for tag, value in entries.items() if value]), **options))
    return path


def requires(names, flags, versions):
    return {1049: (ARRAY, names), 1048: (NUMBER, flags), 1050: (ARRAY, versions)}


def built(tmp_path, spec, *options):
    (tmp_path / "a.spec").write_text(spec, encoding="utf-8")
    command = ["rpmbuild", "-bb", "--quiet", "--nodeps", "--define", f"_topdir {tmp_path}", *options]
    subprocess.run([*command, str(tmp_path / "a.spec")], check=True, capture_output=True)
    return sorted((tmp_path / "RPMS").rglob("*.rpm"))


def queried(path):
    """Return what rpm itself says: name, version, architecture, and every triple."""
    scalars = "%{NAME}\n%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\n%{ARCH}\n"
    arrays = "".join(f"[{tag} %{{{tag}NAME}} %{{{tag}FLAGS:depflags}} %{{{tag}VERSION}}\n]" for tag in TAGS)
    command = ["rpm", "-qp", "--nosignature", "--qf", scalars + arrays, str(path)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return lines[:3], [" ".join(line.split()) for line in lines[3:]]


@each_reader
@needs_rpm
@pytest.mark.parametrize("options", [["--target", "noarch"], ["--target", "x86_64"], ["--target", "i686"]])
def test_real_packages_read_as_rpm_reads_them(tmp_path, options):
    paths = built(tmp_path, SPEC.format(arch=""), *options)
    assert len(paths) == 2
    for path in paths:
        package = read(path)
        scalars, triples = queried(path)
        assert [package.name, package.version, package.architecture] == scalars
        found = [f"{one.field.partition('(')[0].upper().rstrip('S')} {one.text}" for one in package.relations]
        assert [line.replace("REQUIRES", "REQUIRE") for line in found] == triples
        assert package.malformed == ()
        assert package.source == "kata-runtime"
        assert package.path == str(path)


@each_reader
@needs_rpm
def test_a_description_says_what_the_built_package_says(tmp_path):
    spec = SPEC.format(arch="BuildArch: noarch")
    path = next(path for path in built(tmp_path, spec) if "runtime" in path.name)
    package, text = read(path), describe(spec)
    assert (text.name, text.version, text.architecture) == (
        package.name,
        package.version,
        package.architecture,
    )
    automatic = {one for one in package.relations if one.text.startswith("rpmlib(")}
    assert set(text.relations) == set(package.relations) - automatic
    assert {one.field for one in package.relations} >= {"Requires(pretrans)", "Enhances"}


@each_reader
@needs_rpm
def test_a_source_package_is_refused(tmp_path):
    (tmp_path / "a.spec").write_text(SPEC.format(arch=""), encoding="utf-8")
    command = ["rpmbuild", "-bs", "--quiet", "--define", f"_topdir {tmp_path}", str(tmp_path / "a.spec")]
    subprocess.run(command, check=True, capture_output=True)
    (path,) = (tmp_path / "SRPMS").glob("*.rpm")
    with pytest.raises(PackageError, match="source package"):
        read(path)


@each_reader
def test_a_made_package_is_read(tmp_path):
    path = made(tmp_path, {1003: (NUMBER, [7]), **requires(["a", "(b or c)"], [8, 0], ["1-1", ""])})
    package = read(path)
    assert (package.name, package.version, package.source) == ("p", "7:1.0-1", "src")
    assert [str(one) for one in package.relations] == [
        "Requires: a = 1-1",
        "Requires: (b or c)",
        "Provides: p = 7:1.0-1",  # rpm adds it to a header without a region
    ]


@each_reader
def test_one_number_or_many(tmp_path):
    found = read(made(tmp_path, requires(["a"], [0], [""]))).relations
    assert [str(one) for one in found if one.field != "Provides"] == ["Requires: a"]


@each_reader
def test_relations_that_rpmbuild_would_not_write_are_malformed(tmp_path):
    package = read(made(tmp_path, requires(["a", "(b or", "ok"], [8, 0, 0], ["1-2-3", "", ""])))
    assert [str(one) for one in package.relations if one.field != "Provides"] == ["Requires: ok"]
    assert [(field, text) for field, text, _ in package.malformed] == [
        ("Requires", "a 1-2-3"),
        ("Requires", "(b or"),
    ]
    assert "more than one '-'" in package.malformed[0][2]


@each_reader
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (requires(["a", "b"], [0], ["", ""]), "2 names, 1 flags"),
        ({1049: (ARRAY, ["a"])}, "are not all present"),
        ({1000: None}, "missing"),
        ({1000: (STRING, "a b")}, "not a package name"),
        ({1000: (STRING, (1, b"\xff\0"))}, "UTF-8"),
        ({1001: (STRING, "1-2")}, "characters other"),
        ({1002: (STRING, "")}, "missing"),
        ({1003: (NUMBER, [1, 2])}, "2 elements of a tag that has one"),
        ({1044: None}, "source package"),
        ({1106: (NUMBER, [1])}, "source package"),
        ({1000: (ARRAY, ["p"])}, "type is 8"),
        ({1048: (STRING, "8")}, "type is 6"),
        ({9999: (99, "x")}, "not a type"),
        ({9999: (STRING, (0, b"x\0"))}, "0 elements"),
        ({9999: (STRING, (2, b"x\0y\0"))}, "type that has one"),
        ({9999: (NUMBER, (0x100000, b"\0\0\0\1"))}, "elements"),
        ({9999: (NUMBER, (1000, b"\0\0\0\1"))}, "outside the header"),
        ({9999: (7, (1 << 31, b"x"))}, "elements"),
        ({9999: (ARRAY, (3, b"x\0y\0"))}, "does not end"),
        ({9999: (STRING, (1, b"x"))}, "does not end"),
    ],
)
def test_damaged_tags_are_refused(tmp_path, changes, reason):
    with pytest.raises(PackageError) as caught:
        read(made(tmp_path, changes))
    assert reason in caught.value.reason
    assert caught.value.help


MAIN = header([(tag, *value) for tag, value in BASE.items()])


@each_reader
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is empty"),
        (b"!<arch>\n" + bytes(200), "not an rpm package"),
        (b"\xed\xab\xee\xdb" + bytes(20), "ends inside"),
        (LEAD, "ends before"),
        (file_of(MAIN)[:150], "ends before"),
        (file_of(MAIN)[:-60], "ends inside"),
        (file_of(b"junk" + MAIN), "magic"),
        (file_of(header([(1000, STRING, "p")], count=70000)), "70000 tags"),
        (file_of(header([(1000, STRING, "p")], count=0xFFFFFFFF)), "tags"),
        (file_of(header([(1000, STRING, "p")], size=0xFFFFFFFF)), "bytes of data"),
        (file_of(header([(1000, STRING, "p")], size=65 << 20)), "bytes of data"),
        (file_of(header([(1000, STRING, "p")], size=1 << 20)), "ends inside"),
        (file_of(MAIN, signature=header([(tag, NUMBER, [1]) for tag in range(1000, 1033)])), "33 tags"),
        (file_of(header([(1000, STRING, "p"), (1000, STRING, "q")])), "twice"),
    ],
)
def test_damaged_files_are_refused(tmp_path, data, reason):
    path = tmp_path / "bad.rpm"
    path.write_bytes(data)
    with pytest.raises(PackageError) as caught:
        read(path)
    assert reason in caught.value.reason
    assert str(path) in str(caught.value)


@each_reader
def test_any_damaged_byte_is_an_error_or_a_package(tmp_path):
    data = file_of(header([(tag, *value) for tag, value in {**BASE, **requires(["a"], [8], ["1"])}.items()]))
    path = tmp_path / "bad.rpm"
    for place in range(len(data)):
        for value in (0, 0x8E, 0xFF):
            path.write_bytes(data[:place] + bytes([value]) + data[place + 1 :])
            with contextlib.suppress(PackageError):
                read(path)


@each_reader
def test_shared_data_costs_no_time(tmp_path):
    text = b"a\0" * 500_000
    index = b"".join(struct.pack(">IIII", 5000 + tag, ARRAY, 0, 500_000) for tag in range(3000))
    main = b"\x8e\xad\xe8\x01" + bytes(4) + struct.pack(">II", 3000, len(text)) + index + text
    path = tmp_path / "bad.rpm"
    path.write_bytes(file_of(main))
    with cpu_below(SECONDS), pytest.raises(PackageError, match="more data than"):
        read(path)


def test_only_regular_files_are_opened(tmp_path):
    fifo = tmp_path / "fifo.rpm"
    os.mkfifo(fifo)
    link = tmp_path / "link.rpm"
    link.symlink_to(fifo)
    for path in (fifo, link, tmp_path):
        with pytest.raises(PackageError, match="not a regular file"):
            read(path)
    with pytest.raises(PackageError, match="cannot be read"):
        read(tmp_path / "absent.rpm")


def test_description_of_text():
    package = describe(
        "# a comment\n%global x 1\nname: p\nVersion: 1.0\nRelease: 1\nEpoch: 0\nBuildArch: x86_64\n"
        "Summary: what: ever\nRequires(post): a >= 1\nRequires: b = %{version}\n"
        "Conflicts: @OLD@\n%{?systemd_requires}\n"
        "%description\nRequires: never\n"
    )
    assert (package.name, package.version, package.architecture) == ("p", "0:1.0-1", "x86_64")
    assert [str(one) for one in package.relations] == [
        "Requires: a >= 1",
        "Provides: p = 0:1.0-1",
        "Provides: p(x86-64) = 0:1.0-1",
    ]
    assert [(field, text) for field, text, _ in package.malformed] == [
        ("Requires", "b = %{version}"),
        ("Conflicts", "@OLD@"),
        ("", "%{?systemd_requires}"),
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Version: 1\nRelease: 1", "Name"),
        ("Name: p\nRelease: 1", "Version"),
        ("Name: p\nVersion: 1", "Release"),
        ("Name: p\nVersion: %{v}\nRelease: 1", "Version"),
        ("Name: p\nVersion: 1-2\nRelease: 1", "Version"),
        ("Name: p\nVersion: 1..2\nRelease: 1", "Version"),
        ("Name: p\nVersion: 1\nRelease: 1%{?dist}", "Release"),
        ("Name: p q\nVersion: 1\nRelease: 1", "Name"),
        ("Name: p\nVersion: 1\nRelease: 1\nEpoch: x", "Epoch"),
        ("Name: p\nVersion: 1\nRelease: 1\nEpoch: 4294967296", "Epoch"),
        ("Name: p\nVersion: 1\nRelease: 1\nBuildArch: a b", "BuildArch"),
        ("Name: p\nVersion: 1\nRelease: 1\nBuildArch: src", "BuildArch"),
        ("Name: p\nName: q", "line 2"),
        ("Name: p\nnonsense", "line 2"),
    ],
)
def test_descriptions_that_are_refused(text, place):
    with pytest.raises(PackageError) as caught:
        describe(text)
    assert caught.value.place == place
    assert caught.value.help or place == "Version"
