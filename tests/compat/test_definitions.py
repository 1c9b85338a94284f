"""The engine against a second, slow implementation of the definitions, on drawn histories and on Kata's."""

from __future__ import annotations

from itertools import product
from typing import Any

from histories import RELAXED
from hypothesis import given, settings
from strategies import manifests

from pkgguard.compat.engine import Compatibility, allowed
from pkgguard.compat.reasons import Cause
from pkgguard.manifest.discover import built_in
from pkgguard.manifest.model import Change, Kind, Manifest, Mode, Need
from pkgguard.versions.release import Release

OWN = {Cause.CHANGE, Cause.BROKEN}


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
