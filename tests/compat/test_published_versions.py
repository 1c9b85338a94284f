"""Versions as distributions and vendors published them, and the release that each stands for."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
import toml

from pkgguard.compat.identify import Identity, identify
from pkgguard.errors import UnknownReleaseError, VersionError
from pkgguard.families.lookup import family
from pkgguard.families.upstream import read_upstream
from pkgguard.manifest.read import parse_manifest

DATA = Path(__file__).parent.parent / "data" / "published_versions.tsv"
with DATA.open(encoding="utf-8", newline="") as opened:
    ROWS = [tuple(row.values()) for row in csv.DictReader(opened, delimiter="\t")]
PUBLISHED = [row for row in ROWS if row[:2] != ("deb", "v1.2.3-1")]


def identified(kind: str, version: str, *releases: str, scheme: str = "numbers") -> Identity:
    document = {
        "manifest": 1,
        "project": "published",
        "component": {
            "client": {"scheme": scheme, "releases": list(releases)},
            "server": {"releases": ["1.0.0"]},
        },
        "package": {"client": {"carries": ["client"]}, "server": {"carries": ["server"]}},
        "protocol": {"api": {"client": ["client"], "server": "server"}},
    }
    manifest = parse_manifest(toml.dumps(document))
    return identify(manifest, manifest.packages["client"], family(kind), version)


@pytest.mark.parametrize(("kind", "version", "release", "what"), PUBLISHED)
def test_a_published_version_stands_for_its_release(kind: str, version: str, release: str, what: str) -> None:
    found = identified(kind, version, release, "0.0.1")
    assert str(found.releases["client"]) == release
    assert found.prerelease == (what == "prerelease")


@pytest.mark.parametrize(
    ("kind", "version", "release", "what"),
    [row for row in PUBLISHED if re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", row[2])],
)
def test_with_three_numbers_it_stands_for_the_same_release_in_semver(
    kind: str, version: str, release: str, what: str
) -> None:
    plain = ".".join(str(int(number)) for number in release.split("."))
    if plain != release:
        with pytest.raises(UnknownReleaseError):
            identified(kind, version, plain, scheme="semver")
        return
    found = identified(kind, version, release, scheme="semver")
    assert str(found.releases["client"]) == release
    assert found.prerelease == (what == "prerelease")


def test_a_v_before_the_numbers_is_read_although_dpkg_refuses_it() -> None:
    assert len(ROWS) == len(PUBLISHED) + 1
    with pytest.raises(VersionError):
        identified("deb", "v1.2.3-1", "1.2.3")
    assert read_upstream("v1.2.3", "1").release == "1.2.3"


@pytest.mark.parametrize(
    ("version", "listed", "release"),
    [
        ("23.03.1-1~deb12u2", "23.3.1", "23.3.1"),
        ("23.3.1-1", "23.03.1", "23.03.1"),
        ("18.09-1", "18.09.0", "18.09.0"),
        ("252-1", "252.0", "252.0"),
        ("0.6.5.9-5", "0.6.5.9", "0.6.5.9"),
        ("1:9.2p1-2", "9.2p1", "9.2p1"),
        ("1:9.2p1-2", "9.2", "9.2"),
        ("1.1.1k-1", "1.1.1k", "1.1.1k"),
        ("3008.0~rc2-1", "3008.0rc2", "3008.0rc2"),
    ],
)
def test_releases_are_compared_by_number_and_written_as_listed(
    version: str, listed: str, release: str
) -> None:
    assert str(identified("deb", version, listed).releases["client"]) == release


@pytest.mark.parametrize("version", ["1.1.1.1.1-1", "0~20240101-1", "1.2.2-1", "2.0.1-1", "2.1k-1"])
def test_what_stands_for_no_listed_release_is_refused(version: str) -> None:
    with pytest.raises(UnknownReleaseError):
        identified("deb", version, "1.1.1", "1.3", "2.0.0")


EVERYWHERE = [
    ("1.0rc1-1", "numbers", "1.0rc1"),
    ("1.0.rc1-1", "numbers", "1.0rc1"),
    ("1.0-0.1.rc1", "numbers", "1.0rc1"),
    ("1.0-65.rc1.el8", "numbers", "1.0rc1"),
    ("1.0b2-1", "numbers", "1.0b2"),
    ("1.0.0rc1-1", "semver", "1.0.0-rc.1"),
]
WITHOUT_TILDE = [
    *((kind, *one) for kind in ("deb", "rpm") for one in EVERYWHERE),
    ("deb", "1.0.0-rc.1-1", "semver", "1.0.0-rc.1"),
    ("rpm", "1.0_rc1-1", "numbers", "1.0rc1"),
]


@pytest.mark.parametrize(("kind", "version", "scheme", "release"), WITHOUT_TILDE)
def test_a_listed_prerelease_without_a_tilde_is_found_and_sorts_elsewhere(
    kind: str, version: str, scheme: str, release: str
) -> None:
    final = "1.0.0" if scheme == "semver" else "1.0"
    found = identified(kind, version, final, release, scheme=scheme)
    assert (str(found.releases["client"]), found.prerelease, found.displaced) == (release, False, True)


@pytest.mark.parametrize("kind", ["deb", "rpm"])
@pytest.mark.parametrize("version", ["1.0~rc1-1", "1.0~rc1-0ubuntu1", "1.0~rc1+dfsg-1"])
def test_a_listed_prerelease_with_a_tilde_sorts_where_it_belongs(kind: str, version: str) -> None:
    found = identified(kind, version, "1.0", "1.0rc1")
    assert found.displaced is False


@pytest.mark.parametrize("kind", ["deb", "rpm"])
@pytest.mark.parametrize("version", ["1.0rc2-1", "1.0rc11-1", "1.0-0.rc12", "1.1rc1-1"])
def test_another_prerelease_is_not_the_listed_one(kind: str, version: str) -> None:
    found = identified(kind, version, "1.0", "1.0rc1", "1.1")
    assert str(found.releases["client"]) == version[:3]
    assert found.prerelease
