"""The difference between generated relations is that of what each of two manifests generates."""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_project import MANIFEST
from strategies import manifests

from pkgguard import api
from pkgguard.compat.engine import Compatibility
from pkgguard.compat.guard import known_releases
from pkgguard.families.lookup import family
from pkgguard.generate.difference import GeneratedDifference, generated_difference
from pkgguard.manifest.discover import built_in

RELAXED = settings(deadline=None, suppress_health_check=list(HealthCheck))
PUBLISHED = MANIFEST.replace(
    'carries = ["agent"]', 'carries = ["agent"]\ndeb = { published = ["0.9.0-1", "1.0.0-1", "1.1.0-2"] }'
)
BEFORE = PUBLISHED.split("[[change]]")[0]


def relations(manifest: api.Manifest, name: str, package: str, version: str) -> Counter[tuple[str, object]]:
    found = api.Project(manifest).relations(name, package, version).relations
    return Counter((one.relation.field, one.relation.expression) for one in found)


def assert_told(old: api.Manifest, new: api.Manifest) -> int:
    """Apply the changes of each release to the relations of the old manifest; return how many differ."""
    result = generated_difference(Compatibility(old), Compatibility(new))
    told = {}
    for one in result.relations:
        package = new.package_named(one.family, one.package)
        assert package is not None
        releases = [
            release
            for release in known_releases(new, package)
            if any(some.first <= release <= some.last for some in one.releases)
        ]
        assert one.changes
        assert len(releases) == one.number
        for release in releases:
            assert (one.family, one.package, release.text) not in told
            told[one.family, one.package, release.text] = one.changes
    for name in api.FAMILIES:
        for package in new.packages.values():
            for release in known_releases(new, package) if name in package.shipping else ():
                shipping = package.shipping[name]
                versions = family(name)
                _, upstream, revision = versions.split(
                    next(iter(versions.releases.builds(versions.releases.write(release), 1)))
                )
                version = versions.join(shipping.epoch_of(release), upstream, revision)
                found = relations(old, name, shipping.name, version)
                for change in told.get((name, shipping.name, release.text), ()):
                    if change.old is not None:
                        assert found[change.old.field, change.old.expression] > 0
                        found[change.old.field, change.old.expression] -= 1
                    if change.new is not None:
                        found[change.new.field, change.new.expression] += 1
                assert +found == relations(new, name, shipping.name, version)
    return len(told)


@given(manifest=manifests(plain=True), data=st.data())
@settings(RELAXED, max_examples=40)
def test_applied_to_the_old_relations_it_gives_the_new_ones(
    manifest: api.Manifest, data: st.DataObject
) -> None:
    keep = data.draw(st.lists(st.booleans(), min_size=(n := len(manifest.changes)), max_size=n))
    changes = tuple(one for one, kept in zip(manifest.changes, keep, strict=True) if kept)
    assert_told(manifest, dataclasses.replace(manifest, changes=changes))


@pytest.mark.parametrize("name", ["kata", "cri"])
def test_changes_taken_out_of_a_built_in_manifest(name: str) -> None:
    manifest = built_in(name).manifest
    changes = manifest.changes[::2]
    assert assert_told(manifest, dataclasses.replace(manifest, changes=changes)) > 0


def of(old: str, new: str, *packages: api.PackageRef) -> GeneratedDifference:
    return api.generated_difference(api.parse_manifest(old), api.parse_manifest(new), packages=packages)


def ref(name: str, version: str) -> api.PackageRef:
    return api.PackageRef("deb", name, version, "")


def test_published_packages_whose_relations_change_need_a_rebuild() -> None:
    asked = ref("kata-runtime", "1.1.0-3"), ref("kata-runtime", "1.0.0-3")
    result = of(BEFORE, PUBLISHED, *asked)
    assert [one.package for one in result.rebuilds] == [ref("kata-image", "1.0.0-1"), asked[0]]
    assert result.not_compared == (ref("kata-image", "0.9.0-1"),)
    assert [[part and str(part) for part in change] for change in result.rebuilds[0].changes] == [
        ["Breaks: kata-runtime (>= 2.0.0~)", "Breaks: kata-runtime (>= 1.1.0~)"]
    ]


def test_the_same_manifest_needs_no_rebuild() -> None:
    result = of(PUBLISHED, PUBLISHED, ref("kata-runtime", "1.1.0-3"))
    assert not result.differs
    assert result.relations == result.rebuilds == ()


def test_an_unknown_package_or_version_that_was_asked_for_is_an_error() -> None:
    with pytest.raises(api.UnknownNameError):
        of(BEFORE, PUBLISHED, ref("kata-imag", "1.0.0-1"))
    with pytest.raises(api.UnknownReleaseError):
        of(BEFORE, PUBLISHED, ref("kata-image", "7.0.0-1"))


def test_releases_with_the_same_change_are_ranges() -> None:
    listed = '"1.0.0", "1.1.0", "1.1.1", "1.2.0"'
    many = PUBLISHED.replace('"1.0.0", "1.1.0"', listed)
    result = of(many.split("[[change]]")[0], many)
    runs = [(one.package, [*map(str, one.releases)], one.number) for one in result.relations]
    assert ("kata-runtime", ["1.1.0 to 1.2.0"], 3) in runs


def test_an_epoch_that_changes_changes_the_bounds_of_the_peer() -> None:
    epoch = PUBLISHED.replace('carries = ["runtime"]', 'carries = ["runtime"]\ndeb = { epoch = 1 }')
    result = of(PUBLISHED, epoch)
    assert {(one.family, one.package) for one in result.relations} == {("deb", "kata-image")}


def test_the_work_is_near_linear_in_the_releases() -> None:
    many = ", ".join(f'"1.{minor}.{patch}"' for minor in range(40) for patch in range(25))
    text = MANIFEST.replace('"1.0.0", "1.1.0"', many)
    result = of(text.split("[[change]]")[0], text)  # within its budget
    assert sum(one.number for one in result.relations) > 900
