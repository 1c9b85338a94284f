"""Where a protocol is read from: files, folders, records, and revisions of git."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from protocol_texts import compiled, needs_git, needs_protobuf, needs_protoc, recorded, schema

from pkgguard.errors import ProtocolError, ProtocolToolError, UnknownNameError
from pkgguard.protocol import limits, proto_files, protoc, sources
from pkgguard.protocol.model import Schema
from pkgguard.protocol.proto_files import imports
from pkgguard.protocol.sources import read_source
from pkgguard.protocol.trees import candidates

AGENT = """\
// import "commented.proto";
syntax = "proto3";
package grpc;
import "types.proto";
import "google/protobuf/empty.proto";
service AgentService { rpc Create(CreateRequest) returns (google.protobuf.Empty); }
message CreateRequest { string id = 1; types.Address address = 2; map<string, types.Kind> kinds = 3; }
"""
TYPES = """\
syntax = "proto3";
package types;
enum Kind { NONE = 0; SOME = 1; }
message Address {
  string text = 1; repeated int32 parts = 2; optional bool on = 3;
  oneof which { int32 a = 4; int32 b = 5; }
}
"""
READ = """\
service grpc.AgentService
  rpc Create(grpc.CreateRequest) returns (google.protobuf.Empty)
message google.protobuf.Empty
message grpc.CreateRequest
  string id = 1
  types.Address address = 2
  map<string, enum types.Kind> kinds = 3
message types.Address
  string text = 1
  repeated int32 parts = 2
  optional bool on = 3
  int32 a = 4 oneof which
  int32 b = 5 oneof which
enum types.Kind
  NONE = 0
  SOME = 1
