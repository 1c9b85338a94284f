"""The source files of a folder, in the file system or in a revision of a git repository."""

from __future__ import annotations

import errno
import os
import posixpath
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.budget import spend
from pkgguard.errors import ProtocolError
from pkgguard.git_objects import Objects
from pkgguard.protocol.limits import SOURCE_FILE, SOURCE_FILES
from pkgguard.protocol.literals import is_source
from pkgguard.protocol.trees import entries
from pkgguard.regular_files import content

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LEFT_OUT: Final = re.compile(
    r"_test\.go|\.pb\.go|_pb2\.py|\.git|vendor|node_modules|third_party|target|tests?|testdata|testing|mocks?"
)
"""Names of files and folders that are generated, of another project, or for tests."""
_ENDINGS: Final = ("_test.go", ".pb.go", "_pb2.py")


class SourceFile(NamedTuple):
    """A source file."""

    path: str
    text: str


class Sources:
    """The source files of a project; a path is relative to its top."""

    def __init__(self, named: str, objects: Objects | None = None, revision: str = "") -> None:
        self._named = named
        self._objects = objects
        self._revision = revision
        self._count = 0

    def files(self, folder: str) -> Iterator[SourceFile] | None:
        """Return the source files in a folder and the folders in it, or None if it does not exist."""
        path = posixpath.normpath(folder)
        if path.startswith(("..", "/")):
            raise ProtocolError(self._named, folder, "is outside of the project")
        if self._objects is None:
            top = Path(self._named, path)
            return self._in_folder(top) if top.is_dir() else None
        name = f"{self._revision}:{'' if path == '.' else path}"
        found = self._objects.find(name)
        return self._in_tree(name, found.name_length) if found is not None and found.type == "tree" else None

    def _in_folder(self, top: Path) -> Iterator[SourceFile]:
        for folder, inner, names in os.walk(top):
            inner[:] = sorted(name for name in inner if not _LEFT_OUT.fullmatch(name))
            for name in sorted(names):
                path = Path(folder, name)
                if _is_wanted(name) and path.is_file() and not path.is_symlink():
                    yield self._file(str(path), content(path, SOURCE_FILE + 1))

    def _in_tree(self, top: str, length: int) -> Iterator[SourceFile]:
        waiting = [top]
        while waiting and self._objects is not None:
            name = waiting.pop()
            data = self._objects.content(name, SOURCE_FILE)
            if len(data) > SOURCE_FILE:
                raise ProtocolError(self._named, name, "is a folder with too many files")
            for entry in entries(data, length):
                path = f"{name}{'' if name.endswith(':') else '/'}{entry.name}"
                if entry.is_folder and not _LEFT_OUT.fullmatch(entry.name):
                    waiting.append(path)
                elif entry.is_file and _is_wanted(entry.name):
                    yield self._file(path, self._objects.content(path, SOURCE_FILE))

    def _file(self, path: str, data: bytes) -> SourceFile:
        spend()
        self._count += 1
        if self._count > SOURCE_FILES or len(data) > SOURCE_FILE:
            reason = f"is larger than {SOURCE_FILE} bytes, or one of more than {SOURCE_FILES} files"
            raise ProtocolError(self._named, path, reason, "name the folders that speak the protocol")
        return SourceFile(path, data.decode("utf-8", "replace"))


def _is_wanted(name: str) -> bool:
    return is_source(name) and not name.endswith(_ENDINGS)


@contextmanager
def opened_sources(named: str, environ: Mapping[str, str]) -> Iterator[Sources]:
    """Yield the sources of a folder, or of a revision (``DIR:REV``); raise :class:`OSError`."""
    if os.path.isdir(named):
        yield Sources(named)
        return
    folder, _, revision = named.rpartition(":")
    if not os.path.isdir(folder) or not revision or revision.startswith("-") or {"\0", "\n"} & set(named):
        raise OSError(errno.EINVAL, "is neither a folder nor DIR:REV, such as ../agent:v1.3.0", named)
    with Objects(Path(folder), named, environ) as objects:
        if objects.find(f"{revision}^{{tree}}") is None:
            raise OSError(errno.ENOENT, "git finds no repository here, or no such revision in it", named)
        yield Sources(named, objects, f"{revision}")
