"""The grid of releases, held equal to looking at every pair."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from strategies import manifests

from pkgguard.check.manifest_lint import advise
from pkgguard.compat.engine import Compatibility, allowed
from pkgguard.compat.reasons import Cause
from pkgguard.diagnostics import Diagnostic
from pkgguard.manifest.model import Manifest, Mode, Need
from pkgguard.versions.grid import Axis, Coverage, runs
from pkgguard.versions.sets import Boundary, VersionSet

RELAXED = settings(deadline=None, max_examples=150)
SPANS = st.tuples(st.integers(0, 9), st.integers(0, 9), st.booleans())


def boundary(number: int) -> Boundary:
    return Boundary.before((number,))


@given(columns=st.integers(1, 9), steps=st.lists(SPANS, max_size=12))
@RELAXED
def test_what_covers_a_column(columns: int, steps: list[tuple[int, int, bool]]) -> None:
    coverage = Coverage(columns)
    there: dict[int, range] = {}
    for number, (one, other, goes) in enumerate(steps):
        low, high = sorted((min(one, columns), min(other, columns)))
        if low < high:
            coverage.add(low, high, number)
            there[number] = range(low, high)
        if goes and there:
            gone = min(there)
            coverage.remove(there[gone].start, there[gone].stop, gone)
            del there[gone]
        covering = [[one for one, span in there.items() if column in span] for column in range(columns)]
        for low, high in product(range(columns + 1), repeat=2):
            held = [column for column in range(low, high) if covering[column]]
            assert list(coverage.covered(low, high)) == held
            assert coverage.is_full(low, high) is (len(held) == max(0, high - low))
        for column in range(columns):
            if covering[column]:
                assert coverage.first(column) == min(covering[column])


def ranges() -> st.SearchStrategy[VersionSet]:
    pairs = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=3)
    return pairs.map(
        lambda some: VersionSet.union(VersionSet.between(boundary(low), boundary(high)) for low, high in some)
    )


@given(barriers=st.lists(st.tuples(ranges(), ranges()), max_size=6))
@RELAXED
def test_each_row_is_in_one_run(barriers: list[tuple[VersionSet, VersionSet]]) -> None:
    axis = Axis([boundary(number) for number in range(7)])
    rows: list[int] = []
    for first, end, coverage in runs(axis, axis, barriers):
        for row in range(first, end):
            rows.append(row)
            kept_out = VersionSet.union(what for where, what in barriers if boundary(row) in where)
            expected = [column for column in range(7) if boundary(column) in kept_out]
            assert list(coverage.covered(0, 7)) == expected
    assert rows == list(range(7))


def by_every_pair(manifest: Manifest) -> set[tuple[str, str]]:
    """Return what is doubtful of pairs, as (id, message), by asking for each pair and each reason."""
    engine = Compatibility(manifest)
    found: set[tuple[str, str]] = set()
    for protocol in manifest.protocols.values():
        server = protocol.server
        servers = manifest.components[server].releases
        for client in protocol.clients:
            lonely = []
            told: set[tuple[str, str]] = set()
            for release in manifest.components[client].releases:
                verdicts = {one.text: engine.verdict(protocol.name, client, release, one) for one in servers}
                if not any(one.compatible for one in verdicts.values()):
                    lonely.append(release.text)
                same = verdicts.get(release.text)
                if same is not None and not same.compatible and same.reasons[0].cause is not Cause.BROKEN:
                    sentence = same.reasons[0].sentence
                    message = f"{client} and {server} {release} do not work together: {sentence}"
                    found.add(("same-release-incompatible", message))
                exclusions = engine.servers_for(protocol.name, client, release)
                promised = allowed(one for one in exclusions if one.reason.cause is Cause.WINDOW)
                for one, exclusion in product(servers, exclusions):
                    series = (f"{release.major}.{release.minor}", f"{one.major}.{one.minor}")
                    if (
                        manifest.policy.mode is Mode.WINDOW
                        and series not in told
                        and one.boundary in promised
                        and exclusion.reason.cause is Cause.CHANGE
                        and exclusion.reason.need is Need.REQUIRED
                        and one.boundary in exclusion.excluded
                    ):
                        told.add(series)
                        message = (
                            f"the window promises that {client} {series[0]}.x works with"
                            f" {server} {series[1]}.x, but {client} {release} does not with {one}:"
                            f" {exclusion.reason.sentence}"
                        )
                        found.add(("window-promise-broken", message))
            if lonely:
                message = f"no known {server} release works with {client} {', '.join(lonely)}"
                found.add(("release-fits-nothing", message))
    return found


PAIRS = {"same-release-incompatible", "window-promise-broken", "release-fits-nothing"}


def of_pairs(advice: tuple[Diagnostic, ...]) -> set[tuple[str, str]]:
    return {(one.id, one.message) for one in advice if one.id in PAIRS}


@given(manifest=manifests())
@settings(deadline=None, max_examples=200)
def test_advice_is_that_of_every_pair(manifest: Manifest) -> None:
    assert of_pairs(advise(Compatibility(manifest))) == by_every_pair(manifest)


@pytest.mark.parametrize("rule", sorted(PAIRS))
def test_the_drawn_manifests_have_something_doubtful(rule: str) -> None:
    from hypothesis import find

    # The first will do: to look for the smallest took most of a minute.
    first = settings(deadline=None, max_examples=2000, phases=[Phase.generate], database=None)
    found = find(manifests(), lambda one: rule in {name for name, _ in by_every_pair(one)}, settings=first)
    assert rule in {name for name, _ in of_pairs(advise(Compatibility(found)))}
