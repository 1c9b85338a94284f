"""What pkgguard makes of an rpm's sense bits, regions and signature tags is what rpm makes of them.

A package that ``rpm -qp --nosignature`` refuses must be refused; signatures are not
verified. Of two packages that pkgguard accepts, without a word about a relation, its
verdict must be that of ``rpm --install --test``. More inputs than the suite has:
``PKGGUARD_DIFFERENTIAL=20000 pytest -s tests/test_differential_header.py``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from fuzz.make import header_of, main_of, numbers, relations, rpm_of, text
from fuzz.mutate_header import FIELDS, packages
from real.rpm_root import RpmRoot

from pkgguard import api
from pkgguard.families.expression import constraints

INPUTS = int(os.environ.get("PKGGUARD_DIFFERENTIAL", "0")) or 300

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not shutil.which("rpm"), reason="rpm is not installed"),
]
OPTIONS = ["--test", "--verbose", "--nosignature", "--nodigest"]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    made = RpmRoot(tmp_path_factory.mktemp("root"))
    made.installed()
    return made


def rpm_reads(path, *options):
    command = ["rpm", "-qp", *options, "--qf", "%{NAME}", path]
    done = subprocess.run(
        command, capture_output=True, check=False, env={"PATH": os.environ["PATH"], "LC_ALL": "C"}
    )
    return done.returncode == 0 and bool(done.stdout)


def ours(path):
    try:
        return api.read_package(path)
    except api.PackageError:
        return None


def rpm_installs(root, paths):
    outcome = root.install(*paths, options=OPTIONS)
    return outcome.returncode == 0


def compare(root, folder, pair):
    """Compare both readings of two packages and both verdicts; return what is wrong, and what happened."""
    paths = []
    for name, data in zip(("client", "server"), pair, strict=True):
        paths.append(folder / f"{name}.rpm")
        paths[-1].write_bytes(data)
    read = [ours(path) for path in paths]
    for path, package in zip(paths, read, strict=True):
        if package is not None and not rpm_reads(path, "--nosignature"):
            return f"{path.name}: rpm -qp refuses what pkgguard reads", ""
    if None in read:
        return "", "refused"
    if any(package.malformed for package in read):
        return "", "malformed"
    assumed = {
        one.name
        for package in read
        for relation in package.relations
        for one in constraints(relation.expression)
        if one.name.startswith("/")
    }
    verdict = api.coinstallable(read)
    if verdict.installable is None or assumed:
        return "", "not judged"
    real = rpm_installs(root, paths)
    if verdict.installable != real:
        return f"pkgguard {verdict}, rpm {real}", ""
    return "", "installable" if real else "not installable"


def test_mutated_packages(root, tmp_path):
    random = Random(INPUTS)  # noqa: S311
    made = packages(random)
    pairs = [next(made) for _ in range(INPUTS)]
    folders = [tmp_path / str(number) for number in range(INPUTS)]

    def one(number):
        folders[number].mkdir()
        difference, outcome = compare(root, folders[number], pairs[number])
        if not difference:
            shutil.rmtree(folders[number])
        return difference, outcome

    outcomes: Counter[str] = Counter()
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        results = list(pool.map(one, range(INPUTS)))
    for _, outcome in results:
        outcomes[outcome or "differ"] += 1
    print(dict(outcomes))
    wrong = [f"{folder}: {why}" for folder, (why, _) in zip(folders, results, strict=True) if why]
    assert not wrong, "\n".join(wrong[:20])
    assert outcomes["installable"]
    assert outcomes["not installable"]
    assert outcomes["malformed"] > INPUTS / 20
    assert outcomes["refused"] > INPUTS / 20


# ------------------------------------------------------------------ each way by name

PRETRANS, SERIAL, RPMLIB, MISSING_OK = 1 << 7, 1, 1 << 24, 1 << 19

SENSES = {
    "a conflict before the transaction": ("Conflicts", ("server", 12 | PRETRANS, "0.5")),
    "a conflict before the transaction, without a version": ("Conflicts", ("server", PRETRANS, "")),
    "a rich conflict before the transaction": ("Conflicts", ("(server or x)", PRETRANS, "")),
    "a name provided before the transaction": ("Provides", ("x", 8 | PRETRANS, "1")),
    "a name obsoleted before the transaction": ("Obsoletes", ("server", 12 | PRETRANS, "0.5")),
    "a serial that is required": ("Requires", ("server", SERIAL, "1.0")),
    "a serial that conflicts": ("Conflicts", ("server", SERIAL, "1.0")),
    "a serial with a comparison": ("Requires", ("server", 12 | SERIAL, "1.0")),
    "a serial that is provided": ("Provides", ("x", SERIAL, "1")),
    "a feature of rpm that conflicts": ("Conflicts", ("rpmlib(FileCaps)", 10, "4.6.1-1")),
    "a feature of rpm that conflicts, with its flag": ("Conflicts", ("rpmlib(X)", 10 | RPMLIB, "1")),
    "a feature of rpm that is required without its flag": ("Requires", ("rpmlib(FileCaps)", 10, "4.6.1-1")),
    "the flag of a feature on another name": ("Conflicts", ("server", 12 | RPMLIB, "1")),
    "what may be missing and conflicts": ("Conflicts", ("server", 12 | MISSING_OK, "1")),
    "a comparison that is none": ("Requires", ("server", 6, "1")),
}


@pytest.mark.parametrize("name", SENSES)
def test_sense_bits_that_make_a_clause_something_else_are_malformed(name, tmp_path):
    field, triple = SENSES[name]
    path = tmp_path / "p.rpm"
    path.write_bytes(rpm_of(main_of(*relations(*FIELDS[field], triple))))
    package = api.read_package(path)
    assert [one[0] for one in package.malformed] == [field]
    assert package.malformed[0][2]


@pytest.mark.parametrize("bit", [bit for bit in range(5, 32) if bit not in (7, 19, 24)])
def test_the_other_bits_change_nothing(bit, root, tmp_path):
    pair = []
    for name, entries in (
        ("client", relations(*FIELDS["Requires"], ("server", 12 | 1 << bit, "1.0"), ("v", 1 << bit, ""))),
        ("server", relations(*FIELDS["Provides"], ("server", 8, "1.0-1"), ("v", 8 | 1 << bit, "1"))),
    ):
        known = {one[0]: one for one in (text(1000, name), text(1021, "linux"), *entries)}
        pair.append(rpm_of(main_of(*known.values())))
    difference, outcome = compare(root, tmp_path, pair)
    assert (difference, outcome) == ("", "installable")


SIGNATURES = {
    "a size that is text": (text(1000, "x"), "type is 6, not 4"),
    "a size twice": (numbers(1000, [1, 2]), "2 elements, not 1"),
    "an MD5 of 15 bytes": ((1004, 7, 15, b"\1" * 15), "15 elements, not 16"),
    "a long size that is short": (numbers(270, [1]), "type is 4, not 5"),
    "a signature that is text": (text(268, "x"), "type is 6, not 7"),
    "a signature that is no packet": ((268, 7, 16, bytes(16)), "OpenPGP"),
    "a signature with a tail": ((267, 7, 9, b"\x88\x05\4\0\0\0\0\0\0"), "OpenPGP"),
    "a signature of version 5": ((267, 7, 7, b"\x88\x05\5\0\0\0\0"), "OpenPGP"),
    "signatures of files that are one text": (text(274, "x"), "type is 6, not 8"),
    "a digest that is a number": (numbers(273, [1]), "type is 4, not 6"),
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_signature_tags_that_rpm_refuses_are_refused(name, tmp_path):
    entry, reason = SIGNATURES[name]
    path = tmp_path / "p.rpm"
    path.write_bytes(rpm_of(main_of(), signature=header_of([entry], 62)))
    assert not rpm_reads(path)
    with pytest.raises(api.PackageError, match=reason):
        api.read_package(path)


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("region", [63, 0])
@pytest.mark.parametrize("asked", ["server = 1.0-1", "server"])
def test_rpm_provides_the_name_of_a_package_whose_header_has_no_region(own, region, asked, root, tmp_path):
    words = asked.split()
    triple = (words[0], 8 if len(words) > 1 else 0, words[-1] if len(words) > 1 else "")
    client = rpm_of(
        main_of(text(1000, "client"), text(1021, "linux"), *relations(*FIELDS["Requires"], triple))
    )
    entries = sorted(
        [
            text(1000, "server"), text(1001, "1.0"), text(1002, "1"), text(1021, "linux"),
            text(1022, "noarch"), text(1044, "source-1-1.src.rpm"),
            *(relations(*FIELDS["Provides"], ("server", 8, "1.0-1")) if own else ()),
        ]
    )  # fmt: skip
    difference, outcome = compare(root, tmp_path, (client, rpm_of(header_of(entries, region))))
    assert not difference
    assert outcome == ("installable" if own or not region else "not installable")
