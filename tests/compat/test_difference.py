"""The difference between two manifests is what the plain verdicts of every pair say."""

from __future__ import annotations

import dataclasses
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_project import MANIFEST
from strategies import manifests

from pkgguard import api
from pkgguard.compat.difference import ManifestDifference, difference
from pkgguard.compat.engine import Compatibility
from pkgguard.manifest.discover import built_in
from pkgguard.manifest.model import Manifest

RELAXED = settings(deadline=None, suppress_health_check=list(HealthCheck))
KATA = built_in().manifest
CRI = built_in("cri").manifest


def without(manifest: Manifest, place: int) -> Manifest:
    changes = manifest.changes
    return dataclasses.replace(manifest, changes=(*changes[:place], *changes[place + 1 :]))


Pair = tuple[str, str, str, str]


def plain(engine: Compatibility) -> dict[Pair, bool]:
    """Return whether each listed pair works in every protocol that joins it."""
    found: dict[Pair, bool] = {}
    manifest = engine.manifest
    for protocol in manifest.protocols.values():
        servers = manifest.components[protocol.server].releases
        for client in protocol.clients:
            for c, s in product(manifest.components[client].releases, servers):
                key = (client, c.text, protocol.server, s.text)
                works = engine.verdict(protocol.name, client, c, s).compatible
                found[key] = works and found.get(key, True)
    return found


def told(result: ManifestDifference, manifest: Manifest) -> dict[Pair, bool]:
    """Return every pair in the ranges of a difference, with whether it becomes allowed."""
    found: dict[Pair, bool] = {}
    for one in result.pairs:
        clients, servers = (manifest.components[name].releases for name in (one.client, one.server))
        rows = [c for c in clients if one.clients.first <= c <= one.clients.last]
        columns = [s for some in one.servers for s in servers if some.first <= s <= some.last]
        assert one.pairs == len(rows) * len(columns) > 0
        assert one.reasons
        for c, s in product(rows, columns):
            key = (one.client, c.text, one.server, s.text)
            assert key not in found
            found[key] = one.allowed
    return found


def differing(old: dict[Pair, bool], new: dict[Pair, bool]) -> dict[Pair, bool]:
    return {key: new[key] for key in old.keys() & new.keys() if old[key] != new[key]}


@pytest.mark.parametrize("manifest", [KATA, CRI], ids=["kata", "cri"])
def test_each_change_taken_out_of_a_built_in_manifest(manifest: Manifest) -> None:
    old = Compatibility(manifest)
    before = plain(old)
    changed = 0
    for place in range(0, len(manifest.changes), 8):
        new = Compatibility(without(manifest, place))
        expected = differing(before, plain(new))
        assert told(difference(old, new), manifest) == expected
        assert told(difference(new, old), manifest) == {key: not works for key, works in expected.items()}
        changed += len(expected)
    assert changed


def test_a_change_of_the_policy_of_kata() -> None:
    old = Compatibility(KATA)
    for mode in ("lockstep", "window"):
        policy = KATA.policy._replace(mode=api.Mode(mode))
        new = Compatibility(dataclasses.replace(KATA, policy=policy))
        assert told(difference(old, new), KATA) == differing(plain(old), plain(new))


@given(manifest=manifests(), data=st.data())
@settings(RELAXED, max_examples=150)
def test_any_statement_taken_out_of_any_manifest(manifest: Manifest, data: st.DataObject) -> None:
    keep = data.draw(st.lists(st.booleans(), min_size=(n := len(manifest.changes)), max_size=n))
    changes = tuple(one for one, kept in zip(manifest.changes, keep, strict=True) if kept)
    broken = manifest.broken[: data.draw(st.integers(0, len(manifest.broken)))]
    old = Compatibility(manifest)
    new = Compatibility(dataclasses.replace(manifest, changes=changes, broken=broken))
    assert told(difference(old, new), manifest) == differing(plain(old), plain(new))
    assert told(difference(new, old), manifest) == differing(plain(new), plain(old))


def of(old: str, new: str) -> ManifestDifference:
    return api.difference(api.parse_manifest(old), api.parse_manifest(new))


def test_a_manifest_does_not_differ_from_itself() -> None:
    assert api.difference(KATA, KATA) == ((), ())


def test_the_reasons_are_those_of_the_manifest_that_forbids() -> None:
    head, change = MANIFEST.split("[[change]]")
    for result, allowed in ((of(head, MANIFEST), False), (of(MANIFEST, head), True)):
        (one,) = result.pairs
        assert (one.allowed, str(one.clients), [str(some) for some in one.servers]) == (
            allowed,
            "1.1.0",
            ["1.0.0"],
        )
        assert [reason.because for reason in one.reasons] == ["docker pause"]
    assert "docker pause" in change


def test_releases_of_one_manifest_are_listed_and_not_compared() -> None:
    more = MANIFEST.replace('agent]\nreleases = ["1.0.0", ', 'agent]\nreleases = ["0.9.0", ')
    more = more.replace('runtime]\nreleases = ["1.0.0", ', 'runtime]\nreleases = ["1.0.0", "1.0.1", ')
    result = of(MANIFEST, more)
    assert result.pairs == ()
    assert [(one.component, *map(texts, one[1:])) for one in result.releases] == [
        ("runtime", ["1.0.1"], []),
        ("agent", ["0.9.0"], ["1.0.0"]),
    ]


def texts(releases: Any) -> list[str]:
    return [release.text for release in releases]


def test_a_protocol_that_is_new_forbids_and_another_name_changes_nothing() -> None:
    renamed = MANIFEST.replace("protocol.agent", "protocol.rpc").replace(
        'protocol = "agent"', 'protocol = "rpc"'
    )
    assert of(MANIFEST, renamed) == ((), ())
    second = MANIFEST + '[protocol.second]\nclient = ["runtime"]\nserver = "agent"\nmode = "lockstep"\n'
    assert of(MANIFEST, second).total(allowed=False) == 1


def test_a_broken_release_in_the_middle_has_its_reason() -> None:
    listed = MANIFEST.replace('"1.0.0", "1.1.0"]', '"1.0.0", "1.0.1", "1.0.2", "1.1.0"]')
    broken = listed + '[[broken]]\ncomponent = "runtime"\nrelease = "1.0.1"\nbecause = "crashes"\n'
    (one,) = of(listed, broken).pairs
    assert (str(one.clients), one.pairs) == ("1.0.1", 4)
    assert "crashes" in one.reasons[0].sentence


def test_the_work_grows_with_the_releases_and_not_with_their_pairs() -> None:
    many = ", ".join(f'"1.{minor}.{patch}"' for minor in range(60) for patch in range(50))
    text = MANIFEST.replace('"1.0.0", "1.1.0"', many)
    result = of(text, f'{text}[policy]\nmode = "lockstep"\n')  # within the budget of a manifest
    assert result.total(allowed=False) > 3000 * 2900
