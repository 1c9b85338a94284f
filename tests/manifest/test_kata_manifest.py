"""Kata's own manifest, compared with what every final release serves, calls and sends."""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from pkgguard.compat.engine import Compatibility
from pkgguard.manifest.discover import built_in
from tools.kata.literals import LITERALS, NOISE, read_rows, unexplained

HERE = Path(__file__).parents[1]
TEXT = (HERE.parent / "pkgguard/manifests/kata.toml").read_text("utf-8")
MANIFEST = tomllib.loads(TEXT)
DATA = json.loads(gzip.decompress((HERE / "data/kata.json.gz").read_bytes()))
RELEASES = DATA["releases"]
CHANGES = MANIFEST["change"]
ROWS = read_rows(LITERALS.read_text("utf-8"))
NOISY = tomllib.loads(NOISE.read_text("utf-8"))

# The runtime sends the name throughout; no agent of 2.0 and 2.1 knew it.
NEED_SUSPENDED = {"blk-ccw": ("2.0.0", "2.2.0")}
# A runtime sets a field from the release that brings it on, but for this one.
FIRST_SET = {"grpc.GuestDetailsRequest.mem_hotplug_probe": "1.7.0"}
# The call is in the code until 2.3.3, but nothing sets what it hangs on from here on.
LAST_CALLED_BEFORE = dict.fromkeys(
    ("grpc.AgentService/StartTracing", "grpc.AgentService/StopTracing"), "2.3.0"
)

EFFECTIVE = ("added", "removed", "changed")
RPC = re.compile(r"grpc\.\w+/\w+")
STRING = re.compile(r"(?:Storage\.driver|Device\.type) ")


def version(text):
    return tuple(int(part) for part in text.split("."))


ORDER = sorted(RELEASES, key=version)


def events(key):
    """Return (release, what came, what went) for each release where a list changed."""
    for old, new in pairwise(ORDER):
        came = set(RELEASES[new][key]) - set(RELEASES[old][key])
        went = set(RELEASES[old][key]) - set(RELEASES[new][key])
        if came or went:
            yield new, came, went


def flat(key):
    return [
        (release, "added" if thing in came else "removed", thing)
        for release, came, went in events(key)
        for thing in sorted(came | went)
    ]


def entries(what, *kinds):
    return [change for change in CHANGES if what in change["what"] and change["kind"] in kinds]


def quoting(string, *kinds):
    return [
        change
        for change in CHANGES
        if change["kind"] in kinds
        and any(STRING.match(what) and f'"{string}"' in what for what in change["what"])
    ]


def boundary(rpc, kind):
    """Return the first release that calls an RPC, or the first that no longer does; None if none ever did."""
    callers = [release for release in ORDER if rpc in RELEASES[release]["called"]]
    if not callers:
        return None
    if kind == "added":
        return callers[0]
    after = ORDER[ORDER.index(callers[-1]) + 1 :]
    return LAST_CALLED_BEFORE.get(rpc, after[0] if after else None)


def from_here(text, bounds):
    """Whether a release is at a bound or after it; a list has branches, and the main line as its greatest."""
    bounds = [bounds] if isinstance(bounds, str) else bounds
    main = max(bounds, key=version)
    return any(
        version(text) >= version(bound) and (bound == main or version(text)[:2] == version(bound)[:2])
        for bound in bounds
    )


def missing(runtime, agent):
    """Return the required things of a runtime that an agent lacks, straight from the meaning of the kinds."""
    found = []
    required = [change for change in CHANGES if change.get("need", "required") == "required"]
    for change in required:
        client, server = change.get("client"), change.get("server")
        if client is None or change["kind"] == "compatible":
            continue
        needs_new, offers_new = from_here(runtime, client), from_here(agent, server)
        for what in change["what"]:
            began = [other for other in entries(what, "added") if other is not change]
            needs_old = not needs_new and all(from_here(runtime, other["client"]) for other in began)
            ended = [other for other in entries(what, "removed", "changed") if other is not change]
            over = any(from_here(runtime, other["client"]) for other in ended)
            if change["kind"] in ("added", "changed") and needs_new and not over and not offers_new:
                found.append(what)
            if change["kind"] in ("removed", "changed") and needs_old and offers_new:
                found.append(what)
    return sorted(set(found))


