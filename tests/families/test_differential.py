"""What pkgguard reads of real and mutated packages is what dpkg-deb and rpm read of them.

A mutated package that one of the tools refuses must be refused, or have
relations that pkgguard cannot read and says so. The other way about pkgguard
may be stricter; how often it is, is printed with ``-s``. More inputs than
the suite has: ``PKGGUARD_DIFFERENTIAL=100000 pytest -s tests/families/test_differential.py``.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from fuzz.make import CONTROL, SUFFIXES, control_tar, deb_of, main_of, relations, requires, rpm_of, texts
from fuzz.mutate import debs, rpms

from pkgguard.errors import PackageError
from pkgguard.families.deb import package as deb
from pkgguard.families.deb.relation import RELATION_FIELDS, parse
from pkgguard.families.deb.version import key as version_key
from pkgguard.families.expression import constraints
from pkgguard.families.rpm import package as rpm
from pkgguard.families.rpm.dependency_syntax import FIELDS
from pkgguard.families.rpm.header import read_tags

EXAMPLES = Path(__file__).parents[2] / "examples"
INPUTS = int(os.environ.get("PKGGUARD_DIFFERENTIAL", "0"))
BATCH = 250
DEB_FIELDS = ("Package", "Version", "Architecture", "Source", *deb.ATTRIBUTES, *RELATION_FIELDS)
RPM_TAGS = ("NAME", "VERSION", "RELEASE", "EPOCH", "ARCH", "SOURCERPM")
RPM_ARRAYS = [
    tag + part
    for tag in ["PROVIDE", "REQUIRE", "CONFLICT", "OBSOLETE", "RECOMMEND", "SUGGEST", "SUPPLEMENT", "ENHANCE"]
    for part in ("NAME", "FLAGS", "VERSION")
]

pytestmark = pytest.mark.skipif(
    not (shutil.which("dpkg-deb") and shutil.which("rpmbuild")),
    reason="dpkg-deb or rpmbuild is not installed",
)


# ------------------------------------------------------------------ deb


def told_by_dpkg(path):
    """Return the fields that dpkg-deb reads, or None if it refuses the package."""
    command = ["dpkg-deb", "-f", path, *DEB_FIELDS]
    done = subprocess.run(
        command, capture_output=True, check=False, env={"PATH": os.environ["PATH"], "LC_ALL": "C"}
    )
    if done.returncode:
        return None
    fields = {}
    for line in re.split(rb"\n(?![ \t])", done.stdout.removesuffix(b"\n")):
        name, _, value = line.partition(b":")
        fields[name.decode()] = value.decode("utf-8", "replace").strip(" \t\n")
    return fields


def comparable(relation):
    """Return what a relation says; dpkg-deb writes an epoch in its own way."""
    return [
        (one.name, one.qualifier, one.operator, one.operator and version_key(one.version))
        for one in constraints(relation.expression)
    ]


def deb_difference(path):
    """Compare both readings of one file; give what is wrong (or empty) and what happened."""
    told = told_by_dpkg(path)
    try:
        package = deb.read(path)
    except PackageError:
        return "", "both refuse" if told is None else "stricter"
    if package.malformed:
        return "", "malformed"
    if told is None:
        return "dpkg-deb refuses what pkgguard accepts", ""
    ours = {
        "Package": package.name,
        "Version": package.version,
        "Architecture": package.architecture,
        "Source": package.source,
    }
    theirs = {name: told.get(name, "") for name in ours}
    told_version, theirs["Version"] = theirs["Version"], package.version
    if ours != theirs or version_key(told_version) != version_key(package.version):
        return f"{ours} is not {theirs}", ""
    for field in RELATION_FIELDS:
        real = [comparable(one) for one in parse(field, told.get(field, ""))]
        found = [comparable(one) for one in package.relations if one.field == field]
        if real != found:
            return f"{field}: {found} is not {real}", ""
    # dpkg-deb writes the attributes in its own way, and omits what is the default.
    for name in ("Multi-Arch", "Essential", "Protected"):
        ours, theirs = package.attributes.get(name, "no"), told.get(name, "no")
        if ours.lower() != (theirs.lower() or "no"):
            return f"{name}: {ours!r} is not {theirs!r}", ""
    return "", "both accept"


# ------------------------------------------------------------------ rpm


def told_by_rpm(paths):
    """Return what one rpm process reads of each file: a dict, or None where it refuses the file."""
    form = "<=>".join(["", *(f"%{{{tag}}}" for tag in RPM_TAGS), *(f"[%{{{tag}}}<;>]" for tag in RPM_ARRAYS)])
    command = ["rpm", "-qp", "--nosignature", "--qf", form + "<!>", *map(str, paths)]
    done = subprocess.run(
        command, capture_output=True, check=False, env={"PATH": os.environ["PATH"], "LC_ALL": "C"}
    )
    refused = {
        line.split(b": ")[1].decode() for line in done.stderr.split(b"\n") if line.startswith(b"error: /")
    }
    rows = [row.split(b"<=>")[1:] for row in done.stdout.split(b"<!>")[:-1]]
    accepted = [path for path in paths if str(path) not in refused]
    if len(rows) != len(accepted) or not all(len(row) == len(RPM_TAGS) + len(RPM_ARRAYS) for row in rows):
        if len(paths) == 1:
            return {paths[0]: None}
        return {path: told for one in paths for path, told in told_by_rpm([one]).items()}
    told = dict.fromkeys(paths)
    for path, row in zip(accepted, rows, strict=True):
        told[path] = dict(zip([*RPM_TAGS, *RPM_ARRAYS], row, strict=True))
    return told


def rpm_difference(path, told):
    try:
        package = rpm.read(path)
        read = read_tags(path)
    except PackageError:
        return "", "both refuse" if told is None else "stricter"
    if told is None:
        return "rpm refuses what pkgguard accepts", ""
    epoch = "" if told["EPOCH"] == b"(none)" else told["EPOCH"].decode() + ":"
    theirs = [
        told["NAME"].decode(),
        f"{epoch}{told['VERSION'].decode()}-{told['RELEASE'].decode()}",
        told["ARCH"].decode(),
    ]
    if theirs != [package.name, package.version, package.architecture]:
        return f"{package} is not {theirs}", ""
    count = 0
    for field, tags in zip(FIELDS, zip(*[iter(RPM_ARRAYS)] * 3, strict=True), strict=True):
        columns = [told[tag].split(b"<;>")[:-1] for tag in tags]
        real = [] if columns[0] == [b"(none)"] else list(zip(*columns, strict=True))
        found = [
            (name.encode(), str(flags).encode(), version.encode())
            for name, flags, version in rpm.triples("", read, field)
        ]
        if real != found:
            return f"{field}: {found} is not {real}", ""
        count += len(real)
    if count != len(package.relations) + len(package.malformed):
        return f"{len(package.relations)} relations and {len(package.malformed)} malformed of {count}", ""
    return "", "malformed" if package.malformed else "both accept"


# ------------------------------------------------------------------ the inputs


def run(tmp_path, inputs, number, compare):
    """Compare a number of inputs in batches; fail with the first inputs that differ."""
    outcomes: Counter[str] = Counter()
    wrong = []
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        while number > 0 and len(wrong) < 20:
            paths = []
            for place, data in enumerate(itertools.islice(inputs, min(BATCH, number))):
                paths.append(tmp_path / f"input-{place}")
                paths[-1].write_bytes(data)
            number -= len(paths)
            for path, (difference, outcome) in zip(paths, compare(pool, paths), strict=True):
                outcomes[outcome or "differ"] += 1
                if difference:
                    kept = shutil.copy(path, tmp_path / f"wrong-{len(wrong)}")
                    wrong.append(f"{kept}: {difference}")
    print(dict(outcomes))
    assert not wrong, "\n".join(wrong)
    return outcomes


def compare_debs(pool, paths):
    return pool.map(deb_difference, paths)


def compare_rpms(pool, paths):
    half = (len(paths) + 1) // 2
    told = {}
    for part in pool.map(told_by_rpm, [paths[:half], paths[half:]] if len(paths) > 1 else [paths]):
        told |= part
    return [rpm_difference(path, told[path]) for path in paths]


CONTROLS = [
    CONTROL.encode(),
    CONTROL.replace("a | b", "a:any | b [amd64] <!x>, c (> 1), d").encode(),
    b"Package: p\nVersion: 1\nArchitecture: all\nMaintainer: x\nConflicts: a (<< 2), a (>> 3)\n"
    b"Replaces: a (= 2:1-1)\nEssential: yes\nPre-Depends: b\nEnhances: c\n"
    b"Suggests: d | e (>= 1)\nDescription: x\n",
]
MADE_RPM = rpm_of(
    main_of(
        *requires(("a", 8, "1-1"), ("(b or c)", 0, ""), ("d", 12, "2:1"), ("rpmlib(X)", 0x100000A, "1")),
        *relations(1047, 1112, 1113, ("kata-runtime", 8, "1.0-1"), ("slot", 0, "")),
        *relations(1054, 1053, 1055, ("old", 2, "3")),
        texts(1117, ["a", "b"]),
    )
)


@pytest.fixture(scope="module")
def built_debs(tmp_path_factory):
    root = tmp_path_factory.mktemp("debs")
    (root / "p/DEBIAN").mkdir(parents=True)
    for number, control in enumerate(CONTROLS):
        (root / "p/DEBIAN/control").write_bytes(control.replace(b" [amd64] <!x>", b""))
        for way in ("none", "gzip", "xz", "zstd"):
            command = ["dpkg-deb", f"-Z{way}", "--uniform-compression", "--root-owner-group", "-b"]
            subprocess.run(
                [*command, root / "p", root / f"{number}-{way}.deb"], check=True, capture_output=True
            )
    return sorted([*root.glob("*.deb"), *EXAMPLES.rglob("*.deb")])


@pytest.fixture(scope="module")
def built_rpms(tmp_path_factory):
    root = tmp_path_factory.mktemp("rpms")
    head = "Name: p\nEpoch: 2\nVersion: 1.0~rc1\nRelease: 3\nSummary: s\nLicense: x\n"
    body = (
        "Provides: a = 1, slot\nRequires: b >= 1~, c\nRequires(pre): d\nRequires: (e >= 1 with e < 2)\n"
        "Conflicts: f < 1\nObsoletes: g <= 9\nRecommends: h\nSuggests: i\nSupplements: (j and k)\n"
        "Enhances: l > 3-1\n"
    )
    for way in ("w9.gzdio", "w6.xzdio", "w19.zstdio", "w.ufdio"):
        for target in ("noarch", "x86_64"):
            (root / "p.spec").write_text(f"{head}{body}%description\n%files\n")
            command = ["rpmbuild", "-bb", "--quiet", "--nodeps", "--target", target]
            command += ["--define", f"_topdir {root}/{way}-{target}", "--define", f"_binary_payload {way}"]
            subprocess.run([*command, root / "p.spec"], check=True, capture_output=True)
    return sorted([*root.rglob("*.rpm"), *EXAMPLES.rglob("*.rpm")])


def test_real_debs_are_read_as_dpkg_deb_reads_them(built_debs, tmp_path):
    outcomes = run(tmp_path, (path.read_bytes() for path in built_debs), len(built_debs), compare_debs)
    assert outcomes == {"both accept": len(built_debs)}


def test_real_rpms_are_read_as_rpm_reads_them(built_rpms, tmp_path):
    outcomes = run(tmp_path, (path.read_bytes() for path in built_rpms), len(built_rpms), compare_rpms)
    assert outcomes == {"both accept": len(built_rpms)}


def test_mutated_debs(built_debs, tmp_path):
    packages = [path.read_bytes() for path in built_debs]
    packages += [deb_of(control_tar(one), suffix) for one in CONTROLS for suffix in SUFFIXES]
    random = Random(INPUTS)  # noqa: S311
    outcomes = run(tmp_path, debs(random, packages, CONTROLS), INPUTS or 3000, compare_debs)
    assert outcomes["both accept"] > outcomes.total() / 10
    assert outcomes["both refuse"] > outcomes.total() / 10


def test_mutated_rpms(built_rpms, tmp_path):
    packages = [MADE_RPM, *(path.read_bytes() for path in built_rpms)]
    random = Random(INPUTS)  # noqa: S311
    outcomes = run(tmp_path, rpms(random, packages), INPUTS or 5000, compare_rpms)
    assert outcomes["both accept"] > outcomes.total() / 10
    assert outcomes["both refuse"] > outcomes.total() / 10
