"""pkgguard's own Debian packages: built on Debian 12 with its own Python packages, installed there by apt."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from real.debian12 import Debian12, checkout, once
from real.tools import Outcome, run

import pkgguard

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]

SOURCE = f"pkgguard-{pkgguard.__version__}"


@pytest.fixture(scope="session")
def built(shared: Path) -> Path:
    """Build the packages inside Debian 12, judge them by lintian, and give the folder that has them."""

    def make(folder: Path) -> None:
        system = Debian12.unpacked(folder / "system")
        source = checkout(folder / "system/src" / SOURCE)
        inside = f"/src/{SOURCE}"
        system.apt("build-dep", "./", cwd=inside).checked()
        system.apt("install", "lintian").checked()
        upstream = f"../{SOURCE.replace('-', '_')}.orig.tar.xz"
        # Without debian/, as the archive of a release has it that Debian packages.
        archive = ("tar", "--create", "--xz", "--file", upstream, "--directory", "..")
        system.run(*archive, "--anchored", f"--exclude={SOURCE}/debian", SOURCE, cwd=inside).checked()
        log = system.run("dpkg-buildpackage", "--no-sign", cwd=inside).checked()
        lint = system.run(
            "sh", "-c", "lintian --allow-root --no-cfg --fail-on=error,warning *.changes", cwd="/src"
        )
        out = folder / "out"
        out.mkdir()
        for path in source.parent.glob("*.*"):
            if path.is_file():
                shutil.copy(path, out)
        (out / "build.log").write_text(str(log), "utf-8")
        (out / "lintian.log").write_text(str(lint), "utf-8")
        shutil.rmtree(folder / "system")

    return once(shared, "debian-packages", make) / "out"


def deb(built: Path, name: str) -> Path:
    (path,) = built.glob(f"{name}_*_all.deb")
    return path


@pytest.fixture(scope="session")
def system(shared: Path, built: Path) -> Debian12:
    """Return a minimal Debian 12 in which apt alone has installed the two packages."""

    def make(folder: Path) -> None:
        made = Debian12.unpacked(folder)
        for name in ("pkgguard", "dh-pkgguard"):
            made.copy_in(deb(built, name), f"/debs/{name}.deb")
        made.apt(
            "install", "--no-install-recommends", "/debs/pkgguard.deb", "/debs/dh-pkgguard.deb"
        ).checked()
        made.apt("install", "--no-install-recommends", "build-essential").checked()
        made.copy_in(checkout(folder / "tmp/checkout"), "/src")

    return Debian12(once(shared, "debian-system", make))


def test_lintian_finds_no_error_and_no_warning(built: Path) -> None:
    report = (built / "lintian.log").read_text("utf-8")
    assert "(exit code 0)" in report
    assert "\nE: " not in report
    assert "\nW: " not in report


def test_the_build_has_no_warning_of_dpkg(built: Path) -> None:
    log = (built / "build.log").read_text("utf-8")
    assert "dpkg-gencontrol: warning" not in log
    assert "dh_missing: warning" not in log


def test_the_packages_say_what_they_need_and_provide(built: Path, tmp_path: Path) -> None:
    def field(name: str, wanted: str) -> str:
        return run(["dpkg-deb", "--field", deb(built, name), wanted], home=tmp_path).checked().output

    assert "dh-sequence-pkgguard" in field("dh-pkgguard", "Provides")
    depends = field("pkgguard", "Depends")
    for name in ("python3-click", "python3-debian", "python3-semver", "python3-toml", "python3-rpm"):
        assert name in depends
    assert "rpmfile" not in depends


def test_apt_alone_installed_them_and_everything_is_configured(system: Debian12) -> None:
    audit = system.run("dpkg", "--audit").checked()
    assert audit.output == ""
    assert (
        system.run("pkgguard", "--version").checked().output == f"pkgguard, version {pkgguard.__version__}\n"
    )


def test_it_checks_a_deb_and_an_rpm_there(system: Debian12) -> None:
    folder = "examples/pause-container"
    words = ("pkgguard", "check", "--quiet", "--manifest", f"{folder}/pkgguard.toml")

    def checked(name: str) -> Outcome:
        return system.run(*words, f"{folder}/packages/{name}", cwd="/src")

    for name in ("kata-runtime_1.1.0-1_amd64.deb", "kata-runtime-1.1.0-1.x86_64.rpm"):
        outcome = checked(name)
        assert outcome.returncode == 1
        assert "error: admits-incompatible-peer: accepts kata-containers-image" in outcome.output
    for name in ("kata-runtime_1.0.0-1_amd64.deb", "kata-runtime-1.0.0-1.x86_64.rpm"):
        checked(name).checked()


def test_it_writes_the_page_of_a_matrix_there(system: Debian12) -> None:
    page = system.run("pkgguard", "matrix", "--format", "html").checked().output
    assert page.startswith("<!doctype html>\n")
    assert page.rstrip().endswith("</html>")


@pytest.mark.parametrize("name", ["check-packages", "build-examples"])
def test_its_own_autopkgtests_pass_there(system: Debian12, name: str) -> None:
    place = f"/tmp/{name}"
    system.run("mkdir", "-p", place).checked()
    system.run(f"/src/debian/tests/{name}", cwd="/src", environment={"AUTOPKGTEST_TMP": place}).checked()


def test_man_pages_and_completions_are_where_each_is_looked_for(built: Path, tmp_path: Path) -> None:
    files = run(["dpkg-deb", "--contents", deb(built, "pkgguard")], home=tmp_path).checked().output
    for path in (
        "./usr/share/man/man1/pkgguard.1.gz",
        "./usr/share/man/man1/pkgguard-check.1.gz",
        "./usr/share/man/man1/pkgguard-debian-substvars.1.gz",
        "./usr/share/bash-completion/completions/pkgguard",
        "./usr/share/zsh/vendor-completions/_pkgguard",
        "./usr/share/fish/vendor_completions.d/pkgguard.fish",
    ):
        assert path in files
    addon = run(["dpkg-deb", "--contents", deb(built, "dh-pkgguard")], home=tmp_path).checked().output
    assert "./usr/share/man/man1/dh_pkgguard.1.gz" in addon
    assert "./usr/share/perl5/Debian/Debhelper/Sequence/pkgguard.pm" in addon


def test_an_installed_manifest_is_used_by_a_build(system: Debian12) -> None:
    system.run("mkdir", "-p", "/usr/share/pkgguard/manifests", "/tmp/installed").checked()
    text = (system.folder / "src/examples/pause-container/pkgguard.toml").read_text("utf-8")
    name = "demo-protocol"
    text = text.replace("kata-runtime", "demo-runtime").replace("kata-containers-image", "demo-image")
    (system.folder / f"usr/share/pkgguard/manifests/{name}.toml").write_text(text, "utf-8")
    system.run("cp", "-r", "/src/examples/source/deb/kata-runtime", "/tmp/installed/demo-runtime").checked()
    place = "/tmp/installed/demo-runtime"
    system.run(
        "sed", "-i", "s/^\\(Source\\|Package\\): kata-/\\1: demo-/; ", f"{place}/debian/control"
    ).checked()
    system.run("sed", "-i", "s/^kata-/demo-/", f"{place}/debian/changelog").checked()
    made = system.run("dpkg-buildpackage", "--no-sign", "--build=binary", cwd=place).checked()
    assert f"manifest: /usr/share/pkgguard/manifests/{name}.toml (installed), project" in made.output
    depends = system.run("dpkg-deb", "--field", "/tmp/installed/demo-runtime_1.1.0-1_all.deb", "Depends")
    assert "demo-image (>= 1.1.0)" in depends.output
