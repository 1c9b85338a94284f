"""Reading objects of a git repository with ``git cat-file``, without running anything of that repository."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
import threading
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.escape.line import plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import IO, NoReturn, Self

PATIENCE: Final = 60.0
"""Seconds after which git is ended: it reads a few objects of the repository."""

_SETTINGS: Final = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.attributesFile=/dev/null",
    "core.pager=cat",
    "core.sshCommand=false",
    "diff.external=",
    "credential.helper=",
    "protocol.allow=never",
    "log.showSignature=false",
)
"""Settings that would name a program, or reach another repository, as the command line overrides them."""

ARGUMENTS: Final = (
    "--no-pager",
    "--no-optional-locks",
    "--no-replace-objects",
    *(word for setting in _SETTINGS for word in ("-c", setting)),
    "cat-file",
)
_KEPT: Final = ("HOME", "XDG_CONFIG_HOME")
"""Variables that git gets: where the user's own settings are, such as the folders that are safe."""


def command(named: str, environ: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return the beginning of the command line of ``git cat-file``, and its environment.

    ``named`` is what is read, in the :class:`OSError` that is raised if git is not
    installed.
    """
    path = search_path(environ)
    program = which("git", path=path)
    if program is None:
        raise OSError(errno.ENOENT, "git is not installed; install it, or name a file", named)
    variables = {name: environ[name] for name in _KEPT if name in environ} | {
        "PATH": path,
        "LC_ALL": "C",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }
    return [program, *ARGUMENTS], variables


def search_path(environ: Mapping[str, str]) -> str:
    """Return the parts of PATH that are absolute and outside the current folder."""
    here = Path.cwd().resolve()
    parts = environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(
        one for one in parts if os.path.isabs(one) and not Path(one).resolve().is_relative_to(here)
    )


class Object(NamedTuple):
    """An object of git: its type, such as ``blob``, its size, and the length of an object's name in bytes."""

    type: str
    size: int
    name_length: int


class Objects:
    """The objects of a repository, read by two processes of git: one tells their sizes, one their content.

    git unpacks an object in memory before it prints any of it, so its size is asked for
    first.
    """

    def __init__(self, folder: Path, named: str, environ: Mapping[str, str]) -> None:
        words, variables = command(named, environ)
        self._named = named
        self._told = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self._children = [
            subprocess.Popen(  # noqa: S603 - a fixed list
                [*words, flag],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._told,
                env=variables,
                cwd=folder,
            )
            for flag in ("--batch-check", "--batch")
        ]
        self._timer = threading.Timer(PATIENCE, self._kill)
        self._timer.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._kill()
        for child in self._children:
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except BrokenPipeError:
                        continue
            child.wait()
        self._told.close()

    def find(self, name: str) -> Object | None:
        """Return what an object is, by a name such as ``REV:PATH``, or None if there is none."""
        if "\n" in name or "\0" in name:
            return None
        self._ask(0, name)
        return self._header(0)

    def content(self, name: str, most: int) -> bytes:
        """Return the content of an object; if it is longer than ``most`` bytes, something as long.

        Raises :class:`OSError` if it does not exist.
        """
        found = self.find(name)
        if found is None:
            raise OSError(errno.ENOENT, "does not exist in this revision", name)
        if found.size > most:
            return bytes(most + 1)
        self._ask(1, name)
        header = self._header(1)
        data = self._pipe(1).read(found.size + 1)[: found.size]
        if header != found or len(data) != found.size:
            self._fail()
        return data

    def _ask(self, which: int, name: str) -> None:
        pipe = self._children[which].stdin
        try:
            if pipe is not None:
                pipe.write(name.encode("utf-8", "surrogateescape") + b"\n")
                pipe.flush()
        except BrokenPipeError:
            self._fail()

    def _header(self, which: int) -> Object | None:
        line = self._pipe(which).readline(10_000).decode("utf-8", "replace")
        words = line.split()
        if len(words) == 3 and words[2].isdigit():
            return Object(words[1], int(words[2]), len(words[0]) // 2)
        if not line:
            self._fail()
        return None  # missing, or ambiguous

    def _pipe(self, which: int) -> IO[bytes]:
        pipe = self._children[which].stdout
        if pipe is None:
            self._fail()
        return pipe

    def _fail(self) -> NoReturn:
        self._kill()
        for child in self._children:
            child.wait()
        self._told.seek(0)
        lines = self._told.read(1000).decode("utf-8", "replace").splitlines() or ["git was ended"]
        raise OSError(errno.ENOENT, plain(f"git cannot read it: {lines[0]}"), self._named)

    def _kill(self) -> None:
        for child in self._children:
            child.kill()
