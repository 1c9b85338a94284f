"""What pkgguard costs, beside its peers in the same run, as ratios of CPU time.

    python bench/run.py [--quick] [--only start|many|big|growth] [--plots FOLDER]

Needs the Debian packages apt-utils, createrepo-c, dpkg-dev, lintian, rpm and rpmlint. Peers that
are missing are named and left out. Everything is built in a temporary folder. Commands are run in
turn with their peers; each figure is a median, with the least and the most beside it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import growth  # noqa: E402
from measure import Case, measure, table  # noqa: E402
from real.build import RpmSpec, build_rpms  # noqa: E402

EXAMPLES = ROOT / "examples/packages"
DEB = str(EXAMPLES / "kata-2018/kata-runtime_1.1.0-1_amd64.deb")
RPM = str(EXAMPLES / "kata-2018/kata-runtime-1.0.0+git.086d197-41.1.x86_64.rpm")
NO_HASHES = [f"-oAPT::FTPArchive::{name}=false" for name in ("MD5", "SHA1", "SHA256", "SHA512")]
QUERY = ["rpm", "-qp", "--nosignature", "--requires", "--conflicts", "--provides"]


def pkgguard(name: str, caches: Path, *words: str, **variables: str) -> Case:
    """Return a case of pkgguard as it is installed: with compiled modules, which lie in ``caches``."""
    home = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(caches)}
    return Case(name, [[sys.executable, "-m", "pkgguard", *words]], {**home, **variables})


def start(runs: int, caches: Path) -> None:
    """One small package, start-up included, and what is only start-up."""
    quiet = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(caches)}
    loading = Case("python -c 'import click'", [[sys.executable, "-c", "import click"]], quiet)
    python = Case("python -c pass", [[sys.executable, "-c", "pass"]], quiet)
    completing = {
        "_PKGGUARD_COMPLETE": "bash_complete",
        "COMP_WORDS": "pkgguard generate kata-",
        "COMP_CWORD": "2",
    }
    table(
        "one small .deb",
        measure(
            [
                loading,
                pkgguard("pkgguard check one .deb", caches, "check", DEB),
                python,
                Case("dpkg-deb -f", [["dpkg-deb", "-f", DEB]]),
                Case("lintian", [["lintian", "--allow-root", DEB]]),
            ],
            runs,
        ),
    )
    table(
        "one small .rpm",
        measure(
            [
                loading,
                pkgguard("pkgguard check one .rpm", caches, "check", RPM),
                Case("rpm -qp", [["rpm", "-qp", "--nosignature", "--requires", RPM]]),
                Case("rpmlint", [["rpmlint", RPM]]),
            ],
            runs,
        ),
    )
    table(
        "no package",
        measure(
            [
                loading,
                pkgguard("pkgguard --help", caches, "--help"),
                pkgguard("a TAB in bash", caches, **completing),
            ],
            runs,
        ),
    )


def many(runs: int, folder: Path, caches: Path) -> None:
    """A thousand packages in one call, compressed as dpkg-deb and rpmbuild compress by default."""
    (debs := folder / "debs").mkdir()
    (rpms := folder / "rpms").mkdir()
    for number in range(1000):
        build_deb(folder / "tree", debs, f"package-{number}", f"1.0.{number}-1")
    relations = "Requires: libfoo >= 1.2\nRequires: (bar or baz)\nConflicts: qux < 2\n"
    specs = [RpmSpec(f"package-{number}", f"1.0.{number}", relations=relations) for number in range(1000)]
    for path in build_rpms(folder / "built", specs):
        shutil.move(path, rpms)
    paths = sorted(map(str, debs.iterdir()))
    rows = [
        pkgguard("pkgguard check 1,000 .deb", caches, "check", *paths),
        Case("apt-ftparchive packages, no hashes", [["apt-ftparchive", *NO_HASHES, "packages", str(debs)]]),
        Case("dpkg-deb -f, a process each", [["dpkg-deb", "-f", path] for path in paths]),
    ]
    table("1,000 small .deb", measure(rows, runs))
    paths = sorted(map(str, rpms.iterdir()))
    rows = [
        pkgguard("pkgguard check 1,000 .rpm", caches, "check", *paths),
        Case("rpm -qp, one process", [[*QUERY, *paths]]),
        Case("createrepo_c", [["createrepo_c", "-q", str(rpms)]]),
    ]
    table("1,000 small .rpm", measure(rows, runs))


def build_deb(tree: Path, folder: Path, name: str, version: str) -> None:
    """Build a small package with dpkg-deb's own compression."""
    (tree / "DEBIAN").mkdir(parents=True, exist_ok=True)
    (tree / "DEBIAN/control").write_text(
        f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: x <x@example.org>\n"
        "Depends: libc6 (>= 2.36), libfoo1 (>= 1.2~), bar | baz\nBreaks: qux (<< 2)\nDescription: small\n"
    )
    command = ["dpkg-deb", "--root-owner-group", "--build", str(tree), str(folder / f"{name}.deb")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def big(runs: int, folder: Path, caches: Path) -> None:
    """Packages whose payload is large: the time must not grow with it."""
    (tree := folder / "large/DEBIAN").mkdir(parents=True)
    (tree / "control").write_text(
        "Package: kata-containers-image\nVersion: 1.1.0-1\nArchitecture: all\n"
        "Maintainer: x <x@example.org>\nDescription: large\n"
    )
    # What does not compress, as an image that is compressed already.
    with (folder / "large/image").open("wb") as stream:
        for _ in range(100):
            stream.write(os.urandom(2**20))
    path = folder / "large.deb"
    build = ["dpkg-deb", "-Zzstd", "-z1", "--root-owner-group", "--build", str(folder / "large"), str(path)]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    rows = [
        pkgguard("one small .deb", caches, "check", DEB),
        pkgguard(f"a .deb of {path.stat().st_size // 2**20} MB", caches, "check", str(path)),
        Case("dpkg-deb -f of it", [["dpkg-deb", "-f", str(path)]]),
    ]
    table("large .deb", measure(rows, runs))
    if shutil.which("rpmbuild") is None:
        return
    (folder / "many.spec").write_text(
        "Name: kata-containers-image\nVersion: 1.1.0\nRelease: 1\nSummary: many\nLicense: none\n"
        "BuildArch: noarch\n%description\nmany\n%install\nmkdir -p %{buildroot}/usr/share/many\n"
        "cd %{buildroot}/usr/share/many\nseq 50000 | xargs touch\n%files\n/usr/share/many\n"
    )
    build = ["rpmbuild", "-bb", f"-D_topdir {folder}/top", str(folder / "many.spec")]
    subprocess.run(build, check=True, capture_output=True)
    (path,) = (folder / "top/RPMS/noarch").glob("*.rpm")
    rows = [
        pkgguard("one small .rpm", caches, "check", RPM),
        pkgguard("an .rpm of 50,000 files", caches, "check", str(path)),
        Case("rpm -qp of it", [["rpm", "-qp", "--nosignature", "--requires", str(path)]]),
    ]
    table("large .rpm", measure(rows, runs))


def main() -> int:
    """Run the benchmarks that were asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer runs, and a smaller growth")
    parser.add_argument("--only", choices=["start", "many", "big", "growth"])
    parser.add_argument("--plots", type=Path, default=Path(), help="where the plots go (default: here)")
    options = parser.parse_args()
    runs = 3 if options.quick else 9
    with tempfile.TemporaryDirectory() as temporary:
        folder, caches = Path(temporary), Path(temporary, "caches")
        if options.only in (None, "start"):
            start(runs, caches)
        if options.only in (None, "many"):
            many(max(3, runs // 3), folder, caches)
        if options.only in (None, "big"):
            big(runs, folder, caches)
    if options.only in (None, "growth"):
        options.plots.mkdir(parents=True, exist_ok=True)
        growth.of_manifests((1, 10) if options.quick else (1, 10, 30, 100), 3, options.plots)
        growth.of_packages((50, 100, 200) if options.quick else (50, 100, 200, 400, 800), 3, options.plots)
    return 0


if __name__ == "__main__":
    sys.exit(main())
