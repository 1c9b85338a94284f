"""What one release serves, calls and sends: its RPCs, its fields, the names of drivers and devices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tools.kata.clone import Clone

_PROTOS: Final = ("src/libs/protocols/protos",)
_PROTO_NAMES: Final = r"/(agent|health|oci|types|csi)\.proto$"
_GO_CLIENT: Final = "src/runtime/virtcontainers/kata_agent.go"
_RUST_CLIENT: Final = "src/runtime-rs/crates/agent/src/kata/agent.rs"

_COMMENT: Final = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_SERVICE: Final = re.compile(r"\bservice\s+(\w+)\s*\{(.*?)\n\}", re.DOTALL)
_RPC: Final = re.compile(r"\brpc\s+(\w+)\s*\(")
_MESSAGE: Final = re.compile(r"\bmessage\s+(\w+)\s*\{(.*?)\n\}", re.DOTALL)
_FIELD: Final = re.compile(
    r"(?:^|[;{}\n])\s*(?:repeated|optional)?\s*(?:map\s*<[^>]*>|[\w.]+)\s+(\w+)\s*=\s*(\d+)"
)
_GO_CALL: Final = re.compile(r"\bk\.client\.(AgentService|Health)Client\.(\w+)\(")
_RUST_CALL: Final = re.compile(r"^\s*(\w+)\s*\|\s*crate::", re.MULTILINE)
_AGENT_NAME: Final = re.compile(
    r'\bconst\s+(?:DRIVER_\w*(?<!_OPTION)|KATA_VIRTUAL_VOLUME_IMAGE_GUEST_PULL)\s*:\s*&str\s*=\s*"([^"]+)"'
)
_RUNTIME_NAME: Final = re.compile(
    r'\b(?:[kK]ata\w*DevType|KataVirtualVolumeImageGuestPullType)\s*=\s*"([^"]+)"'
)

Fields = dict[str, dict[int, str]]
"""The fields of each message: their names by their numbers."""


class Facts(NamedTuple):
    """The facts of one release, as ``tests/data/kata.json.gz`` has them."""

    served: frozenset[str]
    called: frozenset[str]
    agent_strings: frozenset[str]
    runtime_strings: frozenset[str]
    fields: Fields

    def lists(self) -> dict[str, list[str]]:
        """Return the lists, each sorted, by their names in the data."""
        return {
            "served": sorted(self.served),
            "called": sorted(self.called),
            "agent_strings": sorted(self.agent_strings),
            "runtime_strings": sorted(self.runtime_strings),
        }


def facts_of(clone: Clone, release: str) -> Facts:
    """Read the facts of a release from 3.0.0 on, the first with both runtimes."""
    served: set[str] = set()
    fields: Fields = {}
    for file in clone.files(release, _PROTOS, _PROTO_NAMES):
        text = _COMMENT.sub("", file.text)
        package = "types" if file.path.endswith("/types.proto") else "grpc"
        for service, body in _SERVICE.findall(text):
            served |= {f"grpc.{service}/{rpc}" for rpc in _RPC.findall(body)}
        for message, body in _MESSAGE.findall(text):
            fields[f"{package}.{message}"] = {int(number): name for name, number in _FIELD.findall(body)}
    agent = clone.files(release, ("src/agent", "src/libs"), r"\.rs$", r"/tests?/")
    runtime = clone.files(release, ("src/runtime/virtcontainers",), r"\.go$", r"_test\.go$|/pkg/")
    return Facts(
        frozenset(served),
        frozenset(_called(clone, release, served)),
        frozenset(name for file in agent for name in _AGENT_NAME.findall(file.text)),
        frozenset(name for file in runtime for name in _RUNTIME_NAME.findall(file.text)),
        fields,
    )


def _called(clone: Clone, release: str, served: set[str]) -> Iterator[str]:
    for service, rpc in _GO_CALL.findall(clone.text(release, _GO_CLIENT)):
        yield f"grpc.{service}/{rpc}"
    plain = {rpc.partition("/")[2].replace("_", "").lower(): rpc for rpc in served}
    for name in _RUST_CALL.findall(clone.text(release, _RUST_CLIENT)):
        if (rpc := plain.get(name.replace("_", ""))) is not None:
            yield rpc


def field_events(old: Fields, new: Fields) -> Iterator[tuple[str, str]]:
    """Return (event, field) for what happened to the fields of messages that both releases have."""
    for message in sorted(old.keys() & new.keys()):
        yield from _events(message, old[message], new[message])


def _events(message: str, before: Mapping[int, str], after: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    gone = set(before.values()) - set(after.values())
    for number in sorted(before.keys() | after.keys()):
        was, name = before.get(number), after.get(number)
        if was == name:
            continue
        if name is None:
            if was in gone:
                yield "removed", f"{message}.{was}"
        elif name in before.values():
            yield "renumbered", f"{message}.{name}"
        elif was is None:
            yield "added", f"{message}.{name}"
        elif was in gone:
            yield "renamed", f"{message}#{number} {was} -> {name}"
        else:
            yield "reused", f"{message}.{name}"
