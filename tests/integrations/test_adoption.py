"""A source package adopted from nothing, and kept: an upload, a new release, a backport, a rename."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from real.deb_root import DebRoot
from real.rpmbuild import Rpmbuild
from real.source import Addon, built_field
from runner import run

if TYPE_CHECKING:
    from pathlib import Path

    from real.rpmbuild import Built
    from real.tools import Outcome

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]

CONTROL = """\
Source: shop
Maintainer: Nobody <nobody@example.org>
Build-Depends: debhelper-compat (= 13)
Standards-Version: 4.6.2

Package: shop-till
Architecture: all
Depends: ${misc:Depends}, shop-stock (>= 1.1.0)
Description: client
 Made for one test.

Package: shop-stock
Architecture: all
Depends: ${misc:Depends}
Description: server
 Made for one test.
"""
RENAMED = """
[package.shop-store]
carries = ["shop-stock"]
"""


class DebianSource:
    """A Debian source package, and what its maintainer does with it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.addon = Addon(folder / "addon")
        self.folder = folder / "shop"
        self.control = self.folder / "debian/control"
        self.manifest = self.folder / "debian/pkgguard.toml"
        self.changelog = self.folder / "debian/changelog"
        (self.folder / "debian/source").mkdir(parents=True)
        self.control.write_text(CONTROL, "utf-8")
        (self.folder / "debian/rules").write_text("#!/usr/bin/make -f\n%:\n\tdh $@\n", "utf-8")
        (self.folder / "debian/rules").chmod(0o755)
        (self.folder / "debian/source/format").write_text("3.0 (native)\n", "utf-8")
        self.changelog.touch()
        monkeypatch.chdir(self.folder)

    def release(self, version: str) -> None:
        """Begin an entry of the changelog."""
        entry = (
            f"shop ({version}) unstable; urgency=medium\n\n  * Test.\n\n"
            " -- Nobody <nobody@example.org>  Thu, 21 Jun 2018 18:53:00 +0000\n\n"
        )
        self.changelog.write_text(entry + self.changelog.read_text("utf-8"), "utf-8")

    def build(self) -> Outcome:
        """Build the binary packages."""
        return self.addon.build(self.folder)

    def package(self, name: str, version: str) -> Path:
        """Return a package that was built."""
        return self.folder.parent / f"{name}_{version}_all.deb"

    def follow(self, log: str) -> None:
        """Write the lines that a build asks for into debian/control."""
        asked = re.findall(r'unused-substvar: (\S+): (\S+) .*; write "([^"]*)"', log)
        assert asked
        stanzas = self.control.read_text("utf-8").split("\n\n")
        for number, stanza in enumerate(stanzas):
            for name, field, line in asked:
                if stanza.startswith(f"Package: {name}\n"):
                    stanza = re.sub(rf"^{field}: .*\n", "", stanza, flags=re.MULTILINE)  # noqa: PLW2901
                    stanza = stanza.replace("Description:", f"{line}\nDescription:")  # noqa: PLW2901
            stanzas[number] = stanza
        self.control.write_text("\n\n".join(stanzas), "utf-8")


def fill(manifest: Path, *answers: str) -> None:
    """Write an answer into each gap of a manifest."""
    text = manifest.read_text("utf-8")
    for answer in answers:
        text, count = re.subn('"FILL IN: [^"]*"', lambda _, said=answer: f'"{said}"', text, count=1)
        assert count == 1
    manifest.write_text(text, "utf-8")


def test_a_debian_source_is_adopted_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = DebianSource(tmp_path, monkeypatch)
    source.release("1.0.0-1")
    source.release("1.1.0-1")
    # The manifest is drafted; the hand-written bound becomes a change, and its reason has to be given.
    assert "with 2 gaps to fill in" in run("init").stderr
    assert run("manifest", "check", source.manifest).exit_code == 1
    fill(source.manifest, "Stock/Reserve", "the till reserves what it sells")
    assert run("manifest", "check", source.manifest).exit_code == 0
    # The addon says what debian/control lacks, before anything is configured.
    text = source.control.read_text("utf-8").replace("(= 13)", "(= 13), dh-sequence-pkgguard")
    source.control.write_text(text.replace(", shop-stock (>= 1.1.0)", ""), "utf-8")
    built = source.build()
    assert (built.returncode, "   dh_update_autotools_config" in built.output) == (2, False)
    source.follow(built.output)
    assert "2 packages judged, 1 pair judged together, 0 errors" in source.build().checked().output
    depends = built_field(source.package("shop-till", "1.1.0-1"), "Depends")
    assert depends == "shop-stock (>= 1.1.0), shop-stock (<< 2.0.0~)"
    # An upload of another revision needs nothing.
    source.release("1.1.0-2")
    said = source.addon.run(source.folder, "dh_pkgguard").checked().output
    assert "shop-till.substvars: 1.1.0-2 carries shop-till 1.1.0" in said
    # A new release has to be listed and judged.
    source.release("1.2.0-1")
    built = source.build()
    assert (built.returncode, "   dh_update_autotools_config" in built.output) == (2, False)
    assert "list the release in the manifest debian/pkgguard.toml (pkgguard manifest release)" in built.output
    listed = run("manifest", "release", "1.2.0")
    assert "api protocol: shop-till (client), shop-stock (server)" in listed.stdout
    words = ("--kind", "added", "--what", "Stock/Count", "--server", "1.2.0", "--client", "1.2.0")
    assert run("manifest", "change", *words, "--because", "the till counts first").exit_code == 0
    assert "not judged" not in run("manifest", "release", "1.2.0").stdout
    # Its backport has the same relations, and both packages install together.
    source.release("1.2.0-1~bpo12+1")
    source.build().checked()
    till, stock = (source.package(name, "1.2.0-1~bpo12+1") for name in ("shop-till", "shop-stock"))
    assert built_field(till, "Depends") == "shop-stock (>= 1.2.0), shop-stock (<< 2.0.0~)"
    assert DebRoot(tmp_path / "good").apt_install(till, stock)
    older = source.package("shop-stock", "1.1.0-1")
    assert not DebRoot(tmp_path / "bad").apt_install(till, older)
    # The server's package gets another name; the old one is still guarded against.
    source.release("1.2.0-2")
    source.manifest.write_text(
        source.manifest.read_text("utf-8").replace(
            "\n[package.shop-stock]", f"{RENAMED}[package.shop-stock]"
        ),
        "utf-8",
    )
    source.control.write_text(
        source.control.read_text("utf-8").replace("Package: shop-stock", "Package: shop-store")
    )
    source.build().checked()
    till, store = (source.package(name, "1.2.0-2") for name in ("shop-till", "shop-store"))
    assert "shop-store (>= 1.2.0) | shop-stock (>= 1.2.0)" in built_field(till, "Depends")
    assert DebRoot(tmp_path / "renamed").apt_install(till, store)
    assert not DebRoot(tmp_path / "old").apt_install(till, older)


