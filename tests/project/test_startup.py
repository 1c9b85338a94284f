"""What a command loads: counted in modules, since time depends on the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

from pkgguard.cli.main import COMMANDS, cli
from pkgguard.manifest.discover import every_built_in
from pkgguard.prepare import prepare

ROOT = Path(__file__).parents[2]
DEB = ROOT / "examples/packages/kata-2018/kata-runtime_1.1.0-1_amd64.deb"
RPM = ROOT / "examples/pause-container/packages/kata-runtime-1.1.0-1.x86_64.rpm"

PROGRAM = """
import atexit, sys
atexit.register(lambda: print(*sys.modules, sep="\\n", file=sys.stderr))
from pkgguard.__main__ import main
main()
"""

SLOW = {"debian", "jinja2", "rpm", "rpmfile", "semver", "toml", "tomllib", "zstandard", "difflib", "json"}
SLOW |= {"importlib.resources", "textwrap", "pkgguard.prepare", "pkgguard.check.manifest_lint"}
SLOW |= {"pkgguard.integrations"}
"""Modules that take long to load, and that few commands need."""
CHECK = {"pkgguard.api", "pkgguard.check.engine", "pkgguard.generate.relations", "pkgguard.manifest.read"}
"""What a check needs, and what only asks about the command line does not."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds pkgguard as a build leaves it."""
    folder = tmp_path_factory.mktemp("built")
    left_out = shutil.ignore_patterns("__pycache__", "*.prepared")
    shutil.copytree(ROOT / "pkgguard", folder / "pkgguard", ignore=left_out)
    shutil.copytree(ROOT / "templates", folder / "pkgguard/templates", ignore=left_out)
    prepare(folder)
    return folder


def loaded(built: Path, *words: str, environment: Mapping[str, str] | None = None) -> set[str]:
    """Return the modules that a call of pkgguard has loaded at its end; it must have answered."""
    done = ran(built, PROGRAM, *words, environment=environment)
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout
    return set(done.stderr.split("\n"))


def printed(built: Path, program: str) -> str:
    """Return what a program prints that imports the modules of a folder."""
    done = ran(built, program)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def ran(
    built: Path, program: str, *words: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:] = {_path(built)!r}\n{program}", *words],
        cwd=built,
        env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )


def _path(built: Path) -> list[str]:
    """Return the places of modules without the checkout, whose editable install has a finder of its own."""
    return [
        str(built),
        *(one for one in sys.path if one and Path(one).resolve() not in (ROOT, ROOT / "tests")),
    ]


def complete(built: Path, line: str) -> set[str]:
    """Return what is loaded to complete the last word of a line in bash."""
    variables = {
        "_PKGGUARD_COMPLETE": "bash_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split(" ")) - 1),
    }
    return loaded(built, environment=variables)


def commands(modules: set[str]) -> set[str]:
    return {name for name, one in COMMANDS.items() if f"pkgguard.cli.{one}" in modules}


def test_help_loads_no_command(built: Path) -> None:
    modules = loaded(built, "--help")
    assert modules & (SLOW - {"textwrap"} | CHECK) == set()
    assert commands(modules) == set()
    assert "pkgguard.cli.main" in modules


@pytest.mark.parametrize("line", ["pkgguard ", "pkgguard ch", "pkgguard --ve"])
def test_completing_a_command_loads_none(built: Path, line: str) -> None:
    modules = complete(built, line)
    assert modules & (SLOW | CHECK) == set()
    assert commands(modules) == set()


@pytest.mark.parametrize("line", ["pkgguard check x", "pkgguard check --f", "pkgguard check --fail-on "])
def test_completing_an_argument_loads_one_command_and_no_check(built: Path, line: str) -> None:
    modules = complete(built, line)
    assert modules & (SLOW | CHECK) == set()
    assert commands(modules) == {"check"}


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "init"])
def test_the_help_of_a_command_loads_nothing_that_it_calls(built: Path, name: str) -> None:
    modules = loaded(built, name, "--help")
    assert modules & (SLOW - {"textwrap"} | CHECK) == set()


def test_completing_a_package_reads_the_prepared_manifest_and_no_more(built: Path) -> None:
    modules = complete(built, "pkgguard generate kata-r")
    assert modules & (SLOW | {"pkgguard.api", "pkgguard.check.engine"}) == set()
    assert "pkgguard.manifest.read" in modules


def of_family(modules: set[str], name: str) -> set[str]:
    """Return the modules of a family that are loaded; a manifest needs no more than its naming."""
    prefix = f"pkgguard.families.{name}."
    return {one.removeprefix(prefix) for one in modules if one.startswith(prefix)}


def test_a_check_of_a_plain_deb_loads_no_library_but_click(built: Path) -> None:
    modules = loaded(built, "check", str(DEB))
    assert modules & SLOW == set()
    assert of_family(modules, "rpm") == {"summary"}
    assert modules.isdisjoint({"pkgguard.manifest.toml_positions", "shutil"})
    assert "pkgguard.families.deb.apt_order" not in modules
    assert "pkgguard.families.deb.package" in modules


