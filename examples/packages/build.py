#!/usr/bin/env python3
"""Build the example packages: the relations that were really shipped, and nothing else.

``build.py`` writes beside itself; ``build.py DIRECTORY`` writes the same tree
below DIRECTORY. It needs dpkg-deb and rpmbuild (apt-get install dpkg rpm). The
same versions of the tools give the same bytes every time.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

#: 22 June 2018, the day on which the compatibility of runtime and agent was discussed.
EPOCH = "1529625600"

KATA = "kata-containers"


@dataclass(frozen=True)
class Package:
    """One package: its name, its relations, and their source."""

    folder: str
    name: str
    version: str  # deb: upstream-revision; rpm: version-release
    relations: str  # lines of debian/control or of a spec file, as they were
    source: str
    wrong: str  # what is wrong with the relations, or why the package is here
    family: str = "rpm"

    @property
    def filename(self) -> str:
        """The name that the build tool itself would give."""
        if self.family == "deb":
            return f"{self.name}_{self.version}_amd64.deb"
        return f"{self.name}-{self.version}.x86_64.rpm"


# --- the data -------------------------------------------------------------------------------------

PACKAGES = (
    # 2018: lower bounds only.
    Package(
        "kata-2018",
        "kata-runtime",
        "1.0.0+git.086d197-41.1",
        "%{!?el7 || !?suse_version:Requires: qemu-lite >= @qemu_lite_obs_fedora_version@ }\n"
        "Requires: kata-containers-image >= 1.0.0-29\n"
        "Requires: kata-proxy >= 1.0.0+git.a69326b-29\n"
        "Requires: kata-shim >= 1.0.0+git.74cbc1e-30\n"
        "Requires: kata-ksm-throttler >= 1.0.0+git.422c7f7-29",
        f"generated OBS spec; {KATA}/packaging#62",
        "No upper bound: every later image meets it. A placeholder of the template was never filled in; rpm "
        "4.18 expands that whole line to nothing, and refuses the `@` when the condition is taken away, so "
        "the built package has no relation to qemu-lite at all.",
    ),
    Package(
        "kata-2018",
        "kata-containers-image",
        "1.0.0-29.1",
        "",
        f"{KATA}/packaging#62",
        "The image has no relation to the runtime, so it can be installed with one that it cannot serve. "
        "The agent's version is in none of its fields. OBS added the `.1`.",
    ),
    Package(
        "kata-2018",
        "kata-ksm-throttler",
        "1.0.0.git+422c7f7-29.1",
        "",
        f"{KATA}/packaging#62",
        "`.git+` here, `+git.` in the relation of the runtime: rpm takes the two as equal, dpkg does not.",
    ),
    Package(
        "kata-2018",
        "kata-runtime",
        "1.3.0~rc1+git.22aedc4-49.1",
        "Requires: kata-containers-image >= 1.3.0~rc1-34\nRequires: qemu-lite >= 2.11.0-50",
        f"{KATA}/packaging#193 and #194 (the bound on qemu-lite)",
        "The bound was written to demand the new qemu-lite and is met by the old one: see the next line. "
        "Which runtime carried it is not recorded; a version of that time is used.",
    ),
    Package(
        "kata-2018",
        "qemu-lite",
        "2.11.0+git.a39e0b3e82-48.2",
        "",
        f"{KATA}/packaging#193",
        "Older than 2.11.0-50 in truth, newer in the order of versions, because of `+git`.",
    ),
    Package(
        "kata-2018",
        "kata-runtime",
        "1.1.0-1",
        "Depends: kata-containers-image (>= 1.0.0-29), kata-linux-container (>= 4.14.22.1-130), "
        "kata-proxy (>= 1.0.0+git.a69326b-29), kata-shim (>= 1.0.0+git.74cbc1e-30)",
        f"{KATA}/packaging 1.1.0, runtime/debian.control-template",
        "Lower bounds only, and the one on the image is older than what this runtime needs (PauseContainer "
        "came with 1.1.0). The template's bounds are filled in with the versions of 1.0.0; the revision is "
        "chosen.",
        "deb",
    ),
    Package(
        "kata-2018",
        "kata-containers-image",
        "1.0.0-29",
        "",
        f"{KATA}/packaging 1.1.0, obs-packaging",
        "Meets the bound of kata-runtime 1.1.0, and lacks what it calls.",
        "deb",
    ),
    # 2019: hashes that do not sort, then exact pins.
    Package(
        "kata-2019",
        "kata-runtime",
        "1.5.0-1",
        "Depends: kata-shim (>= 1.5.0+git.efbf3bb-42), qemu-lite (>= 2.11.0+git.f886228-56)",
        f"{KATA}/runtime#1184, {KATA}/packaging#322",
        "Bounds on commit hashes, which have no order. Two reports of one week of January 2019 in one "
        "package; the revision is chosen.",
        "deb",
    ),
    Package(
        "kata-2019",
        "kata-shim",
        "1.5.0-40",
        "",
        f"{KATA}/runtime#1184 (form; the refused version is not recorded)",
        "The release itself sorts below the bound on a commit of the release.",
        "deb",
    ),
    Package(
        "kata-2019",
        "qemu-lite",
        "2.11.0+git.87517afd72-57",
        "",
        f"{KATA}/packaging#322",
        "Build 57 was refused where build 56 was asked for: dpkg sorts `87517afd72` below `f886228`.",
        "deb",
    ),
    Package(
        "kata-2019",
        "qemu-lite",
        "2.11.0+git.87517afd72-57",
        "",
        f"{KATA}/packaging#322",
        "The same two versions the other way round: rpm sorts `87517afd72` above `f886228`.",
    ),
    Package(
        "kata-2019",
        "kata-runtime",
        "1.7.0-25",
        "Depends: kata-proxy (= 1.7.0)",
        f"{KATA}/documentation#485",
        "In Debian `= 1.7.0` is met by revision-less 1.7.0 only, which was never built: not installable. "
        "The runtime's own revision is chosen.",
        "deb",
    ),
    Package(
        "kata-2019",
        "kata-proxy",
        "1.7.0-25",
        "",
        f"{KATA}/documentation#485",
        "The right proxy, refused.",
        "deb",
    ),
    Package(
        "kata-2019",
        "kata-runtime",
        "1.7.0-25.1",
        "Requires: kata-containers-image = 1.7.0-25",
        f"{KATA}/packaging e73473f and #563",
        "A pin on a release number that OBS overrides (`25` becomes `25.1`): not installable. "
        "The numbers are those of the deb of that time.",
    ),
    Package(
        "kata-2019",
        "kata-containers-image",
        "1.7.0-25.1",
        "",
        f"{KATA}/packaging#563",
        "The right image, refused.",
    ),
    Package(
        "kata-2019",
        "kata-runtime",
        "1.8.0-1.1",
        "Requires: kata-containers-image = 1.8.0",
        f"{KATA}/packaging 1.8.0-rc0 to 1.12.1, kata-runtime.spec-template:27",
        "Sound, and far stricter than the protocol: no other compatible image is accepted, and no relation "
        "of the image stops it beside a second version of itself. The release number is chosen.",
    ),
    Package(
        "kata-2019",
        "kata-containers-image",
        "1.8.0-1.1",
        "",
        f"{KATA}/packaging 1.8.0-rc0",
        "The one image that is accepted.",
    ),
    Package(
        "kata-2019",
        "kata-runtime",
        "1.9.0-5",
        "Depends: kata-containers-image (= 1.9.0-5)",
        f"{KATA}/packaging 1.9.0 to 1.12.1, runtime/debian.control-template:12 "
        "(of 1.8 no deb template is on record)",
        "The pin holds the revision too, so a mere rebuild of the image is refused; and `dpkg -i` of "
        "another image later is not, since dpkg does not look at Depends again. The revisions are chosen.",
        "deb",
    ),
    Package(
        "kata-2019",
        "kata-containers-image",
        "1.9.0-5",
        "",
        f"{KATA}/packaging 1.9.0",
        "The one image that is accepted.",
        "deb",
    ),
    Package(
        "kata-2019",
        "kata-containers-image",
        "1.9.0-6",
        "",
        f"shape of {KATA}/documentation#685",
        "A rebuild of the same commit, refused.",
        "deb",
    ),
    # Other distributions.
    Package(
        "suse",
        "katacontainers",
        "1.11.1-0",
        "Requires: katacontainers-image-initrd  = %{version}",
        "openSUSE katacontainers.spec 1.11.1",
        "Lockstep: sound for one image, stricter than the protocol, and silent about a second one.",
    ),
    Package(
        "suse",
        "katacontainers-image-initrd",
        "1.11.1-0",
        "Provides: katacontainers-image",
        "openSUSE katacontainers-image-initrd.spec 1.11.1",
        "An unversioned Provides: in rpm it meets every versioned Requires and every versioned Conflicts of "
        "that name.",
    ),
    Package(
        "fedora",
        "kata-runtime",
        "1.11.0-2",
        "",
        "Fedora kata-runtime.spec 1.11.0 (no relation to the image is recorded)",
        "Nothing ties the runtime to the image or to the agent in it. Fedora's `%{?dist}` is left empty "
        "here.",
    ),
    Package(
        "fedora",
        "kata-osbuilder",
        "1.11.0-2",
        "Requires: kata-agent >= %{version}",
        "Fedora kata-osbuilder.spec 1.11.0",
        "A lower bound only, between the builder of the image and the agent that goes into it.",
    ),
    Package(
        "fedora",
        "kata-agent",
        "1.11.0-2",
        "",
        "Fedora kata-agent.spec 1.11.0",
        "The image is built on the host out of this package, so this is the agent's version.",
    ),
    Package(
        "fedora",
        "kata-containers",
        "3.21.0-1.1",
        "Conflicts: kata-agent\n"
        "Conflicts: kata-osbuilder\n"
        "Conflicts: kata-proxy\n"
        "Conflicts: kata-runtime\n"
        "Conflicts: kata-shim\n"
        "Conflicts: kata-ksm-throttler",
        "Fedora kata-containers.spec 3.21.0 (r0x0d/fedora-rpm-specs)",
        "The skew ended by one package for all. The unversioned Conflicts forbid the six names for ever, "
        "whatever they come to hold; and Conflicts replaces nothing: dnf has to be told --allowerasing.",
    ),
    Package(
        "oracle",
        "kata-image",
        "1.12.1-2.el8",
        "",
        "Oracle Linux 1.x (the version is that of kata-1.12.1-2.el8)",
        "What the next line takes away.",
    ),
    Package(
        "oracle",
        "kata-containers",
        "4.1.0-1.el8",
        "Obsoletes: kata-image <= %{version}\nObsoletes: kata-agent <= %{version}",
        "Oracle Linux kata-containers.spec 4.1.0 (two of its Obsoletes; the dist tag is chosen)",
        "Obsoletes removes packages and does not express what works with what: `rpm -i` of both files "
        "ends silently with exit code 0 and only one of them installed.",
    ),
)


def _discussion(folder: str) -> tuple[Package, ...]:
    """Both sides of a protocol at both versions, with the relations of 2018 in both families."""
    lower = {
        "deb": "Depends: kata-containers-image (>= 1.0.0)",
        "rpm": "Requires: kata-containers-image >= 1.0.0",
    }
    source = "kata-dev, June 2018, message 220: the example; the bound as the packages of that time had it"
    return tuple(
        Package(f"../{folder}/packages", name, f"{version}-1", relation, source, "", family)
        for version in ("1.0.0", "1.1.0")
        for family in ("deb", "rpm")
        for name, relation in (("kata-runtime", lower[family]), ("kata-containers-image", ""))
    )


EXAMPLES = (*_discussion("pause-container"), *_discussion("create-container"))

# --- the building ---------------------------------------------------------------------------------

README = """\
# Packages as they were shipped

