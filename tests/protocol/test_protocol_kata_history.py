"""Kata's protocol in every release from 1.0.0 to 4.1.0, as the record in examples has it."""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import pairwise

import pytest
from protocol_texts import KATA

from pkgguard.manifest.discover import built_in
from pkgguard.protocol.change_classes import Weight
from pkgguard.protocol.differences import Difference, differences
from pkgguard.protocol.record_text import parse_record, write_record
from pkgguard.protocol.recording import steps

TEXT = KATA.read_bytes()
RECORD = parse_record(TEXT, KATA.name)
MANIFEST = built_in().manifest
RENAMED = "field-renamed"


@cache
def between(old: str, new: str) -> tuple[Difference, ...]:
    return differences(RECORD.schema(old), RECORD.schema(new))


def every() -> dict[str, tuple[Difference, ...]]:
    return {new: between(old, new) for old, new in pairwise(RECORD.releases)}


def test_the_record_has_every_release_and_is_written_as_it_is_read() -> None:
    assert RECORD.releases == tuple(one.text for one in MANIFEST.components["agent"].releases)
    assert write_record(RECORD).encode() == TEXT


def test_all_events_are_found() -> None:
    """69 in 125 pairs of neighbours: what a comparison of the compiled files by hand had found."""
    found = every()
    events = Counter(one.change_class.id for some in found.values() for one in some)
    assert events == {
        "method-added": 26,
        "method-removed": 5,
        "request-field-added": 25,
        "response-field-added": 4,
        "request-field-removed": 1,
        "field-renumbered": 2,
        "number-reused": 2,
        RENAMED: 4,
        "type-renamed": 4,
        "message-added": 43,
        "message-removed": 6,
        "enum-added": 2,
    }
    judged = [one for some in found.values() for one in some if one.weight is not Weight.NONE]
    assert len(judged) + events[RENAMED] == 69
    assert sum(map(bool, found.values())) == 23


def test_types_that_moved_to_another_package_are_silent() -> None:
    """1.4.0: a comparison by names shows ten rows of types that are called grpc before and types after."""
    found = between("1.3.1", "1.4.0")
    assert [one.what for one in found if one.weight is not Weight.NONE] == [
        "grpc.CreateSandboxRequest.guest_hook_path",
        "types.Interface.type",
        "grpc.GuestDetailsResponse.agent_details",
    ]
    assert [one.what for one in found if one.change_class.id == "type-renamed"] == [
        f"grpc.{name} -> types.{name}" for name in ("IPAddress", "IPFamily", "Interface", "Route")
    ]


def test_the_renumbering_is_found() -> None:
    """2.1.0: the only change in eight years that breaks both ways on the wire."""
    found = [one for one in between("2.0.4", "2.1.0") if len(one.broken) == 2]
    assert [(one.change_class.id, one.what) for one in found] == [
        ("field-renumbered", "grpc.LinuxSeccomp.Syscalls"),
        ("field-renumbered", "grpc.LinuxSyscall.Args"),
        ("number-reused", "grpc.LinuxSeccomp.Flags"),
        ("number-reused", "grpc.LinuxSyscall.errnoret"),
    ]
    assert {one.carried.requests for one in found} == {("grpc.AgentService/CreateContainer",)}


@pytest.mark.parametrize("release", RECORD.releases[1:])
def test_what_breaks_or_is_to_be_judged_is_in_the_manifest(release: str) -> None:
    known = {
        what for change in MANIFEST.changes for what in change.what if release in map(str, change.server)
    }
    found = {one.what for one in every()[release] if one.weight is not Weight.NONE}
    assert found <= known


def test_a_number_that_a_removed_field_had_is_used_again() -> None:
    """2.0.0 removes agent_pidns, and 3.3.0 gives its number to shared_mounts."""
    found = {one.what: one.change_class.id for one in between("1.12.1", "3.3.0")}
    assert found["grpc.CreateContainerRequest.shared_mounts"] == "number-reused"
    assert not [one for one in between("3.2.0", "3.3.0") if one.change_class.id == "number-reused"]
    again = [
        (str(step.new), one.what, one.old)
        for step in steps(RECORD, MANIFEST, MANIFEST.protocols["agent"])
        for one in step.found
        if one.change_class.id == "number-used-again"
    ]
    assert again == [("3.3.0", "grpc.CreateContainerRequest.shared_mounts", "bool agent_pidns = 8")]
