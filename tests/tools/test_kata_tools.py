"""``python -m tools.kata``: what a new release brings, read from a small repository made here."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest

from tools.kata import __main__ as command
from tools.kata.clone import Clone, MissingReleaseError
from tools.kata.facts import facts_of, field_events
from tools.kata.literals import read_rows, shared_rows, unexplained

if TYPE_CHECKING:
    from pathlib import Path

PROTO = """syntax = "proto3"; package grpc;
// rpc Commented(Out) returns (Empty);
service AgentService {
\trpc CreateContainer(CreateContainerRequest) returns (google.protobuf.Empty); // rpc NorThis()
%s}

message CreateContainerRequest {
\tstring container_id = 1;
\trepeated Storage storages = 5;
\tmap<string, string> labels = 6;
%s}
"""
GO = """package vc
const (
\tkataBlkDevType = "blk"
%s)
func (k *kataAgent) install() {
\treturn k.client.AgentServiceClient.CreateContainer(ctx, req)
}
"""
RUST = """impl_agent!(
    create_container | crate::CreateContainerRequest | crate::Empty | None%s
);
"""
AGENT = """const DRIVER_BLK_PCI_TYPE: &str = "blk";
const A_DRIVER_OPTION: &str = "not_a_driver";
%s
#[cfg(test)]
mod tests { const X: &str = "only in a test"; }
"""


def commit(folder: Path, release: str, files: dict[str, str]) -> str:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    settings = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    for words in (["add", "-A"], ["commit", "-q", "-m", release], ["tag", release]):
        subprocess.run(["git", "-C", str(folder), *settings, *words], check=True)
    done = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def files(rpc: str = "", field: str = "", go: str = "", rust: str = "", agent: str = "") -> dict[str, str]:
    return {
        "src/libs/protocols/protos/agent.proto": PROTO % (rpc, field),
        "src/runtime/virtcontainers/kata_agent.go": GO % go,
        "src/runtime-rs/crates/agent/src/kata/agent.rs": RUST % rust,
        "src/agent/src/main.rs": AGENT % agent,
        "src/runtime/virtcontainers/kata_agent_test.go": '"only in a test"',
    }


needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    if shutil.which("git") is None:
        pytest.skip("needs git")
    folder = tmp_path / "clone"
    folder.mkdir()
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    commit(folder, "4.1.0", files())
    new = files(
        rpc="\trpc AddDisk(AddDiskRequest) returns (google.protobuf.Empty);\n",
        field="\tbool encrypted = 7;\n",
        go='\tkataDiskDevType = "disk"\n\tkey = "encryption_key"\n\told = "blk"\n',
        rust=",\n    add_disk | crate::AddDiskRequest | crate::Empty | None",
        agent='const DRIVER_DISK: &str = "disk";\nconst O: &str = "encryption_key=ephemeral";',
    )
    commit(folder, "4.2.0", new)
    return Clone(folder)


def test_the_facts_of_a_release_are_read(clone: Clone) -> None:
    old, new = facts_of(clone, "4.1.0"), facts_of(clone, "4.2.0")
    assert old.served == old.called == {"grpc.AgentService/CreateContainer"}
    assert new.served - old.served == new.called - old.called == {"grpc.AgentService/AddDisk"}
    assert (old.agent_strings, new.agent_strings) == ({"blk"}, {"blk", "disk"})
    assert (old.runtime_strings, new.runtime_strings) == ({"blk"}, {"blk", "disk"})
    assert old.fields == {"grpc.CreateContainerRequest": {1: "container_id", 5: "storages", 6: "labels"}}
    assert list(field_events(old.fields, new.fields)) == [("added", "grpc.CreateContainerRequest.encrypted")]


@pytest.mark.parametrize(
    ("before", "after", "events"),
    [
        ({1: "a"}, {1: "a", 2: "b"}, [("added", "m.b")]),
        ({1: "a", 2: "b"}, {1: "a"}, [("removed", "m.b")]),
        ({6: "pciAddr"}, {6: "pciPath"}, [("renamed", "m#6 pciAddr -> pciPath")]),
        ({3: "Syscalls"}, {3: "Flags", 4: "Syscalls"}, [("reused", "m.Flags"), ("renumbered", "m.Syscalls")]),
    ],
)
def test_what_happened_to_a_field_has_a_name(
    before: dict[int, str], after: dict[int, str], events: list[tuple[str, str]]
) -> None:
    assert list(field_events({"m": before}, {"m": after, "new": {1: "x"}})) == events


def test_shared_literals_are_told_by_whose_side_is_new(clone: Clone) -> None:
    (row,) = shared_rows(clone, "4.1.0", "4.2.0")
    assert (row.side, row.release) == ("go", "4.2.0")
    # The whole literal of the agent is not in the runtime, but its key is.
    assert row.both == ("disk", "encryption_key")
    assert row.agent == row.runtime == row.gone == ()
    assert shared_rows(clone, "4.1.0", "4.1.0") == []
    assert read_rows(row.as_toml()) == [row]
    explained = {
        "change": [{"what": ['Storage.driver "disk"', 'Storage.options "encryption_key=ephemeral"']}]
    }
    assert unexplained([row], explained, {"noise": []}) == []
    assert unexplained([row], {"change": []}, {"noise": [{"literals": ["disk"]}]}) == ["encryption_key"]


def test_a_new_release_is_told_and_written(
    clone: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lists, literals = tmp_path / "kata.json.gz", tmp_path / "kata-literals.toml"
    known = {"releases": {"4.1.0": facts_of(clone, "4.1.0").lists()}, "fields": []}
    lists.write_bytes(gzip.compress(json.dumps(known).encode()))
    literals.write_text("", "utf-8")
    monkeypatch.setattr(command, "LISTS", lists)
    monkeypatch.setattr(command, "LITERALS", literals)
    assert command.main([str(clone.folder), "4.2.0"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert [line for line in told if line.startswith("!")] == [
        "! served: + grpc.AgentService/AddDisk",
        "! called: + grpc.AgentService/AddDisk",
        "! agent_strings: + disk",
        "! runtime_strings: + disk",
        "! field added: grpc.CreateContainerRequest.encrypted",
        "! literal: disk",
    ]
    assert literals.read_text("utf-8") == ""
    assert command.main([str(clone.folder), "4.2.0", "--write"]) == 1
    written = json.loads(gzip.decompress(lists.read_bytes()))
    assert written["releases"]["4.2.0"] == facts_of(clone, "4.2.0").lists()
    assert written["fields"] == [["4.2.0", "added", "grpc.CreateContainerRequest.encrypted"]]
    assert read_rows(literals.read_text("utf-8")) == shared_rows(clone, "4.1.0", "4.2.0")
    capsys.readouterr()
    assert command.main([str(clone.folder), "4.2.0"]) == 2
    assert "4.2.0 is not newer than 4.2.0" in capsys.readouterr().err


def test_wrong_sources_are_told(clone: Clone) -> None:
    head = subprocess.run(
        ["git", "-C", str(clone.folder), "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()[:10]
    repository = "kata-containers/kata-containers"
    right = [
        f"{repository}@{head}",
        f"{repository}:src/agent/src/main.rs@4.1.0",
        "kata-containers/agent@1234",
    ]
    manifest = tomllib.loads(f"[[change]]\nwhat = ['a']\nserver = '4.2.0'\nclient = '4.2.0'\nsee = {right}")
    assert list(command.wrong_sources(clone, manifest)) == []
    manifest["change"][0] |= {"server": ["4.1.0", "3.9.1"], "client": "4.1.0"}
    assert list(command.wrong_sources(clone, manifest)) == [f"! a: {repository}@{head} is first in 4.2.0"]
    manifest["change"][0]["see"] = [f"{repository}@0123456789", f"{repository}:none.rs@4.1.0"]
    wrong = list(command.wrong_sources(clone, manifest))
    assert ["0123456789" in wrong[0], "none.rs" in wrong[1]] == [True, True]


@pytest.mark.parametrize("words", [[], ["a"], ["a", "4.2.0", "--other"], ["a", "b", "c"]])
def test_a_wrong_call_gets_the_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(words) == 2
    assert "python -m tools.kata CLONE RELEASE" in capsys.readouterr().err


@needs_git
def test_what_is_no_clone_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([str(tmp_path / "nowhere"), "9.9.9"]) == 2
    assert "nowhere" in capsys.readouterr().err


@needs_git
def test_a_folder_without_a_clone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MissingReleaseError):
        Clone(tmp_path).text("4.1.0", "a")
