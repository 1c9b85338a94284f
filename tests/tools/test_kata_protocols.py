"""The tools that read Kata's protocol from clones, with small clones."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from protocol_texts import needs_git, needs_protoc

from tools.kata import buf_breaking, protocols

OPTIONS = 'syntax = "proto2"; package gogoproto; import "google/protobuf/descriptor.proto";'
OPTIONS += " extend google.protobuf.FieldOptions { optional string customname = 65004; }"
AGENT = 'syntax = "proto3"; package grpc; import "github.com/gogo/protobuf/gogoproto/gogo.proto";'
AGENT += ' message M { string a = 1 [(gogoproto.customname) = "A"]; }'
HEALTH = 'syntax = "proto3"; package grpc; message H {}'


def clone(folder: Path, tags: dict[str, dict[str, str]]) -> Path:
    folder.mkdir()
    git(folder, "init", "--quiet")
    for tag, files in tags.items():
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8")
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "--allow-empty", "--message=one")
        git(folder, "tag", tag)
    return folder


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    subprocess.run(["git", *who, *words], cwd=folder, check=True)


@needs_protoc
@needs_git
def test_every_tag(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = {"protocols/grpc/agent.proto": AGENT, "protocols/grpc/health.proto": HEALTH}
    new = {f"src/{path}".replace("/grpc/", "/protos/"): text for path, text in old.items()}
    new = {path.replace("src/", "src/agent/"): text for path, text in new.items()}
    options = {f"src/agent/protocols/protos/{protocols.OPTIONS}": OPTIONS}
    agent = clone(tmp_path / "agent", {"0.0.1": {"README": ""}, "1.0.0": old})
    more = {"src/agent/protocols/protos/agent.proto": AGENT.replace("M {", "M { int32 b = 2;")}
    kata = clone(tmp_path / "kata", {"2.0.0": {**new, **options}, "2.1.0": more})
    assert protocols.main([str(agent), str(kata), "--every-tag"]) == 0
    assert capsys.readouterr().out == "3 tags with a protocol, 1 without; 2 distinct protocols\n"


def test_wrong_calls(capsys: pytest.CaptureFixture[str]) -> None:
    assert protocols.main(["one"]) == protocols.main(["one", "two", "--what"]) == buf_breaking.main([]) == 2
    assert "python -m tools.kata.protocols AGENT KATA" in capsys.readouterr().err
