"""Manifests as they are in a revision of a git repository, without running anything of that repository."""

from __future__ import annotations

import errno
import os
import posixpath
import subprocess
import tempfile
import threading
from typing import TYPE_CHECKING, NamedTuple

from pkgguard.errors import MissingManifestError
from pkgguard.escape.line import plain
from pkgguard.git_objects import PATIENCE
from pkgguard.git_objects import command as git_command
from pkgguard.manifest.composition import SourceFile
from pkgguard.manifest.discover import built_in, is_built_in
from pkgguard.manifest.limits import LARGEST
from pkgguard.manifest.read import manifest_from, read_manifest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkgguard.manifest.model import Manifest


def is_revision(named: str) -> bool:
    """Return whether an argument is ``REV:PATH``: it has a colon, and is not an existing file."""
    return ":" in named and not os.path.lexists(named)


def manifest_named(named: str, environ: Mapping[str, str]) -> Manifest:
    """Read the manifest in a file, or in a revision of the repository of the current folder (``REV:PATH``).

    A built-in one can be given by its name. A manifest in a revision extends files of
    the same revision. Raises :class:`ManifestError`, :class:`MissingManifestError` if the
    file does not exist, and :class:`OSError` if it cannot be read.
    """
    if not is_revision(named):
        try:
            return built_in(named).manifest if is_built_in(named) else read_manifest(named)
        except FileNotFoundError as error:
            raise MissingManifestError(named, "named on the command line") from error
    revision, path = _divided(named)
    if not revision or not path or revision.startswith("-") or "\0" in named:
        raise OSError(errno.EINVAL, "is neither a file nor REV:PATH, such as HEAD~1:pkgguard.toml", named)
    return manifest_from(InRevision(revision, path, environ))


class InRevision(NamedTuple):
    """A manifest in a revision of a repository."""

    revision: str
    path: str
    environ: Mapping[str, str]

    @property
    def file(self) -> SourceFile:
        """The file."""
        named = f"{self.revision}:{self.path}"
        return SourceFile(named, named)

    def read(self) -> bytes:
        """Return the content of the file."""
        return _content(self.file.path, self.environ)

    def beside(self, path: str) -> InRevision | None:
        """Return the file with a relative path in the same revision, or None outside of the repository."""
        found = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), path))
        # With ./ and ../, git reads a path relative to the current folder, not to the repository.
        if self.path.startswith(("./", "../")):
            return self._replace(path=found if found.startswith("../") else f"./{found}")
        return None if found.startswith("../") else self._replace(path=found)


def _divided(named: str) -> tuple[str, str]:
    """Return the revision and the path: the text before and after the first colon outside of braces."""
    depth = 0
    for place, character in enumerate(named):
        depth += (character == "{") - (character == "}")
        if character == ":" and not depth:
            return named[:place], named[place + 1 :]
    return "", ""


def _content(named: str, environ: Mapping[str, str]) -> bytes:
    """Return a file in a revision; of one that is too long for a manifest, something as long.

    git unpacks an object in memory before it prints any of it, so its size is asked for first.
    """
    size = int(printed(("-s", named), named, environ))
    if size > LARGEST:
        return bytes(LARGEST + 1)
    return printed(("blob", named), named, environ)


def printed(words: tuple[str, str], named: str, environ: Mapping[str, str]) -> bytes:
    """Return the first bytes of what ``git cat-file`` prints, one more than a manifest may have."""
    command, variables = git_command(named, environ)
    with tempfile.TemporaryFile() as told:
        child = subprocess.Popen(  # noqa: S603 - a fixed list, and the name of an object
            [*command, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=told,
            env=variables,
        )
        timer = threading.Timer(PATIENCE, child.kill)
        timer.start()
        try:
            with child:
                found = child.stdout.read(LARGEST + 1) if child.stdout is not None else b""
                if len(found) > LARGEST:
                    child.kill()
        finally:
            timer.cancel()
        if child.returncode and len(found) <= LARGEST:
            told.seek(0)
            lines = told.read(1000).decode("utf-8", "replace").splitlines() or ["git was ended"]
            raise OSError(errno.ENOENT, plain(f"git cannot read it: {lines[0]}"), named)
    return found
