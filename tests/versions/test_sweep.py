"""A sweep returns at every position what the pairs, one by one, exclude there."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_laws_of_sets import POSITIONS, ranges

from pkgguard.compat.engine import Compatibility, allowed
from pkgguard.manifest.discover import built_in
from pkgguard.manifest.model import Need
from pkgguard.versions.sets import Boundary, VersionSet
from pkgguard.versions.sweep import Sweep


@given(st.lists(st.tuples(ranges, ranges), max_size=8))
def test_it_is_the_union_at_each_position(pairs: list[tuple[VersionSet, VersionSet]]) -> None:
    sweep = Sweep(pairs)
    for position in POSITIONS:
        assert sweep.at(position) == VersionSet.union(what for where, what in pairs if position in where)


def test_it_says_of_kata_what_the_reasons_say() -> None:
    compatibility = Compatibility(built_in().manifest)
    for release in compatibility.manifest.components["runtime"].releases:
        exclusions = compatibility.servers_for("agent", "runtime", release)
        required = [one for one in exclusions if one.reason.need is Need.REQUIRED]
        assert compatibility.allowed_servers("agent", "runtime", release) == allowed(required)


def test_the_work_grows_with_the_pairs_and_not_with_their_square(monkeypatch: pytest.MonkeyPatch) -> None:
    real = VersionSet.union
    merged = 0

    def counted(some: Iterable[VersionSet]) -> VersionSet:
        nonlocal merged
        listed = list(some)
        merged += len(listed)
        return real(listed)

    monkeypatch.setattr(VersionSet, "union", counted)

    def work(count: int) -> int:
        nonlocal merged
        merged = 0
        Sweep(
            (VersionSet.from_(Boundary(0, (number,))), VersionSet.from_(POSITIONS[number % 6]))
            for number in range(count)
        )
        return merged

    # n log n grows fifteenfold here, n squared a hundredfold.
    assert work(1600) < 20 * work(160)
