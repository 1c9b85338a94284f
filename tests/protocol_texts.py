"""Protocols from short texts: the lines of a record without its releases, or .proto files."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from pkgguard.protocol.model import Schema
from pkgguard.protocol.record_text import parse_record
from pkgguard.protocol.sources import read_source

KATA = Path(__file__).parents[1] / "examples/protocol/kata-agent.protocol"


def _has_protobuf() -> bool:
    try:
        return find_spec("google.protobuf") is not None
    except ModuleNotFoundError:
        return False


needs_protobuf = pytest.mark.skipif(not _has_protobuf(), reason="the protobuf runtime is not installed")
needs_protoc = pytest.mark.skipif(
    not _has_protobuf() or shutil.which("protoc") is None,
    reason="protoc or the protobuf runtime is not installed",
)
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def recorded(text: str) -> str:
    """Return lines of a record with their releases: the only one, 1.0.0."""
    lines = [f"{line} since 1.0.0" for line in text.splitlines() if line.strip()]
    return "\n".join(["record 1", "protocol p", "release 1.0.0", *lines])


def schema(text: str) -> Schema:
    """Return the protocol of the lines of a record."""
    return parse_record(recorded(text).encode(), "text").schema()


def compiled(folder: Path, text: str, name: str = "a.proto") -> Schema:
    """Return the protocol of a .proto file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return read_source(str(folder / name), os.environ)
