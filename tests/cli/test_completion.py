"""Completion: what real shells make of a line, where they find it, and that nothing makes it noisy."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

import click
import pytest
from click.shell_completion import CompletionItem, ShellComplete
from limits import HANG
from real.shells import NAMES, Shells
from real.tools import PATH, run
from small_project import MANIFEST

from pkgguard import api
from pkgguard.cli import completion
from pkgguard.cli.main import cli
from pkgguard.manifest import catalog
from tools.completion import write_scripts

ROOT = Path(__file__).parents[2]
pytest_plugins = ["real.fixtures"]

PROGRAMS = Path(sysconfig.get_path("scripts"))
PATIENT = f"""
from pkgguard import __main__
__main__.PATIENCE = {HANG}
__main__.main()
"""
"""pkgguard as it answers a shell, but it does not give up after seconds: a machine may be busy."""
PAGE = ROOT / "docs/completion.md"

real = pytest.mark.real
with_tools = pytest.mark.usefixtures("real_tools")
every_shell = pytest.mark.parametrize("shell", NAMES)


@pytest.fixture(scope="module")
def share(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("usr") / "share"
    write_scripts(folder, "vendor-completions")
    return folder


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("programs")
    program = folder / "pkgguard"
    program.write_text(f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n{PATIENT}")
    program.chmod(0o755)
    return folder


@pytest.fixture
def shells(tmp_path: Path, share: Path, programs: Path) -> Shells:
    """Return shells that find completions below ``share`` as they do below /usr/share."""
    home = tmp_path / "home"
    home.mkdir()
    return Shells(
        home,
        programs,
        {
            "bash": f"export XDG_DATA_DIRS={share}\nsource /usr/share/bash-completion/bash_completion\n",
            "zsh": f"fpath=({share}/zsh/vendor-completions $fpath)\nautoload -Uz compinit\ncompinit -u -D\n",
            "fish": "",
        },
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    for name in ("a_1.0_all.deb", "b-1.0-1.noarch.rpm", "notes.txt", "out/c_1.1_all.deb", "only/notes"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def completed(shells: Shells, share: Path, shell: str, line: str, folder: Path, **variables: str) -> str:
    done = shells.complete(shell, line, folder, XDG_DATA_DIRS=f"{share}:/usr/share", **variables)
    assert "Traceback" not in done.screen
    assert "pkgguard:" not in done.screen
    return done.line


# --- real shells


@real
@with_tools
@every_shell
@pytest.mark.parametrize(
    ("line", "became"),
    [
        ("pkgguard man", "pkgguard manifest "),
        ("pkgguard manifest che", "pkgguard manifest check "),
        ("pkgguard check --fa", "pkgguard check --fail-on "),
        ("pkgguard check --fail-on w", "pkgguard check --fail-on warning "),
        ("pkgguard check --fail-on=w", "pkgguard check --fail-on=warning "),
        ("pkgguard check --rule all=w", "pkgguard check --rule all=warning "),
        ("pkgguard check --rule=all=w", "pkgguard check --rule=all=warning "),
        ("pkgguard check a", "pkgguard check a_1.0_all.deb "),
        ("pkgguard check a_1.0_all.deb b", "pkgguard check a_1.0_all.deb b-1.0-1.noarch.rpm "),
        ("pkgguard check out/", "pkgguard check out/c_1.1_all.deb "),
        ("pkgguard generate kata-r", "pkgguard generate kata-runtime "),
        ("pkgguard generate kata-runtime 1:1.0-1 --fo", "pkgguard generate kata-runtime 1:1.0-1 --format "),
        ("pkgguard explain epoch", "pkgguard explain epoch-forgotten "),
        ("pkgguard compatible runtime=3.20", "pkgguard compatible runtime=3.20.0 "),
        ("pkgguard compatible agent=3.20.0 run", "pkgguard compatible agent=3.20.0 runtime="),
        ("pkgguard compatible kata-runtime=3.20", "pkgguard compatible kata-runtime=3.20.0 "),
        (
            "pkgguard compatible kata-runtime=3.20.0-1 a_",
            "pkgguard compatible kata-runtime=3.20.0-1 a_1.0_all.deb ",
        ),
        ("pkgguard nonsense ", "pkgguard nonsense "),
    ],
)
def test_a_shell_completes(
    shell: str, line: str, became: str, shells: Shells, share: Path, folder: Path
) -> None:
    assert completed(shells, share, shell, line, folder) == became


@real
@with_tools
@every_shell
def test_a_shell_offers_several(shell: str, shells: Shells, share: Path, folder: Path) -> None:
    variables = {"XDG_DATA_DIRS": f"{share}:/usr/share"}
    commands = shells.complete(shell, "pkgguard ", folder, **variables).screen
    for name in cli.list_commands(click.Context(cli)):
        assert re.search(rf"\b{name}\b", commands)
    files = shells.complete(shell, "pkgguard check ", folder, **variables).screen
    assert "a_1.0_all.deb" in files
    assert "b-1.0-1.noarch.rpm" in files
    assert "notes.txt" not in files
    anything = shells.complete(shell, "pkgguard check --manifest ", folder, **variables).screen
    assert "notes.txt" in anything


@real
@with_tools
@every_shell
def test_where_no_package_begins_so_any_file_is_offered(
    shell: str, shells: Shells, share: Path, folder: Path
) -> None:
    assert completed(shells, share, shell, "pkgguard check not", folder).startswith(
        "pkgguard check notes.txt"
    )
    assert completed(shells, share, shell, "pkgguard check onl", folder).startswith("pkgguard check only/")


@real
@with_tools
@every_shell
def test_the_manifest_in_use_says_what_is_offered(
    shell: str, shells: Shells, share: Path, folder: Path
) -> None:
    own = MANIFEST.replace("kata-image", "own-image")
    (folder / "own.toml").write_text(own, "utf-8")
    line = "pkgguard generate --manifest own.toml own"
    assert completed(shells, share, shell, line, folder) == f"{line}-image "
    assert completed(shells, share, shell, "pkgguard generate own", folder) == "pkgguard generate own"
    got = completed(shells, share, shell, "pkgguard generate own", folder, PKGGUARD_MANIFEST="own.toml")
    assert got == "pkgguard generate own-image "
    (folder / "own.toml").rename(folder / "pkgguard.toml")
    assert completed(shells, share, shell, "pkgguard generate own", folder) == "pkgguard generate own-image "


@real
@with_tools
def test_debians_zsh_looks_where_the_script_is_put(tmp_path: Path) -> None:
    looked = run(["zsh", "-f", "-c", "print -l $fpath"], home=tmp_path).checked().output.splitlines()
    assert "/usr/share/zsh/vendor-completions" in looked


@real
@with_tools
@every_shell
def test_what_the_documentation_says_for_pip_works(
    shell: str, tmp_path: Path, folder: Path, programs: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir(0o700)
    commands = re.findall(r"^```sh\n(.+)\n```$", PAGE.read_text("utf-8"), re.MULTILINE)
    (command,) = (one for one in commands if f"={shell}_source " in one)
    setup = {
        "bash": "source /usr/share/bash-completion/bash_completion\n",
        "zsh": "source ~/.zshrc\n",
        "fish": "",
    }
    shells = Shells(home, programs, setup)
    subprocess.run(["sh", "-c", command], env=shells.environment(), check=True)
    assert shells.complete(shell, "pkgguard man", folder).line == "pkgguard manifest "


@real
@with_tools
def test_what_the_documentation_says_of_pages_works(tmp_path: Path) -> None:
    (command,) = re.findall(r"^python3 -m tools.manual ~.+$", PAGE.read_text("utf-8"), re.MULTILINE)
    environment = {"HOME": str(tmp_path), "PATH": f"{PROGRAMS}:{tmp_path}/.local/bin:{PATH}"}
    (tmp_path / ".local/bin").mkdir(parents=True)
    subprocess.run(["sh", "-c", command], env=environment, cwd=ROOT, check=True)
    found = subprocess.run(
        ["man", "-w", "pkgguard-check"], env=environment, capture_output=True, text=True, check=True
    )
    assert found.stdout == f"{tmp_path}/.local/share/man/man1/pkgguard-check.1\n"


# --- what is written


OLD_ZSH = """\
#compdef %(prog_name)s
%(complete_func)s() {
  compadd first-time
}
compdef %(complete_func)s %(prog_name)s;
"""


@real
@with_tools
def test_an_older_clicks_script_for_zsh_answers_the_first_time(
    tmp_path: Path, shells: Shells, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(completion.Zsh, "source_template", OLD_ZSH)
    write_scripts(tmp_path / "old", "vendor-completions")
    done = shells.complete("zsh", "pkgguard fi", tmp_path)
    assert done.line == "pkgguard fi"
    old = Shells(
        shells.home,
        programs,
        {"zsh": shells.setup["zsh"].replace("fpath=(", f"fpath=({tmp_path}/old/zsh/vendor-completions ")},
    )
    assert old.complete("zsh", "pkgguard fi", tmp_path).line == "pkgguard first-time "


# --- silence


def answered(
    shell: str, line: str, folder: Path | None = None, program: str = "", **variables: str | bytes
) -> subprocess.CompletedProcess[bytes]:
    """Ask as a shell's script does."""
    words = line.split(" ")
    number = words[-1] if shell == "fish" else str(len(words) - 1)
    command = ["-c", program or PATIENT]
    environment: dict[str, str | bytes] = {
        "PYTHONPATH": str(ROOT),
        "LC_ALL": "C.UTF-8",
        "_PKGGUARD_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": number,
        **variables,
    }
    return subprocess.run(
        [sys.executable, *command],
        env=environment,
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=HANG,
    )


