"""What dpkg-deb, apt and pkgguard read of the same packages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pkgguard.errors import PackageError
from pkgguard.families.deb.package import read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C"}


def told_by_dpkg(path: Path) -> str | None:
    """Return the version that dpkg-deb reads, or None if it refuses the package or waits for ever."""
    command = ["dpkg-deb", "-f", path, "Version"]
    try:
        done = subprocess.run(command, capture_output=True, check=False, env=ENVIRONMENT, timeout=120)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout.decode().strip() if done.returncode == 0 else None


def told_by_apt(path: Path) -> str | None:
    """Return the version that apt reads, or None if it refuses the package.

    Each package has a process of its own: apt-ftparchive tells of one without a
    control file what it read of the one before.
    """
    hashes = [f"-oAPT::FTPArchive::{name}=false" for name in ("MD5", "SHA1", "SHA256", "SHA512")]
    command = ["apt-ftparchive", *hashes, "packages", path.name]
    done = subprocess.run(command, capture_output=True, check=False, env=ENVIRONMENT, cwd=path.parent)
    found = re.search(r"^Version: (.*)$", done.stdout.decode("utf-8", "replace"), re.MULTILINE)
    return found[1] if found else None


def told_by_pkgguard(path: Path) -> str | None:
    """Return the version that pkgguard reads, or None if it refuses the package."""
    try:
        return read(path).version
    except PackageError:
        return None


def compare(folder: Path, batch: Sequence[bytes]) -> tuple[Counter[str], dict[str, str]]:
    """Compare what the three read of some packages; return the outcomes, and what is wrong."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    names = [f"{number}.deb" for number in range(len(batch))]
    for name, data in zip(names, batch, strict=True):
        (folder / name).write_bytes(data)
    paths = [folder / name for name in names]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        apt = dict(zip(names, pool.map(told_by_apt, paths), strict=True))
        dpkg = dict(zip(names, pool.map(told_by_dpkg, paths), strict=True))
    outcomes: Counter[str] = Counter()
    wrong = {}
    for name in names:
        ours = told_by_pkgguard(folder / name)
        agreed = dpkg[name] is not None and dpkg[name] == apt[name]
        if ours is not None and not (agreed and ours == dpkg[name]):
            wrong[name] = f"pkgguard {ours}, dpkg-deb {dpkg[name]}, apt {apt[name]}"
        outcomes["accepted" if ours else "stricter" if agreed else "refused"] += 1
    return outcomes, wrong
