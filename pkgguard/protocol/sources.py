"""Reading a protocol from what a user names: a file of one of several forms, or a revision of a checkout."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from pkgguard.errors import ProtocolError
from pkgguard.git_objects import Objects
from pkgguard.protocol.descriptors import read_descriptors
from pkgguard.protocol.limits import DESCRIPTORS, RECORD
from pkgguard.protocol.proto_files import Collection
from pkgguard.protocol.protoc import compiled
from pkgguard.protocol.record_text import is_record, parse_record
from pkgguard.protocol.trees import FolderTree, RevisionTree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pkgguard.protocol.model import Schema
    from pkgguard.protocol.trees import Tree


def read_source(named: str, environ: Mapping[str, str], roots: Sequence[str] = ()) -> Schema:
    """Read a protocol.

    ``named`` is a descriptor set, a .proto file, several of them joined by commas, a
    folder of them, a record (``FILE`` for its newest release, ``FILE@RELEASE`` for
    another), or any of these in a revision (``DIR:REV:PATH``, ``REV:PATH``). ``roots``
    are the folders to which imports are relative. Raises :class:`ProtocolError` and :class:`OSError`.
    """
    if os.path.lexists(named) or (_are_protos(named) and ":" not in named):
        return _read(FolderTree(), named, named, "", environ, roots)
    path, at, release = named.rpartition("@")
    if at and os.path.lexists(path):
        return _read(FolderTree(), path, named, release, environ, roots)
    if ":" in named:
        return _in_revision(named, environ, roots)
    raise OSError(errno.ENOENT, os.strerror(errno.ENOENT), named)


def _are_protos(path: str) -> bool:
    return path.endswith(".proto") and ".proto," in path


def _in_revision(named: str, environ: Mapping[str, str], roots: Sequence[str]) -> Schema:
    folder, revision, path = _divided(named)
    if not revision or not path or revision.startswith("-") or "\0" in named or "\n" in named:
        example = "DIR:REV:PATH, such as .:HEAD~1:api/agent.proto"
        raise OSError(errno.EINVAL, f"is neither a file nor {example}", named)
    with Objects(Path(folder), named, environ) as objects:
        if objects.find(f"{revision}^{{tree}}") is None:
            raise OSError(errno.ENOENT, "git finds no repository here, or no such revision in it", named)
        release = ""
        if objects.find(f"{revision}:{path}") is None and "@" in path and not _are_protos(path):
            path, _, release = path.rpartition("@")
        return _read(RevisionTree(objects, revision), path, named, release, environ, roots)


def _divided(named: str) -> tuple[str, str, str]:
    """Return the folder, the revision and the path; the folder is the current one if none is named."""
    first, _, rest = named.partition(":")
    if ":" in rest and os.path.isdir(first):
        revision, _, path = rest.partition(":")
        return first, revision, path
    return ".", first, rest


def _read(
    tree: Tree, path: str, named: str, release: str, environ: Mapping[str, str], roots: Sequence[str]
) -> Schema:
    protos = [path] if path.endswith(".proto") else tree.listed(path)
    if _are_protos(path) and tree.read(path, 0) is None:
        protos = path.split(",")
    if protos is not None and not protos:
        raise ProtocolError(named, "", "is a folder without .proto files")
    data = None if protos is not None else tree.read(path, max(DESCRIPTORS, RECORD))
    if data is not None and is_record(data):
        return parse_record(data, named).schema(release)
    if release:
        raise ProtocolError(named, "", "only a record has releases", "name it without @ and a release")
    if protos is not None:
        collection = Collection(tree, FolderTree(), roots, named)
        for one in protos:
            collection.add(one)
        data = compiled(collection.files, collection.named, named, environ)
    if data is None:
        raise OSError(errno.ENOENT, os.strerror(errno.ENOENT), named)
    return read_descriptors(data, named)