Small .deb and .rpm files with the relations that Kata's own repositories, SUSE, Fedora and Oracle shipped.
Nothing else in them is real: each contains only a README. [build.py](build.py) builds all of them for amd64
and x86_64; it has the same table as data. If a detail is not on record, the nearest documented one is used,
and the table says so.

| file | relations | source | what is wrong with it |
|---|---|---|---|
"""

SILENT = """
## What check does not report

`pkgguard check` reports what the built-in manifest knows: the protocol between the runtime and the agent,
and the packages that carry one of the two. It is silent about these entries of the table:

- **kata-proxy, kata-shim, kata-ksm-throttler, qemu-lite and kata-osbuilder** are not in the manifest; the
  last line of the output names them. So the bounds on them (`kata-proxy (= 1.7.0)`, `qemu-lite >=
  2.11.0-50`) and the relations of kata-osbuilder are not judged. A bound on a commit hash is reported
  whatever package it is on (unordered-version).
- **SUSE's `Provides: katacontainers-image`** is not the name of a package in the manifest. The rule
  unversioned-provides reports such a Provides for names of the manifest.
- **Fedora's Conflicts and Oracle's Obsoletes** belong to packages that carry both the runtime and the
  agent. Such a package has no peer, so nothing about the protocol decides which other packages it may
  refuse or replace.
