"""Each fix that check prints is pasted into a control file or spec, built by the real tools, and checked."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest
from click.testing import CliRunner
from real.rpmbuild import RELEASES, VARIABLE, Rpmbuild, system_of

from pkgguard import api
from pkgguard.cli.main import cli
from pkgguard.report.answers import CheckAnswer
from pkgguard.report.formats import render
from pkgguard.report.look import Look

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples/packages"
SEVERE: Final = re.compile(r"^  (?:error|warning): ([a-z, -]+): ", re.MULTILINE)
NO_FIX: Final = {"unordered-version", "unguarded-by-peers"}
"""The rules about these packages that no relation to a peer remedies."""


def build_script() -> Any:
    spec = importlib.util.spec_from_file_location("example_packages", EXAMPLES / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["example_packages"] = module
    spec.loader.exec_module(module)
    return module


BUILD = build_script()
PACKAGES = {f"{one.folder}/{one.filename}": one for one in BUILD.PACKAGES}


class Printed(NamedTuple):
    """A fix as it is printed: what to do, and the lines to paste."""

    steps: str
    lines: tuple[str, ...]


def printed(text: str) -> Iterator[tuple[str, Printed]]:
    """Yield each file of a report with its fix: the lines that begin in the first column."""
    for block in text.split("\n\n"):
        path, *lines = block.split("\n")
        steps = [number for number, line in enumerate(lines) if line.startswith("  fix: ")]
        if steps:
            (first,) = steps
            pasted = [line for line in lines[first + 1 :] if line]
            assert all(not line.startswith(" ") for line in pasted)
            head = [line for line in lines[:first] if not line.startswith(" ")]
            assert head == []
            yield path.partition(": ")[0], Printed(lines[first].removeprefix("  fix: "), tuple(pasted))


def check(*paths: Path | str, color: str = "never") -> str:
    result = CliRunner().invoke(cli, ["check", f"--color={color}", *map(str, paths)])
    assert result.exit_code in (0, 1), result.output
    return result.output


def files() -> list[str]:
    return [str(path) for kind in ("deb", "rpm") for path in sorted(EXAMPLES.glob(f"*/*.{kind}"))]


@pytest.fixture(scope="module")
def fixes() -> dict[str, Printed]:
    found = dict(printed(check(*files())))
    assert len(found) > 10
    return {path.removeprefix(f"{EXAMPLES}/"): one for path, one in found.items()}


def pasted(package: Any, fix: Printed) -> Any:
    """Return an example package with a fix in place of what it says to replace or remove."""
    gone = set(re.findall(r"(?:replace|remove) ([A-Za-z-]+)(?=[,;]|$)", fix.steps))
    out = {
        (field, name) for field, name in re.findall(r"(?:remove|, ) ?([A-Z][a-z]+): \(?([a-z-]+)", fix.steps)
    }
    kept = []
    for line in package.relations.split("\n"):
        field, _, text = line.partition(":")
        name = re.match(r"\s*\(?([a-z-]*)", text)
        assert name is not None
        if field not in gone and (field, name[1]) not in out:
            kept.append(line)
    return replace(package, relations="\n".join(filter(None, (*kept, *fix.lines))))


def test_each_is_accepted_and_the_package_is_clean(fixes: dict[str, Printed], tmp_path: Path) -> None:
    families = set()
    for number, (path, fix) in enumerate(fixes.items()):
        package = pasted(PACKAGES[path], fix)
        scratch = tmp_path / str(number)
        scratch.mkdir()
        out = tmp_path / "out"
        out.mkdir(exist_ok=True)
        (BUILD.build_deb if package.family == "deb" else BUILD.build_rpm)(package, out, scratch)
        families.add(package.family)
        left = set(re.findall(SEVERE, check(out / package.filename)))
        assert left <= NO_FIX, (path, left)
    assert families == {"deb", "rpm"}
    together = check(*sorted(out.iterdir()))
    assert set(re.findall(SEVERE, together)) <= NO_FIX


def test_dpkg_gencontrol_accepts_each_field(fixes: dict[str, Printed], tmp_path: Path) -> None:
    seen = 0
    for path, fix in fixes.items():
        package = PACKAGES[path]
        if package.family != "deb":
            continue
        relations = pasted(package, fix).relations
        debian = tmp_path / str(seen) / "debian"
        debian.mkdir(parents=True)
        (debian / "control").write_text(
            f"Source: {package.name}\nMaintainer: Nobody <nobody@example.org>\n\n"
            f"Package: {package.name}\nArchitecture: amd64\n{relations}\nDescription: test\n Test.\n"
        )
        (debian / "changelog").write_text(
            f"{package.name} ({package.version}) unstable; urgency=medium\n\n  * Test.\n\n"
            " -- Nobody <nobody@example.org>  Thu, 21 Jun 2018 18:53:00 +0000\n"
        )
        done = subprocess.run(
            ["dpkg-gencontrol", "-O"], cwd=debian.parent, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        built = api.describe_package("deb", done.stdout)
        findings = api.Project(api.built_in()).check_packages([built]).findings
        assert {one.id for one in findings if one.severity != "info"} <= NO_FIX
        seen += 1
    assert seen > 3


@pytest.mark.parametrize("release", RELEASES)
def test_each_release_of_rpm_reads_every_relation_of_a_line(
    fixes: dict[str, Printed],
    tmp_path: Path,
    shared: Path,
    monkeypatch: pytest.MonkeyPatch,
    release: str,
) -> None:
    if VARIABLE not in os.environ and (root := system_of(release, shared)):
        monkeypatch.setenv(VARIABLE, str(root))
    result = api.Project(api.built_in()).check(files())
    found = [fix for fix in result.judgement.fixes if fix.path.endswith(".rpm")]
    assert {fix.lines for fix in found} == {fix.lines for path, fix in fixes.items() if path.endswith(".rpm")}
    stanzas = "".join(
        "\n".join((f"%package -n p{number}", "Summary: test", *fix.lines))
        + f"\n%description -n p{number}\nTest.\n%files -n p{number}\n"
        for number, fix in enumerate(found)
    )
    head = "Name: test\nVersion: 1\nRelease: 1\nSummary: test\nLicense: none\nBuildArch: noarch\n"
    rpmbuild = Rpmbuild(tmp_path / "rpm")
    built = rpmbuild.build(f"{head}%description\nTest.\n{stanzas}")
    assert len(built.packages) == len(found) > 5, built
    for number, fix in enumerate(found):
        assert set(rpmbuild.relations(built.packages[f"p{number}"])) == set(map(str, fix.added))


@pytest.mark.parametrize("width", [20, 80, 0])
def test_no_line_to_paste_is_wrapped(fixes: dict[str, Printed], width: int) -> None:
    read = api.read_files(files())
    choice = api.choose(None, environ={})
    answer = CheckAnswer(api.check_by_choice(read, choice), choice.default)
    lines = "".join(render(answer, "text", Look(width))).split("\n")
    for fix in fixes.values():
        assert set(fix.lines) <= set(lines)
    if width:
        known = {line for fix in fixes.values() for line in fix.lines}
        long = [line for line in lines if len(line) > width and line not in known]
        assert [line for line in long if " " in line.strip()] == []  # a single word is not divided
