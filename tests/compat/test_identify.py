"""Which release a package version stands for: the forms that packagers really use, and what is refused."""

from __future__ import annotations

import pytest
import toml
from hypothesis import given
from hypothesis import strategies as st

from pkgguard.compat.identify import Identity, identify
from pkgguard.errors import PkgguardError, UnknownReleaseError, VersionError
from pkgguard.families.lookup import family
from pkgguard.manifest.model import Manifest
from pkgguard.manifest.read import parse_manifest
from pkgguard.versions.lookup import parse_release
from pkgguard.versions.nearest import nearest_releases

RELEASES = ("1.0.0", "1.0.1", "1.1.0", "1.1.1", "1.2.0", "1.3.0", "1.5.0", "1.11.0", "1.11.1", "1.12.0",
            "2.0.0", "3.2.0", "3.21.0", "4.14.22")  # fmt: skip


def manifest_of(*releases: str, agent: tuple[str, ...] = ("1.0.0", "1.1.0")) -> Manifest:
    return parse_manifest(
        toml.dumps(
            {
                "manifest": 1,
                "project": "kata",
                "component": {"runtime": {"releases": list(releases)}, "agent": {"releases": list(agent)}},
                "package": {
                    "kata-runtime": {"carries": ["runtime"]},
                    "kata-agent": {"carries": ["agent"]},
                    "kata-both": {"carries": ["runtime", "agent"]},
                },
                "protocol": {"agent": {"client": ["runtime"], "server": "agent"}},
            }
        )
    )


MANIFEST = manifest_of(*RELEASES)


def identified(
    kind: str,
    version: str,
    *,
    manifest: Manifest = MANIFEST,
    name: str = "kata-runtime",
    newest_if_unknown: bool = False,
) -> Identity:
    return identify(
        manifest, manifest.packages[name], family(kind), version, newest_if_unknown=newest_if_unknown
    )


FINAL = {
    "deb": [
        ("1.1.0", "1.1.0"),
        ("1.1.0-1", "1.1.0"),
        ("1.0.0-29", "1.0.0"),
        ("1.1.0-0.1", "1.1.0"),
        ("1.1.0-1.1", "1.1.0"),
        ("1.1.0-1ubuntu1", "1.1.0"),
        ("1.1.0-0ubuntu1~18.04.1", "1.1.0"),
        ("1.1.0-1+b1", "1.1.0"),
        ("1.1.0-1+deb12u1", "1.1.0"),
        ("1.1.0-0.1+deb12u1", "1.1.0"),
        ("1.1.0-0.1~deb11u1", "1.1.0"),
        ("1.0.0+git.086d197-41.1", "1.0.0"),
        ("1.5.0+git.3dd4c9f-41", "1.5.0"),
        ("1.5.0.git+3dd4c9f-41", "1.5.0"),
        ("1.0.0.git+422c7f7-29.1", "1.0.0"),
        ("1.0.1~bpo12+1", "1.0.1"),
        ("1.0.1-1~bpo12+1", "1.0.1"),
        ("1.0.1+dfsg-1", "1.0.1"),
        ("1.0.1+dfsg1-1~bpo12+1", "1.0.1"),
        ("1.0.1+ds1-1", "1.0.1"),
        ("1.1.0+really1.0.1-1", "1.0.1"),
        ("1.1.0+really.1.0.1-1", "1.0.1"),
        ("1.0.1+ds-2+b3", "1.0.1"),
        ("1:1.0.1-1", "1.0.1"),
        ("7:1.0.1+dfsg-1", "1.0.1"),
        ("1.12.0-1", "1.12.0"),
        ("1.11.1-0", "1.11.1"),
    ],
    "rpm": [
        ("1.1.0", "1.1.0"),
        ("1.1.0-1", "1.1.0"),
        ("1.0.0-29.1", "1.0.0"),
        ("1.11.0-2.fc32", "1.11.0"),
        ("1.11.1-0", "1.11.1"),
        ("3.21.0-1.fc43.1", "3.21.0"),
        ("1.2.0-0.1.el8", "1.2.0"),
        ("1.2.0-0.1.lib1", "1.2.0"),
        ("1.0.0+git.086d197-41.1", "1.0.0"),
        ("1.0.0.git+422c7f7-29.1", "1.0.0"),
        ("1.1.0-1.git72c5f6a", "1.1.0"),
        ("1.1.0^git1-1", "1.1.0"),
        ("1.1.0^20200101git086d197-1.fc39", "1.1.0"),
        ("3.2.0.azl1", "3.2.0"),
        ("3.2.0.azl1-1", "3.2.0"),
        ("0:1.1.0-1", "1.1.0"),
        ("2:1.1.0-1", "1.1.0"),
        ("v1.1.0-1", "1.1.0"),
    ],
}

