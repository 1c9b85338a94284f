"""What changes of each kind, branches and broken releases mean for a pair of releases."""

from __future__ import annotations

import pytest
from histories import RELEASES, before, from_, manifest_of, table

from pkgguard.compat.engine import Compatibility
from pkgguard.compat.reasons import Cause, span_text
from pkgguard.manifest.model import Need
from pkgguard.versions.lookup import parse_release

ALL = " ".join(RELEASES)


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
