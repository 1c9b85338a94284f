"""What dpkg-gencontrol and rpmbuild make of the generated relations."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pkgguard import api
from pkgguard.families.lookup import family as family_named
from real.guarded_packages import IMAGE, KATA, RUNTIME, SHAPES
from real.tools import Outcome, run

if TYPE_CHECKING:
    pass

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]


def generate(tmp_path: Path, *words: str | Path) -> str:
    """Run ``pkgguard generate`` twice, in processes of their own, and give its output."""
    project = str(Path(api.__file__).resolve().parent.parent)
    outputs = []
    for seed in "12":
        environment = {"PYTHONPATH": project, "PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pkgguard", "generate", "--quiet", *words]
        outputs.append(run(command, home=tmp_path, environment=environment).checked().output)
    assert outputs[0] == outputs[1]
    return outputs[0]


def shape_file(tmp_path: Path, name: str) -> Path:
    path = tmp_path / "pkgguard.toml"
    path.write_text(SHAPES[name], encoding="utf-8")
    return path


# (shape or empty for Kata, package, version): every field is in at least one of them.
OUTPUTS = [
    ("", RUNTIME, "2.1.0-1"),
    ("", IMAGE, "1.3.0-1"),
    ("two holes", "runtime", "1.3.0-1"),
    ("two images by protocol", "runtime", "1.3.0-1"),
    ("two images by protocol", "image", "2.0.0-1"),
    ("epoch and another name", "image", "1:1.0.5-1"),
]


outputs = pytest.mark.parametrize(("shape", "name", "version"), OUTPUTS)


SOURCE = """\
Source: kata
Maintainer: Nobody <nobody@example.org>
Standards-Version: 4.6.2

Package: {name}
Architecture: all
{fields}
Description: test package
 Made for one test.
"""


CHANGELOG = """\
kata (0-1) unstable; urgency=medium

  * Test.

 -- Nobody <nobody@example.org>  Thu, 21 Jun 2018 18:53:00 +0000
"""


def relations(
    manifest: api.Manifest, name: str, version: str, target: tuple[str, str]
) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for one in api.Project(manifest).relations(target[0], name, version, target=target[1]).relations:
        found[one.relation.field].add(one.relation.text)
    return dict(found)


def manifest_of(shape: str) -> api.Manifest:
    return api.parse_manifest(SHAPES[shape]) if shape else KATA


def gencontrol(tmp_path: Path, control: str, version: str, *words: str) -> Outcome:
    (tmp_path / "debian").mkdir()
    (tmp_path / "debian/control").write_text(control, encoding="utf-8")
    (tmp_path / "debian/changelog").write_text(CHANGELOG, encoding="utf-8")
    (tmp_path / "debian/substvars").touch()
    return run(["dpkg-gencontrol", f"-v{version}", "-O", *words], home=tmp_path)


def fields_of(package: api.Package) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for relation in package.relations:
        found[relation.field].add(relation.text)
    return dict(found)


@outputs
def test_dpkg_gencontrol_takes_the_substvars(tmp_path: Path, shape: str, name: str, version: str) -> None:
    options = ["--manifest", shape_file(tmp_path, shape)] if shape else []
    text = generate(tmp_path, name, version, "--format", "substvars", *options)
    names = family_named("deb").relation_fields
    fields = "\n".join(f"{field}: ${{pkgguard:{field}}}" for field in names)
    (tmp_path / "pkgguard.substvars").write_text(text, encoding="utf-8")
    done = gencontrol(
        tmp_path, SOURCE.format(name=name, fields=fields), version, "-Tpkgguard.substvars"
    ).checked()
    assert "warning" not in done.output
    package = api.describe_package("deb", done.output)
    assert (package.name, package.version, package.malformed) == (name, version, ())
    assert fields_of(package) == relations(manifest_of(shape), name, version, ("deb", "deb"))


@outputs
def test_dpkg_gencontrol_takes_the_fields_with_their_comments(
    tmp_path: Path, shape: str, name: str, version: str
) -> None:
    options = ["--manifest", shape_file(tmp_path, shape)] if shape else []
    text = generate(tmp_path, name, version, "--format", "control", *options)
    assert re.search(r"^# ", text, re.MULTILINE)
    done = gencontrol(tmp_path, SOURCE.format(name=name, fields=text.rstrip("\n")), version).checked()
    assert "warning" not in done.output
    assert "#" not in done.output
    package = api.describe_package("deb", done.output)
    assert fields_of(package) == relations(manifest_of(shape), name, version, ("deb", "deb"))


SPEC = """\
Name: {name}
Version: {version}
Release: {release}
{epoch}Summary: test package
License: none
BuildArch: noarch
%include %{{_topdir}}/relations.inc
%description
Test.
%files
"""


QUERY = "".join(
    f"[{field}\\t%{{{tag}NAME}} %{{{tag}FLAGS:depflags}} %{{{tag}VERSION}}\\n]"
    for field, tag in (
        ("Requires", "REQUIRE"), ("Recommends", "RECOMMEND"),
        ("Conflicts", "CONFLICT"), ("Provides", "PROVIDE"),
    )
)  # fmt: skip


@pytest.mark.parametrize("dialect", ["rpm", "rpm-legacy"])
@outputs
def test_rpmbuild_takes_the_spec_lines(
    tmp_path: Path, shape: str, name: str, version: str, dialect: str
) -> None:
    options = ["--manifest", shape_file(tmp_path, shape)] if shape else []
    text = generate(
        tmp_path, name, version, "--family", "rpm", "--format", "spec", "--target", dialect, *options
    )
    assert re.search(r"^# ", text, re.MULTILINE)
    manifest = manifest_of(shape)
    shipped = manifest.packages[name].shipping["rpm"].name
    epoch, plain, release = family_named("rpm").split(version)
    top = tmp_path / "top"
    top.mkdir()
    (top / "relations.inc").write_text(text, encoding="utf-8")
    spec = SPEC.format(
        name=shipped, version=plain, release=release, epoch=f"Epoch: {epoch}\n" if epoch else ""
    )
    (top / "package.spec").write_text(spec, encoding="utf-8")
    built = run(
        ["rpmbuild", "-bb", "--define", f"_topdir {top}", "--define", f"_rpmdir {top}", top / "package.spec"],
        home=tmp_path,
    ).checked()
    assert "warning" not in built.output
    (rpm,) = top.rglob("*.rpm")
    listing = (
        run(["rpm", "--query", "--package", "--queryformat", QUERY, rpm], home=tmp_path).checked().output
    )
    found: dict[str, set[str]] = defaultdict(set)

    def is_own(text: str) -> bool:
        # rpmbuild adds the package's own name and the features that its relations need.
        return not text.startswith(("rpmlib(", f"{shipped} = "))

    for line in listing.splitlines():
        field, _, said = line.partition("\t")
        said = " ".join(said.split())
        if is_own(said):
            found[field].add(said)
    assert dict(found) == relations(manifest, name, version, ("rpm", dialect))
    # And pkgguard reads from the file what rpm reads from it.
    read = fields_of(api.read_package(rpm))
    assert {field: own for field, texts in read.items() if (own := {*filter(is_own, texts)})} == dict(found)