- **The placeholder of 2018** left no relation in the built package.
- **Images without relations**: a client that cannot work with an image must refuse it itself, so the
  missing relation is reported for kata-runtime. An image is reported only for older runtimes that it
  breaks.
"""

SPEC = """\
Name: {name}
Version: {version}
Release: {release}
Summary: {summary}
License: Apache-2.0
AutoReqProv: no
{relations}
%description
{text}
%install
install -D -m 644 %{{_sourcedir}}/README %{{buildroot}}%{{_docdir}}/%{{name}}/README
%files
%{{_docdir}}/%{{name}}/README
"""

# Whatever would put this machine or this hour into the file is pinned.
MACROS = """\
%_topdir %{getenv:HOME}
%_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm
%_buildhost example
%_binary_payload w9.xzdio
%_vendor example
%_docdir /usr/share/doc
%__os_install_post %{nil}
%debug_package %{nil}
%optflags -O2
%use_source_date_epoch_as_buildtime 1
%clamp_mtime_to_source_date_epoch 1
%source_date_epoch_from_changelog 0
"""


def run(command: list[str], home: Path) -> None:
    """Run a build tool with nothing of the caller's settings."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "SOURCE_DATE_EPOCH": EPOCH,
    }
    subprocess.run(command, cwd=home, env=environment, check=True)  # noqa: S603


