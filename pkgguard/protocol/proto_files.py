"""Collecting .proto files and what they import, each under the name by which protoc finds it."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.errors import ProtocolError
from pkgguard.protocol.limits import NAME, PROTO, PROTOS
from pkgguard.protocol.trees import candidates

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import NoReturn

    from pkgguard.protocol.trees import Tree

_TOKEN: Final = re.compile(
    r"""//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'"""
    r"""|\bimport\s++(?:(?:public|weak|option)\s++)?(?:"(?P<double>[^"\\\n]*)"|'(?P<single>[^'\\\n]*)')""",
    re.DOTALL,
)
_PART: Final = re.compile(r"[A-Za-z0-9_@+~-][A-Za-z0-9_.@+~-]*")
WELL_KNOWN: Final = "google/protobuf/"
"""The beginning of the names of files that come with protoc."""

_ROOTS: Final = "name the folder that imports are relative to with --proto-path"


class Collection:
    """The files that protoc is to read: ``files`` maps names to contents, ``named`` are those asked for."""

    def __init__(self, tree: Tree, further: Tree, roots: Sequence[str], source: str) -> None:
        self._tree = tree
        self._further = further
        self._roots = roots
        self._source = source
        self._names: dict[str, str] = {}
        self._paths: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        self.named: list[str] = []

    def add(self, path: str) -> None:
        """Add a file that was asked for, and all that it imports."""
        data = self._tree.read(path, PROTO)
        if data is None:
            self._refuse("", "does not exist", "name a .proto file, or a folder of them")
        name = self._name_of(path)
        self.named.append(name)
        waiting = [(path, name, data)]
        while waiting:
            waiting += self._put(*waiting.pop())

    def _name_of(self, path: str) -> str:
        """Return the name of a file that was asked for, relative to a root or to its folder."""
        for root in self._roots:
            inside = posixpath.relpath(path, root)
            if not inside.startswith(".."):
                return inside
        return posixpath.basename(path)

    def _put(self, path: str, name: str, data: bytes) -> list[tuple[str, str, bytes]]:
        """Add a file under a name, and return what it imports that is not there yet."""
        if not _is_safe(name):
            self._refuse("", f"{name[:NAME]!r} is not the name of a .proto file")
        path = posixpath.normpath(path)
        if name in self.files:
            if self._paths[name] != path:
                self._refuse(path, f"has the name {name!r}, which {self._paths[name]} has too", _ROOTS)
            return []
        self._paths[name] = path
        if self._names.setdefault(path, name) != name:
            # protoc refuses one file under two names, so the second one stands for the first.
            self.files[name] = f'syntax = "proto3"; import public "{self._names[path]}";'.encode()
            return []
        if len(data) > PROTO:
            self._refuse(path, f"is larger than {PROTO} bytes")
        self.files[name] = data
        if len(self.files) > PROTOS:
            self._refuse("", f"has more than {PROTOS} .proto files, with imports", "name fewer of them")
        return list(self._imported(path, data.decode("utf-8", "replace")))

    def _imported(self, importing: str, text: str) -> Iterator[tuple[str, str, bytes]]:
        for wanted in imports(text):
            if not _is_safe(wanted):
                self._refuse(
                    importing, f"it imports {wanted[:NAME]!r}, which is not the name of a .proto file"
                )
            if wanted in self.files or wanted.startswith(WELL_KNOWN):
                continue
            found = self._find(wanted, importing)
            if found is None:
                self._refuse(importing, f"it imports {wanted!r}, which was not found", _ROOTS)
            yield found[0], wanted, found[1]

    def _find(self, wanted: str, importing: str) -> tuple[str, bytes] | None:
        for path in candidates(wanted, importing, self._roots):
            spend()
            if (data := self._tree.read(path, PROTO)) is not None:
                return path, data
        for root in self._roots:
            path = posixpath.join(root, wanted)
            if (data := self._further.read(path, PROTO)) is not None:
                return path, data
        return None

    def _refuse(self, place: str, reason: str, help: str = "") -> NoReturn:
        raise ProtocolError(self._source, place, reason, help)


def imports(text: str) -> Iterator[str]:
    """Yield the names of the files that a .proto file imports."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup is not None:
            yield match[match.lastgroup]


def _is_safe(name: str) -> bool:
    return len(name) <= NAME and name.endswith(".proto") and all(map(_PART.fullmatch, name.split("/")))
