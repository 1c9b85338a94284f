"""rpmfile and rpm's own bindings, held equal: on real, made and mutated headers, and in what they refuse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from fuzz.make import header_of, main_of, numbers, relations, requires, rpm_of, text, texts
from fuzz.mutate import rpms
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from readers import BINDINGS, RPMFILE, Only, folder_of, import_bindings

from pkgguard.errors import PackageError, ReaderMissingError
from pkgguard.families.rpm import readers
from pkgguard.families.rpm.header import read_tags
from pkgguard.families.rpm.package import read
from pkgguard.families.rpm.tags import NUMBER, SINGLE, WANTED, Tag

ROOT = Path(__file__).parents[2]
RPMS = sorted((ROOT / "examples").rglob("*.rpm"))
DEB = ROOT / "examples/pause-container/packages/kata-runtime_1.1.0-1_amd64.deb"
INPUTS = int(os.environ.get("PKGGUARD_DIFFERENTIAL", "0"))
LOADERS = dict(readers.READERS)

both = pytest.mark.rpmfile


def answers(monkeypatch, function, path):
    """Return what a function says of a file with each library alone: a value, or the error's text."""
    import_bindings()
    told = []
    for name in (RPMFILE, BINDINGS):
        monkeypatch.setattr(readers, "READERS", {name: LOADERS[name]})
        try:
            told.append(function(path))
        except PackageError as error:
            told.append(str(error))
    return told


def number_of(tags):
    return sum(map(len, (*tags.texts.values(), *tags.numbers.values())))


# ------------------------------------------------------------------ equal


@both
@pytest.mark.parametrize("path", RPMS, ids=lambda path: path.name)
def test_real_packages(path, monkeypatch):
    first, second = answers(monkeypatch, read_tags, path)
    assert first == second
    assert number_of(first) > 20
    one, other = answers(monkeypatch, read, path)
    assert one == other
    assert one.relations


TEXT = st.binary(max_size=12).map(lambda value: value.replace(b"\0", b""))
INTEGER = st.one_of(st.integers(0, 2**32 - 1), st.sampled_from([0, 1, 2**31 - 1, 2**31, 2**32 - 1]))


@st.composite
def headers(draw):
    """Draw any of the wanted tags with any values: (tag, elements)."""
    found = {}
    for tag in draw(st.sets(st.sampled_from(sorted(WANTED)))):
        size = 1 if tag in SINGLE else draw(st.integers(1, 5))
        values = INTEGER if WANTED[tag] == NUMBER else TEXT
        found[tag] = tuple(draw(st.lists(values, min_size=size, max_size=size)))
    return found


def entry(tag, values):
    data = b"".join(one.to_bytes(4, "big") if WANTED[tag] == NUMBER else one + b"\0" for one in values)
    return int(tag), WANTED[tag], len(values), data


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("headers")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(headers(), st.booleans())
def test_made_headers_read_as_they_were_made(reader, folder, found, region):
    """Every element of every tag, with each library: none is lost, cut, signed or decoded."""
    entries = [entry(tag, values) for tag, values in found.items()]
    other = text(1005, "another tag, which leaves its neighbours unaligned")
    main = header_of(sorted([*entries, other]), 63 if region else 0)
    (folder / "p.rpm").write_bytes(rpm_of(main))
    tags = read_tags(folder / "p.rpm")
    assert {**tags.texts, **tags.numbers} == found
    assert set(tags.numbers) == {tag for tag in found if WANTED[tag] == NUMBER}


