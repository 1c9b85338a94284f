"""docs/tutorial.md is typed as printed: on this machine, and in Debian 12 and 13, as are the other examples.

With PKGGUARD_UPDATE=1 in the environment, the page is rewritten to what is printed on this machine.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from real.debian12 import Debian12
from real.debian13 import Debian13
from real.rpmbuild import Rpmbuild
from real.source import Addon
from real.tools import Outcome, run
from snapshots import assert_snapshot
from typed_pages import BLOCK, EXAMPLE, commands, play, section

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["real.fixtures"]

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/tutorial.md"
TEXT = PAGE.read_text("utf-8")
FAMILIES = ("Debian", "rpm")

# pkgguard is not installed as a package here, so what names it as a build dependency is told not to look.
WITHOUT_LOOKING = {"dpkg-buildpackage": "-d", "rpmbuild": "--nodeps"}


def put_builders(folder: Path) -> None:
    """Write programs that build without a look at the build dependencies."""
    for name, option in WITHOUT_LOOKING.items():
        program = folder / name
        program.write_text(f'#!/bin/sh\nexec /usr/bin/{name} {option} "$@"\n', "utf-8")
        program.chmod(0o755)


class Here:
    """A shell of this machine, with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self._home = folder.resolve() / "home"
        self._home.mkdir()
        self._builders = folder.resolve() / "builders"
        self._builders.mkdir()
        put_builders(self._builders)
        addon = Addon(folder / "addon").environment
        self._environment = {
            **addon,
            "PATH": f"{self._builders}:{addon['PATH']}",
            "RPM_CONFIGDIR": str(Rpmbuild(folder / "rpm").top / "config"),
        }

    def type(self, script: str) -> Outcome:
        words = ["sh", "-c", f"exec 2>&1\n{script}"]
        return run(words, home=self._home, cwd=ROOT, environment=self._environment)


class Inside:
    """A shell of a Debian in a folder."""

    def __init__(self, system: Debian12) -> None:
        self._system = system
        for name in ("pause-container", "questions", "tutorial"):
            system.copy_in(ROOT / "examples" / name, f"/src/examples/{name}")
        put_builders(system.folder / "usr/local/bin")

    @property
    def has_rpmbuild(self) -> bool:
        return (self._system.folder / "usr/bin/rpmbuild").exists()

    def type(self, script: str) -> Outcome:
        return self._system.run("sh", "-c", f"exec 2>&1\n{script}", cwd="/src")


@pytest.mark.real
@pytest.mark.usefixtures("real_tools")
@pytest.mark.parametrize("family", FAMILIES)
def test_it_is_typed_here_and_prints_what_it_shows(tmp_path: Path, family: str) -> None:
    text = PAGE.read_text("utf-8")
    part = section(text, family)
    assert_snapshot(PAGE, text.replace(part, play(part, Here(tmp_path))))


BUILDING = ("build-essential", "debhelper")
NEEDED = ("click", "debian", "jinja2", "rpm", "semver", "toml", "zstandard")


@pytest.fixture(params=[Debian12, Debian13])
def inside(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Inside]:
    system = request.param.unpacked(tmp_path / "system")
    if request.param is Debian12:
        needed = (f"python3-{name}" for name in NEEDED)
        system.apt("install", "--no-install-recommends", *BUILDING, *needed).checked()
    system.put_pkgguard()
    yield Inside(system)
    subprocess.run(["rm", "-rf", tmp_path / "system"], check=True)


@pytest.mark.real
def test_it_is_typed_in_debian_12_and_13(inside: Inside) -> None:
    """So are the examples of README and of the questions.

    The archive of Debian 12 has no rpmbuild; that of Debian 13 has rpm 4.20.
    """
    for family in FAMILIES if inside.has_rpmbuild else ("Debian",):
        part = section(TEXT, family)
        assert play(part, inside) == part
        inside.type("rm -r ~/*").checked()
    for page in (ROOT / "README.md", *sorted((ROOT / "docs/questions").glob("*.md"))):
        text = page.read_text("utf-8")
        assert play(text, inside, EXAMPLE) == text


# ------------------------------------------------------------------ the reading of a page


class Printing:
    """A shell that prints a text, whatever is typed."""

    def __init__(self, text: str, code: int = 0) -> None:
        self._text, self._code = text, code
        self.typed: list[str] = []

    def type(self, script: str) -> Outcome:
        self.typed.append(script)
        return Outcome((script,), 0, f"{self._text}ended {self._code} /there\n")


PRINTED = "$ one\na\n$ two # exit code 0\n…\nb\n"


def block(text: str) -> str:
    return f"```shellsession\n{text}```\n"


def test_a_command_goes_on_in_the_folder_in_which_the_last_one_ended() -> None:
    shell = Printing("a\nb\n")
    assert play(block(PRINTED), shell) == block(PRINTED.replace("$ one\na\n", "$ one\na\nb\n"))
    assert [script.splitlines()[0] for script in shell.typed] == ["", "cd /there"]


@pytest.mark.parametrize(("text", "code"), [("a\n", 0), ("a\nb\n", 1), ("a\nb\nc\n", 0)])
def test_another_output_or_exit_code_is_noticed(text: str, code: int) -> None:
    with pytest.raises(AssertionError, match="two"):
        play(block("$ two # exit code 0\n…\nb\n"), Printing(text, code))


def test_the_page_has_a_session_for_each_family_that_ends_with_a_verdict() -> None:
    for family in FAMILIES:
        typed = [one for found in BLOCK.findall(section(TEXT, family)) for one in commands(found)]
        assert len(typed) > 12
        assert any(one.exit_code for one in typed)
        for word in ("init", "manifest check", "generate", "manifest release", "manifest change", "diff"):
            assert any(one.command.startswith(f"pkgguard {word}") for one in typed), (family, word)
