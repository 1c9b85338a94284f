"""Completion where names and texts are hostile: in the real shells nothing of them runs, no line is added."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import CompletionItem, ShellComplete
from hostile_texts import ATOMS, CANARY, COUNT, MANIFEST
from real.shells import NAMES, Shells
from test_completion import PATIENT, ROOT, completed, programs, share, shells

from pkgguard.cli import completion
from pkgguard.cli.main import cli
from pkgguard.escape.toml import toml_string

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]
__all__ = ["programs", "share", "shells"]

every_shell = pytest.mark.parametrize("shell", NAMES)
RUN = f"touch {CANARY}"
SHOTS = (
    f"$({RUN})", f"`{RUN}`", f"'; {RUN}; '", f'"; {RUN}; "', f"; {RUN} #", f"& {RUN} &", f"| {RUN}",
    f"({RUN})", f"${{x:-$({RUN})}}", f"<({RUN})", "*", "?", "{a,b}", "\\", "!!", "x y", "a,b", ">canary",
    "#", "$HOME", "[a-z]",
)  # fmt: skip
LINES = (f"a\n{RUN}\n", f"a\nplain,{RUN}", f"a\r{RUN}\r", f"a\nplain\n$({RUN})\n_")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@every_shell
def test_no_text_of_a_manifest_runs(shell: str, shells: Shells, share: Path, folder: Path) -> None:
    """Every free text of it is hostile; its names are what a manifest can have."""
    said = [f"{one} {other}" for one, other in zip(ATOMS, reversed(ATOMS), strict=True) if one != "\ud800"]
    texts = [one for one in said if one.isprintable()][:COUNT]
    hostile = re.sub(r'"free (\d+)"', lambda match: toml_string(texts[int(match[1])]), MANIFEST)
    (folder / "pkgguard.toml").write_text(hostile, "utf-8")
    for line, became in (
        ("pkgguard explain shop-stock-", "pkgguard explain shop-stock-deb "),
        ("pkgguard compatible till=1.2", "pkgguard compatible till=1.2.0 "),
        ("pkgguard generate shop-t", "pkgguard generate shop-till "),
    ):
        assert completed(shells, share, shell, line, folder) == became
    assert not (folder / CANARY).exists()


OTHER_NAMES = """
from types import SimpleNamespace as Some
from pkgguard.cli import candidates
names = {names!r}
candidates.manifests = lambda *_, **__: [Some(
    packages={{one: Some(name=one, carries=(one,), shipping={{}}) for one in names}},
    components={{one: Some(name=one, releases=[Some(text=one)]) for one in names}},
)]
"""


@every_shell
def test_no_name_runs_though_a_manifest_had_it(shell: str, tmp_path: Path, share: Path, folder: Path) -> None:
    """No manifest can have such names: should one ever, they are not offered."""
    names = ["xgood", *(f"x{one}" for one in (*SHOTS, *LINES))]
    program = tmp_path / "bin/pkgguard"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        f"{OTHER_NAMES.format(names=names)}{PATIENT}"
    )
    program.chmod(0o755)
    (home := tmp_path / "home").mkdir()
    setup = {
        "bash": f"export XDG_DATA_DIRS={share}\nsource /usr/share/bash-completion/bash_completion\n",
        "zsh": f"fpath=({share}/zsh/vendor-completions $fpath)\nautoload -Uz compinit\ncompinit -u -D\n",
    }
    mine = Shells(home, program.parent, setup)
    for line, became in (
        ("pkgguard generate x", "pkgguard generate xgood "),
        ("pkgguard compatible x", "pkgguard compatible xgood=xgood "),
    ):
        assert completed(mine, share, shell, line, folder) == became
    assert not (folder / CANARY).exists()


@every_shell
def test_a_completed_file_is_the_file_and_nothing_runs(
    shell: str, shells: Shells, share: Path, folder: Path
) -> None:
    # fish is asked for candidates, which it escapes itself only at a terminal.
    for number, shot in enumerate(SHOTS[:6] + SHOTS[10:16] if shell != "fish" else SHOTS):
        name = f"d{number}/x{shot.replace('/', '')}.deb"
        (folder / name).parent.mkdir()
        (folder / name).touch()
        line = completed(shells, share, shell, f"pkgguard check d{number}/x", folder)
        assert not (folder / CANARY).exists(), shot
        words = line.removeprefix("pkgguard check ")
        if shell == "fish":
            assert words.rstrip(" ") == name, shot
            continue
        told = subprocess.run(
            [shell, "-c", f"printf '%s\\n' {words}"], cwd=folder, capture_output=True, text=True, check=True
        )
        assert told.stdout == f"{name}\n", shot
    assert not (folder / CANARY).exists()


@every_shell
def test_a_line_that_is_completed_is_not_run(shell: str, shells: Shells, share: Path, folder: Path) -> None:
    for line in (
        f"pkgguard check $({RUN}) --fail-on w",
        f"pkgguard generate --manifest '$({RUN}).toml' `{RUN}` k",
        f"pkgguard compatible '$({RUN})=1' run",
    ):
        completed(shells, share, shell, line, folder)
        assert not (folder / CANARY).exists(), line


@every_shell
@pytest.mark.parametrize("shot", [f"$({RUN})", f"`{RUN}`;'\""], ids=["substitution", "quotes"])
def test_no_path_of_a_manifest_runs(shell: str, shot: str, shells: Shells, share: Path, folder: Path) -> None:
    here = folder / shot
    here.mkdir()
    (here / f"{shot}.toml").write_text(MANIFEST, "utf-8")
    line = "pkgguard explain shop-stock-"
    assert completed(shells, share, shell, line, here, PKGGUARD_MANIFEST=f"{shot}.toml") == f"{line}deb "
    named = f"pkgguard explain --manifest {shlex.quote(f'{shot}.toml')} shop-stock-"
    assert completed(shells, share, shell, named, here).startswith(named)
    assert not list(folder.rglob(CANARY))


@pytest.mark.parametrize("kind", [completion.Bash, completion.Zsh, completion.Fish])
def test_what_is_offered_is_plain(
    kind: type[completion.Bash | completion.Zsh | completion.Fish], monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.shell_completion import CompletionItem

    def hostile(*_: object) -> list[CompletionItem]:
        return [CompletionItem(f"x{one}", help=one) for one in ("good", *SHOTS, *LINES)]

    monkeypatch.setattr(ShellComplete, "get_completions", hostile)
    (only,) = kind(cli, {}, "pkgguard", "_").get_completions([], "x")
    assert only.value == "xgood"
