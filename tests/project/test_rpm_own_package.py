"""pkgguard's own .rpm packages: built by rpmbuild, linted, installed by rpm into a scratch root, and used."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from readers import folder_of
from real.build import RpmSpec, build_rpms
from real.debian12 import checkout
from real.rpm_root import RpmRoot
from real.rpmbuild import INSTALLED, Rpmbuild
from real.tools import run

import pkgguard

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]

ROOT = Path(__file__).parents[2]
NAME = f"pkgguard-{pkgguard.__version__}"


@dataclass(frozen=True)
class Own:
    """The two packages, and the log of their build."""

    packages: dict[str, Path]
    log: str

    @property
    def files(self) -> list[Path]:
        return list(self.packages.values())


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Own:
    folder = tmp_path_factory.mktemp("own")
    rpmbuild = Rpmbuild(folder / "rpmbuild")
    with tarfile.open(rpmbuild.sources / f"{NAME}.tar.gz", "w:gz") as archive:
        archive.add(checkout(folder / NAME), NAME)
    # The Python of this test run builds; what BuildRequires names is not in the scratch database.
    python = rpmbuild.top / "bin/python3"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    # Not with the scratch configuration, or the package would put its macros there.
    real = {"RPM_CONFIGDIR": "/usr/lib/rpm"}
    built = rpmbuild.build(ROOT / "rpm/pkgguard.spec", "--nodeps", environment=real)
    built.outcome.checked()
    return Own(built.packages, built.log)


@pytest.fixture(scope="module")
def root(own: Own, tmp_path_factory: pytest.TempPathFactory) -> RpmRoot:
    """Install the packages beside one that provides what they require of a distribution."""
    folder = tmp_path_factory.mktemp("root")
    made = RpmRoot(folder / "system")
    provided = "".join(f"Provides: {one}\n" for one in sorted(set(wanted(own, folder))))
    (distribution,) = build_rpms(folder / "rpms", [RpmSpec("distribution", "1", relations=provided)])
    made.install(distribution, *own.files).checked()
    return made


def wanted(own: Own, home: Path) -> Iterator[str]:
    for path in own.files:
        listing = run(["rpm", "--query", "--package", "--requires", path], home=home).checked().output
        for line in listing.splitlines():
            name, _, bound = line.partition(" ")
            if not name.startswith(("rpmlib(", "pkgguard")):
                yield f"{name} = {bound.split()[-1]}" if bound else name


def test_the_two_packages_are_built_without_a_warning(own: Own) -> None:
    assert set(own.packages) == {"pkgguard", "pkgguard-rpm-macros"}
    assert "warning: " not in own.log


def test_rpmlint_finds_nothing_in_the_spec_and_the_packages(own: Own, tmp_path: Path) -> None:
    config = ROOT / "rpm/rpmlint.toml"
    done = run(["rpmlint", "--config", config, ROOT / "rpm/pkgguard.spec", *own.files], home=tmp_path)
    assert "2 packages and 1 specfiles checked; 0 errors, 0 warnings" in done.output, done.output


def test_they_need_what_pkgguard_loads(own: Own, tmp_path: Path) -> None:
    names = {one.split()[0] for one in wanted(own, tmp_path)}
    assert {
        f"python3-{name}" for name in ("click", "debian", "jinja2", "rpm", "semver", "toml", "zstandard")
    } <= names
    assert not any("rpmfile" in name for name in names)


def test_the_installed_pkgguard_checks_a_deb_and_an_rpm(root: RpmRoot, tmp_path: Path) -> None:
    hidden, bindings = tmp_path / "hidden", tmp_path / "bindings"
    hidden.mkdir()
    (hidden / "rpmfile.py").write_text("raise ImportError('not required')\n", "utf-8")
    bindings.mkdir()
    (bindings / "rpm").symlink_to(Path(folder_of("rpm")) / "rpm")
    (site,) = root.root.glob("usr/lib/python3*/site-packages")
    folder = ROOT / "examples/pause-container"

    def ask(*words: str | Path) -> subprocess.CompletedProcess[str]:
        # rpmfile, which the package does not require, is out of the way; the bindings are the system's.
        paths = f"{site}:{hidden}:{bindings}"
        environment = {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"}
        return subprocess.run(
            [sys.executable, *words],
            cwd=root.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    assert ask("-c", "import pkgguard; print(pkgguard.__file__)").stdout == f"{site}/pkgguard/__init__.py\n"
    program = root.root / "usr/bin/pkgguard"
    assert program.read_text("utf-8").startswith("#!/usr/bin/python3")
    for name, code in (
        ("kata-runtime_1.1.0-1_amd64.deb", 1),
        ("kata-runtime-1.1.0-1.x86_64.rpm", 1),
        ("kata-runtime_1.0.0-1_amd64.deb", 0),
        ("kata-runtime-1.0.0-1.x86_64.rpm", 0),
    ):
        done = ask(program, "check", "--manifest", folder / "pkgguard.toml", folder / "packages" / name)
        assert done.returncode == code, done
    page = ask(program, "matrix", "--format", "html")
    assert (page.returncode, page.stderr) == (0, "")
    assert page.stdout.endswith("</html>\n")


def test_every_file_is_where_it_is_looked_for(root: RpmRoot) -> None:
    for name, folder in INSTALLED.items():
        installed = root.root / "usr/lib/rpm" / folder / name
        assert installed.read_bytes() == (ROOT / "rpm" / name).read_bytes()
    share = root.root / "usr/share"
    for path in (
        "bash-completion/completions/pkgguard",
        "fish/vendor_completions.d/pkgguard.fish",
        "zsh/site-functions/_pkgguard",
    ):
        assert (share / path).is_file()
    pages = {path.name.removesuffix(".gz") for path in (share / "man/man1").iterdir()}
    assert {"pkgguard.1", "pkgguard-check.1", "pkgguard-rpm-generator.1"} <= pages
    assert (share / "pkgguard/manifests").is_dir()


def test_they_are_removed_whole(own: Own, root: RpmRoot, tmp_path: Path) -> None:
    owned = run(["rpm", "--query", "--package", "--list", *own.files], home=tmp_path).checked().output
    assert "/usr/bin/pkgguard\n" in owned
    assert "__pycache__" not in owned
    assert root.rpm("--erase", "--test", "pkgguard").returncode != 0
    root.rpm("--erase", "--test", "pkgguard", "pkgguard-rpm-macros").checked()
