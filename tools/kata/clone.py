"""The files of a release, read from a clone with git."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


class MissingReleaseError(Exception):
    """The tag or the clone does not exist."""


class File(NamedTuple):
    """A file of a release."""

    path: str
    text: str


class Clone(NamedTuple):
    """A clone of kata-containers, with or without a work tree."""

    folder: Path

    def files(self, release: str, under: Sequence[str], named: str, without: str = "") -> list[File]:
        """Return the files under some folders whose paths match ``named`` and not ``without``.

        Both are regular expressions. Raises :class:`MissingReleaseError`.
        """
        listed = self._git("ls-tree", "-r", "-z", "--name-only", f"refs/tags/{release}", "--", *under)
        paths = [
            path
            for path in listed.decode("utf-8", "replace").split("\0")
            if path and re.search(named, path) and not (without and re.search(without, path))
        ]
        wanted = "".join(f"refs/tags/{release}:{path}\n" for path in paths)
        return [
            File(*one)
            for one in zip(paths, _texts(self._git("cat-file", "--batch", given=wanted)), strict=True)
        ]

    def text(self, release: str, path: str) -> str:
        """Return the text of one file of a release."""
        return self._git("show", f"refs/tags/{release}:{path}").decode("utf-8", "replace")

    def first_release(self, commit: str) -> str | None:
        """Return the first final release that has a commit, or None if there is none."""
        tags = self._git("tag", "--contains", commit).decode("utf-8", "replace").split()
        final = [tag for tag in tags if re.fullmatch(r"[2-9]\d*\.\d+\.\d+", tag)]
        return min(final, key=lambda tag: tuple(map(int, tag.split("."))), default=None)

    def _git(self, *words: str, given: str = "") -> bytes:
        command = ["git", "-C", str(self.folder), *words]
        done = subprocess.run(command, input=given.encode(), capture_output=True, check=False)
        if done.returncode:
            raise MissingReleaseError(done.stderr.decode("utf-8", "replace").strip())
        return done.stdout


def _texts(batch: bytes) -> Iterator[str]:
    """Return the texts in the output of ``git cat-file --batch``."""
    place = 0
    while place < len(batch):
        line = batch.index(b"\n", place)
        size = int(batch[place:line].split()[-1])
        yield batch[line + 1 : line + 1 + size].decode("utf-8", "replace")
        place = line + size + 2
