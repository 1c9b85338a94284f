"""The audit of a promise is what the plain verdicts of all promised pairs say."""

from __future__ import annotations

import dataclasses
import time
from itertools import product

import pytest
from histories import manifest_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import manifests

from pkgguard import api
from pkgguard.compat.engine import Compatibility
from pkgguard.compat.reasons import Cause
from pkgguard.evolution.audit import Audit, audit
from pkgguard.manifest.model import Manifest, Mode, Window

RELAXED = settings(deadline=None, suppress_health_check=list(HealthCheck))
POLICY = {Cause.WINDOW, Cause.LOCKSTEP, Cause.EXACT, Cause.HORIZON, Cause.UNLISTED}
Pair = tuple[str, str, str, str]


def promised(manifest: Manifest, window: Window) -> Manifest:
    """Return a manifest whose policy is the promise."""
    return dataclasses.replace(manifest, policy=manifest.policy._replace(mode=Mode.WINDOW, window=window))


def plain(manifest: Manifest, window: Window) -> tuple[dict[Pair, set[str]], int]:
    """Return the promised pairs that do not work, each with its reasons, and how many are promised."""
    engine = Compatibility(promised(manifest, window))
    found: dict[Pair, set[str]] = {}
    count = 0
    for protocol in manifest.protocols.values():
        servers = manifest.components[protocol.server].releases
        for client in protocol.clients:
            for c, s in product(manifest.components[client].releases, servers):
                reasons = engine.verdict(protocol.name, client, c, s).reasons
                if any(one.cause is Cause.WINDOW for one in reasons):
                    continue
                count += 1
                if broken := [one for one in reasons if one.cause not in POLICY]:
                    found[protocol.name, client, c.text, s.text] = {because(one) for one in broken}
    return found, count


def because(reason: api.Reason) -> str:
    return f"{reason.cause} {reason.what} {reason.because} {reason.form} {reason.gone}"


def told(result: Audit, manifest: Manifest) -> dict[Pair, set[str]]:
    """Return every pair in the ranges of an audit, with its reasons."""
    found: dict[Pair, set[str]] = {}
    for contract in result.contracts:
        clients, servers = (manifest.components[name].releases for name in (contract.client, contract.server))
        for one in contract.broken:
            rows = [c for c in clients if one.clients.first <= c <= one.clients.last]
            columns = [s for some in one.servers for s in servers if some.first <= s <= some.last]
            assert one.pairs == len(rows) * len(columns) > 0
            for c, s in product(rows, columns):
                key = (contract.protocol, contract.client, c.text, s.text)
                assert key not in found
                found[key] = {because(reason) for reason in one.reasons}
    return found


def agree(manifest: Manifest, window: Window) -> None:
    result = audit(Compatibility(manifest), window.older, window.newer)
    expected, count = plain(manifest, window)
    found = told(result, manifest)
    assert found.keys() == expected.keys()
    assert result.pairs == len(expected)
    assert sum(one.promised for one in result.contracts) == count
    for pair, reasons in expected.items():
        assert reasons <= found[pair]


@given(manifest=manifests(), older=st.integers(0, 3), newer=st.integers(0, 3))
@settings(RELAXED, max_examples=150)
def test_it_agrees_with_every_plain_verdict(manifest: Manifest, older: int, newer: int) -> None:
    agree(manifest, Window(older, newer))


@pytest.mark.parametrize("window", [Window(0, 0), Window(1, 1), Window(0, 2), Window(3, 0)])
@pytest.mark.parametrize("name", ["kata", "cri"])
def test_it_agrees_on_real_histories(name: str, window: Window) -> None:
    agree(api.built_in(name).manifest, window)


def test_kata_broke_its_promise() -> None:
    (one,) = api.Project(api.built_in()).audit().contracts
    assert (one.window, one.promised, one.pairs) == (Window(1, 1), 1456, 320)
    first = one.broken[0]
    assert (str(first.clients), str(first.servers[0]), first.pairs) == ("1.1.0 to 1.1.1", "1.0.0", 2)
    assert {thing for reason in first.reasons for thing in reason.what} == {
        "grpc.AgentService/PauseContainer",
        "grpc.AgentService/ResumeContainer",
        'Storage.driver "ephemeral"',
    }


def test_cri_kept_it_where_numbers_follow_each_other() -> None:
    contracts = api.Project(api.built_in("cri")).audit().contracts
    by_names = {(one.client, one.server): (one.promised, one.pairs) for one in contracts}
    assert by_names["kubelet", "cri-o"] == (6734, 0)
    assert by_names["kubelet", "containerd"] == (0, 0)


def test_what_stays_silent() -> None:
    compatible = {"kind": "compatible", "server": "1.1.0"}
    optional = {"server": "1.1.0", "client": "1.1.0", "need": "optional", "what": ["B"]}
    unneeded = {"server": "1.1.0", "what": ["C"]}
    assert audit(Compatibility(manifest_of(compatible, optional, unneeded))).pairs == 0


def test_a_broken_release_breaks_it() -> None:
    manifest = manifest_of(broken=[{"component": "agent", "release": "1.1.0", "because": "x"}])
    (one,) = audit(Compatibility(manifest), 0, 0).contracts
    assert [(str(some.clients), str(some.servers[0])) for some in one.broken] == [("1.1.0 to 1.1.1", "1.1.0")]


def test_the_work_grows_with_what_is_broken() -> None:
    """A hundred times the releases and changes of Kata take less than the time for one manifest."""
    count = 6000
    releases = [f"1.{minor}.0" for minor in range(count)]
    changes = [
        {"server": f"1.{minor}.0", "client": f"1.{minor}.0", "what": [f"thing {minor}"]}
        for minor in range(1, count)
    ]
    engine = Compatibility(manifest_of(*changes, releases=releases))
    start = time.thread_time()
    result = audit(engine, 1, 1)
    assert time.thread_time() - start < 1.8
    assert result.pairs == count - 1
