"""Building tiny packages with dpkg-deb and rpmbuild, and repositories of them."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .tools import in_parallel, run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: The rpmbuild settings that make many empty packages quickly, in a folder of their own.
_RPM_MACROS = """\
%_topdir %{getenv:HOME}/top
%_build_name_fmt %%{NAME}-%%|EPOCH?{%%{EPOCH}!}|%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm
%_binary_payload w.ufdio
%__os_install_post %{nil}
%debug_package %{nil}
"""

_RPM_PREAMBLE = """\
Name: batch
Version: 0
Release: 0
Summary: batch
License: none
%description
Batch.

"""


def build_deb(
    directory: Path,
    name: str,
    version: str,
    *,
    architecture: str = "all",
    fields: Mapping[str, str] | None = None,
) -> Path:
    """Build an empty .deb; ``fields`` go into its control file word for word."""
    directory.mkdir(parents=True, exist_ok=True)
    control = {
        "Package": name,
        "Version": version,
        "Architecture": architecture,
        "Maintainer": "Nobody <nobody@example.org>",
        "Description": "test package",
        **(fields or {}),
    }
    # A colon is not a part of the name: apt would take the part before it for a scheme.
    deb = directory / f"{name}_{version.replace(':', '!')}_{architecture}.deb"
    with tempfile.TemporaryDirectory(dir=directory) as scratch:
        tree = Path(scratch, "tree")
        (tree / "DEBIAN").mkdir(parents=True)
        tree.chmod(0o755)
        lines = "".join(f"{field}: {value}\n" for field, value in control.items())
        (tree / "DEBIAN" / "control").write_text(lines, encoding="utf-8")
        run(
            ["dpkg-deb", "-Znone", "--root-owner-group", "--build", tree, deb.resolve()], home=Path(scratch)
        ).checked()
    return deb


@dataclass(frozen=True)
class RpmSpec:
    """One package that :func:`build_rpms` is to build.

    ``relations`` are lines of a spec file, word for word: whatever may stand
    in a package's preamble.
    """

    name: str
    version: str
    release: str = "1"
    epoch: int | None = None
    relations: str = ""
    architecture: str = "noarch"

    @property
    def filename(self) -> str:
        """The name of the built file; a ``!`` ends the epoch, as a colon would be a scheme."""
        epoch = "" if self.epoch is None else f"{self.epoch}!"
        return f"{self.name}-{epoch}{self.version}-{self.release}.{self.architecture}.rpm"

    @property
    def stanza(self) -> str:
        """The package as a subpackage of a spec file."""
        head = [f"%package -n {self.name}", f"Version: {self.version}", f"Release: {self.release}"]
        head += [] if self.epoch is None else [f"Epoch: {self.epoch}"]
        head += ["BuildArch: noarch"] if self.architecture == "noarch" else []
        head += ["Summary: test package", "AutoReqProv: no", self.relations.strip("\n")]
        return "\n".join([*head, f"%description -n {self.name}", "Test.", f"%files -n {self.name}", ""])


def build_rpms(directory: Path, specs: Sequence[RpmSpec]) -> list[Path]:
    """Build an empty .rpm of every spec, in the order given.

    All of them are subpackages of as few specs as can be, because a run of
    rpmbuild costs far more than one package: a spec holds each name once, so
    there is one run for each version that the most frequent name has.
    """
    directory.mkdir(parents=True, exist_ok=True)
    batches: dict[tuple[str, int], list[RpmSpec]] = defaultdict(list)
    seen: dict[tuple[str, str], int] = defaultdict(int)
    for spec in dict.fromkeys(specs):
        target = "x86_64" if spec.architecture == "noarch" else spec.architecture
        batches[target, seen[target, spec.name]].append(spec)
        seen[target, spec.name] += 1

    def build(batch: tuple[str, list[RpmSpec]]) -> None:
        target, members = batch
        _run_rpmbuild(directory, target, "\n".join(spec.stanza for spec in members))

    in_parallel(build, [(target, members) for (target, _), members in batches.items()])
    return [directory / spec.filename for spec in specs]


def _run_rpmbuild(out: Path, target: str, stanzas: str) -> None:
    with tempfile.TemporaryDirectory(dir=out) as scratch:
        home = Path(scratch)
        (home / ".rpmmacros").write_text(f"{_RPM_MACROS}%_rpmdir {out.resolve()}\n", encoding="utf-8")
        (home / "batch.spec").write_text(_RPM_PREAMBLE + stanzas, encoding="utf-8")
        run(["rpmbuild", "-bb", "--quiet", "--target", target, "batch.spec"], home=home).checked()


def deb_repository(directory: Path, debs: Sequence[Path]) -> Path:
    """Make ``directory`` a flat repository of ``debs``."""
    _fill(directory, debs)
    index = run(["dpkg-scanpackages", "--multiversion", "."], home=directory).checked().output
    # The tool's own remarks share its output here, and none of them looks like a control file.
    stanzas = re.sub(r"^dpkg-scanpackages: .*\n", "", index, flags=re.MULTILINE)
    (directory / "Packages").write_text(stanzas, encoding="utf-8")
    return directory


def rpm_repository(directory: Path, rpms: Sequence[Path]) -> Path:
    """Make ``directory`` a repository of ``rpms``."""
    _fill(directory, rpms)
    run(["createrepo_c", "--quiet", "--no-database", "."], home=directory).checked()
    return directory


def _fill(directory: Path, packages: Sequence[Path]) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for package in packages:
        shutil.copy(package, directory)
