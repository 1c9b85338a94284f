"""A Debian 12 system in a folder, without a network: pkgguard's own packages are built and tried in it."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

from limits import HANG, need_terminal

from .tools import PATH, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).parent.parent.parent
PYTHON = "usr/lib/python3/dist-packages/pkgguard"
COMMAND = "#!/usr/bin/python3\nfrom pkgguard.__main__ import main\n\nmain()\n"
RPM_FILES = {"macros.pkgguard": "macros.d", "pkgguard.attr": "fileattrs", "pkgguard.lua": "lua"}
"""What is installed of rpm/, and the folder of rpm's configuration in which it is."""
_ENTER = """\
mount -t proc proc "$0/proc" && mount -t devpts -o newinstance,ptmxmode=0666 devpts "$0/dev/pts" || exit
exec chroot "$0" sh -c 'cd "$0" && exec "$@"' "$@"
"""
"""The shell that goes into the system; its mounts end with it."""
_PROMPT = "typed-here# "
_QUESTION = r"Configuring [a-z0-9.+-]+\r*\n\W*-{3,}|\[[YyNn]/[YyNn]\]|\[(default|no|yes)[=\]]"
"""How debconf, apt and dpkg ask: a heading that is underlined, or the answers in brackets."""


class Debian12:
    """The system that :file:`debian12.sh` archived, in ``folder``."""

    archive: ClassVar[str] = "debian12"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def unpacked(cls, folder: Path) -> Self:
        """Unpack the archive into a new folder."""
        unpack(cls.archive, folder)
        return cls(folder)

    def run(self, *words: str, cwd: str = "/", environment: Mapping[str, str] | None = None) -> Outcome:
        """Run a program inside, as root and without a network."""
        command = ("unshare", "--net", "--mount", "sh", "-c", _ENTER, str(self.folder), cwd, *words)
        done = subprocess.run(
            command,
            env={
                "PATH": PATH,
                "HOME": "/root",
                "LC_ALL": "C.UTF-8",
                "DEBIAN_FRONTEND": "noninteractive",
                **(environment or {}),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        return Outcome(words, done.returncode, done.stdout)

    def typed(self, text: str, *, cwd: str = "/", environment: Mapping[str, str] | None = None) -> Outcome:
        """Type a command at a terminal inside, in an interactive shell of root, without a network.

        What asks there is not answered: the command fails at its first question.
        """
        need_terminal()
        import pexpect

        entered = ["--net", "--mount", "sh", "-c", _ENTER, str(self.folder), cwd, "sh", "-i"]
        child = pexpect.spawn(
            "unshare",
            entered,
            env={"PATH": PATH, "HOME": "/root", "TERM": "xterm", "PS1": _PROMPT, **(environment or {})},
            encoding="utf-8",
            codec_errors="replace",
            dimensions=(50, 200),
            timeout=HANG,
        )
        try:
            child.expect_exact(_PROMPT)
            child.send(text)
            asked = child.expect([re.escape(_PROMPT), _QUESTION])
            said = child.before + child.after
            if asked:
                raise AssertionError(f"it asks a question:\n{said}")
            child.sendline("echo ended:$?:")
            child.expect(r"ended:(\d+):")
            return Outcome((text,), int(child.match[1]), said)
        finally:
            child.close(force=True)

    def apt(self, *words: str, cwd: str = "/") -> Outcome:
        """``apt-get WORDS``, from what the archive holds."""
        return self.run("apt-get", "--yes", "--quiet", *words, cwd=cwd)

    def put_pkgguard(self) -> None:
        """Put pkgguard there as its two Debian packages would, and the files of rpm/ if rpm is there."""
        without_caches = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "pkgguard", self.folder / PYTHON, ignore=without_caches)
        shutil.copytree(ROOT / "templates", self.folder / PYTHON / "templates", ignore=without_caches)
        program = self.folder / "usr/bin/pkgguard"
        program.write_text(COMMAND, "utf-8")
        program.chmod(0o755)
        for line in Path(ROOT / "debian/dh-pkgguard.install").read_text("utf-8").splitlines():
            path, target = line.split()
            (self.folder / target).mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, self.folder / target)
        configuration = self.folder / "usr/lib/rpm"
        if configuration.is_dir():
            for path, target in RPM_FILES.items():
                (configuration / target).mkdir(exist_ok=True)
                shutil.copy(ROOT / "rpm" / path, configuration / target)

    def copy_in(self, source: Path, target: str) -> None:
        """Copy a file or folder into the system."""
        place = self.folder / target.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, place, symlinks=True, dirs_exist_ok=True)
        else:
            shutil.copy(source, place)


def unpack(name: str, folder: Path) -> None:
    """Unpack the archive that ``tests/real/NAME.sh`` made into a new folder."""
    archive = ROOT / f".cache/{name}.tar"
    if not archive.is_file():
        remedy = f"run sh tests/real/{name}.sh .cache/{name}.tar, as README's test command does"
        raise AssertionError(f"{archive} is not there: {remedy}")
    folder.mkdir(parents=True)
    subprocess.run(["tar", "--extract", "--file", archive, "--directory", folder], check=True)


def checkout(folder: Path) -> Path:
    """Copy what a release of this checkout holds, and give the folder."""
    kept = shutil.ignore_patterns(
        ".git",
        ".cache",
        ".venv",
        "venv",
        ".*_cache",
        ".hypothesis",
        "__pycache__",
        "*.egg-info",
        "build",
        "dist",
    )
    for path in ROOT.iterdir():
        if kept(str(ROOT), [path.name]):
            continue
        if path.is_dir():
            shutil.copytree(path, folder / path.name, symlinks=True, ignore=_not_pkgguard_build(kept))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / path.name)
    return folder


def _not_pkgguard_build(kept: Callable[[str, list[str]], set[str]]) -> Callable[[str, list[str]], set[str]]:
    # pkgguard/build is a part of the code, build/ at the top what setuptools leaves.
    return lambda folder, names: kept(folder, names) - {"build"}


def once(folder: Path, name: str, make: Callable[[Path], None]) -> Path:
    """Make a folder once for all processes of a test run, and give it; what fails once fails for all."""
    made, failed = folder / name, folder / f"{name}.failed"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if failed.exists():
            raise AssertionError(failed.read_text("utf-8"))
        if not made.exists():
            unfinished = folder / f"{name}.{os.getpid()}"
            try:
                make(unfinished)
            except Exception as error:
                failed.write_text(str(error), "utf-8")
                raise
            unfinished.rename(made)
    return made
