"""What works with what: each sentence about the kinds of change, and a second reading of the definitions."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import toml
from hypothesis import HealthCheck, given, settings
from strategies import manifests

from pkgguard.check.manifest_lint import advise
from pkgguard.compat.engine import Compatibility, allowed
from pkgguard.compat.guard import Guard, guards
from pkgguard.compat.identify import identify
from pkgguard.compat.reasons import Cause, span_text
from pkgguard.diagnostics import Diagnostic
from pkgguard.families.lookup import family
from pkgguard.manifest.discover import built_in
from pkgguard.manifest.model import Change, Kind, Manifest, Mode, Need, Window
from pkgguard.manifest.read import parse_manifest
from pkgguard.versions.lookup import parse_release
from pkgguard.versions.release import Release

RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

RELEASES = ("1.0.0", "1.0.1", "1.0.5", "1.0.6", "1.1.0", "1.1.1", "1.2.0", "2.0.0", "2.1.0")
OWN = {Cause.CHANGE, Cause.BROKEN}


def manifest_of(*changes: dict[str, Any], **more: Any) -> Manifest:
    releases = list(more.pop("releases", RELEASES))
    clients = more.pop("clients", ["runtime"])
    document: dict[str, Any] = {
        "manifest": 1,
        "project": "kata",
        "component": {name: {"releases": releases} for name in (*clients, "agent")},
        "package": {f"kata-{name}": {"carries": [name]} for name in (*clients, "agent")},
        "protocol": {"agent": {"client": clients, "server": "agent"}},
        "change": [
            {"protocol": "agent", "kind": "added", "what": ["Pause"], "because": "x", **one}
            for one in changes
        ],
        "policy": more.pop("policy", {}),
        **more,
    }
    return parse_manifest(toml.dumps(document))


def table(manifest: Manifest, client: str = "runtime") -> dict[str, str]:
    """Return for each client release the server releases that work with it, joined by spaces."""
    engine = Compatibility(manifest)
    return {
        one.text: " ".join(
            other.text
            for other in manifest.components["agent"].releases
            if engine.verdict("agent", client, one, other).compatible
        )
        for one in manifest.components[client].releases
    }


def from_(release: str) -> str:
    return " ".join(RELEASES[RELEASES.index(release) :])


def before(release: str) -> str:
    return " ".join(RELEASES[: RELEASES.index(release)])


ALL = " ".join(RELEASES)


# ------------------------------------------------------------------ what the kinds mean for a pair


def test_added_c_needs_it_from_client_on_and_s_offers_it_from_server_on() -> None:
    works = table(manifest_of({"server": "1.1.0", "client": "1.1.1"}))
    assert works["1.1.0"] == ALL
    assert works["1.1.1"] == from_("1.1.0")
    assert works["2.1.0"] == from_("1.1.0")


def test_added_is_one_way_the_older_runtime_keeps_working_with_the_newer_agent() -> None:
    works = table(manifest_of({"server": "1.1.0", "client": "1.1.0"}))
    assert all(works[release] == ALL for release in before("1.1.0").split())
    assert all(works[release] == from_("1.1.0") for release in from_("1.1.0").split())


def test_removed_c_needed_it_until_client_and_s_offers_it_until_server() -> None:
    works = table(manifest_of({"kind": "removed", "server": "1.1.0", "client": "1.1.1"}))
    assert works["1.0.0"] == before("1.1.0")
    assert works["1.1.0"] == before("1.1.0")
    assert works["1.1.1"] == ALL
    assert works["2.1.0"] == ALL


def test_changed_both_sides_must_hold_the_same_form_incompatible_both_ways() -> None:
    works = table(manifest_of({"kind": "changed", "server": "1.1.0", "client": "1.1.1"}))
    assert works["1.0.0"] == works["1.1.0"] == before("1.1.0")
    assert works["1.1.1"] == works["2.1.0"] == from_("1.1.0")


def test_changed_the_server_may_hold_both_forms_for_a_while() -> None:
    works = table(
        manifest_of({"kind": "changed", "server": "1.1.0", "client": "1.1.1", "old_until": "2.0.0"})
    )
    assert works["1.0.0"] == works["1.1.0"] == before("2.0.0")
    assert works["1.1.1"] == from_("1.1.0")


def test_compatible_is_recorded_and_has_no_effect() -> None:
    works = table(manifest_of({"kind": "compatible", "server": "1.1.0", "client": "1.1.0"}))
    assert set(works.values()) == {ALL}


@pytest.mark.parametrize("kind", ["added", "removed", "changed"])
def test_a_change_without_a_client_is_needed_by_no_release(kind: str) -> None:
    assert set(table(manifest_of({"kind": kind, "server": "1.1.0"})).values()) == {ALL}


def test_added_and_later_removed_are_one_timeline() -> None:
    works = table(
        manifest_of(
            {"server": "1.0.5", "client": "1.1.0"}, {"kind": "removed", "server": "2.0.0", "client": "1.2.0"}
        )
    )
    assert works["1.0.6"] == ALL
    assert works["1.1.0"] == works["1.1.1"] == "1.0.5 1.0.6 1.1.0 1.1.1 1.2.0"
    assert works["1.2.0"] == ALL


def test_removed_and_later_added_again() -> None:
    works = table(
        manifest_of(
            {"kind": "removed", "server": "1.0.5", "client": "1.0.5"}, {"server": "1.2.0", "client": "2.0.0"}
        )
    )
    # It is the same thing again: the old client finds it from 1.2.0 on.
    assert works["1.0.0"] == "1.0.0 1.0.1 1.2.0 2.0.0 2.1.0"
    assert works["1.1.0"] == ALL
    assert works["2.0.0"] == "1.0.0 1.0.1 1.2.0 2.0.0 2.1.0"


def test_changed_twice_has_three_forms() -> None:
    works = table(
        manifest_of(
            {"kind": "changed", "server": "1.1.0", "client": "1.1.0"},
            {"kind": "changed", "server": "2.0.0", "client": "2.0.0"},
        )
    )
    assert works["1.0.6"] == before("1.1.0")
    assert works["1.1.0"] == works["1.2.0"] == "1.1.0 1.1.1 1.2.0"
    assert works["2.0.0"] == from_("2.0.0")


def test_removed_and_later_added_again_with_another_need() -> None:
    works = table(
        manifest_of(
            {"kind": "removed", "server": "1.0.5", "client": "1.0.5", "need": "optional"},
            {"server": "1.2.0", "client": "2.0.0"},
        )
    )
    assert works["1.0.0"] == ALL
    assert works["2.0.0"] == "1.0.0 1.0.1 1.2.0 2.0.0 2.1.0"


# ------------------------------------------------------------------ branches


def test_a_server_branch_that_got_it_offers_it_to_the_end_of_its_minor_series() -> None:
    works = table(manifest_of({"server": ["1.2.0", "1.0.5"], "client": "1.0.0"}))
    assert works["1.0.0"] == "1.0.5 1.0.6 1.2.0 2.0.0 2.1.0"


def test_a_client_branch_that_needs_it_needs_it_to_the_end_of_its_minor_series() -> None:
    works = table(manifest_of({"server": "2.0.0", "client": ["1.2.0", "1.0.5"]}))
    needing = {release for release, fits in works.items() if fits == from_("2.0.0")}
    assert needing == {"1.0.5", "1.0.6", "1.2.0", "2.0.0", "2.1.0"}
    assert {works[release] for release in RELEASES if release not in needing} == {ALL}


def test_a_branch_that_lost_it_has_lost_it_to_the_end_of_its_minor_series() -> None:
    works = table(manifest_of({"kind": "removed", "server": ["1.2.0", "1.0.5"], "client": "2.0.0"}))
    assert works["1.0.0"] == "1.0.0 1.0.1 1.1.0 1.1.1"


def test_a_prerelease_of_the_next_minor_is_not_of_the_branch() -> None:
    releases = ("1.0.0", "1.0.5", "1.1.0-rc1", "1.1.0", "1.2.0")
    works = table(manifest_of({"server": ["1.2.0", "1.0.5"], "client": "1.0.0"}, releases=releases))
    assert works["1.0.0"] == "1.0.5 1.2.0"


def test_a_listed_prerelease_comes_before_its_release() -> None:
    releases = ("1.0.0", "1.1.0-rc1", "1.1.0-rc2", "1.1.0")
    works = table(manifest_of({"server": "1.1.0-rc2", "client": "1.1.0"}, releases=releases))
    assert works["1.1.0-rc2"] == " ".join(releases)
    assert works["1.1.0"] == "1.1.0-rc2 1.1.0"


# ------------------------------------------------------------------ needs, clients, broken


def test_an_optional_need_keeps_nothing_apart_and_is_told() -> None:
    manifest = manifest_of({"server": "1.1.0", "client": "1.1.0", "need": "optional"})
    assert set(table(manifest).values()) == {ALL}
    engine = Compatibility(manifest)
    verdict = engine.verdict("agent", "runtime", parse_release("1.1.0"), parse_release("1.0.6"))
    assert verdict.compatible
    assert not verdict.reasons
    assert [reason.need for reason in verdict.missing] == [Need.OPTIONAL]
    assert not engine.verdict("agent", "runtime", parse_release("1.0.6"), parse_release("1.0.6")).missing


def test_each_client_has_its_own_release() -> None:
    manifest = manifest_of(
        {"server": "1.1.0", "client": {"runtime": "1.1.0", "shim": "2.0.0"}},
        {"what": ["Resume"], "server": "2.0.0", "client": {"shim": "2.1.0"}},
        clients=["runtime", "shim"],
    )
    runtime, shim = table(manifest, "runtime"), table(manifest, "shim")
    assert runtime["1.0.6"] == shim["1.2.0"] == ALL
    assert runtime["1.1.0"] == runtime["2.1.0"] == shim["2.0.0"] == from_("1.1.0")
    assert shim["2.1.0"] == from_("2.0.0")


def test_a_broken_server_release_meets_nobody() -> None:
    works = table(manifest_of(broken=[{"component": "agent", "release": "1.1.0"}]))
    assert set(works.values()) == {ALL.replace(" 1.1.0", "")}


def test_a_broken_client_release_meets_nobody() -> None:
    works = table(manifest_of(broken=[{"component": "runtime", "release": "1.1.0"}]))
    assert works.pop("1.1.0") == ""
    assert set(works.values()) == {ALL}


def test_the_verdict_names_the_change_and_what_the_server_lacks() -> None:
    manifest = manifest_of({"server": "1.1.0", "client": "1.1.1", "symptom": "Unimplemented", "see": ["a#1"]})
    engine = Compatibility(manifest)
    (reason,) = engine.verdict("agent", "runtime", parse_release("1.2.0"), parse_release("1.0.6")).reasons
    assert reason.cause is Cause.CHANGE
    assert reason.change is manifest.changes[0]
    assert reason.what == ("Pause",)
    assert (reason.because, reason.symptom, reason.see) == ("x", "Unimplemented", ("a#1",))
    assert reason.sentence == "runtime 1.2.0 needs Pause, which agent offers from 1.1.0 on"
    assert (reason.component, span_text(reason.releases), reason.peer) == ("runtime", "1.2.0", "agent")
    kept_out = [one.reason for one in engine.clients_for("agent", parse_release("1.0.6"), "runtime")]
    assert [(one.cause, span_text(one.releases), str(one.bound)) for one in kept_out] == [
        (Cause.CHANGE, "from 1.1.1 on", "None"),
        (Cause.UNLISTED, "before 1.0.0", "1.0.0"),
        (Cause.HORIZON, "2.1.0", "3.0.0"),
    ]


def test_the_verdict_of_a_removal_names_the_removal_and_not_the_addition() -> None:
    manifest = manifest_of(
        {"server": "1.0.1", "client": "1.0.1"}, {"kind": "removed", "server": "1.1.0", "client": "1.2.0"}
    )
    engine = Compatibility(manifest)
    (reason,) = engine.verdict("agent", "runtime", parse_release("1.1.0"), parse_release("1.1.0")).reasons
    assert reason.change is manifest.changes[1]
    (reason,) = engine.verdict("agent", "runtime", parse_release("1.1.0"), parse_release("1.0.0")).reasons
    assert reason.change is manifest.changes[0]


# ------------------------------------------------------------------ the policy


def test_lockstep_only_the_same_release_meets() -> None:
    works = table(manifest_of(policy={"mode": "lockstep"}))
    assert works == {release: release for release in RELEASES}


def test_lockstep_broken_still_meets_nobody() -> None:
    works = table(
        manifest_of(policy={"mode": "lockstep"}, broken=[{"component": "agent", "release": "1.1.0"}])
    )
    assert works["1.1.0"] == ""


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (0, {"1.0.0": "1.0.0 1.0.1 1.0.5 1.0.6", "1.1.1": "1.1.0 1.1.1", "2.1.0": "2.1.0"}),
        (
            1,
            {
                "1.0.0": "1.0.0 1.0.1 1.0.5 1.0.6 1.1.0 1.1.1",
                "1.2.0": "1.1.0 1.1.1 1.2.0",
                "2.0.0": "2.0.0 2.1.0",
            },
        ),
        (2, {"1.0.0": before("2.0.0"), "1.2.0": before("2.0.0"), "2.0.0": from_("2.0.0")}),
    ],
)
def test_a_window_is_minors_apart_within_one_major(window: int, expected: dict[str, str]) -> None:
    works = table(manifest_of(policy={"mode": "window", "window": window}))
    assert {release: works[release] for release in expected} == expected


def test_the_changes_still_hold_inside_the_window() -> None:
    works = table(manifest_of({"server": "1.1.0", "client": "1.1.0"}, policy={"mode": "window"}))
    assert works["1.1.0"] == "1.1.0 1.1.1 1.2.0"
    assert works["1.0.6"] == before("1.2.0")


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (0, "of the same minor version"),
        (1, "at most one minor version away"),
        (2, "at most 2 minor versions away"),
    ],
)
def test_a_window_is_told_in_plain_words(window: int, words: str) -> None:
    engine = Compatibility(manifest_of(policy={"mode": "window", "window": window}))
    old, new = parse_release("1.0.0"), parse_release("2.1.0")
    (reason, *_) = engine.verdict("agent", "runtime", old, new).reasons
    promise = "upstream promises only that runtime 1.0.0 works with agent releases"
    assert reason.sentence == f"{promise} {words} (window)"


def test_a_prerelease_of_a_minor_outside_the_window_is_outside() -> None:
    releases = ("1.0.0", "1.1.0-rc1", "1.1.0", "1.2.0-rc1", "1.2.0")
    works = table(manifest_of(policy={"mode": "window", "window": 1}, releases=releases))
    assert works["1.0.0"] == "1.0.0 1.1.0-rc1 1.1.0"
    assert works["1.2.0"] == "1.1.0-rc1 1.1.0 1.2.0-rc1 1.2.0"


@pytest.mark.parametrize(
    ("horizon", "inside", "outside"),
    [
        ("none", [], ["2.1.1", "2.2.0", "3.0.0"]),
        ("patch", ["2.1.1", "2.1.99"], ["2.2.0", "3.0.0"]),
        ("minor", ["2.1.1", "2.2.0", "2.99.0"], ["3.0.0", "3.1.0"]),
        ("major", ["2.1.1", "2.2.0", "3.0.0", "99.0.0"], []),
    ],
)
def test_the_horizon_says_how_far_an_unknown_peer_is_trusted(
    horizon: str, inside: list[str], outside: list[str]
) -> None:
    manifest = manifest_of({"server": "1.1.0", "client": "1.1.0"}, policy={"horizon": horizon})
    for name, peer in (("kata-runtime", "kata-agent"), ("kata-agent", "kata-runtime")):
        guard = guard_of(manifest, name, "2.1.0-1", peer)
        assert guard.compatible(parse_release("2.1.0"))
        for release in inside:
            assert guard.compatible(parse_release(release)), release
        for release in outside:
            assert not guard.compatible(parse_release(release)), release
            reasons = guard.reasons_against(parse_release(release))
            assert [one.reason.cause for one in reasons] == [Cause.HORIZON]


def guard_of(manifest: Manifest, name: str, version: str, peer: str) -> Guard:
    identity = identify(manifest, manifest.packages[name], family("deb"), version)
    (guard,) = [one for one in guards(Compatibility(manifest), identity) if one.peer.name == peer]
    return guard


def test_what_is_older_than_the_manifest_is_not_trusted() -> None:
    guard = guard_of(manifest_of(policy={"horizon": "major"}), "kata-runtime", "1.1.0-1", "kata-agent")
    (one,) = guard.reasons_against(parse_release("0.9.9"))
    assert one.reason.cause is Cause.UNLISTED


def test_a_guard_holds_between_the_known_releases_too() -> None:
    guard = guard_of(
        manifest_of({"server": "1.1.0", "client": "1.1.0"}), "kata-runtime", "1.1.0-1", "kata-agent"
    )
    assert guard.compatible(parse_release("1.1.7"))
    assert not guard.compatible(parse_release("1.0.99"))


# ------------------------------------------------------------------ protocol versions


def test_removed_and_changed_are_protocol_major_and_added_is_minor() -> None:
    manifest = manifest_of(
        {"server": "1.0.1"},
        {"what": ["B"], "server": "1.0.5"},
        {"what": ["C"], "server": "1.0.5"},
        {"what": ["D"], "server": "1.1.0", "kind": "changed"},
        {"what": ["E"], "server": "1.1.1"},
        {"server": "2.0.0", "kind": "removed"},
        {"what": ["F"], "server": "2.0.0"},
        {"what": ["G"], "server": "2.1.0", "kind": "compatible"},
    )
    engine = Compatibility(manifest)
    versions = {release: engine.protocol_version("agent", parse_release(release)) for release in RELEASES}
    assert versions == {
        "1.0.0": (1, 0), "1.0.1": (1, 1), "1.0.5": (1, 2), "1.0.6": (1, 2), "1.1.0": (2, 0), "1.1.1": (2, 1),
        "1.2.0": (2, 1), "2.0.0": (3, 0), "2.1.0": (3, 0),
    }  # fmt: skip


@given(manifest=manifests())
@settings(RELAXED, max_examples=100)
def test_a_protocol_version_never_falls_and_grows_exactly_with_the_changes(manifest: Manifest) -> None:
    engine = Compatibility(manifest)
    releases = manifest.components["agent"].releases
    versions = [engine.protocol_version("agent", release) for release in releases]
    assert versions == sorted(versions)
    for release, version, previous in zip(releases[1:], versions[1:], versions, strict=False):
        kinds = {one.kind for one in manifest.changes if one.server and one.server[-1] == release}
        if kinds & {Kind.REMOVED, Kind.CHANGED}:
            assert version == (previous[0] + 1, 0)
        elif Kind.ADDED in kinds:
            assert version == (previous[0], previous[1] + 1)
        else:
            assert version == previous


# ------------------------------------------------------------------ a second reading of the definitions


def has(release: Release, firsts: tuple[Release, ...]) -> bool:
    """Return whether a release holds what these releases, one a branch, were the first to hold."""
    return any(
        release >= first
        if first == max(firsts)
        else (release.major, release.minor) == (first.major, first.minor) and release >= first
        for first in firsts
    )


def works(manifest: Manifest, client: str, c: Release, s: Release) -> bool:
    """Return whether two releases work together, walking through the history release by release."""
    for broken in manifest.broken:
        if (broken.component, broken.release) in {(client, c), ("agent", s)}:
            return False
    if manifest.policy.mode is Mode.LOCKSTEP and c.text != s.text:
        return False
    if manifest.policy.mode is Mode.WINDOW and (
        c.major != s.major or abs(c.minor - s.minor) > manifest.policy.window.older
    ):
        return False
    oldest = manifest.components["agent"].releases[0]
    assert s >= oldest
    effective = [one for one in manifest.changes if one.kind is not Kind.COMPATIBLE]
    for what in {what for one in effective for what in one.what}:
        history = sorted((one for one in effective if what in one.what), key=lambda one: max(one.server))
        stretches = [
            (number, began, ended)
            for number, (began, ended) in enumerate(zip([None, *history], [*history, None], strict=True))
            if not (began is None and ended.kind is Kind.ADDED) and not (began and began.kind is Kind.REMOVED)
        ]
        for number, began, ended in stretches:
            if any(
                offers_form(s, *other) for n, *other in stretches if form(history, n) == form(history, number)
            ):
                continue
            gone = ended is not None and has(s, ended.server)
            change = ended if gone else began
            if (
                change is not None
                and change.need is Need.REQUIRED
                and needs_form(client, c, began, ended, gone=gone)
            ):
                return False
    return True


def form(history: list[Change], number: int) -> int:
    """Number the forms of a thing: only a change makes a new one."""
    return sum(one.kind is Kind.CHANGED for one in history[:number])


def needs_form(client: str, c: Release, began: Change | None, ended: Change | None, *, gone: bool) -> bool:
    """Return whether a client release needs the form between two changes of a thing."""
    starts = began.client.get(client, ()) if began else ()
    stops = ended.client.get(client, ()) if ended else ()
    if stops and has(c, stops):
        return False
    if starts:
        return has(c, starts)
    return gone and bool(stops)


def offers_form(s: Release, began: Change | None, ended: Change | None) -> bool:
    """Return whether a server release has the form between two changes of a thing."""
    if began is not None and not has(s, began.server):
        return False
    if ended is None:
        return True
    return s < ended.old_until if ended.old_until else not has(s, ended.server)


@given(manifest=manifests())
@settings(RELAXED, max_examples=400)
def test_the_engine_says_what_the_definitions_say(manifest: Manifest) -> None:
    engine = Compatibility(manifest)
    for client in manifest.protocols["agent"].clients:
        for c, s in product(manifest.components[client].releases, manifest.components["agent"].releases):
            verdict = engine.verdict("agent", client, c, s)
            assert verdict.compatible == works(manifest, client, c, s), (client, c.text, s.text, verdict)
            assert verdict.compatible == (not verdict.reasons)


@given(manifest=manifests())
@settings(RELAXED, max_examples=100)
def test_both_directions_agree(manifest: Manifest) -> None:
    assert disagreements(manifest) == []


def disagreements(manifest: Manifest) -> list[tuple[str, str, str]]:
    """Return the pairs of which only one direction says that changes or broken releases keep them apart."""
    engine = Compatibility(manifest)
    found = []
    for protocol in manifest.protocols.values():
        for client in protocol.clients:
            ours = manifest.components[client].releases
            theirs = manifest.components[protocol.server].releases
            forward = {c: own(engine.servers_for(protocol.name, client, c)) for c in ours}
            back = {s: own(engine.clients_for(protocol.name, s, client)) for s in theirs}
            found += [
                (client, c.text, s.text)
                for c, s in product(ours, theirs)
                if (s.boundary in forward[c]) != (c.boundary in back[s])
            ]
    return found


def own(exclusions: Any) -> Any:
    return allowed(one for one in exclusions if one.reason.need is Need.REQUIRED and one.reason.cause in OWN)


@given(manifest=manifests())
@settings(RELAXED, max_examples=100)
def test_both_directions_agree_on_the_promises_of_the_policy(manifest: Manifest) -> None:
    engine = Compatibility(manifest)
    for client in manifest.protocols["agent"].clients:
        for c, s in product(manifest.components[client].releases, manifest.components["agent"].releases):
            kept_out = [
                {
                    one.reason.cause
                    for one in exclusions
                    if other.boundary in one.excluded and one.reason.cause in {Cause.LOCKSTEP, Cause.WINDOW}
                }
                for exclusions, other in (
                    (engine.servers_for("agent", client, c), s),
                    (engine.clients_for("agent", s, client), c),
                )
            ]
            assert kept_out[0] == kept_out[1], (c.text, s.text)


# ------------------------------------------------------------------ Kata, all of it


def test_all_pairs_of_kata_agree_in_both_directions() -> None:
    manifest = built_in().manifest
    runtime, agent = (manifest.components[name].releases for name in ("runtime", "agent"))
    assert len(runtime) * len(agent) >= 126 * 126
    assert disagreements(manifest) == []


def test_all_pairs_of_kata_are_what_the_definitions_say() -> None:
    manifest = built_in().manifest
    engine = Compatibility(manifest)
    runtime, agent = (manifest.components[name].releases for name in ("runtime", "agent"))
    forward = {c: own(engine.servers_for("agent", "runtime", c)) for c in runtime}
    for c in runtime[::5]:
        for s in agent:
            assert (s.boundary in forward[c]) == works(manifest, "runtime", c, s), (c.text, s.text)


def test_one_question_is_answered_from_the_changes_and_not_from_every_pair() -> None:
    manifest = built_in().manifest
    engine = Compatibility(manifest)
    runtime, agent = (manifest.components[name].releases for name in ("runtime", "agent"))
    for c, s in product(runtime, agent):
        engine.verdict("agent", "runtime", c, s)
    # Worked out once for each release of the client, whichever releases of the server it is asked about.
    worked_out = engine.servers_for.cache_info()
    assert worked_out.misses == len(runtime)
    assert worked_out.hits > len(runtime)
    assert len(engine.incompatibilities["agent"]) <= 2 * sum(len(one.what) for one in manifest.changes)
    for c in runtime:
        exclusions = engine.servers_for("agent", "runtime", c)
        assert len(exclusions) <= 2 * len(engine.incompatibilities["agent"]) + 3


# ------------------------------------------------------------------ advice


def advice(manifest: Manifest) -> list[Diagnostic]:
    return list(advise(Compatibility(manifest)))


def ids(manifest: Manifest) -> set[str]:
    return {one.id for one in advice(manifest)}


def test_the_built_in_manifest_has_nothing_doubtful_in_its_own_mode() -> None:
    assert [one for one in advice(built_in().manifest) if one.severity != "info"] == []


def test_a_window_that_the_changes_break_is_told_of_kata() -> None:
    kata = built_in().manifest
    kept = Manifest(
        kata.project, kata.components, kata.packages, kata.protocols, kata.changes, kata.broken,
        type(kata.policy)(Mode.WINDOW, Window(1, 1)), path=kata.path,
    )  # fmt: skip
    found = [one for one in advice(kept) if one.id == "window-promise-broken"]
    told = " ".join(one.message for one in found)
    # The pause calls, GetGuestDetails, CopyFile, the routes, the tracing calls, the vfio-pci device.
    for mine, theirs in (
        ("1.1", "1.0"),
        ("1.3", "1.2"),
        ("1.5", "1.4"),
        ("1.9", "1.8"),
        ("2.0", "2.1"),
        ("2.4", "2.3"),
        ("3.2", "3.1"),
        ("3.1", "3.2"),
    ):
        assert f"runtime {mine}.x works with agent {theirs}.x" in told, (mine, theirs)
    assert "runtime 1.4.x works with agent" not in told
    assert all(one.line for one in found)
    assert "runtime 2.0.x works with agent 1.12.x" not in told
    lines = {one.line: one for one in kata.changes}
    assert {one.line for one in found} <= set(lines)


BACKWARDS = {"server": "1.2.0", "client": "1.1.0"}
DOUBTFUL: dict[str, tuple[Manifest, str]] = {
    "window-promise-broken": (
        manifest_of({"server": "1.1.0", "client": "1.1.0"}, policy={"mode": "window"}),
        "runtime 1.1.x works with agent 1.0.x",
    ),
    "release-fits-nothing": (
        manifest_of(
            {"server": "1.1.0", "client": "1.0.5"},
            {"what": ["Old"], "kind": "removed", "server": "1.1.0", "client": "1.2.0"},
        ),
        "1.0.5, 1.0.6, 1.1.0, 1.1.1",
    ),
    "same-release-incompatible": (manifest_of(BACKWARDS), "runtime and agent 1.1.0 do not work together"),
    "component-in-no-package": (
        manifest_of(package={"kata-runtime": {"carries": ["runtime"]}}),
        "no package carries the component agent",
    ),
    "package-without-release": (
        manifest_of(
            component={
                "runtime": {"releases": ["1.0.0"]},
                "agent": {"releases": ["1.0.0"]},
                "shim": {"releases": ["9.0.0"]},
            },
            package={"kata-runtime": {"carries": ["runtime", "shim"]}, "kata-agent": {"carries": ["agent"]}},
        ),
        "the components of kata-runtime (runtime, shim)",
    ),
    "one-sided-peer": (
        manifest_of(
            package={
                "kata-runtime": {"carries": ["runtime"], "peers": ["kata-agent"]},
                "kata-agent": {"carries": ["agent"], "peers": []},
            }
        ),
        "kata-runtime lists kata-agent",
    ),
    "no-common-server-release": (
        manifest_of(
            {"server": "1.1.0", "client": {"runtime": "1.0.5"}},
            {"what": ["Old"], "kind": "removed", "server": "1.1.0", "client": {"shim": "1.2.0"}},
            clients=["runtime", "shim"],
        ),
        "both runtime and shim of release 1.0.5, 1.0.6, 1.1.0, 1.1.1",
    ),
    "change-without-reason": (manifest_of({"server": "1.1.0", "client": "1.1.0", "because": ""}), "Pause"),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_each_advice_can_be_given(name: str) -> None:
    manifest, part = DOUBTFUL[name]
    found = [one for one in advice(manifest) if one.id == name]
    assert found
    assert any(part in one.message for one in found), [one.message for one in found]
    assert all(one.help for one in found)


def test_a_right_manifest_gets_no_advice() -> None:
    assert ids(manifest_of({"server": "1.1.0", "client": "1.1.0"})) == set()
    assert ids(manifest_of({"server": "1.0.5", "client": "1.1.0"}, policy={"mode": "window"})) == {
        "window-promise-broken"
    }
    assert ids(manifest_of(policy={"mode": "window", "window": 0})) == set()


@pytest.mark.parametrize(
    "more",
    [
        {"component": {"runtime": {"releases": ["1.0.5"]}, "shim": {"releases": ["1.1.0"]},
            "agent": {"releases": ["1.0.5", "1.1.0"]}}, "policy": {"mode": "lockstep"}},
        {"protocol": {"agent": {"client": ["runtime", "shim"], "server": "agent", "same_machine": False}}},
        {"package": {"runtime": {"carries": ["runtime"]}, "shim": {"carries": ["shim"]},
            "agent": {"carries": ["agent"], "presence": "optional"}}},
        {"package": {"runtime": {"carries": ["runtime"]}, "shim": {"carries": ["shim"]},
            "agent": {"carries": ["agent"]}, "image": {"carries": ["agent"]}}},
        {"package": {"runtime": {"carries": ["runtime", "agent"]}, "shim": {"carries": ["shim"]}}},
    ],
    ids=["other releases", "another machine", "optional", "two packages", "one package"],
)  # fmt: skip
def test_clients_that_need_not_share_a_server_need_none_in_common(more: dict[str, Any]) -> None:
    changes: list[dict[str, Any]] = [
        {"server": "1.1.0", "client": {"runtime": "1.0.5"}},
        {"what": ["Old"], "kind": "removed", "server": "1.1.0", "client": {"shim": "1.2.0"}},
    ]
    if "component" in more:
        changes = []
    assert "no-common-server-release" not in ids(manifest_of(*changes, clients=["runtime", "shim"], **more))


def test_a_broken_release_is_no_surprise() -> None:
    manifest = manifest_of(broken=[{"component": "agent", "release": "1.1.0"}])
    assert "same-release-incompatible" not in ids(manifest)


def test_the_window_promise_is_not_said_to_be_broken_by_an_optional_need() -> None:
    change = {"server": "1.1.0", "client": "1.1.0", "need": "optional"}
    assert ids(manifest_of(change, policy={"mode": "window"})) == set()
