"""The difference between two packages is what each of them admits, and what the manifest says of it."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_project import MANIFEST

from pkgguard import api

RELAXED = settings(deadline=None, suppress_health_check=list(HealthCheck))
PROJECT = api.Project(api.parse_manifest(MANIFEST.replace('"1.0.0", "1.1.0"', '"1.0.0", "1.1.0", "1.2.0"')))
RELEASES = ("1.0.0", "1.1.0", "1.2.0")
BOUNDS = ("", " (>= 1.1.0)", " (>= 1.2.0)", " (<< 1.2.0~)", " (= 1.1.0-1)", " (<< 1.1.0~)")
REFUSED = (" (>= 1.2.0)", " (<< 1.2.0~)", " (<< 1.1.0~)", " (>= 1.1.0~)")
CLAUSES = st.lists(st.sampled_from([f"kata-image{bound}" for bound in BOUNDS] + ["libc6", "libc6 (>= 2)"]))
PACKAGES = st.builds(
    lambda version, depends, breaks: package(f"{version}-1", Depends=depends, Breaks=breaks),
    st.sampled_from(RELEASES),
    CLAUSES,
    st.lists(st.sampled_from([f"kata-image{bound}" for bound in REFUSED])),
)


def package(version: str, name: str = "kata-runtime", **fields: list[str]) -> api.Package:
    return api.make_package("deb", name, version, {field: ", ".join(some) for field, some in fields.items()})


def admits(one: api.Package, release: str) -> bool:
    """Return whether the relations of a package accept a release of the image, by installing the two."""
    image = api.make_package("deb", "kata-image", f"{release}-1")
    return bool(api.coinstallable([one, image], assumed=["libc6"]).installable)


def applied(old: api.Package, result: api.PackageDifference) -> Counter[tuple[str, object]]:
    found = Counter((one.field, one.expression) for one in old.relations)
    for change in result.relations:
        if change.old is not None:
            assert found[change.old.field, change.old.expression] > 0
            found[change.old.field, change.old.expression] -= 1
        if change.new is not None:
            found[change.new.field, change.new.expression] += 1
    return +found


def told(result: api.PackageDifference) -> dict[str, tuple[bool, bool]]:
    """Return whether each release of a peer is newly admitted, and whether that is right."""
    found = {}
    for one in result.peers:
        inside = [text for text in RELEASES if str(one.releases.first) <= text <= str(one.releases.last)]
        assert one.number == len(inside)
        assert one.relations
        for text in inside:
            assert text not in found
            found[text] = (one.admitted, one.right)
    return found


def works(version: str, release: str) -> bool:
    return PROJECT.compatible({"runtime": version.partition("-")[0], "agent": release}).compatible


@given(old=PACKAGES, new=PACKAGES)
@settings(RELAXED, max_examples=150)
def test_of_two_packages(old: api.Package, new: api.Package) -> None:
    result = PROJECT.package_difference(old, new)
    assert applied(old, result) == Counter((one.field, one.expression) for one in new.relations)
    assert told(result) == {
        text: (admits(new, text), admits(new, text) == works(new.version, text))
        for text in RELEASES
        if admits(old, text) != admits(new, text)
    }


@given(old=PACKAGES)
@settings(RELAXED, max_examples=60)
def test_of_a_package_and_what_would_be_generated(old: api.Package) -> None:
    result = PROJECT.difference_from_generated(old)
    generated = PROJECT.relations("deb", old.name, old.version).relations
    others = [one for one in old.relations if "libc6" in one.text]
    wanted = [*others, *(one.relation for one in generated)]
    assert applied(old, result) == Counter((one.field, one.expression) for one in wanted)
    assert result.wrong == 0
    fixed = old._replace(relations=tuple(wanted))
    assert told(result) == {
        text: (admits(fixed, text), True) for text in RELEASES if admits(old, text) != admits(fixed, text)
    }


def test_the_reason_and_the_relation_of_a_release_that_is_refused() -> None:
    old, new = (
        package("1.0.0-1", Depends=["kata-image"]),
        package("1.1.0-1", Depends=["kata-image (>= 1.1.0)"]),
    )
    (one,) = PROJECT.package_difference(old, new).peers
    assert (one.peer, one.admitted, one.right, str(one.releases)) == ("kata-image", False, True, "1.0.0")
    assert [*map(str, one.relations)] == ["Depends: kata-image (>= 1.1.0)"]
    assert [reason.because for reason in one.reasons] == ["docker pause"]


def test_a_difference_is_rendered() -> None:
    result = PROJECT.package_difference(package("1.0.0-1"), package("1.0.0-1", Depends=["kata-image"]))
    assert "+ Depends: kata-image\n" in PROJECT.render(result, "text")
    assert "added `Depends: kata-image`\n" in PROJECT.render(result, "markdown")


def test_what_is_generated_does_not_differ_from_itself() -> None:
    for name, version in (("kata-runtime", "1.1.0-1"), ("kata-image", "1.0.0-1")):
        for family in ("deb", "rpm"):
            relations: dict[str, list[str]] = {}
            for one in PROJECT.relations(family, name, version).relations:
                relations.setdefault(one.relation.field, []).append(one.relation.text)
            lines = (
                relations if family == "rpm" else {key: ", ".join(some) for key, some in relations.items()}
            )
            built = api.make_package(family, name, version, lines)
            result = PROJECT.difference_from_generated(built)
            assert (result.relations, result.peers) == ((), ())


def test_a_dialect_of_the_family_is_compared() -> None:
    plain = PROJECT.relations("rpm", "kata-runtime", "1.1.0-1", target="rpm-legacy").relations
    lines: dict[str, list[str]] = {}
    for one in plain:
        lines.setdefault(one.relation.field, []).append(one.relation.text)
    built = api.make_package("rpm", "kata-runtime", "1.1.0-1", lines)
    assert PROJECT.difference_from_generated(built, target="rpm-legacy").relations == ()
    assert PROJECT.difference_from_generated(built).relations
    with pytest.raises(api.UnknownNameError):
        PROJECT.difference_from_generated(built, target="rpm-legac")


def test_packages_that_the_manifest_does_not_know() -> None:
    old, new = package("1-1", "other", Depends=["a"]), package("2-1", "other", Depends=["b"])
    result = PROJECT.package_difference(old, new)
    assert (result.known, len(result.relations), result.peers) == (False, 2, ())
    with pytest.raises(api.UnknownNameError):
        PROJECT.difference_from_generated(old)


def test_what_cannot_be_compared_is_an_error() -> None:
    good = package("1.1.0-1")
    bad = package("1.1.0-1", Depends=["kata-image (>> )"])
    assert bad.malformed
    for old, new in ((bad, good), (good, bad)):
        with pytest.raises(api.PackageError, match="malformed"):
            PROJECT.package_difference(old, new)
    with pytest.raises(api.PackageError, match="malformed"):
        PROJECT.difference_from_generated(bad)
    with pytest.raises(api.UnknownReleaseError):
        PROJECT.package_difference(good, package("7.0.0-1"))
    assert PROJECT.package_difference(good, package("7.0.0-1"), newest_if_unknown=True).relations == ()
    with pytest.raises(api.WrongEpochError):
        PROJECT.difference_from_generated(package("1:1.1.0-1"))
    with pytest.raises(api.UnknownNameError, match="deb and rpm"):
        PROJECT.package_difference(good, api.make_package("rpm", "kata-runtime", "1.1.0-1"))