def test_a_check_of_an_rpm_loads_nothing_of_deb(built: Path) -> None:
    modules = loaded(built, "check", str(RPM))
    assert modules & (SLOW - {"rpmfile", "rpm", "zstandard"}) == set()
    assert of_family(modules, "deb") == {"summary"}
    assert modules & {"rpmfile", "rpm"}


READ = """
from pkgguard.manifest import discover
read = []
real = discover.built_in_manifest
discover.built_in_manifest = lambda name: read.append(name) or real(name)
choice = discover.choose()
found = choice.of({family!r}, {name!r})
print(found and found.path, *read)
"""


@pytest.mark.parametrize(
    ("family", "name", "answer"),
    [
        ("deb", "kata-runtime", "kata.toml kata.toml"),
        ("deb", "containerd", "cri.toml cri.toml"),
        ("rpm", "containerd", "None cri.toml"),
        ("rpm", "bash", "None"),
    ],
)
def test_only_the_manifest_that_knows_a_package_is_read(
    built: Path, family: str, name: str, answer: str
) -> None:
    assert printed(built, READ.format(family=family, name=name)) == answer


KNOWING = """
from pkgguard.families.registry import names
from pkgguard.manifest import discover
choice = discover.choose()
listed = {name for one in discover.every_built_in() for name in one.manifest.names}
for family in names():
    for name in sorted(listed | {"bash"}):
        found = choice.of(family, name)
        print(family, name, found and found.path)
"""


def test_the_names_that_the_build_prepared_find_the_same_manifest(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built / "pkgguard", tmp_path / "pkgguard", ignore=shutil.ignore_patterns("*.prepared"))
    with_them = printed(built, KNOWING)
    assert with_them == printed(tmp_path, KNOWING)
    judged = {
        (family, name): one.path for one in every_built_in() for family, name in one.manifest.by_shipped_name
    }
    assert {tuple(line.split(" ")) for line in with_them.split("\n") if not line.endswith(" None")} == {
        (*key, path) for key, path in judged.items()
    }


NEVER: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "--help": (
        ("--help",),
        {"click.shell_completion", "pathlib", "pkgguard.families", "pkgguard.manifest", "pkgguard.report"},
    ),
    "a .deb": (
        ("check", str(DEB)),
        {"hashlib", "pkgguard.api", "pkgguard.project", "pkgguard.compat.difference", "pkgguard.editing"}
        | {"pkgguard.compat.verdicts", "pkgguard.manifest.serialize", "pkgguard.report.as_json"}
        | {"pkgguard.report.explanation_text", "pkgguard.report.matrix_text", "pkgguard.versions.grid"}
        | {"pkgguard.versions.schemes.numbers"},
    ),
    "an .rpm": (
        ("check", str(RPM)),
        {"debian", "pkgguard.api", "pkgguard.project", "pkgguard.compat.difference", "pkgguard.editing"}
        | {"pkgguard.compat.verdicts", "pkgguard.manifest.serialize", "pkgguard.report.as_json"}
        | {"pkgguard.report.explanation_text", "pkgguard.report.matrix_text", "pkgguard.versions.grid"}
        | {"pkgguard.versions.schemes.numbers"},
    ),
}
"""For each call, its arguments and what it must not load: modules, and packages with all that is in them."""


@pytest.mark.parametrize("case", NEVER)
def test_a_plain_call_does_not_load_what_only_others_need(built: Path, case: str) -> None:
    words, never = NEVER[case]
    assert all(map(find_spec, never))
    modules = loaded(built, *words)
    assert sorted(one for one in modules if any(f"{one}.".startswith(f"{name}.") for name in never)) == []


def test_what_is_unusual_is_loaded_where_it_is_needed(built: Path) -> None:
    assert "jinja2" in loaded(built, "generate", "kata-runtime", "1.1.0-1")
    assert "json" in loaded(built, "check", "--format", "json", str(DEB))
    assert "tomllib" in loaded(
        built, "manifest", "check", str(ROOT / "examples/pause-container/pkgguard.toml")
    )


def test_without_a_build_the_manifest_is_read_as_toml(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built / "pkgguard", tmp_path / "pkgguard", ignore=shutil.ignore_patterns("*.prepared"))
    assert "tomllib" in loaded(tmp_path, "check", str(DEB))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_listed_with_the_summary_of_its_own_help(name: str) -> None:
    context = click.Context(cli)
    command = cli.get_command(context, name)
    assert command is not None
    assert getattr(command, "page", None) == f"pkgguard-{name}"
    assert getattr(import_module(f"pkgguard.cli.{COMMANDS[name]}"), name) is command
    assert cli.list_commands(context) == list(COMMANDS)