"""


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def protos(tmp_path: Path) -> Path:
    folder = tmp_path / "protos"
    folder.mkdir()
    (folder / "agent.proto").write_text(AGENT, "utf-8")
    (folder / "types.proto").write_text(TYPES, "utf-8")
    return folder


def read(source: object, *roots: str) -> Schema:
    return read_source(str(source), os.environ, roots)


def refused(source: object, *roots: str) -> str:
    with pytest.raises(ProtocolError) as error:
        read(source, *roots)
    assert error.value.diagnostics[0].id == error.value.id
    return str(error.value)


@needs_protoc
def test_a_file_a_list_of_files_and_a_folder(protos: Path) -> None:
    expected = schema(READ)
    assert read(protos) == expected
    assert read(protos / "agent.proto") == expected
    assert read(f"{protos}/types.proto,{protos}/agent.proto") == expected
    only = read(protos / "types.proto")
    assert (list(only.services), list(only.messages)) == ([], ["types.Address"])


@needs_protoc
def test_imports_are_found_by_roots_and_by_addresses_of_repositories(protos: Path, tmp_path: Path) -> None:
    agent = AGENT.replace('"types.proto"', '"example.org/me/project/protos/types.proto"')
    (protos / "agent.proto").write_text(agent, "utf-8")
    assert "was not found" in refused(protos / "agent.proto")
    assert read(protos / "agent.proto", str(_moved(protos, tmp_path / "root"))) == schema(READ)
    (protos / "agent.proto").write_text(AGENT.replace('"types.proto"', '"protos/types.proto"'), "utf-8")
    assert read(protos) == schema(READ)


def _moved(protos: Path, root: Path) -> Path:
    target = root / "example.org/me/project/protos"
    target.mkdir(parents=True)
    (target / "types.proto").write_bytes((protos / "types.proto").read_bytes())
    return root


@needs_protoc
@needs_git
def test_a_revision_is_read_and_not_the_files(
    protos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "--quiet")
    agent = AGENT.replace('"types.proto"', '"example.org/me/project/protos/types.proto"')
    (protos / "agent.proto").write_text(agent, "utf-8")
    (tmp_path / "p.protocol").write_text(recorded(READ), "utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message=one")
    shutil.rmtree(protos)
    (tmp_path / "p.protocol").unlink()
    expected = schema(READ)
    for path in (
        "protos",
        "protos/",
        "./protos",
        "protos/agent.proto",
        "protos/types.proto,protos/agent.proto",
    ):
        assert read(f"{tmp_path}:HEAD:{path}") == expected
    assert read(f"{tmp_path}:HEAD:p.protocol") == read(f"{tmp_path}:HEAD:p.protocol@1.0.0") == expected
    monkeypatch.chdir(tmp_path)
    assert read("HEAD:protos") == expected
    for named, part in (
        ("HEAD:nothing", "No such file"),
        ("NOPE:protos", "no such revision"),
        ("HEAD:", "is neither a file nor DIR:REV:PATH"),
        ("--all:protos", "is neither a file nor DIR:REV:PATH"),
        ("HEAD:a\nb", "is neither a file nor DIR:REV:PATH"),
        ("HEAD:nothing.proto", "does not exist"),
    ):
        with pytest.raises((OSError, ProtocolError), match=part):
            read(named)


@needs_git
def test_git_is_ended(tmp_path: Path) -> None:
    """A folder outside any repository gives an error, and no process is left."""
    with pytest.raises(OSError, match="git "):
        read(f"{tmp_path}:HEAD:protos")


def test_a_record(tmp_path: Path) -> None:
    (tmp_path / "p.protocol").write_text(recorded(READ), "utf-8")
    assert read(tmp_path / "p.protocol") == read(f"{tmp_path}/p.protocol@1.0.0") == schema(READ)
    with pytest.raises(UnknownNameError, match=r"no release in .* is called '2.0.0'"):
        read(f"{tmp_path}/p.protocol@2.0.0")


@needs_protobuf
def test_what_is_no_protocol(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "nowhere")
    (tmp_path / "x.pb").write_bytes(b"\xff\xff")
    assert "is not a descriptor set" in refused(tmp_path / "x.pb")
    assert "only a record has releases" in refused(f"{tmp_path}/x.pb@1.0.0")
    (tmp_path / "empty").write_bytes(b"")
    assert "is not a descriptor set, or an empty one" in refused(tmp_path / "empty")
    (tmp_path / "folder").mkdir()
    assert "is a folder without .proto files" in refused(tmp_path / "folder")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="is not a regular file"):
        read(tmp_path / "pipe")
    os.mkfifo(tmp_path / "pipe.proto")
    with pytest.raises(OSError, match="is not a regular file"):
        read(tmp_path / "pipe.proto")


@needs_protoc
def test_what_protoc_refuses(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError, match=r"protoc cannot compile it: a\.proto:1:1: "):
        compiled(tmp_path, "nonsense")
    with pytest.raises(ProtocolError, match=r"it imports '\.\./x\.proto', which is not the name"):
        compiled(tmp_path, 'syntax = "proto3"; import "../x.proto";')
    with pytest.raises(ProtocolError, match="it imports '/etc/passwd', which is not the name"):
        compiled(tmp_path, 'syntax = "proto3"; import "/etc/passwd";')
    with pytest.raises(ProtocolError, match=r"'x y.proto' is not the name of a \.proto file"):
        compiled(tmp_path, 'syntax = "proto3";', "x y.proto")


def test_protoc_that_is_not_installed(protos: Path) -> None:
    with pytest.raises(ProtocolToolError, match="install protobuf-compiler and libprotobuf-dev"):
        read_source(str(protos), {"PATH": "/nowhere"})


@pytest.mark.parametrize(
    "program", ["#!/bin/sh\nsleep 600\n", "#!/bin/sh\nexec cat /dev/zero\n", "#!/bin/sh\nexit 1\n"]
)
def test_a_protoc_that_does_not_end_or_fails(
    protos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(protoc, "PATIENCE", 0.3)
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin/protoc"
    fake.write_text(program, "utf-8")
    fake.chmod(0o755)
    with pytest.raises(ProtocolError, match=r"protoc was ended|compiles to more than"):
        read_source(str(protos), {"PATH": f"{tmp_path}/bin:/usr/bin:/bin"})


def test_limits(protos: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (protos / "types.proto").write_text("//" + "x" * limits.PROTO, "utf-8")
    assert f"is larger than {limits.PROTO} bytes" in refused(protos)
    monkeypatch.setattr(proto_files, "PROTOS", 1)
    (protos / "types.proto").write_text("", "utf-8")
    assert "has more than 1 .proto files" in refused(protos)
    (tmp_path / "p.protocol").write_bytes(b"record 1\n" + b"#\n" * limits.RECORD)
    assert "is larger than" in refused(tmp_path / "p.protocol")
    assert sources.RECORD == limits.RECORD


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('import "a.proto";', ["a.proto"]),
        ("import public 'b.proto';import weak \"c.proto\";", ["b.proto", "c.proto"]),
        ('// import "no.proto";\n/* import "no.proto"; */ import "yes.proto";', ["yes.proto"]),
        ('string s = "import \\"no.proto\\";"; important "no.proto"', []),
        ("/* " * 10_000, []),
        ('"' * 10_000, []),
    ],
)
def test_imports_of_a_text(text: str, found: list[str]) -> None:
    assert list(imports(text)) == found


def test_where_an_import_is_looked_for() -> None:
    assert candidates("a/b.proto", "x/y/z.proto", ["r"]) == [
        "r/a/b.proto",
        "x/y/a/b.proto",
        "x/a/b.proto",
        "a/b.proto",
        "b.proto",
    ]