def test_every_final_release_is_listed_once_and_in_order():
    for component in ("runtime", "agent"):
        assert MANIFEST["component"][component]["releases"] == ORDER
    assert (ORDER[0], ORDER[-1], len(ORDER)) == ("1.0.0", "4.1.0", 126)


@pytest.mark.parametrize(("release", "kind", "rpc"), flat("served"))
def test_every_rpc_that_came_or_went_is_an_entry(release, kind, rpc):
    (change,) = entries(rpc, kind)
    assert change["server"] == release
    assert change.get("client") == boundary(rpc, kind)


def test_no_entry_names_an_rpc_that_did_not_come_or_go():
    known = {(kind, rpc) for _, kind, rpc in flat("served")}
    named = {(change["kind"], what) for change in CHANGES for what in change["what"] if RPC.fullmatch(what)}
    assert named == known
    assert not [
        what for change in CHANGES for what in change["what"] if "/" in what and not RPC.fullmatch(what)
    ]


def test_the_runtime_calls_nothing_new_without_an_entry():
    always = set(RELEASES["1.0.0"]["served"])
    for _, came, _ in events("called"):
        for rpc in came - always:
            assert entries(rpc, "added"), rpc


@pytest.mark.parametrize(("release", "kind", "string"), flat("agent_strings"))
def test_every_name_the_agent_learned_or_forgot_is_an_entry(release, kind, string):
    assert release in [change["server"] for change in quoting(string, kind, "changed")]


@pytest.mark.parametrize(("release", "kind", "string"), flat("runtime_strings"))
def test_every_name_the_runtime_began_or_ceased_to_send_is_an_entry(release, kind, string):
    assert release in [change.get("client") for change in quoting(string, kind, "changed")]


def test_no_entry_names_a_string_or_a_release_that_the_data_does_not():
    agent = {(release, string) for release, _, string in flat("agent_strings")}
    runtime = {(release, string) for release, _, string in flat("runtime_strings")}
    runtime |= {(release, string) for string, spell in NEED_SUSPENDED.items() for release in spell}
    no_bound_helps = {"9p", "erofs.multi-layer"}
    for change in CHANGES:
        names = [what for what in change["what"] if STRING.match(what)]
        for string in re.findall(r'"([^"]+)"', " ".join(names)):
            if string in ("vfio-pci", "vfio-pci-gk") and change["kind"] == "added":
                continue  # the later name of the thing that this entry begins
            assert (change["server"], string) in agent
            if string in no_bound_helps:
                assert "client" not in change
            else:
                assert (change["client"], string) in runtime


@pytest.mark.parametrize(("release", "event", "name"), DATA["fields"])
def test_every_field_that_came_went_or_moved_is_an_entry(release, event, name):
    kinds = {
        "added": ("added", "compatible"),
        "removed": ("removed",),
        "renamed": ("compatible",),
        "moved": ("compatible",),
        "renumbered": ("changed",),
        "reused": ("changed",),
    }[event]
    found = {
        change["server"]: change
        for change in CHANGES
        for what in change["what"]
        if change["kind"] in kinds and (what == name or what.startswith(f"{name},"))
    }
    assert release in found
    if found[release]["kind"] in EFFECTIVE:
        assert found[release]["client"] == FIRST_SET.get(name, release)


def test_no_entry_names_a_field_that_the_data_does_not():
    known = {name for _, _, name in DATA["fields"]} | {"grpc.IPFamily -> types.IPFamily"}
    things = [what for change in CHANGES for what in change["what"] if re.match(r"(grpc|types)\.", what)]
    assert {what.partition(",")[0] for what in things if not RPC.fullmatch(what)} == known


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.side}-{row.release}")
def test_every_literal_that_both_sides_share_is_in_a_change_or_in_the_list_of_noise(row):
    assert unexplained([row], MANIFEST, NOISY) == []


def test_a_literal_that_nobody_has_looked_at_is_found():
    row = ROWS[-1]._replace(both=("brand_new_option=",))
    assert unexplained([row], MANIFEST, NOISY) == ["brand_new_option="]
    without = {"change": [change for change in CHANGES if "create_filesystem" not in str(change["what"])]}
    assert "create_filesystem" in unexplained(ROWS, without, NOISY)