PRERELEASES = {
    "deb": [
        ("1.3.0~rc1+git.22aedc4-49.1", "1.3.0"),
        ("1.3.0~rc1-34", "1.3.0"),
        ("1.3.0~alpha0-1", "1.3.0"),
        ("1.3.0~beta.2-1~bpo12+1", "1.3.0"),
        ("1.3.0~git20180901.086d197-1", "1.3.0"),
        ("1.3.0~20180901-1", "1.3.0"),
        ("1.3.0~~1", "1.3.0"),
        ("1.3.0rc1-1", "1.3.0"),
        ("1.3.0-rc1-1", "1.3.0"),
    ],
    "rpm": [
        ("1.3.0~rc1+git.22aedc4-49.1", "1.3.0"),
        ("1.3.0~rc1-1.fc32", "1.3.0"),
        ("1.11.0-0.3.rc0", "1.11.0"),
        ("1.11.0-0.3.rc0.fc33", "1.11.0"),
        ("1.11.0-0.rc1.1.fc33", "1.11.0"),
        ("1.2.0-0.1.20180901git086d197.fc28", "1.2.0"),
        ("1.2.0-0.1.alpha1", "1.2.0"),
        ("1.12.0_rc0", "1.12.0"),
        ("1.12.0_rc0-1", "1.12.0"),
    ],
}

REFUSED = {
    "deb": [
        ("4.14.22.1-130", "a fourth number after 4.14.22"),
        ("1.1.0.1-1", "a fourth number"),
        ("1.0+really0.9", "'+really'"),
        ("2.0-1", "does not begin with three numbers"),
        ("2-1", "does not begin with three numbers"),
        ("20200101-1", "does not begin with three numbers"),
        ("1.1.1k-1", "'k' right after 1.1.1"),
        ("9.9.9-1", "9.9.9 is not a runtime release"),
        ("1.01.0-1", "1.01.0 is not a runtime release"),
        ("0-1", "does not begin"),
    ],
    "rpm": [
        ("4.14.22.1-130", "a fourth number after 4.14.22"),
        ("1.0+really0.9-1", "'+really'"),
        ("2.0-1", "does not begin with three numbers"),
        ("1.1.1k-1", "'k' right after 1.1.1"),
        ("9.9.9-1.fc39", "9.9.9 is not a runtime release"),
        ("git-1", "does not begin"),
    ],
}


def cases(table: dict[str, list[tuple[str, str]]]) -> list[tuple[str, str, str]]:
    return [(kind, *case) for kind, some in table.items() for case in some]


@pytest.mark.parametrize(("kind", "version", "release"), cases(FINAL))
def test_decorated_versions_stand_for_their_release(kind: str, version: str, release: str) -> None:
    found = identified(kind, version)
    assert {name: str(one) for name, one in found.releases.items()} == {"runtime": release}
    assert not found.prerelease
    assert not found.assumed


@pytest.mark.parametrize(("kind", "version", "release"), cases(PRERELEASES))
def test_prereleases_come_before_the_release_that_they_lead_to(kind: str, version: str, release: str) -> None:
    found = identified(kind, version)
    assert str(found.releases["runtime"]) == release
    assert found.prerelease


@pytest.mark.parametrize(("kind", "version", "why"), cases(REFUSED))
def test_what_stands_for_no_release_is_refused_with_the_nearest_ones(
    kind: str, version: str, why: str
) -> None:
    with pytest.raises(UnknownReleaseError) as caught:
        identified(kind, version)
    error = caught.value
    assert why in error.why
    assert (error.package, error.version, error.component) == ("kata-runtime", version, "runtime")
    assert len(error.nearest) == 3
    assert set(error.nearest) <= set(RELEASES)
    assert error.nearest[0] in str(error)


@pytest.mark.parametrize("kind", ["deb", "rpm"])
@pytest.mark.parametrize(
    "version", ["", " ", "1.1.0 -1", "1.1.0-1\n", "a:1.1.0-1", "1.1.0\x00", "\u0661.1.0-1"]
)
def test_what_is_no_version_of_the_family_is_refused_as_such(kind: str, version: str) -> None:
    with pytest.raises(VersionError):
        identified(kind, version)


