"""The grids of a matrix are what the plain verdicts of every pair say."""

from __future__ import annotations

import dataclasses
from collections import Counter
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from small_project import MANIFEST
from strategies import manifests

from pkgguard import api
from pkgguard.compat.engine import Compatibility
from pkgguard.compat.matrix import ReleaseGrid, Spans, blocks, release_matrix
from pkgguard.manifest.discover import built_in
from pkgguard.manifest.model import Manifest

RELAXED = settings(deadline=None, suppress_health_check=list(HealthCheck))
KATA = built_in().manifest
CRI = built_in("cri").manifest

Cells = dict[tuple[str, str], tuple[str, Counter[tuple[Any, ...]]]]


def essence(reason: api.Reason) -> tuple[Any, ...]:
    """Return what identifies a reason, without its releases: one in a verdict, a range in a grid."""
    broken = reason.broken and (reason.broken.component, reason.broken.release.text)
    component = reason.component if reason.cause is api.Cause.BROKEN else ""
    return (reason.protocol, reason.cause, id(reason.change), broken, component, reason.form, reason.what)


def plain(engine: Compatibility, grid: ReleaseGrid) -> Cells:
    """Return each pair's verdict and reasons, asked one by one."""
    found: Cells = {}
    for c, s in product(grid.clients, grid.servers):
        verdicts = [engine.verdict(one, grid.client, c, s) for one in grid.protocols]
        word = "no"
        if all(one.compatible for one in verdicts):
            word = "limited" if any(one.missing for one in verdicts) else "yes"
        reasons = Counter(essence(why) for one in verdicts for why in (*one.reasons, *one.missing))
        found[c.text, s.text] = (word, reasons)
    return found


def by_blocks(grid: ReleaseGrid) -> Cells:
    found: Cells = {}
    for row in blocks(grid):
        for block in row:
            clients, servers = grid.clients[slice(*block.clients)], grid.servers[slice(*block.servers)]
            for c, s in product(clients, servers):
                assert (c.text, s.text) not in found
                found[c.text, s.text] = (block.verdict, Counter(map(essence, block.reasons)))
    return found


def places(spans: Spans) -> set[int]:
    return {place for span in spans for place in range(*span)}


def by_rows(grid: ReleaseGrid) -> dict[tuple[str, str], str]:
    found = {}
    for row in grid.rows:
        compatible, limited = places(row.compatible), places(row.limited)
        assert limited <= compatible
        for c in grid.clients[row.first : row.end]:
            for place, s in enumerate(grid.servers):
                word = "limited" if place in limited else "yes" if place in compatible else "no"
                found[c.text, s.text] = word
    return found


def assert_same(manifest: Manifest) -> Counter[str]:
    engine = Compatibility(manifest)
    counts: Counter[str] = Counter()
    for grid in release_matrix(engine).grids:
        expected = plain(engine, grid)
        assert len(expected) == grid.pairs
        assert by_blocks(grid) == expected
        words = {pair: word for pair, (word, _) in expected.items()}
        assert by_rows(grid) == words
        counted = Counter(words.values())
        assert (grid.compatible, grid.limited) == (counted["yes"] + counted["limited"], counted["limited"])
        assert [row.first for row in grid.rows] == [0, *(row.end for row in grid.rows[:-1])]
        counts += counted
    return counts


@pytest.mark.parametrize("manifest", [KATA, CRI], ids=["kata", "cri"])
def test_all_of_the_built_in_history(manifest: Manifest) -> None:
    counts = assert_same(manifest)
    assert counts["yes"] > 3000
    assert counts["no"] > 10000


@pytest.mark.parametrize("mode", ["lockstep", "exact", "window"])
def test_another_mode_for_kata(mode: str) -> None:
    policy = KATA.policy._replace(mode=api.Mode(mode))
    few = {
        name: dataclasses.replace(one, releases=one.releases[::3]) for name, one in KATA.components.items()
    }
    assert assert_same(dataclasses.replace(KATA, policy=policy, components=few))["yes"] > 30


@given(manifest=manifests())
@settings(RELAXED, max_examples=150)
def test_any_manifest(manifest: Manifest) -> None:
    assert_same(manifest)


BROKEN = '[[broken]]\ncomponent = "{}"\nrelease = "1.0.0"\nbecause = "crashes"\n'
SECOND = '[protocol.second]\nclient = ["runtime"]\nserver = "agent"\nmode = "lockstep"\n'


def grids(text: str, **chosen: Any) -> tuple[ReleaseGrid, ...]:
    return api.Project(api.parse_manifest(text)).matrix(**chosen).grids


def test_two_protocols_of_the_same_components_share_a_grid() -> None:
    (both,) = grids(MANIFEST + SECOND)
    assert (both.protocols, both.compatible) == (("agent", "second"), 2)
    (first,) = grids(MANIFEST + SECOND, protocols=["agent"])
    assert (first.protocols, first.compatible) == (("agent",), 3)
    assert_same(api.parse_manifest(MANIFEST + SECOND))


@pytest.mark.parametrize("component", ["runtime", "agent"])
def test_a_broken_release_works_with_nothing(component: str) -> None:
    counts = assert_same(api.parse_manifest(MANIFEST + BROKEN.format(component)))
    assert counts == {"yes": 1 if component == "runtime" else 2, "no": 3 if component == "runtime" else 2}


def test_components_choose_grids() -> None:
    project = api.Project(api.built_in("cri"))
    assert len(project.matrix().grids) == 4
    assert [one.server for one in project.matrix(components=["kubelet"]).grids] == ["containerd", "cri-o"]
    (one,) = project.matrix(components=["cri-o", "kubelet"]).grids
    assert (one.client, one.server) == ("kubelet", "cri-o")
    none = project.matrix(components=["cri-tools", "kubelet"])
    assert none.grids == ()
    assert project.render(none, "text").endswith("\nno protocol joins two components\n")


@pytest.mark.parametrize("chosen", [{"protocols": ["agnet"]}, {"components": ["runtme"]}])
def test_an_unknown_name_is_an_error(chosen: dict[str, list[str]]) -> None:
    with pytest.raises(api.UnknownNameError):
        api.Project(KATA).matrix(**chosen)


def test_the_size_grows_with_the_statements_and_not_with_the_pairs() -> None:
    """A grid of 4000 by 4000 releases has one row for each verdict, and one entry for each reason."""
    listed = ", ".join(f'"1.{minor}.{patch}"' for minor in range(200) for patch in range(20))
    (grid,) = grids(MANIFEST.replace('"1.0.0", "1.1.0"', listed))
    assert grid.pairs == 16_000_000
    assert (len(grid.rows), len(grid.reasons)) == (2, 1)
    assert grid.pairs - grid.compatible == 3980 * 20