@both
def test_mutated_packages(tmp_path, monkeypatch):
    """Both refuse the same, with the same words, and read the same of the rest."""
    packages = [
        rpm_of(main_of(*requires(("a", 8, "1-1"), ("(b or c)", 0, "")), text(1005, "x"), numbers(1003, [7]))),
        rpm_of(main_of(*relations(1047, 1112, 1113, ("p", 8, "1.0-1")), texts(1117, ["a", "b"]))),
        *(path.read_bytes() for path in RPMS),
    ]
    outcomes = Counter()
    path = tmp_path / "input.rpm"
    for data in islice(rpms(Random(INPUTS), packages), INPUTS or 3000):  # noqa: S311
        path.write_bytes(data)
        one, other = answers(monkeypatch, read, path)
        if one != other:
            path.rename(tmp_path / "wrong.rpm")
        assert one == other, f"{tmp_path}/wrong.rpm"
        outcomes["refused" if isinstance(one, str) else "read"] += 1
    print(dict(outcomes))
    assert min(outcomes["refused"], outcomes["read"]) > outcomes.total() / 10


@pytest.mark.usefixtures("reader")
def test_a_package_of_50000_relations(tmp_path):
    triples = [(f"name{number}", 8, f"{number}-1") for number in range(49_000)]
    (tmp_path / "p.rpm").write_bytes(rpm_of(main_of(*requires(*triples))))
    assert len(read(tmp_path / "p.rpm").relations) == 49_000


@pytest.mark.usefixtures("reader")
def test_a_header_without_a_wanted_tag(tmp_path):
    (tmp_path / "p.rpm").write_bytes(rpm_of(header_of([text(1005, "x")], 63)))
    assert number_of(read_tags(tmp_path / "p.rpm")) == 0
    with pytest.raises(PackageError, match="source package"):
        read(tmp_path / "p.rpm")


# ------------------------------------------------------------------ the choice


GOOD = rpm_of(main_of(*requires(("a", 8, "1"))))


def made(tmp_path, data=GOOD):
    (tmp_path / "p.rpm").write_bytes(data)
    return tmp_path / "p.rpm"


def answer_of(monkeypatch, path, *loaders):
    """Read with these loaders in the place of the libraries."""
    monkeypatch.setattr(readers, "READERS", {f"library {number}": one for number, one in enumerate(loaders)})
    return read(path)


def absent():
    raise ImportError("No module named 'it'")


def broken():
    raise SystemError("its configuration is missing")


def fake(**changes):
    """Make a library that answers rightly but for one tag."""
    right = {
        Tag.NAME: (b"p",),
        Tag.VERSION: (b"1",),
        Tag.RELEASE: (b"1",),
        Tag.ARCH: (b"noarch",),
        Tag.SOURCERPM: (b"p-1-1.src.rpm",),
        Tag.REQUIRENAME: (b"a",),
        Tag.REQUIREFLAGS: (8,),
        Tag.REQUIREVERSION: (b"1",),
    }
    answer = {**right, **{Tag[name]: values for name, values in changes.items()}}
    answer = {tag: values for tag, values in answer.items() if values is not None}
    return lambda: lambda _header, _tags: answer


def test_the_first_that_can_be_loaded_is_taken(tmp_path, monkeypatch):
    path = made(tmp_path)
    first, second = fake(NAME=(b"first",)), fake(NAME=(b"second",))
    assert answer_of(monkeypatch, path, first, second).name == "first"
    assert answer_of(monkeypatch, path, absent, second).name == "second"
    assert answer_of(monkeypatch, path, broken, second).name == "second"


def test_without_any_the_error_says_what_to_install(tmp_path, monkeypatch):
    with pytest.raises(ReaderMissingError) as caught:
        answer_of(monkeypatch, made(tmp_path), absent, broken)
    assert "No module named 'it'" in caught.value.reason
    assert "its configuration is missing" in caught.value.reason
    for command in ("apt-get install python3-rpm", "dnf install python3-rpm", "pip install rpmfile"):
        assert command in caught.value.help


@pytest.mark.parametrize(
    "changes",
    [
        {"NAME": None},
        {"NAME": (8,)},
        {"NAME": ()},
        {"EPOCH": (1,)},
        {"REQUIRENAME": (b"a", b"b")},
        {"REQUIREFLAGS": (b"8",)},
        {"REQUIREFLAGS": (8, 8)},
        {"REQUIREVERSION": None},
    ],
)
def test_a_library_that_says_other_than_the_index_is_not_believed(changes, tmp_path, monkeypatch):
    with pytest.raises(PackageError, match="library 0 reads other values than"):
        answer_of(monkeypatch, made(tmp_path), fake(**changes))