def test_the_list_of_noise_has_a_reason_for_each_and_nothing_else():
    listed = [literal for group in NOISY["noise"] for literal in group["literals"]]
    assert len(listed) == len(set(listed))
    assert all(len(group["reason"]) > 10 for group in NOISY["noise"])
    assert set(listed) <= {literal for row in ROWS for literal in row.came + row.gone}
    assert unexplained(ROWS, MANIFEST, {"noise": []}) == sorted(listed)


def test_the_rows_of_literals_are_of_known_releases_and_in_order():
    assert {row.release for row in ROWS} <= set(ORDER)
    keys = [(version(row.release), row.side) for row in ROWS]
    assert keys == sorted(set(keys))
    assert (len(ROWS), ORDER[-1]) == (91, ROWS[-1].release)


@pytest.mark.parametrize(
    ("what", "kind", "release", "need"),
    [
        ("transport", "changed", "2.0.0", "required"),
        ("UpdateRoutes keeps the kernel's routes", "added", "1.9.0", "required"),
        ('Storage.fstype "virtio_fs", from 1.11.0 on "virtiofs"', "changed", "1.11.0", "required"),
        (
            "PCI path of cloud-hypervisor's block devices: of one element, before 2.1.0 empty",
            "changed",
            "2.1.0",
            "required",
        ),
        ('Storage.options "fsgid"', "added", "2.1.0", "required"),
        ('Storage.fstype "hugetlbfs"', "added", "2.4.0", "required"),
        ('disk "initdata"', "added", "3.16.0", "required"),
        (
            'Storage.driver_options "io.katacontainers.volume.overlayfs.create_directory"',
            "added",
            "3.17.0",
            "required",
        ),
        ('Storage.driver_options "encryption_key=ephemeral"', "added", "3.28.0", "required"),
        ('Storage.options "X-kata.multi-layer=true"', "added", "3.29.0", "required"),
        ('Storage.options "X-kata.gpt-partitioned=true"', "added", "3.32.0", "required"),
        (
            'Storage.driver_options "encryption_key=ephemeral" without "create_filesystem"',
            "removed",
            "4.0.0",
            "required",
        ),
        ('Storage.driver_options "create_filesystem"', "added", "4.0.0", "required"),
    ],
)
def test_what_no_list_shows_is_an_entry(what, kind, release, need):
    (change,) = entries(what, kind)
    assert (change["server"], change["client"], change.get("need", "required")) == (release, release, need)


def test_every_change_says_why_who_is_hit_and_where_it_is_from():
    for change in CHANGES:
        assert change["because"], change["what"]
        assert change["hits"], change["what"]
        assert change["see"], change["what"]
        assert all(re.match(r"(https?://|kata-containers/[\w-]+[@#:]\S)", source) for source in change["see"])
        if change["hits"] == "nobody":
            assert "client" not in change or change["kind"] == "compatible", change["what"]


def test_every_optional_need_says_beside_it_why():
    needs = [line for line in TEXT.splitlines() if line.startswith("need")]
    assert needs
    assert [line for line in needs if "# " not in line] == []


def test_a_thing_is_named_once_in_each_kind():
    named = [(change["kind"], what) for change in CHANGES for what in change["what"]]
    assert len(named) == len(set(named))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change['kind']}-{change['what'][0]}")
def test_every_bound_is_a_listed_release(change):
    assert change["protocol"] == "agent"
    assert change["kind"] in (*EFFECTIVE, "compatible")
    server = change["server"] if isinstance(change["server"], list) else [change["server"]]
    assert {*server, change.get("client", server[0])} <= set(ORDER)


def test_what_the_shim_calls_is_in_every_agent_of_1_x_with_the_same_fields():
    """So the shim, which docs/kata.md speaks of, splits no pair with an agent."""
    calls = (
        "CloseStdin",
        "ReadStderr",
        "ReadStdout",
        "SignalProcess",
        "TtyWinResize",
        "WaitProcess",
        "WriteStdin",
    )
    for release in ORDER:
        if version(release) < (2,):
            assert {f"grpc.AgentService/{call}" for call in calls} <= set(RELEASES[release]["served"])
    messages = r"grpc\.(CloseStdin|ReadStream|SignalProcess|TtyWinResize|WaitProcess|WriteStream)"
    assert [name for _, _, name in DATA["fields"] if re.match(messages, name)] == []


