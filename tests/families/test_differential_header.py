"""What pkgguard makes of an rpm's sense bits, regions and tags is what rpm 4.16, 4.18 and 4.20 make of them.

A package that any of them refuses with ``rpm -qp --nosignature`` must be refused;
signatures are not verified. Of two packages that pkgguard accepts, without a finding
about a relation, its verdict must be that of each ``rpm --install --test``. More
inputs than the suite has:
``PKGGUARD_DIFFERENTIAL=20000 pytest -s tests/families/test_differential_header.py``.
"""

from __future__ import annotations

import os
import shutil
import struct
from collections import Counter
from random import Random

import pytest
from fuzz.make import header_of, main_of, numbers, relations, rpm_of, text
from fuzz.mutate_header import FIELDS, packages
from real.tools import in_parallel

from pkgguard import api
from pkgguard.families.expression import constraints
from pkgguard.families.rpm.tags import SIGNATURE_ONLY, SIZES, TEXTS, TYPES

INPUTS = int(os.environ.get("PKGGUARD_DIFFERENTIAL", "0")) or 300

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]
OPTIONS = ["--test", "--verbose", "--nosignature", "--nodigest"]


def ours(path):
    try:
        return api.read_package(path)
    except api.PackageError:
        return None


def rpm_installs(root, paths):
    return root.install(*paths, options=OPTIONS).returncode == 0


def written(folder, pair):
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{name}.rpm" for name in ("client", "server")]
    for path, data in zip(paths, pair, strict=True):
        path.write_bytes(data)
    return paths


def compare(roots, folder, pair):
    """Compare the readings of two packages and the verdicts; return what is wrong, and what happened."""
    paths = written(folder, pair)
    read = [ours(path) for path in paths]
    accepted = [path for path, package in zip(paths, read, strict=True) if package is not None]
    for name, root in roots.items():
        if accepted and (refused := {*accepted} - root.readable(accepted, "--nosignature")):
            return f"{name} refuses what pkgguard reads: {refused}", ""
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
    for name, root in roots.items():
        real = rpm_installs(root, paths)
        if verdict.installable != real:
            return f"pkgguard {verdict}, {name} {real}", ""
    return "", "installable" if verdict.installable else "not installable"


def test_mutated_packages(rpm_releases, tmp_path):
    random = Random(INPUTS)  # noqa: S311
    made = packages(random)
    pairs = [next(made) for _ in range(INPUTS)]
    folders = [tmp_path / str(number) for number in range(INPUTS)]

    def one(number):
        difference, outcome = compare(rpm_releases, folders[number], pairs[number])
        if not difference:
            shutil.rmtree(folders[number])
        return difference, outcome

    outcomes: Counter[str] = Counter()
    results = in_parallel(one, range(INPUTS))
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

PRETRANS, SERIAL, RPMLIB, MISSING_OK, PREUNTRANS = 1 << 7, 1, 1 << 24, 1 << 19, 1 << 20

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
    "a requirement before a removal": ("Requires", ("server", 12 | PREUNTRANS, "0.5")),
    "a rich requirement before a removal": ("Requires", ("(server or x)", PREUNTRANS, "")),
    "a conflict before a removal": ("Conflicts", ("server", 12 | PREUNTRANS, "0.5")),
    "a conflict before a removal, without a version": ("Conflicts", ("server", PREUNTRANS, "")),
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


def without_provides(name, *entries, region=63):
    """Make a package that says only what the entries do."""
    described = (
        text(1000, name), text(1001, "1.0"), text(1002, "1"), text(1021, "linux"), text(1022, "noarch"),
        text(1044, "source-1-1.src.rpm"),
    )  # fmt: skip
    return rpm_of(header_of(sorted({one[0]: one for one in (*described, *entries)}.values()), region))


def named(name, *entries, region=63):
    """Make a package that provides its own name, unless the entries say what it provides."""
    own = relations(*FIELDS["Provides"], (name, 8, "1.0-1"))
    return without_provides(name, *own, *entries, region=region)


def says(field, *triples):
    return named("client", *relations(*FIELDS[field], *triples))


def provides(*triple):
    return named("server", *relations(*FIELDS["Provides"], ("server", 8, "1.0-1"), triple))


