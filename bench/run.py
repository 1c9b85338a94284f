"""What pkgguard costs, beside its peers in the same run, as ratios of CPU time.

    python bench/run.py [--quick] [--only small|many|big|growth]

Needs the Debian packages apt-utils, createrepo-c, dpkg-dev, lintian, rpm and rpmlint. Peers that
are missing are named and left out. Everything is built in a temporary folder.
"""

from __future__ import annotations

import argparse
import math
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from measure import Cost, cost, folder_of, table  # noqa: E402
from real.build import RpmSpec, build_deb, build_rpms  # noqa: E402

from pkgguard import api  # noqa: E402
from pkgguard.compatibility import Compatibility  # noqa: E402
from pkgguard.manifest.read import parse_manifest  # noqa: E402

PKGGUARD = [sys.executable, "-m", "pkgguard"]
HOME = {"PYTHONPATH": str(ROOT)}
EXAMPLES = ROOT / "examples/packages"
DEB = str(EXAMPLES / "kata-2018/kata-runtime_1.1.0-1_amd64.deb")
RPM = str(EXAMPLES / "kata-2018/kata-runtime-1.0.0+git.086d197-41.1.x86_64.rpm")
NO_HASHES = [f"-oAPT::FTPArchive::{name}=false" for name in ("MD5", "SHA1", "SHA256", "SHA512")]


def peer(name: str, *commands: list[str], runs: int) -> list[tuple[str, Cost]]:
    """Give the row of a peer, or none where it is not installed."""
    if shutil.which(commands[0][0]) is None:
        print(f"  {commands[0][0]} is not installed, and left out")
        return []
    return [(name, cost(commands, runs=runs))]


def small(runs: int) -> None:
    """One small package, start-up included."""
    for kind, path in (("deb", DEB), ("rpm", RPM)):
        rows = [
            (f"pkgguard check one .{kind}", cost([[*PKGGUARD, "check", path]], runs=runs, environment=HOME))
        ]
        rows.append(("python -c pass", cost([[sys.executable, "-c", "pass"]], runs=runs)))
        if kind == "deb":
            rows += peer("dpkg-deb -f", ["dpkg-deb", "-f", path], runs=runs)
            rows += peer("lintian", ["lintian", "--allow-root", path], runs=min(runs, 3))
        else:
            rows += peer("rpm -qp", ["rpm", "-qp", "--nosignature", "--requires", path], runs=runs)
            rows += peer("rpmlint", ["rpmlint", path], runs=min(runs, 3))
        table(f"one small .{kind}", rows)


def many(runs: int, folder: Path) -> None:
    """A thousand packages in one call."""
    (debs := folder / "debs").mkdir()
    (rpms := folder / "rpms").mkdir()
    for number in range(1000):
        fields = {"Depends": "libc6 (>= 2.36), libfoo1 (>= 1.2~), bar | baz", "Breaks": "qux (<< 2)"}
        build_deb(debs, f"package-{number}", f"1.0.{number}-1", fields=fields)
    relations = "Requires: libfoo >= 1.2\nRequires: (bar or baz)\nConflicts: qux < 2\n"
    specs = [RpmSpec(f"package-{number}", f"1.0.{number}", relations=relations) for number in range(1000)]
    for path in build_rpms(folder / "built", specs):
        shutil.move(path, rpms)
    paths = folder_of(debs)
    rows = [("pkgguard check 1,000 .deb", cost([[*PKGGUARD, "check", *paths]], runs=runs, environment=HOME))]
    rows += peer(
        "apt-ftparchive packages, no hashes", ["apt-ftparchive", *NO_HASHES, "packages", str(debs)], runs=runs
    )
    rows += peer("dpkg-deb -f, a process each", *(["dpkg-deb", "-f", path] for path in paths), runs=1)
    table("1,000 small .deb", rows)
    paths = folder_of(rpms)
    rows = [("pkgguard check 1,000 .rpm", cost([[*PKGGUARD, "check", *paths]], runs=runs, environment=HOME))]
    query = ["rpm", "-qp", "--nosignature", "--requires", "--conflicts", "--provides"]
    rows += peer("rpm -qp, one process", [*query, *paths], runs=runs)
    rows += peer("createrepo_c", ["createrepo_c", "-q", str(rpms)], runs=min(runs, 3))
    rows += peer("rpm -qp, a process each", *([*query, path] for path in paths), runs=1)
    table("1,000 small .rpm", rows)


