"""What pkgguard takes from a package is what both dpkg-deb and apt take from it.

A package or control archive that either refuses, or of which the two take different files, must be
refused. Where they agree pkgguard may be stricter; how often it is, is
printed with ``-s``. More inputs than the suite has:
``PKGGUARD_DIFFERENTIAL=20000 pytest -s tests/families/test_differential_tar.py``.
"""

from __future__ import annotations

import os
import shutil
import tarfile
from collections import Counter
from io import BytesIO
from random import Random

import pytest
from fuzz.make import SUFFIXES, deb_of
from fuzz.mutate_ar import packages
from fuzz.mutate_tar import control_archives
from real.deb_readers import compare
from tar_archives import ACCEPTED, GOOD, HARMLESS, REFUSED

INPUTS = int(os.environ.get("PKGGUARD_DIFFERENTIAL", "0")) or 400
BATCH = 100

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not shutil.which("apt-ftparchive"), reason="apt-ftparchive is not installed"),
]


@pytest.mark.parametrize("make", [control_archives, packages], ids=["tar", "ar"])
def test_mutated_packages(make, tmp_path):
    made = make(Random(INPUTS))  # noqa: S311
    outcomes: Counter[str] = Counter()
    for start in range(0, INPUTS, BATCH):
        batch = [next(made) for _ in range(min(BATCH, INPUTS - start))]
        found, wrong = compare(tmp_path / "batch", batch)
        outcomes += found
        if wrong:
            kept = tmp_path / "wrong"
            kept.mkdir()
            for name in wrong:
                shutil.copy(tmp_path / "batch" / name, kept)
            pytest.fail(f"{kept}: {wrong}")
    print(dict(outcomes))
    assert outcomes["accepted"] > INPUTS / 20
    assert outcomes["refused"] > INPUTS / 10


# ------------------------------------------------------------------ each way by name


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_two_read_differently_or_not_at_all_is_refused(name, tmp_path):
    outcomes, _ = compare(tmp_path / "one", [deb_of(REFUSED[name], ".gz")])
    assert outcomes["accepted"] == 0
    assert not outcomes["stricter"] or name in HARMLESS


@pytest.mark.parametrize("name", ACCEPTED)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_the_two_read_alike_is_read(name, suffix, tmp_path):
    outcomes, wrong = compare(tmp_path / "one", [deb_of(ACCEPTED[name], suffix)])
    assert not wrong
    assert outcomes == {"accepted": 1}


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_archives_of_another_program_are_read(form, tmp_path):
    stream = BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as archive:
        for name, content in (("./control", GOOD), ("./md5sums", b"x" * 32 + b"  usr/bin/x\n"), ("./q", b"")):
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.uid = len(content), 1.5, 2**20
            archive.addfile(member, BytesIO(content))
    outcomes, wrong = compare(tmp_path / "one", [deb_of(stream.getvalue(), ".xz")])
    assert not wrong
    assert outcomes == {"accepted": 1}
