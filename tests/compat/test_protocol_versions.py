"""The versions of a protocol."""

from __future__ import annotations

from histories import RELAXED, RELEASES, manifest_of
from hypothesis import given, settings
from strategies import manifests

from pkgguard.compat.engine import Compatibility
from pkgguard.manifest.model import Kind, Manifest
from pkgguard.versions.lookup import parse_release


def test_removed_and_changed_are_protocol_major_and_added_is_minor() -> None:
    manifest = manifest_of(
        {"server": "1.0.1"},
        {"what": ["B"], "server": "1.0.5"},
        {"what": ["C"], "server": "1.0.5"},
        {"what": ["D"], "server": "1.1.0", "kind": "changed"},
        {"what": ["E"], "server": "1.1.1"},
        {"server": "2.0.0", "kind": "removed"},
        {"what": ["F"], "server": "2.0.0"},
        {"what": ["G"], "server": "2.1.0", "kind": "compatible"},
    )
    engine = Compatibility(manifest)
    versions = {release: engine.protocol_version("agent", parse_release(release)) for release in RELEASES}
    assert versions == {
        "1.0.0": (1, 0), "1.0.1": (1, 1), "1.0.5": (1, 2), "1.0.6": (1, 2), "1.1.0": (2, 0), "1.1.1": (2, 1),
        "1.2.0": (2, 1), "2.0.0": (3, 0), "2.1.0": (3, 0),
    }  # fmt: skip


@given(manifest=manifests())
@settings(RELAXED, max_examples=100)
def test_a_protocol_version_never_falls_and_grows_exactly_with_the_changes(manifest: Manifest) -> None:
    engine = Compatibility(manifest)
    releases = manifest.components["agent"].releases
    versions = [engine.protocol_version("agent", release) for release in releases]
    assert versions == sorted(versions)
    for release, version, previous in zip(releases[1:], versions[1:], versions, strict=False):
        kinds = {one.kind for one in manifest.changes if one.server and one.server[-1] == release}
        if kinds & {Kind.REMOVED, Kind.CHANGED}:
            assert version == (previous[0] + 1, 0)
        elif Kind.ADDED in kinds:
            assert version == (previous[0], previous[1] + 1)
        else:
            assert version == previous
