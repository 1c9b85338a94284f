"""The upstream archive of pkgguard's own source package is made as docs/packaging-debian.md says."""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

import pkgguard

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/packaging-debian.md").read_text("utf-8")


@pytest.mark.real
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is not a git checkout")
@pytest.mark.skipif(not shutil.which("dpkg-source"), reason="dpkg-source is not installed")
def test_the_commands_of_the_page_make_a_source_package(tmp_path: Path) -> None:
    (commands,) = re.findall(
        r"^<!-- the upstream archive -->\n```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE
    )
    checkout = tmp_path / "pkgguard"
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", ROOT, checkout], check=True)
    done = subprocess.run(
        ["sh", "-e", "-c", commands], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    version = pkgguard.__version__
    with tarfile.open(tmp_path / f"pkgguard_{version}.orig.tar.xz") as archive:
        names = archive.getnames()
    assert f"pkgguard-{version}/setup.cfg" in names
    assert not any(name.startswith(f"pkgguard-{version}/debian") for name in names)
    assert len(list(tmp_path.glob("pkgguard_*.dsc"))) == 1
    assert len(list(tmp_path.glob("pkgguard_*.debian.tar.*"))) == 1