@pytest.mark.parametrize(
    ("version", "nearest"),
    [
        ("2.0-1", "2.0.0"),
        ("1.10.0-1", "1.11.0"),
        ("99.0.0-1", "4.14.22"),
        ("0.9.0-1", "1.5.0"),
        ("1.1.1k-1", "1.1.0"),
        ("3.3.0-1", "3.2.0"),
    ],
)
def test_the_nearest_releases_are_near(version: str, nearest: str) -> None:
    with pytest.raises(UnknownReleaseError) as caught:
        identified("deb", version)
    wanted = parse_release(nearest)
    best = parse_release(caught.value.nearest[0])
    assert best.major == wanted.major
    assert (best.major, best.minor) == (wanted.major, wanted.minor) or version == "0.9.0-1"


def test_nearest_releases_are_the_best_first() -> None:
    known = [parse_release(one) for one in RELEASES]
    assert nearest_releases("1.1.5", known, 1) == ("1.1.1",)
    assert nearest_releases("1.1.5", known, 2) == ("1.1.1", "1.1.0")
    assert nearest_releases("2.0", known, 1) == ("2.0.0",)


@pytest.mark.parametrize("text", ["", "x", "\u00b2.0.0", "1.\u0663.0", 5000 * "9", f"1.{5000 * '9'}.0"])
def test_nearest_releases_are_found_for_any_text(text: str) -> None:
    assert nearest_releases(text, [parse_release(one) for one in RELEASES])


@pytest.mark.parametrize("kind", ["deb", "rpm"])
def test_a_version_with_a_huge_number_is_refused_like_any_other(kind: str) -> None:
    with pytest.raises(PkgguardError):
        identified(kind, f"{5000 * '9'}.0.0-1")


@pytest.mark.parametrize("kind", ["deb", "rpm"])
@pytest.mark.parametrize("version", ["9.9.9-1", "4.14.23-1", "5-1", "1.1.0+really9.0-1", "9.1.1k-1"])
def test_an_unknown_version_counts_as_the_newest_where_that_is_asked(kind: str, version: str) -> None:
    found = identified(kind, version, newest_if_unknown=True)
    assert found.assumed
    assert not found.prerelease
    assert {name: str(one) for name, one in found.releases.items()} == {"runtime": "4.14.22"}


@pytest.mark.parametrize("kind", ["deb", "rpm"])
@pytest.mark.parametrize(
    ("version", "release"),
    [("2.0-1", "2.0.0"), ("1.1.0.1-1", "1.1.0"), ("1.1.0+really1.0-1", "1.0.0"), ("1.1.1k-1", "1.1.1")],
)
def test_an_unknown_version_of_an_older_branch_stays_in_it(kind: str, version: str, release: str) -> None:
    found = identified(kind, version, newest_if_unknown=True)
    assert found.assumed
    assert str(found.releases["runtime"]) == release


@pytest.mark.parametrize("kind", ["deb", "rpm"])
@pytest.mark.parametrize("version", ["0.9.0-1", "1.4.0-1", "3.3-1", "1.10.7.1-1"])
def test_an_unknown_version_of_no_listed_branch_is_refused_even_then(kind: str, version: str) -> None:
    with pytest.raises(UnknownReleaseError):
        identified(kind, version, newest_if_unknown=True)


@pytest.mark.parametrize("version", ["1.1.7-1", "1.1.2+dfsg-1~bpo12+1", "3.21.9-1"])
def test_a_later_release_of_an_older_branch_is_one_of_that_branch(version: str) -> None:
    found = identified("deb", version)
    (release,) = found.releases.values()
    assert not found.assumed
    assert version.startswith(str(release))


@pytest.mark.parametrize("version", ["1.4.0-1", "4.14.23-1", "0.9.0-1"])
def test_one_above_the_newest_or_in_no_listed_branch_is_unknown(version: str) -> None:
    with pytest.raises(UnknownReleaseError):
        identified("deb", version)


def test_a_known_version_is_not_assumed_to_be_the_newest() -> None:
    found = identified("deb", "1.1.0-1", newest_if_unknown=True)
    assert not found.assumed
    assert str(found.releases["runtime"]) == "1.1.0"


def test_no_version_at_all_is_refused_even_then() -> None:
    with pytest.raises(VersionError):
        identified("deb", "no version", newest_if_unknown=True)


# ------------------------------------------------------------------ packages that carry two components


def test_a_package_of_two_components_has_a_release_of_each() -> None:
    found = identified("deb", "1.1.0-1", name="kata-both")
    assert {name: str(one) for name, one in found.releases.items()} == {"runtime": "1.1.0", "agent": "1.1.0"}