def pairs_with(bit):
    """Return pairs of which one relation has a bit: in each field and form, met and not met."""
    server = named("server")
    bounds = (("server", 12 | bit, "0.5"), ("server", 2 | bit, "0.5"), ("server", bit, ""))
    for field in ("Requires", "Conflicts", "Obsoletes"):
        for triple in bounds:
            yield says(field, triple), server
    for field, word in (("Requires", "if"), ("Conflicts", "unless")):
        for rich in ("(server or x)", "(server < 2 with server > 0)", f"(x {word} server)"):
            yield says(field, (rich, bit, "")), server
        for version in ("1", ""):
            yield says(field, ("v", 12, "0.5")), provides("v", 8 | bit, version)


@pytest.mark.parametrize("bit", range(32))
def test_no_bit_changes_what_a_relation_is_without_a_word(bit, rpm_releases, tmp_path):
    """What one release of rpm takes otherwise than another, or than pkgguard, is malformed."""
    asked = list(enumerate(pairs_with(1 << bit)))
    found = in_parallel(lambda one: compare(rpm_releases, tmp_path / str(one[0]), one[1]), asked)
    assert not [difference for difference, _ in found if difference]
    assert Counter(outcome for _, outcome in found).total() == len(asked)
    if bit not in {0, 1, 2, 3, 7, 19, 20, 24}:
        assert {outcome for _, outcome in found} == {"installable", "not installable"}


def test_releases_of_rpm_differ_on_one_bit(rpm_releases, tmp_path):
    """Why PREUNTRANS is malformed; rpm 4.20 would install what the Conflicts should refuse."""
    paths = written(tmp_path, (says("Conflicts", ("server", 12 | PREUNTRANS, "0.5")), named("server")))
    answers = {name: rpm_installs(root, paths) for name, root in rpm_releases.items()}
    assert answers["rpm 4.16"] is False
    assert answers["rpm 4.20"] is True


# ------------------------------------------------------------------ the types of tags

KINDS = range(11)


def data_of(kind, count):
    if kind in TEXTS:
        return b"abc\0" * count
    return struct.pack(">Q", 5)[-SIZES.get(kind, 1) :] * count


def files_of(folder, packages):
    folder.mkdir()
    for number, make in enumerate(packages):
        (folder / f"n{number}.rpm").write_bytes(make(f"n{number}"))
    return sorted(folder.iterdir())


def read_what_a_release_refuses(roots, paths):
    """Return the files that pkgguard reads and some rpm refuses, and those that it reads."""
    read = [path for path in paths if ours(path)]
    refused = {}
    for name, root in roots.items():
        refused |= dict.fromkeys(set(read) - root.readable(read, "--nosignature"), name)
    return refused, read


def with_tag(tag, kind, region):
    return lambda name: without_provides(name, (tag, kind, 1, data_of(kind, 1)), region=region)


@pytest.mark.parametrize("region", [63, 0])
def test_a_tag_of_a_type_that_a_release_of_rpm_refuses_is_refused(region, rpm_releases, tmp_path):
    known = {*TYPES, *SIGNATURE_ONLY, *range(5090, 5120)} - {1000}
    asked = [(tag, kind) for tag in sorted(known) for kind in KINDS]
    made = [with_tag(tag, kind, region) for tag, kind in asked]
    wrong, read = read_what_a_release_refuses(rpm_releases, files_of(tmp_path / "made", made))
    assert {path.stem: (asked[int(path.stem[1:])], name) for path, name in wrong.items()} == {}
    assert len(read) > len(known)


def with_signature_tag(tag, kind, count, region):
    def make(name):
        return rpm_of(
            main_of(text(1000, name)), signature=header_of([(tag, kind, count, data_of(kind, count))], region)
        )

    return make


@pytest.mark.parametrize("region", [62, 0])
def test_a_signature_tag_of_a_type_that_a_release_of_rpm_refuses_is_refused(region, rpm_releases, tmp_path):
    asked = [
        (tag, kind, count)
        for tag in (*range(256, 290), *range(1000, 1012))
        for kind in KINDS
        for count in (1, 2, 16)
    ]
    made = [with_signature_tag(*one, region) for one in asked]
    wrong, read = read_what_a_release_refuses(rpm_releases, files_of(tmp_path / "made", made))
    assert {path.stem: (asked[int(path.stem[1:])], name) for path, name in wrong.items()} == {}
    assert len(read) > len(asked) / 4


