"""What the policy of a manifest means for a pair of releases."""

from __future__ import annotations

import pytest
from histories import RELEASES, before, from_, manifest_of, table

from pkgguard.compat.engine import Compatibility
from pkgguard.compat.guard import Guard, guards
from pkgguard.compat.identify import identify
from pkgguard.compat.reasons import Cause
from pkgguard.families.lookup import family
from pkgguard.manifest.model import Manifest
from pkgguard.versions.lookup import parse_release


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