def test_a_release_that_one_of_two_components_lacks_is_refused() -> None:
    with pytest.raises(UnknownReleaseError) as caught:
        identified("deb", "1.2.0-1", name="kata-both")
    assert caught.value.component == "agent"
    assert caught.value.nearest[0] == "1.1.0"


def test_only_the_component_that_lacks_the_release_counts_as_its_newest() -> None:
    found = identified("deb", "1.2.0-1", name="kata-both", newest_if_unknown=True)
    assert found.assumed
    assert {name: str(one) for name, one in found.releases.items()} == {
        "runtime": "1.2.0",
        "agent": "1.1.0",
    }


# ------------------------------------------------------------------ prereleases that the manifest lists


def listed() -> Manifest:
    return manifest_of(
        "1.2.0", "1.3.0-alpha0", "1.3.0-beta.2", "1.3.0-rc1", "1.3.0-rc2", "1.3.0", "1.4.0-rc1"
    )


@pytest.mark.parametrize(
    ("kind", "version", "release", "early"),
    [
        ("deb", "1.3.0~rc1-1", "1.3.0-rc1", False),
        ("deb", "1.3.0~rc1+git.22aedc4-49.1", "1.3.0-rc1", False),
        ("deb", "1.3.0~rc2-1~bpo12+1", "1.3.0-rc2", False),
        ("deb", "1:1.3.0~rc2-1", "1.3.0-rc2", False),
        ("deb", "1.3.0~beta.2-1", "1.3.0-beta.2", False),
        ("deb", "1.3.0~alpha0-1", "1.3.0-alpha0", False),
        ("deb", "1.4.0~rc1-1", "1.4.0-rc1", False),
        ("deb", "1.3.0-1", "1.3.0", False),
        ("deb", "1.3.0~bpo12+1", "1.3.0", False),
        ("deb", "1.3.0~rc3-1", "1.3.0", True),
        ("deb", "1.3.0~rc10-1", "1.3.0", True),
        ("rpm", "1.3.0~rc1-1.fc32", "1.3.0-rc1", False),
        ("rpm", "1.3.0~rc1+git.22aedc4-49.1", "1.3.0-rc1", False),
        ("rpm", "1.3.0~rc2^git1-1", "1.3.0-rc2", False),
        ("rpm", "1.3.0~beta.2-1", "1.3.0-beta.2", False),
    ],
)
def test_a_listed_prerelease_is_a_release_of_its_own(
    kind: str, version: str, release: str, early: bool
) -> None:
    found = identified(kind, version, manifest=listed())
    assert str(found.releases["runtime"]) == release
    assert found.prerelease is early


def test_a_prerelease_of_an_unlisted_release_is_refused() -> None:
    with pytest.raises(UnknownReleaseError) as caught:
        identified("deb", "1.4.0~rc2-1", manifest=listed())
    assert caught.value.nearest[0] == "1.4.0-rc1"


@pytest.mark.parametrize(
    ("release", "form"),
    [
        ("1.3.0", "1.3.0"),
        ("1.3.0-rc1", "1.3.0~rc1"),
        ("1.3.0-rc.1", "1.3.0~rc.1"),
        ("1.3.0-a-b", "1.3.0~a.b"),
    ],
)
def test_a_release_as_packages_write_it(release: str, form: str) -> None:
    assert family("deb").releases.write(parse_release(release)) == form


@pytest.mark.parametrize("kind", ["deb", "rpm"])
def test_the_form_of_each_listed_release_is_identified_as_it(kind: str) -> None:
    manifest = listed()
    for release in manifest.components["runtime"].releases:
        found = identified(kind, f"{family(kind).releases.write(release)}-1", manifest=manifest)
        assert found.releases["runtime"] == release


# ------------------------------------------------------------------ nothing else is raised


@given(
    kind=st.sampled_from(["deb", "rpm"]),
    version=st.text("0123.-+~^:_rcgitb ", max_size=14) | st.text(max_size=10),
    tail=st.text("0123.-+~^:_rcgitb", max_size=8),
)
def test_any_text_is_identified_or_refused(kind: str, version: str, tail: str) -> None:
    for one in (version, f"1.1.0{tail}", f"1.1.0-{tail}"):
        try:
            found = identified(kind, one)
        except PkgguardError as error:
            assert str(error)  # noqa: PT017 - the other way out is not a failure
        else:
            assert str(found.releases["runtime"]) in RELEASES