HOSTILE = {
    "not TOML": "manifest = [",
    "nothing": "",
    "another kind": "manifest = 1\ncomponent = 3\npackage = [1]\n",
    "a package of nothing": MANIFEST.replace('["agent"]\n[protocol', '["nothing"]\n[protocol'),
    "no rule": MANIFEST + '[rules]\nnonsense = "off"\n',
    "nested": "a = " + "[" * 5000,
    "no text": b"\xff\xfe",
    "other letters": MANIFEST.replace("[component.agent]", '[component.agent]\ntitle = "é, ñ: ü"'),
}
LINES = (
    "pkgguard generate kata-",
    "pkgguard generate --family nonsense kata-",
    "pkgguard explain ",
    "pkgguard compatible runtime=1.0.0 agent=",
    "pkgguard check --rule a",
)


@pytest.mark.parametrize("case", HOSTILE)
def test_no_manifest_makes_it_noisy(case: str, tmp_path: Path) -> None:
    text = HOSTILE[case]
    (tmp_path / "pkgguard.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    for number, line in enumerate(LINES):
        done = answered(NAMES[number % len(NAMES)], line, tmp_path)
        assert (done.returncode, done.stderr) == (0, b"")
        if "kata-" in line:
            assert (b"kata-runtime" in done.stdout) == (case in {"no rule", "other letters"})


@pytest.mark.parametrize(
    "named", ["nowhere.toml", ".", "/dev/zero", "pipe", "loop", "~nobody-here/x.toml", "\udcff.toml"]
)
def test_no_file_makes_it_noisy_or_slow(named: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    for shell in NAMES:
        done = answered(shell, f"pkgguard generate --manifest {named} kata-", tmp_path)
        assert (done.returncode, done.stdout.strip(), done.stderr) == (0, b"", b"")
        done = answered(shell, "pkgguard generate kata-", tmp_path, PKGGUARD_MANIFEST=named)
        assert (done.returncode, done.stdout.strip(), done.stderr) == (0, b"", b"")


@every_shell
@pytest.mark.parametrize(
    "variables",
    [
        {"COMP_WORDS": b"pkgguard check caf\xe9"},
        {"COMP_WORDS": "pkgguard check 'open"},
        {"COMP_WORDS": "pkgguard check \\"},
        {"COMP_WORDS": "pkgguard generate = : ="},
        {"COMP_WORDS": "="},
        {"COMP_CWORD": "-1"},
        {"COMP_CWORD": "99999"},
        {"COMP_CWORD": "many"},
        {"COMP_WORDS": ""},
        {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
        {"_PKGGUARD_COMPLETE": "tcsh_complete"},
        {"_PKGGUARD_COMPLETE": "nonsense"},
    ],
    ids=repr,
)
def test_no_question_makes_it_noisy(shell: str, variables: dict[str, str | bytes], tmp_path: Path) -> None:
    (tmp_path / "caf\udce9_1_all.deb").touch()
    (tmp_path / "pkgguard.toml").write_text(MANIFEST, "utf-8")
    done = answered(shell, "pkgguard check c", tmp_path, **variables)
    assert done.stderr == b""
    assert done.returncode in {0, 1}


def test_variables_that_no_shell_leaves_out_may_be_missing() -> None:
    for shell in NAMES:
        done = subprocess.run(
            [sys.executable, "-m", "pkgguard"],
            env={"PYTHONPATH": str(ROOT), "_PKGGUARD_COMPLETE": f"{shell}_complete"},
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stdout.strip(), done.stderr) == (0, b"", b"")


SLOW = """
import time
from pkgguard import __main__
from pkgguard.manifest import discover
from tools.completion import write_scripts
discover.chosen = lambda *_, **__: (print(end="", flush=True), time.sleep(9999))
__main__.PATIENCE = {patience}
__main__.main()
"""


def test_it_does_not_keep_a_person_waiting() -> None:
    # The program sleeps for hours: that it ends at all shows that it gave up.
    done = answered("bash", "pkgguard generate kata-", program=SLOW.format(patience=0.5))
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")


def test_an_interrupt_is_silent() -> None:
    program = SLOW.replace('end=""', '"asked"').format(patience=9999)
    child = subprocess.Popen(
        [sys.executable, "-c", program],
        env={
            "PYTHONPATH": str(ROOT),
            "_PKGGUARD_COMPLETE": "bash_complete",
            "COMP_WORDS": "pkgguard generate kata-",
            "COMP_CWORD": "2",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"asked\n"
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=HANG)
    assert (child.returncode, said) == (1, b"")


# --- what is offered


def offered(line: str) -> list[CompletionItem]:
    words = line.split(" ")
    return ShellComplete(cli, {}, "pkgguard", "_").get_completions(words[1:-1], words[-1])


def values(line: str) -> list[str]:
    return [item.value for item in offered(line)]


def test_a_package_is_offered_by_its_own_name_and_the_familys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = MANIFEST.replace('["agent"]\n[protocol', '["agent"]\nrpm = "kata-osbuilder"\n[protocol')
    (tmp_path / "pkgguard.toml").write_text(text, "utf-8")
    assert values("pkgguard generate kata-") == ["kata-runtime", "kata-image"]
    assert values("pkgguard generate --family rpm kata-") == ["kata-runtime", "kata-image", "kata-osbuilder"]
    assert [one.help for one in offered("pkgguard explain kata-i")] == ["carries agent"]


def test_the_packages_of_installed_manifests_are_offered_beside_the_built_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "INSTALLED", tmp_path / "manifests")
    (tmp_path / "manifests").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "manifests/broken.toml").write_text("[", "utf-8")
    (tmp_path / "manifests/own.toml").write_text(MANIFEST.replace("kata-image", "own-image"), "utf-8")
    assert values("pkgguard generate own") == ["own-image"]
    assert values("pkgguard generate kata-r") == ["kata-runtime"]
    (tmp_path / "here/pkgguard.toml").write_text(MANIFEST, "utf-8")
    assert values("pkgguard generate own") == []


def test_rules_are_offered_with_what_they_say() -> None:
    found = {one.value: one.help for one in offered("pkgguard explain e")}
    assert found == {"epoch-forgotten": api.rule("epoch-forgotten").title}
    levels = values("pkgguard check --rule epoch-forgotten=")
    assert levels == [f"epoch-forgotten={level}" for level in ("off", "error", "warning", "info")]
    assert "all=off" in values("pkgguard check --rule ")


def test_components_and_protocols_of_all_built_in_manifests_are_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert values("pkgguard matrix --component ") == [
        *("runtime", "agent", "kubelet", "cri-tools", "containerd", "cri-o"),
    ]
    found = {one.value: one.help for one in offered("pkgguard matrix --protocol cri-c")}
    assert found["cri-cri-o"] == "kubelet, cri-tools calls cri-o"
    (tmp_path / "pkgguard.toml").write_text(MANIFEST, "utf-8")
    assert values("pkgguard matrix --component ") == ["runtime", "agent"]
    assert values("pkgguard matrix --protocol a") == ["agent"]


def test_a_component_is_offered_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pkgguard.toml").write_text(MANIFEST, "utf-8")
    components = ["runtime=1.0.0", "runtime=1.1.0", "agent=1.0.0", "agent=1.1.0"]
    packages = ["kata-runtime=1.0.0", "kata-runtime=1.1.0", "kata-image=1.0.0", "kata-image=1.1.0"]
    assert values("pkgguard compatible ") == components + packages
    assert values("pkgguard compatible runtime=1.0.0 ") == components[2:] + packages
    assert values("pkgguard compatible kata-image=1.0.0-1 kata-") == packages[:2]
    assert values("pkgguard compatible kata-runtime=1.1") == ["kata-runtime=1.1.0"]


def test_package_files_are_offered_where_packages_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pkgguard.toml").write_text(MANIFEST.replace("kata-image", "image"), "utf-8")
    (tmp_path / "out").mkdir()
    for name in ("image_1.0_all.deb", "out/x.rpm", "image.txt"):
        (tmp_path / name).touch()
    assert values("pkgguard compatible im") == ["image=1.0.0", "image=1.1.0", "image_1.0_all.deb"]
    assert values("pkgguard compatible out/") == ["out/x.rpm"]
    assert values("pkgguard generate im") == ["image", "image_1.0_all.deb"]
    assert values("pkgguard explain im") == ["image", "image_1.0_all.deb"]
    assert [(one.value, one.type) for one in offered("pkgguard generate ./")] == [
        ("./image_1.0_all.deb", "plain")
    ]
    assert [(one.value, one.type) for one in offered("pkgguard compatible nowhere/")] == [
        ("nowhere/", "file")
    ]


def test_names_that_a_shell_would_read_otherwise_are_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a b.deb", "c.deb", "$(d).rpm", ".hidden.deb"):
        (tmp_path / name).touch()
    assert [(one.value, one.type) for one in offered("pkgguard check c")] == [("c.deb", "plain")]
    assert [(one.value, one.type) for one in offered("pkgguard check ")] == [("", "file")]
    assert [(one.value, one.type) for one in offered("pkgguard check ~/")] == [("~/", "file")]
    assert values("pkgguard check .h") == [".hidden.deb"]
    (tmp_path / "a b.deb").unlink()
    (tmp_path / "$(d).rpm").unlink()
    assert values("pkgguard check ") == ["c.deb"]
    assert values("pkgguard check ./c") == ["./c.deb"]
