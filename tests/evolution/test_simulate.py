"""Replaying a history: the numbers of Kata, the laws of every policy, and the protocol's own version."""

from __future__ import annotations

from pathlib import Path

import pytest
from histories import manifest_of
from hypothesis import HealthCheck, given, settings
from snapshots import assert_snapshot
from strategies import manifests

from pkgguard import api
from pkgguard.compat.engine import Compatibility
from pkgguard.errors import UnknownNameError
from pkgguard.evolution.policies import ChangeSide, Effect, Level, classes, policies
from pkgguard.evolution.simulate import SimulatedLine, Simulation, simulate
from pkgguard.manifest.model import Manifest

RELAXED = settings(deadline=None, suppress_health_check=list(HealthCheck))
DOCS = Path(__file__).parents[2] / "docs"
POLICIES = tuple(policies().values())


def line(result: Simulation, name: str, policy: str, *, is_protocol: bool = False) -> SimulatedLine:
    (found,) = (
        one
        for history in result.histories
        for one in history.lines
        if (history.name, history.is_protocol, one.policy.name) == (name, is_protocol, policy)
    )
    return found


def numbers(manifest: Manifest, name: str, policy: str) -> list[str]:
    return [".".join(map(str, one)) for one in line(simulate(manifest, POLICIES), name, policy).numbers]


@given(manifest=manifests())
@settings(RELAXED, max_examples=150)
def test_the_protocol_has_the_version_that_packages_provide(manifest: Manifest) -> None:
    engine = Compatibility(manifest)
    result = simulate(manifest, POLICIES)
    for protocol in manifest.protocols.values():
        releases = manifest.components[protocol.server].releases
        expected = [engine.protocol_version(protocol.name, release) for release in releases]
        for policy in ("protocol", "additive"):
            found = line(result, protocol.name, policy, is_protocol=True).numbers
            assert [one[:2] for one in found] == expected


@given(manifest=manifests())
@settings(RELAXED, max_examples=100)
def test_numbers_rise_and_the_stricter_policy_has_more_majors(manifest: Manifest) -> None:
    for history in simulate(manifest, POLICIES).histories:
        lines = {one.policy.name: one for one in history.lines}
        for one in history.lines:
            assert len(one.numbers) == len(one.levels) == len(history.releases)
            steps = zip(one.numbers, one.numbers[1:], strict=False)
            assert all(before < after or history.is_protocol for before, after in steps)
            assert one.majors == one.numbers[-1][0] - (1 if history.is_protocol else one.numbers[0][0])
        if not history.is_protocol:
            assert lines["pair"].majors >= lines["additive"].majors
            assert lines["protocol"].majors == lines["lockstep"].majors == 0


@pytest.mark.parametrize("effect", Effect)
def test_a_stricter_policy_never_asks_for_less(effect: Effect) -> None:
    ranks = [policies()[name].component[effect].rank for name in ("lockstep", "protocol", "additive", "pair")]
    assert ranks == sorted(ranks)


def test_the_pair_is_never_better_off_than_a_side() -> None:
    order = [Effect.NOTHING, Effect.ADDITION, Effect.NEW_CLIENT, Effect.OLD_CLIENT, Effect.BOTH]
    for one in classes().values():
        for side in (ChangeSide.CLIENT, ChangeSide.SERVER):
            assert order.index(one.pair) >= order.index(one.effect(side)), one.name


def test_kata() -> None:
    result = simulate(api.built_in().manifest, POLICIES)
    assert {
        (history.name, history.is_protocol, one.policy.name): (one.numbers[-1], one.majors)
        for history in result.histories
        for one in history.lines
        if one.majors
    } == {
        ("runtime", False, "pair"): ((22, 1, 0), 21),
        ("agent", False, "additive"): ((8, 1, 0), 7),
        ("agent", False, "pair"): ((23, 1, 0), 22),
        ("agent", True, "protocol"): ((10, 0, 0), 9),
        ("agent", True, "additive"): ((10, 0, 0), 9),
        ("agent", True, "pair"): ((23, 0, 0), 22),
    }
    assert line(result, "agent", "pair").century() == (567, False)


def test_the_charts_of_kata() -> None:
    project = api.Project(api.built_in())
    assert_snapshot(DOCS / "evolution.svg", project.render(project.simulate(), "svg"))


def test_the_steps_of_releases_without_changes_stay() -> None:
    assert numbers(manifest_of(), "runtime", "pair") == [
        *("1.0.0", "1.0.1", "1.0.2", "1.0.3", "1.1.0", "1.1.1", "1.2.0", "1.3.0", "1.4.0")
    ]


def test_a_change_of_a_branch_counts_once_on_the_main_line() -> None:
    change = {"server": ["1.0.5", "1.1.0"], "client": "1.2.0"}
    manifest = manifest_of(change, releases=["1.0.0", "1.0.5", "1.1.0", "1.2.0"])
    assert numbers(manifest, "agent", "pair") == ["1.0.0", "1.0.1", "2.0.0", "2.1.0"]
    assert numbers(manifest, "runtime", "pair") == ["1.0.0", "1.0.1", "1.1.0", "2.0.0"]


def test_an_overlap_breaks_old_clients_when_it_ends() -> None:
    change = {"kind": "changed", "server": "1.1.0", "client": "1.1.0", "old_until": "1.2.0"}
    manifest = manifest_of(change, releases=["1.0.0", "1.1.0", "1.2.0", "1.3.0"])
    assert numbers(manifest, "agent", "additive") == ["1.0.0", "1.1.0", "2.0.0", "2.1.0"]
    assert numbers(manifest, "runtime", "additive") == ["1.0.0", "1.1.0", "1.2.0", "1.3.0"]


def test_a_prerelease_is_no_step_of_its_own() -> None:
    change = {"server": "1.1.0-rc1", "client": "1.1.0"}
    manifest = manifest_of(change, releases=["1.0.0", "1.1.0-rc1", "1.1.0", "2.0.0-rc1"])
    assert numbers(manifest, "agent", "pair") == ["1.0.0", "2.0.0", "2.1.0"]


def test_the_century_is_reached_or_estimated() -> None:
    releases = [f"1.{minor}.0" for minor in range(120)]
    changes = [
        {"server": f"1.{minor}.0", "client": f"1.{minor}.0", "what": [str(minor)]} for minor in range(1, 120)
    ]
    strict = line(simulate(manifest_of(*changes, releases=releases), POLICIES), "agent", "pair")
    assert (strict.century(), strict.numbers[99]) == ((100, True), (100, 0, 0))
    calm = line(simulate(manifest_of(*changes, releases=releases), POLICIES), "agent", "lockstep")
    assert calm.century() == (0, False)
    dated = manifest_of(releases=["240.0.0", "241.0.0"])
    assert line(simulate(dated, POLICIES), "agent", "pair").century() == (0, False)


def test_levels_have_an_order() -> None:
    assert sorted(Level, key=lambda one: one.rank) == [Level.NONE, Level.PATCH, Level.MINOR, Level.MAJOR]


def test_an_unknown_policy() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'additive'"):
        api.Project(api.built_in()).simulate(["aditive"])
