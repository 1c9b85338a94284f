"""pkgguard and comparable tools: one package, a thousand, and packages with large payloads."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from measure import Entry, compare
from packages import FIELDS, build_deb, build_rpm_of_many_files, build_rpms, compression

if TYPE_CHECKING:
    from subject import Subject

EXAMPLES = Path(__file__).resolve().parent.parent / "examples/packages/kata-2018"
DEB = str(EXAMPLES / "kata-runtime_1.1.0-1_amd64.deb")
RPM = str(EXAMPLES / "kata-runtime-1.0.0+git.086d197-41.1.x86_64.rpm")

HASHES = ("MD5", "SHA1", "SHA256", "SHA512")
QUERY = ("rpm", "-qp", "--nosignature", "--requires", "--conflicts", "--provides")
THOUSAND = 1000
LARGE = 100
FILES = 50_000


def start(subject: Subject, rounds: int) -> None:
    """Measure start-up: Python and click alone, then help, completion and one package."""
    ask = {"_PKGGUARD_COMPLETE": "bash_complete"}
    first = ask | {"COMP_WORDS": "pkgguard ch", "COMP_CWORD": "1"}
    second = ask | {"COMP_WORDS": "pkgguard generate k", "COMP_CWORD": "2"}
    compare(
        "start-up, beside Python with click",
        [
            subject.python("python -c 'import click'", "-c", "import click"),
            subject.python("python -c pass", "-c", "pass"),
            subject.entry("pkgguard --help", "--help"),
            subject.entry("completing a command", **first),
            subject.entry("completing a package's name", **second),
            subject.entry("pkgguard check, one known .deb", "check", DEB),
            subject.entry("pkgguard check, one known .rpm", "check", RPM),
        ],
        rounds,
    )


def small(subject: Subject, rounds: int) -> None:
    """Measure one small package, including start-up."""
    compare(
        "one small .deb",
        [
            subject.entry("pkgguard check", "check", DEB),
            *peer("dpkg-deb -f", ["dpkg-deb", "-f", DEB]),
            *peer("lintian", ["lintian", "--allow-root", DEB]),
        ],
        rounds,
    )
    compare(
        "one small .rpm",
        [
            subject.entry("pkgguard check", "check", RPM),
            *peer("rpm -qp", [*QUERY, RPM]),
            *peer("rpmlint", ["rpmlint", RPM]),
        ],
        rounds,
    )


def many(subject: Subject, rounds: int) -> None:
    """Measure a thousand packages in one call."""
    with tempfile.TemporaryDirectory() as scratch:
        debs = Path(scratch, "debs")
        debs.mkdir()
        paths = [build_deb(debs, f"package-{n}", f"1.0.{n}-1", FIELDS) for n in range(THOUSAND)]
        names = [str(one) for one in paths]
        no_hashes = [f"-oAPT::FTPArchive::{name}=false" for name in HASHES]
        archive = ["apt-ftparchive", *no_hashes, "packages"]
        compare(
            f"{THOUSAND} small .deb, compressed by {compression(paths[0])}",
            [
                subject.entry("pkgguard check, one call", "check", *names),
                *peer("apt-ftparchive, without hashes", [*archive, str(debs)]),
                *peer("dpkg-deb -f, a process each", *(["dpkg-deb", "-f", one] for one in names)),
            ],
            rounds,
        )
        paths = build_rpms(Path(scratch, "rpms"), [f"package-{n}" for n in range(THOUSAND)])
        names = [str(one) for one in paths]
        compare(
            f"{THOUSAND} small .rpm, compressed by {compression(paths[0])}",
            [
                subject.entry("pkgguard check, one call", "check", *names),
                *peer("rpm -qp, one process", [*QUERY, *names]),
                *peer("createrepo_c", ["createrepo_c", "-q", str(Path(scratch, "rpms/top/RPMS"))]),
                *peer("rpm -qp, a process each", *([*QUERY, one] for one in names)),
            ],
            rounds,
        )


def large(subject: Subject, rounds: int) -> None:
    """Measure packages with a large payload, and small ones for comparison."""
    with tempfile.TemporaryDirectory() as scratch:
        deb = build_deb(Path(scratch), "kata-containers-image", "1.1.0-1", {}, megabytes=LARGE)
        size = deb.stat().st_size // 2**20
        compare(
            f"a large .deb, compressed by {compression(deb)}",
            [
                subject.entry("one small .deb", "check", DEB),
                subject.entry(f"a .deb of {size} MB", "check", str(deb)),
                *peer("dpkg-deb -f of it", ["dpkg-deb", "-f", str(deb)]),
            ],
            rounds,
        )
        rpm = build_rpm_of_many_files(Path(scratch, "many"), FILES)
        compare(
            f"an .rpm of many files, compressed by {compression(rpm)}",
            [
                subject.entry("one small .rpm", "check", RPM),
                subject.entry(f"an .rpm of {FILES} files", "check", str(rpm)),
                *peer("rpm -qp of it", [*QUERY, str(rpm)]),
            ],
            rounds,
        )


def peer(name: str, *commands: list[str]) -> list[Entry]:
    """Return the entry of another tool, or none if it is not installed."""
    if shutil.which(commands[0][0]) is None:
        print(f"  {commands[0][0]} is not installed, and left out")
        return []
    return [Entry(name, commands)]
