"""Packages for measurements, compressed with the defaults of dpkg-deb and rpmbuild."""

from __future__ import annotations

import subprocess
from pathlib import Path

FIELDS = {"Depends": "libc6 (>= 2.36), libfoo1 (>= 1.2~), bar | baz", "Breaks": "qux (<< 2)"}
TAGS = "Requires: libfoo >= 1.2\nRequires: (bar or baz)\nConflicts: qux < 2\n"
COPYRIGHT = "Everyone may copy and change this file, and everything else in the package.\n" * 20


def build_deb(folder: Path, name: str, version: str, fields: dict[str, str], *, megabytes: int = 0) -> Path:
    """Build one .deb with a small file, and with a file of ``megabytes`` of random bytes if it is not 0."""
    tree = folder / f"{name}.tree"
    (tree / "DEBIAN").mkdir(parents=True)
    control = {
        "Package": name,
        "Version": version,
        "Architecture": "all",
        "Maintainer": "Nobody <nobody@example.org>",
        **fields,
        "Description": "package to measure with",
    }
    (tree / "DEBIAN/control").write_text("".join(f"{key}: {value}\n" for key, value in control.items()))
    shipped = tree / "usr/share/doc" / name
    shipped.mkdir(parents=True)
    (shipped / "copyright").write_text(COPYRIGHT)
    if megabytes:
        _fill(shipped / "image", megabytes)
    path = folder / f"{name}_{version}_all.deb"
    _quietly("dpkg-deb", "--root-owner-group", "--build", str(tree), str(path))
    _quietly("rm", "-r", str(tree))
    return path


def build_rpms(folder: Path, names: list[str], tags: str = TAGS) -> list[Path]:
    """Build an .rpm with a file for each name, as subpackages of one spec."""
    text = _head("packages-to-measure-with") + "%install\n"
    for one in names:
        text += f"mkdir -p %{{buildroot}}/usr/share/{one}\necho {one} >%{{buildroot}}/usr/share/{one}/a\n"
    for name in names:
        text += f"%package -n {name}\nSummary: {name}\nAutoReqProv: no\n{tags}"
        text += f"%description -n {name}\n{name}\n%files -n {name}\n/usr/share/{name}\n"
    return _built(folder, text)


def build_rpm_of_many_files(folder: Path, count: int) -> Path:
    """Build an .rpm that ships ``count`` empty files."""
    text = _head("kata-containers-image") + (
        "%install\nmkdir -p %{buildroot}/usr/share/many\ncd %{buildroot}/usr/share/many\n"
        f"seq {count} | xargs touch\n%files\n/usr/share/many\n"
    )
    (path,) = _built(folder, text)
    return path


def compression(path: Path) -> str:
    """Return the compression of a package according to its own tool."""
    if path.suffix == ".rpm":
        return _answer("rpm", "-qp", "--nosignature", "--qf", "%{PAYLOADCOMPRESSOR}", str(path))
    members = _answer("ar", "t", str(path)).split()
    return next(one for one in members if one.startswith("control.tar")).removeprefix("control.tar") or "none"


def _head(name: str) -> str:
    return (
        f"Name: {name}\nVersion: 1.1.0\nRelease: 1\nSummary: {name}\nLicense: none\nBuildArch: noarch\n"
        f"%description\n{name}\n"
    )


def _built(folder: Path, text: str) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    spec = folder / "measured.spec"
    spec.write_text(text)
    _quietly("rpmbuild", "-bb", "-D", f"_topdir {folder}/top", str(spec))
    return sorted((folder / "top/RPMS").rglob("*.rpm"))


def _fill(path: Path, megabytes: int) -> None:
    with path.open("wb") as stream, Path("/dev/urandom").open("rb") as source:
        for _ in range(megabytes):
            stream.write(source.read(2**20))


def _quietly(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def _answer(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()