def big(runs: int, folder: Path) -> None:
    """Packages whose payload is large: the time must not grow with it."""
    (tree := folder / "tree/DEBIAN").mkdir(parents=True)
    control = (
        "Package: kata-containers-image\nVersion: 1.1.0-1\nArchitecture: all\nMaintainer: x <x@example.org>\n"
    )
    (tree / "control").write_text(f"{control}Description: large\n")
    with (folder / "tree/image").open("wb") as stream:
        stream.truncate(300 * 2**20)
    path = folder / "large.deb"
    done = shutil.which("dpkg-deb") and cost(
        [["dpkg-deb", "-Znone", "--root-owner-group", "--build", str(folder / "tree"), str(path)]], runs=1
    )
    rows = [("one small .deb", cost([[*PKGGUARD, "check", DEB]], runs=runs, environment=HOME))]
    if done:
        rows.append((f"a .deb of {path.stat().st_size // 2**20} MB",
                     cost([[*PKGGUARD, "check", str(path)]], runs=runs, environment=HOME)))  # fmt: skip
        rows += peer("dpkg-deb -f of it", ["dpkg-deb", "-f", str(path)], runs=runs)
    (folder / "files").mkdir()
    spec = (
        "%install\nmkdir -p %{buildroot}/usr/share/many\ncd %{buildroot}/usr/share/many\n"
        "seq 50000 | xargs touch\n%files\n/usr/share/many\n"
    )
    text = (
        "Name: kata-containers-image\nVersion: 1.1.0\nRelease: 1\nSummary: many\nLicense: none\n"
        f"BuildArch: noarch\n%description\nmany\n{spec}"
    )
    (folder / "many.spec").write_text(text)
    if shutil.which("rpmbuild"):
        cost([["rpmbuild", "-bb", f"-D_topdir {folder}/top", str(folder / "many.spec")]], runs=1)
        (path,) = (folder / "top/RPMS/noarch").glob("*.rpm")
        rows.append(("one small .rpm", cost([[*PKGGUARD, "check", RPM]], runs=runs, environment=HOME)))
        rows.append(
            ("an .rpm of 50,000 files", cost([[*PKGGUARD, "check", str(path)]], runs=runs, environment=HOME))
        )
        rows += peer("rpm -qp of it", ["rpm", "-qp", "--nosignature", "--requires", str(path)], runs=runs)
    table("large payloads", rows)


def manifest_of(factor: int) -> api.Manifest:
    """Give a manifest of ``factor`` times Kata's releases and changes."""
    count, changes = 126 * factor, 72 * factor
    releases = [f"{number // 400}.{number // 4 % 100}.{number % 4}" for number in range(4, count + 4)]
    listed = ", ".join(f'"{one}"' for one in releases)
    lines = [
        'manifest = 1\nproject = "growth"',
        f"[component.runtime]\nreleases = [{listed}]\n[component.agent]\nreleases = [{listed}]",
        '[package.kata-runtime]\ncarries = ["runtime"]\n[package.kata-containers-image]\ncarries = ["agent"]',
        '[protocol.agent]\nclient = ["runtime"]\nserver = "agent"',
    ]
    for number in range(changes):
        bound = releases[(number * count // changes) % count]
        kind = "changed" if number % (changes // 8 or 1) == 0 else "added"
        lines.append(
            f'[[change]]\nprotocol = "agent"\nkind = "{kind}"\nwhat = ["call-{number}"]\n'
            f'server = "{bound}"\nclient = "{bound}"\nbecause = "it is called"'
        )
    return parse_manifest("\n".join(lines))


def growth(factors: tuple[int, ...]) -> None:
    """How guards, compatibility and check grow with the manifest; the exponent is of a power law."""
    work: dict[str, Callable[[api.Manifest], object]] = {
        "guard of one version": lambda m: api.relations_for(m, "kata-runtime", newest(m), "deb"),
        "compatibility of all releases": everything,
        "check of one package": lambda m: api.check_packages(
            [
                api.make_package(
                    "deb", "kata-runtime", newest(m), {"Depends": "kata-containers-image (>= 0.2)"}
                )
            ],
            m,
        ),
    }
    manifests = [manifest_of(factor) for factor in factors]
    print(f"\ngrowth with {', '.join(f'{factor} times' for factor in factors)} Kata's releases and changes")
    for name, call in work.items():
        times = []
        for manifest in manifests:
            call(manifest)
            start = time.process_time()
            call(manifest)
            times.append(max(time.process_time() - start, 1e-6))
        exponent = math.log(times[-1] / times[0]) / math.log(factors[-1] / factors[0])
        shown = "  ".join(f"{one:8.4f} s" for one in times)
        bars = "  ".join("#" * max(1, round(4 * math.log10(one / times[0]) + 1)) for one in times)
        print(f"  {name:<32} {shown}   exponent {exponent:4.2f}   {bars}")


def newest(manifest: api.Manifest) -> str:
    """Give the newest runtime as a package version."""
    return f"{manifest.components['runtime'].newest}-1"


def everything(manifest: api.Manifest) -> int:
    """Ask for every runtime which agents it may meet."""
    compatibility = Compatibility(manifest)
    return sum(
        len(compatibility.allowed_servers("agent", "runtime", release).cuts)
        for release in manifest.components["runtime"].releases
    )


def main() -> int:
    """Run the benchmarks that were asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer runs, and a smaller growth")
    parser.add_argument("--only", choices=["small", "many", "big", "growth"])
    options = parser.parse_args()
    runs = 2 if options.quick else 5
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if options.only in (None, "small"):
            small(runs)
        if options.only in (None, "many"):
            many(runs, folder)
        if options.only in (None, "big"):
            big(runs, folder)
    if options.only in (None, "growth"):
        growth((1, 10) if options.quick else (1, 10, 100))
    return 0


if __name__ == "__main__":
    sys.exit(main())