SPEC = """\
Name:           kata-runtime
Version:        1.1.0
Release:        1%{?dist}
Summary:        runtime
License:        none
BuildArch:      noarch
Requires:       kata-containers-image >= 1.1.0

%description
Made for one test.

%package -n kata-containers-image
Summary:        guest image

%description -n kata-containers-image
Made for one test.

%files
%files -n kata-containers-image

%changelog
* Thu Jun 21 2018 Nobody <nobody@example.org> - 1.1.0-1
- Test.
* Thu May 24 2018 Nobody <nobody@example.org> - 1.0.0-1
- Test.
"""
GUARDED = SPEC.replace(
    "Requires:       kata-containers-image >= 1.1.0\n",
    "Source1: pkgguard.toml\n%pkgguard_check\n%{pkgguard_relations kata-runtime}\n",
).replace(
    "Summary:        guest image\n",
    "Summary:        guest image\n%{pkgguard_relations kata-containers-image}\n",
)


def requires(rpmbuild: Rpmbuild, built: Built) -> str:
    assert built, built
    (found,) = [
        one for one in rpmbuild.relations(built.packages["kata-runtime"]) if one.startswith("Requires: ")
    ]
    return found.removeprefix("Requires: ")


def test_a_spec_of_katas_split_is_adopted_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rpmbuild = Rpmbuild(tmp_path / "rpm")
    monkeypatch.chdir(rpmbuild.sources)
    manifest = rpmbuild.sources / "pkgguard.toml"
    (rpmbuild.sources / "kata.spec").write_text(SPEC, "utf-8")
    assert "with 2 gaps to fill in" in run("init", "--protocol", "agent").stderr
    fill(manifest, "grpc.AgentService/PauseContainer", "docker pause calls it")
    assert run("manifest", "check", manifest).exit_code == 0
    built = rpmbuild.build(GUARDED)
    assert requires(rpmbuild, built) == "(kata-containers-image >= 1.1.0 with kata-containers-image < 2.0.0~)"
    assert "2 packages judged, 1 pair judged together, 0 errors" in built.log
    # A rebuild with another release of the package needs nothing, nor does one for another distribution.
    assert rpmbuild.build(GUARDED.replace("1%{?dist}", "2%{?dist}"), "--define", "dist .el8")
    # A new upstream release stops rpm when it parses the spec.
    newer = GUARDED.replace("Version:        1.1.0", "Version:        1.2.0")
    refused = rpmbuild.build(newer)
    assert not refused
    assert "1.2.0 is not a kata-runtime release in the manifest" in refused.log
    assert "Executing(%" not in refused.log
    assert run("manifest", "release", "1.2.0").exit_code == 0
    words = ("--kind", "added", "--what", "Storage.driver", "--server", "1.2.0", "--client", "1.2.0")
    assert run("manifest", "change", *words, "--because", "a driver of its own").exit_code == 0
    built = rpmbuild.build(newer)
    assert requires(rpmbuild, built) == "(kata-containers-image >= 1.2.0 with kata-containers-image < 2.0.0~)"
    # The image gets another name; the old one is still guarded against.
    text = manifest.read_text("utf-8")
    renamed = '\n[package.kata-image]\ncarries = ["kata-containers-image"]\n[package.kata-containers-image]'
    manifest.write_text(text.replace("\n[package.kata-containers-image]", renamed), "utf-8")
    built = rpmbuild.build(newer.replace("-n kata-containers-image", "-n kata-image").replace(
        "pkgguard_relations kata-containers-image", "pkgguard_relations kata-image"
    ))  # fmt: skip
    assert requires(rpmbuild, built) == (
        "((kata-image >= 1.2.0 with kata-image < 2.0.0~) or"
        " (kata-containers-image >= 1.2.0 with kata-containers-image < 2.0.0~))"
    )
