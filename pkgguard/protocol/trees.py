"""Where .proto files come from: folders, or a revision of a git repository."""

from __future__ import annotations

import errno
import os
import posixpath
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pkgguard.budget import spend
from pkgguard.protocol.limits import PROTO, PROTOS
from pkgguard.regular_files import content

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.git_objects import Objects

_FILES = (b"100644", b"100755", b"100664")
_FOLDER = b"40000"


class Tree(Protocol):
    """Files by their paths, with ``/`` between the parts."""

    def read(self, path: str, most: int) -> bytes | None:
        """Return a file, or more than ``most`` bytes if it is longer, or None if there is none."""

    def listed(self, path: str) -> list[str] | None:
        """Return the paths of the .proto files in a folder, or None if it is not one."""


class FolderTree:
    """The files of the file system; a path is relative to the current folder, or absolute."""

    def read(self, path: str, most: int) -> bytes | None:
        """Return the content of a regular file."""
        return content(Path(path), most + 1) if os.path.lexists(path) else None

    def listed(self, path: str) -> list[str] | None:
        """Return the .proto files of a folder."""
        if not os.path.isdir(path):
            return None
        names = sorted(name for name in os.listdir(path) if name.endswith(".proto"))
        return [os.path.join(path, name) for name in names[: PROTOS + 1]]


class RevisionTree:
    """The files in a revision; a path begins at the top of the repository."""

    def __init__(self, objects: Objects, revision: str) -> None:
        self._objects = objects
        self._revision = revision

    def read(self, path: str, most: int) -> bytes | None:
        """Return the content of a file."""
        name = self._name(path)
        found = self._objects.find(name)
        if found is None or found.type != "blob":
            return None
        return self._objects.content(name, most)

    def listed(self, path: str) -> list[str] | None:
        """Return the .proto files of a folder."""
        name = self._name(path)
        found = self._objects.find(name)
        if found is None or found.type != "tree":
            return None
        data = self._objects.content(name, PROTO)
        if len(data) > PROTO:
            raise OSError(errno.EFBIG, "is a folder with too many files", name)
        every = entries(data, found.name_length)
        names = sorted(one.name for one in every if one.is_file and one.name.endswith(".proto"))
        return [posixpath.join(path, name) for name in names[: PROTOS + 1]]

    def _name(self, path: str) -> str:
        # git knows a path only in its shortest form, and the top by an empty one.
        normal = posixpath.normpath(path)
        return f"{self._revision}:{'' if normal == '.' else normal}"


class Entry(NamedTuple):
    """An entry of a tree of git: its mode and its name."""

    mode: bytes
    name: str

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file."""
        return self.mode in _FILES

    @property
    def is_folder(self) -> bool:
        """Whether it is a tree itself."""
        return self.mode == _FOLDER


def entries(data: bytes, length: int) -> Iterator[Entry]:
    """Yield the entries of a tree of git, whose object names have a length in bytes."""
    place = 0
    while place < len(data):
        spend()
        end = data.index(b"\0", place)
        mode, _, name = data[place:end].partition(b" ")
        yield Entry(mode, name.decode("utf-8", "surrogateescape"))
        place = end + 1 + length


def candidates(wanted: str, importing: str, roots: Sequence[str]) -> list[str]:
    """Return the paths at which an imported file may be, the most probable first.

    An import is relative to one of the ``roots``, or to the folder of the importing
    file or one above it. Where it begins like the address of a repository
    (``github.com/owner/name/dir/file.proto``), its end is a path in that repository.
    """
    parts = wanted.split("/")
    paths = [posixpath.join(root, wanted) for root in roots]
    folder = posixpath.dirname(importing)
    while True:
        paths.append(posixpath.join(folder, wanted))
        if folder in {"", "/"}:
            break
        folder = posixpath.dirname(folder)
    paths += ["/".join(parts[count:]) for count in range(1, len(parts))]
    return list(dict.fromkeys(paths))