def test_a_library_that_fails_is_an_error_of_the_package(tmp_path, monkeypatch):
    def read_nothing(_header, _tags):
        raise AssertionError("it leaks this")

    with pytest.raises(PackageError, match="library 0 cannot read it: AssertionError") as caught:
        answer_of(monkeypatch, made(tmp_path), lambda: read_nothing)
    assert caught.value.path == str(tmp_path / "p.rpm")


def run(lines, *arguments):
    """Run the check command in a process of its own, after some lines of Python."""
    code = f"import sys\n{lines}\nsys.argv[0] = 'pkgguard'\nfrom pkgguard.__main__ import main\nmain()\n"
    command = [sys.executable, "-c", code, "check", "--format", "json", *map(str, arguments)]
    done = subprocess.run(
        command,
        cwd=ROOT / "examples/pause-container",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    document = json.loads(done.stdout)
    return done.returncode, [one["family"] for one in document["packages"]], document["unread"]


ABSENT = "sys.modules['rpmfile'] = None\n"


def test_the_command_uses_the_bindings_where_there_is_no_rpmfile():
    lines = f"{ABSENT}sys.path.append({folder_of('rpm')!r})\n"
    code, families, unread = run(lines, DEB, RPMS[0])
    assert code in {0, 1}
    assert (families, unread) == (["deb", "rpm"], [])


def test_the_command_judges_the_rest_where_there_is_neither():
    code, families, unread = run(f"{ABSENT}sys.modules['rpm'] = None\n", DEB, RPMS[0])
    assert (code, families) == (3, ["deb"])
    assert [one["path"] for one in unread] == [str(RPMS[0])]
    assert "apt-get install python3-rpm" in unread[0]["help"]


def test_a_folder_called_rpm_is_not_taken_for_the_bindings(tmp_path):
    """A source tree often has one, and Python takes it for a module where there is no other."""
    (tmp_path / "rpm").mkdir()
    lines = f"{ABSENT}sys.path.insert(0, {str(tmp_path)!r})\n"
    code, families, _ = run(f"{lines}sys.path.append({folder_of('rpm')!r})\n", RPMS[0])
    assert code in {0, 1}
    assert families == ["rpm"]
    alone = f"kept, sys.path[:] = sys.path[:], [{str(tmp_path)!r}]\nimport rpm\nsys.path[:] = kept\n"
    code, _, unread = run(f"{lines}{alone}", RPMS[0])
    assert code == 3
    assert "rpm's bindings: cannot import name 'hdr'" in unread[0]["message"]


@pytest.mark.parametrize("first", ["apt_pkg", "rpm"])
def test_the_bindings_stand_beside_those_of_apt(first):
    """python-debian loads apt_pkg where it is, so one process holds the libraries of apt and of rpm."""
    lines = Only(BINDINGS).lines
    apt = f"sys.path.append({folder_of('apt_pkg')!r})\nimport apt_pkg\nsys.path.pop()\napt_pkg.init()\n"
    lines = apt + lines if first == "apt_pkg" else lines + apt
    code, families, unread = run(lines, *[DEB, RPMS[0]] * 20)
    assert code in {0, 1}
    assert (families, unread) == (["deb", "rpm"] * 20, [])


def test_the_bindings_say_nothing_and_change_nothing_of_the_process():
    lines = Only(BINDINGS).lines
    state = (
        "def state():\n"
        "    told = open('/proc/self/status').read().splitlines()\n"
        "    names = ('SigBlk', 'SigIgn', 'SigCgt', 'Umask', 'Threads')\n"
        "    kept = [one for one in told if one.startswith(names)]\n"
        "    return kept, os.listdir('/proc/self/fd'), os.getcwd(), dict(os.environ), "
        "locale.setlocale(locale.LC_ALL)\n"
    )
    code = f"import locale, os, sys\n{state}before = state()\n{lines}assert state() == before\n"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
