"""What to call a release, by each policy."""

from __future__ import annotations

from typing import Any

import pytest
from histories import manifest_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import manifests

from pkgguard import api
from pkgguard.compat.engine import Compatibility
from pkgguard.errors import UnknownNameError, UnknownReleaseError
from pkgguard.evolution.advise import advise
from pkgguard.evolution.policies import Level, policies, policy
from pkgguard.manifest.model import Manifest

RELAXED = settings(deadline=None, suppress_health_check=list(HealthCheck))
RELEASES = ["1.0.0", "1.0.1", "1.1.0", "1.2.0"]


def levels(*changes: dict[str, Any], name: str, since: str = "1.0.0", until: str = "1.1.0") -> list[str]:
    """Return the levels of runtime, agent and the protocol."""
    engine = Compatibility(manifest_of(*changes, releases=RELEASES))
    return [str(one.level) for one in advise(engine, policy(name), {"": since}, {"": until}).versions]


BOTH = {"server": "1.1.0", "client": "1.1.0"}


@pytest.mark.parametrize(
    ("change", "name", "expected"),
    [
        (BOTH, "protocol", ["minor", "minor", "minor"]),
        (BOTH, "additive", ["minor", "minor", "minor"]),
        (BOTH, "pair", ["major", "major", "major"]),
        (BOTH, "lockstep", ["patch", "patch"]),
        (BOTH | {"kind": "changed"}, "protocol", ["minor", "minor", "major"]),
        (BOTH | {"kind": "changed"}, "additive", ["minor", "major", "major"]),
        (BOTH | {"kind": "changed"}, "pair", ["major", "major", "major"]),
        (BOTH | {"kind": "changed", "old_until": "1.2.0"}, "additive", ["minor", "minor", "major"]),
        (BOTH | {"kind": "removed"}, "additive", ["patch", "major", "major"]),
        (BOTH | {"kind": "removed", "need": "optional"}, "additive", ["patch", "patch", "major"]),
        (BOTH | {"kind": "compatible"}, "pair", ["patch", "patch", "none"]),
        (BOTH | {"need": "optional"}, "pair", ["minor", "minor", "minor"]),
        ({"server": "1.1.0"}, "pair", ["patch", "minor", "minor"]),
        ({"server": "1.1.0", "client": "1.2.0"}, "additive", ["patch", "minor", "minor"]),
    ],
)
def test_levels(change: dict[str, Any], name: str, expected: list[str]) -> None:
    assert levels(change, name=name) == expected


def test_the_end_of_an_overlap() -> None:
    change = BOTH | {"kind": "changed", "old_until": "1.2.0"}
    assert levels(change, name="additive", since="1.1.0", until="1.2.0") == ["patch", "major", "none"]


def test_a_release_that_lost_a_backport() -> None:
    change = {"server": ["1.0.1", "1.2.0"], "client": ["1.0.1", "1.2.0"]}
    assert levels(change, name="additive", since="1.0.1", until="1.1.0") == ["patch", "major", "major"]
    engine = Compatibility(manifest_of(change, releases=RELEASES))
    agent = advise(engine, policy("additive"), {"agent": "1.0.1"}, {"agent": "1.1.0"}).versions[0]
    (ground,) = agent.grounds
    assert ground.event.undone
    assert ground.event.change_class.name == "removed-required"


def test_numbers() -> None:
    result = api.Project(api.built_in()).release_advice({"": "1.0.0"}, {"": "1.1.0"}, policy="pair")
    assert [(one.name, one.is_protocol, one.version, one.advised) for one in result.versions] == [
        ("runtime", False, "1.0.0", "2.0.0"),
        ("agent", False, "1.0.0", "2.0.0"),
        ("agent", True, "1.0", "2.0"),
    ]
    nothing = api.Project(manifest_of(releases=RELEASES)).release_advice({"": "1.2.0"}).versions
    assert [(one.level, one.advised, one.grounds) for one in nothing] == [
        (Level.PATCH, "1.2.1", ()),
        (Level.PATCH, "1.2.1", ()),
        (Level.NONE, "1.0", ()),
    ]


def test_only_the_components_that_are_asked_about() -> None:
    result = api.Project(api.built_in("cri")).release_advice({"kubelet": "1.20.0"})
    assert [one.name for one in result.versions] == ["kubelet"]


@given(manifest=manifests(), data=st.data())
@settings(RELAXED, max_examples=100)
def test_the_advice_is_above_what_was_released(manifest: Manifest, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(manifest.components)))
    since, until = sorted(
        data.draw(st.lists(st.sampled_from(manifest.components[name].releases), min_size=2, max_size=2))
    )
    for one in policies().values():
        found = advise(Compatibility(manifest), one, {name: since.text}, {name: until.text})
        version = found.versions[0]
        assert manifest.components[name].scheme.parse(version.advised) > since
        assert version.grounds == () or version.level.rank >= version.grounds[0].level.rank
        if since == until:
            assert all(not some.grounds for some in found.versions)


def test_unknown_names_and_releases() -> None:
    project = api.Project(api.built_in())
    with pytest.raises(UnknownNameError, match="did you mean 'agent'"):
        project.release_advice({"agnt": "1.0.0"})
    with pytest.raises(UnknownReleaseError, match="not a release that the manifest lists"):
        project.release_advice({"": "1.0.9"})
    with pytest.raises(UnknownReleaseError, match="not a release that the manifest lists"):
        project.release_advice({"agent": "1.0.9"})
    with pytest.raises(UnknownReleaseError, match="is older than"):
        project.release_advice({"agent": "1.1.0"}, {"agent": "1.0.0"})
