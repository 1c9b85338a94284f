"""``python -m tools.kata.protocols AGENT KATA [--every-tag]``: Kata's protocol in every release, from clones.

AGENT is a clone of kata-containers/agent and KATA one of kata-containers/kata-containers,
each with its tags. The record of all releases in Kata's manifest is printed, as it is in
``examples/protocol/kata-agent.protocol``. With ``--every-tag``, all tags of both clones
are read instead, and the number of protocols that differ is printed. protoc and the
protobuf runtime are needed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.errors import ProtocolError
from pkgguard.git_objects import Objects
from pkgguard.manifest.discover import built_in
from pkgguard.protocol.declarations import parts_of
from pkgguard.protocol.descriptors import read_descriptors
from pkgguard.protocol.proto_files import Collection
from pkgguard.protocol.protoc import compiled
from pkgguard.protocol.record_text import Record, write_record
from pkgguard.protocol.trees import FolderTree, RevisionTree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pkgguard.protocol.model import Schema

_FOLDERS: Final = ("src/libs/protocols/protos", "src/agent/protocols/protos", "protocols/grpc")
_FILES: Final = ("agent.proto", "health.proto")
OPTIONS: Final = "github.com/gogo/protobuf/gogoproto/gogo.proto"
_WITH_OPTIONS: Final = "2.0.0"
"""A release of kata-containers with gogo.proto, which the agent's own repository does not have."""


class Clones(NamedTuple):
    """The two repositories, and a folder that imports are relative to."""

    agent: Path
    kata: Path
    root: Path

    def protocol(self, clone: Path, tag: str) -> Schema | None:
        """Return the protocol of a tag, or None if it has none."""
        data = self._compiled(clone, tag)
        return read_descriptors(data, tag) if data is not None else None

    def descriptors(self, release: str) -> bytes:
        """Return the descriptor set of a release; kata-containers has those from 2.0.0 on."""
        data = self._compiled(self.agent if release.startswith("1.") else self.kata, release)
        if data is None:
            raise ProtocolError(release, "", "has no protocol")
        return data

    def _compiled(self, clone: Path, tag: str) -> bytes | None:
        revision = f"refs/tags/{tag}"
        for folder in _FOLDERS:
            paths = [f"{folder}/{name}" for name in _FILES]
            if _git(clone, "ls-tree", "--name-only", revision, "--", paths[0]):
                with Objects(clone, tag, os.environ) as objects:
                    tree = RevisionTree(objects, revision)
                    collection = Collection(tree, FolderTree(), (str(self.root),), tag)
                    for path in paths:
                        collection.add(path)
                return compiled(collection.files, collection.named, tag, os.environ)
        return None


@contextmanager
def clones_of(agent: Path, kata: Path) -> Iterator[Clones]:
    """Yield the clones, with a folder that has the options which the agent's own repository imports."""
    with tempfile.TemporaryDirectory() as name:
        target = Path(name, OPTIONS)
        target.parent.mkdir(parents=True)
        path = f"refs/tags/{_WITH_OPTIONS}:src/agent/protocols/protos/{OPTIONS}"
        target.write_bytes(_git(kata, "show", path))
        yield Clones(agent, kata, Path(name))


def main(words: Sequence[str]) -> int:
    """Run the command; return 2 if it was called wrongly."""
    plain = [word for word in words if not word.startswith("--")]
    if len(plain) != 2 or set(words) - set(plain) - {"--every-tag"}:
        print(__doc__, file=sys.stderr)
        return 2
    with clones_of(*map(Path, plain)) as clones:
        if "--every-tag" in words:
            print(*_counted(clones), sep="\n")
        else:
            print(write_record(recorded(clones)), end="")
    return 0


def recorded(clones: Clones) -> Record:
    """Return the record of all releases in Kata's manifest."""
    record = Record("agent")
    for index, release in enumerate(built_in().manifest.components["agent"].releases):
        schema = read_descriptors(clones.descriptors(release.text), release.text)
        record = record.with_release(release.text, schema, index)
    return record


def _counted(clones: Clones) -> Iterator[str]:
    found: set[object] = set()
    read = without = 0
    for clone in (clones.agent, clones.kata):
        for tag in _git(clone, "tag").decode().split():
            schema = clones.protocol(clone, tag)
            if schema is None:
                without += 1
            else:
                read += 1
                found.add(tuple(parts_of(schema)))
    yield f"{read} tags with a protocol, {without} without; {len(found)} distinct protocols"


def _git(clone: Path, *words: str) -> bytes:
    command = ["git", "-C", str(clone), *words]
    return subprocess.run(command, capture_output=True, check=True).stdout


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