SIGNATURES = {
    "a size that is text": (text(1000, "x"), "type is 6, not 4"),
    "a size twice": (numbers(1000, [1, 2]), "2 elements, not 1"),
    "an MD5 of 15 bytes": ((1004, 7, 15, b"\1" * 15), "15 elements, not 16"),
    "a long size that is short": (numbers(270, [1]), "type is 4, not 5"),
    "a signature that is text": (text(268, "x"), "type is 6, not 7"),
    "a signature that is not a packet": ((268, 7, 16, bytes(16)), "OpenPGP"),
    "a signature with a tail": ((267, 7, 9, b"\x88\x05\4\0\0\0\0\0\0"), "OpenPGP"),
    "a signature of version 5": ((267, 7, 7, b"\x88\x05\5\0\0\0\0"), "OpenPGP"),
    "signatures of files that are one text": (text(274, "x"), "type is 6, not 8"),
    "a digest that is a number": (numbers(273, [1]), "type is 4, not 6"),
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_signature_tags_that_rpm_refuses_are_refused(name, rpm_releases, tmp_path):
    entry, reason = SIGNATURES[name]
    path = tmp_path / "kata-runtime.rpm"
    path.write_bytes(rpm_of(main_of(), signature=header_of([entry], 62)))
    assert not [name for name, root in rpm_releases.items() if root.readable([path])]
    with pytest.raises(api.PackageError, match=reason):
        api.read_package(path)


OWN = {
    "none": (),
    "its own": ("server", 8, "1.0-1"),
    "another version": ("server", 8, "2-1"),
    "no version": ("server", 0, ""),
    "an epoch": ("server", 8, "0:1.0-1"),
    "another comparison": ("server", 12, "1.0-1"),
    "another name": ("x", 8, "1"),
}
ASKED = {
    "any": ("server", 0, ""),
    "its own version": ("server", 8, "1.0-1"),
    "an older one": ("server", 2, "1.0-1"),
    "a newer one": ("server", 4, "1.0-1"),
    "an epoch": ("server", 12, "1:0"),
}


@pytest.mark.parametrize("epoch", [None, 0, 1])
@pytest.mark.parametrize("own", OWN)
def test_rpm_provides_the_name_of_a_package_whose_header_has_no_region(own, epoch, rpm_releases, tmp_path):
    number = [] if epoch is None else [numbers(1003, [epoch])]
    provided = relations(*FIELDS["Provides"], OWN[own]) if OWN[own] else []
    pairs = {
        (field, asked, region): (
            says(field, ASKED[asked]),
            without_provides("server", *number, *provided, region=region),
        )
        for field in ("Requires", "Conflicts", "Obsoletes")
        for asked in ASKED
        for region in (63, 0)
    }
    found = dict(
        zip(
            pairs,
            in_parallel(
                lambda one: compare(rpm_releases, tmp_path / str(one[0]), one[1]), enumerate(pairs.values())
            ),
            strict=True,
        )
    )
    assert {key: difference for key, (difference, _) in found.items() if difference} == {}
    assert found["Requires", "any", 0] == ("", "installable")
    if own in {"none", "another name"}:
        assert found["Requires", "any", 63] == ("", "not installable")


FEATURES = (
    "rpmlib(FileCaps)",
    "rpmlib(X)",
    "(rpmlib(FileCaps) or x)",
    "(x if rpmlib(FileCaps))",
    "(rpmlib(X) or server)",
)


@pytest.mark.parametrize("field", ["Requires", "Conflicts"])
def test_no_release_of_rpm_takes_a_feature_otherwise(field, rpm_releases, tmp_path):
    pairs = [
        (says(field, (name, flags | flag, "" if name.startswith("(") else version)), named("server"))
        for name in FEATURES
        for flags in (0, 2, 8, 10)
        for flag in (0, RPMLIB)
        for version in ("", "4.6.1-1", "99")
    ]
    found = in_parallel(lambda one: compare(rpm_releases, tmp_path / str(one[0]), one[1]), enumerate(pairs))
    assert not [difference for difference, _ in found if difference]
    assert {"malformed", "installable", "not installable"} <= {outcome for _, outcome in found}