def test_so_many_pairs_are_compatible():
    """A change of this number is a change of the manifest that splits or frees pairs: see docs/kata.md."""
    manifest = built_in().manifest
    engine, agents = Compatibility(manifest), manifest.components["agent"].releases
    allowed = [
        engine.allowed_servers("agent", "runtime", runtime)
        for runtime in manifest.components["runtime"].releases
    ]
    assert sum(agent.boundary in some for some in allowed for agent in agents) == 3144


def test_no_release_is_at_odds_with_itself():
    assert {release: missing(release, release) for release in ORDER if missing(release, release)} == {}


@pytest.mark.parametrize(
    ("runtime", "agent", "lacking"),
    [
        ("1.0.0", "1.1.0", None),
        ("1.1.0", "1.0.0", 'Storage.driver "ephemeral"'),
        ("1.1.0", "1.0.0", "grpc.AgentService/PauseContainer"),
        ("1.3.0", "1.2.2", "grpc.AgentService/GetGuestDetails"),
        ("1.9.0", "1.8.5", "UpdateRoutes keeps the kernel's routes"),
        ("1.8.5", "1.9.0", None),
        ("1.12.0", "1.11.5", None),
        ("1.12.1", "2.0.0", "transport"),
        ("2.0.0", "1.12.1", "transport"),
        ("2.0.4", "2.1.0", "grpc.AgentService/ListProcesses"),
        ("1.11.0", "1.10.8", 'Storage.fstype "virtio_fs", from 1.11.0 on "virtiofs"'),
        ("1.10.8", "1.11.0", 'Storage.fstype "virtio_fs", from 1.11.0 on "virtiofs"'),
        ("1.6.7", "1.11.0", None),
        (
            "2.1.1",
            "2.0.4",
            "PCI path of cloud-hypervisor's block devices: of one element, before 2.1.0 empty",
        ),
        ("2.1.0", "2.0.4", 'Storage.options "fsgid"'),
        ("2.3.0", "2.4.0", None),
        ("2.3.3", "2.4.0", None),
        ("2.0.4", "2.3.0", "LinuxSeccomp in the numbers of 2.0 is never read"),
        ("2.2.3", "2.4.0", "grpc.AgentService/StartTracing"),
        ("2.4.0", "2.3.3", "grpc.AgentService/GetVolumeStats"),
        ("3.1.3", "3.2.0", 'Device.type "vfio", from 3.2.0 on "vfio-pci"'),
        ("3.2.0", "3.1.3", 'Device.type "vfio", from 3.2.0 on "vfio-pci"'),
        ("2.2.3", "3.2.0", "grpc.AgentService/StartTracing"),
        ("3.2.0", "3.1.3", "grpc.AgentService/UpdateEphemeralMounts"),
        ("3.16.0", "3.15.0", 'disk "initdata"'),
        ("3.17.0", "3.16.0", 'Storage.driver_options "io.katacontainers.volume.overlayfs.create_directory"'),
        ("3.28.0", "3.27.0", 'Storage.driver_options "encryption_key=ephemeral"'),
        ("3.28.0", "3.29.0", None),
        ("3.27.0", "4.0.0", None),
        ("3.28.0", "4.0.0", 'Storage.driver_options "encryption_key=ephemeral" without "create_filesystem"'),
        ("3.32.0", "4.0.0", 'Storage.driver_options "encryption_key=ephemeral" without "create_filesystem"'),
        ("3.32.0", "3.31.0", 'Storage.options "X-kata.gpt-partitioned=true"'),
        ("4.0.0", "3.32.0", 'Storage.driver_options "create_filesystem"'),
        ("4.0.0", "4.1.0", None),
        ("4.1.0", "4.0.0", None),
    ],
)
def test_pairs_that_are_known_to_work_or_to_fail(runtime, agent, lacking):
    found = missing(runtime, agent)
    assert lacking in found if lacking else found == []