def text(package: Package) -> str:
    """Return what the package is, in the one file that it holds."""
    return (
        f"An example of pkgguard: only the relations of {package.name} {package.version} are of interest.\n"
    )


def build_deb(package: Package, out: Path, home: Path) -> None:
    """Build a .deb with the relations word for word."""
    doc = home / "tree/usr/share/doc" / package.name
    doc.mkdir(parents=True)
    (doc / "README").write_text(text(package), encoding="utf-8")
    control = home / "tree/DEBIAN/control"
    control.parent.mkdir()
    control.write_text(
        f"Package: {package.name}\n"
        f"Version: {package.version}\n"
        "Architecture: amd64\n"
        "Maintainer: Example <example@example.org>\n"
        + (f"{package.relations}\n" if package.relations else "")
        + f"Section: admin\nPriority: optional\nDescription: example package\n {text(package)}",
        encoding="utf-8",
    )
    for path in [home / "tree", *(home / "tree").rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (int(EPOCH), int(EPOCH)))
    run(["dpkg-deb", "-Zxz", "--root-owner-group", "--build", "tree", str(out / package.filename)], home)


def build_rpm(package: Package, out: Path, home: Path) -> None:
    """Build a .rpm with the relations word for word."""
    version, _, release = package.version.rpartition("-")
    (home / "SOURCES").mkdir()
    (home / "SOURCES/README").write_text(text(package), encoding="utf-8")
    (home / ".rpmmacros").write_text(f"{MACROS}%_rpmdir {out}\n", encoding="utf-8")
    (home / "package.spec").write_text(
        SPEC.format(
            name=package.name,
            version=version,
            release=release,
            summary="example package",
            relations=package.relations,
            text=text(package),
        ),
        encoding="utf-8",
    )
    run(["rpmbuild", "-bb", "--quiet", "--target", "x86_64-linux", "package.spec"], home)


def table_row(package: Package) -> str:
    """One line of the README's table."""
    relations = "<br>".join(f"`{line}`".replace("|", "\\|") for line in package.relations.splitlines())
    path = f"{package.folder}/{package.filename}"
    return f"| [{path}]({path}) | {relations or 'none'} | {package.source} | {package.wrong} |\n"


def main() -> None:
    """Build every package and write the table."""
    here = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent).resolve()
    here.mkdir(parents=True, exist_ok=True)
    for package in (*PACKAGES, *EXAMPLES):
        out = (here / package.folder).resolve()
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            (build_deb if package.family == "deb" else build_rpm)(package, out, Path(scratch))
    (here / "README.md").write_text(README + "".join(map(table_row, PACKAGES)) + SILENT, encoding="utf-8")


if __name__ == "__main__":
    main()
