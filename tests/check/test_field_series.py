"""Field cases: packages whose names hold their series, such as mariadb-server-10.7 and postgresql-15."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
import toml
from hypothesis import given, settings
from reading import promising_documents, set_works

from pkgguard import api
from pkgguard.families.lookup import family

if TYPE_CHECKING:
    from pkgguard.families.interface import Package

MARIADB = """
manifest = 1
project = "mariadb"
[component.client]
releases = ["10.6.4", "10.7.3", "10.8.2"]
[component.server]
releases = ["10.6.4", "10.7.1", "10.7.3", "10.8.2"]
[package.mariadb-client]
carries = ["client"]
deb = "mariadb-client-{major}.{minor}"
rpm = false
epoch = 1
[package.mariadb-server]
carries = ["server"]
deb = "mariadb-server-{major}.{minor}"
rpm = "mariadb-server"
epoch = 1
presence = "optional"
[protocol.p]
client = ["client"]
server = "server"
"""
LOCKSTEP = MARIADB + '[policy]\nmode = "lockstep"\n'
WINDOW = MARIADB.replace('presence = "optional"\n', "") + '[policy]\nmode = "window"\nwindow = 1\n'
PHP = """
manifest = 1
project = "php"
[component.fpm]
releases = ["8.1.2", "8.2.1", "8.2.7"]
[component.pool]
releases = ["1.0.0", "2.0.0"]
[package.fpm]
carries = ["fpm"]
deb = "php{major}.{minor}-fpm"
rpm = "php-fpm"
[package.pool]
carries = ["pool"]
peers = ["fpm"]
[protocol.fastcgi]
client = ["pool"]
server = "fpm"
[[change]]
protocol = "fastcgi"
kind = "added"
what = "status"
server = "8.2.7"
client = "2.0.0"
because = "the pool asks for it"
"""


def lines(text: str, kind: str, name: str, version: str) -> list[str]:
    generated = api.Project(api.parse_manifest(text)).relations(kind, name, version)
    assert not generated.losses
    return [str(one.relation) for one in generated.relations]


def test_the_names_of_all_series_are_refused_one_by_one() -> None:
    assert lines(LOCKSTEP, "deb", "mariadb-client-10.7", "1:10.7.3+maria~jammy") == [
        "Breaks: mariadb-server-10.6",
        "Breaks: mariadb-server-10.7 (<< 1:10.7.3)",
        "Breaks: mariadb-server-10.7 (>= 1:10.7.4~)",
        "Breaks: mariadb-server-10.8",
    ]


def test_one_of_the_names_that_fit_is_required_and_has_no_bound() -> None:
    assert lines(WINDOW, "deb", "mariadb-client-10.8", "1:10.8.2-1") == [
        "Depends: mariadb-server-10.8 | mariadb-server-10.7",
        "Breaks: mariadb-server-10.6",
    ]
    assert lines(WINDOW, "deb", "mariadb-client-10.6", "1:10.6.4-1")[0] == (
        "Depends: mariadb-server-10.7 | mariadb-server-10.6 (>= 1:10.6.4)"
    )


def test_a_family_without_series_in_its_names_has_one_package() -> None:
    assert lines(PHP, "rpm", "pool", "2.0.0-1")[0] == "Requires: (php-fpm >= 8.2.7 with php-fpm < 9.0.0~)"
    assert lines(PHP, "deb", "pool", "2.0.0-1") == [
        "Depends: php8.2-fpm (>= 8.2.7)",
        "Breaks: php8.1-fpm",
        "Breaks: php8.2-fpm (<< 8.2.7)",
    ]


def test_the_case() -> None:
    """A client of 10.8 that breaks the server of 10.7 by its name is right."""
    client = api.make_package(
        "deb", "mariadb-client-10.8", "1:10.8.2+maria~jammy",
        {
            "Breaks": "mariadb-client-10.7, mariadb-server-10.7, mariadb-server-10.6",
            "Replaces": "mariadb-client-10.7, mariadb-server-10.7",
        },
    )  # fmt: skip
    found = api.Project(api.parse_manifest(LOCKSTEP)).check_packages([client])
    assert [str(one) for one in found.judged] == ["mariadb-client-10.8 1:10.8.2+maria~jammy"]
    assert not [one.message for one in found.findings if one.severity == "error"]


def test_a_client_that_leaves_out_a_series_is_told_which() -> None:
    client = api.make_package("deb", "mariadb-client-10.8", "1:10.8.2-1", {"Breaks": "mariadb-server-10.7"})
    found = api.Project(api.parse_manifest(LOCKSTEP)).check_packages([client])
    assert {one.peer for one in found.findings if one.severity == "error"} == {"mariadb-server-10.6"}


def test_a_package_of_one_series_cannot_carry_another() -> None:
    project = api.Project(api.parse_manifest(LOCKSTEP))
    with pytest.raises(api.UnknownReleaseError, match=r"10\.8\.2 is not of the series 10\.7"):
        project.relations("deb", "mariadb-server-10.7", "1:10.8.2-1")
    newest = project.relations("deb", "mariadb-server-10.7", "1:10.9.1-1", newest_if_unknown=True)
    assert newest.identity.releases["server"].text == "10.7.3"


def test_the_series_may_be_listed() -> None:
    text = MARIADB.replace('-server-{major}.{minor}"', '-server-{major}.{minor}"\nseries = ["10.8", "10.7"]')
    names = set(api.parse_manifest(text).packages)
    assert "mariadb-server-10.7" in names
    assert "mariadb-server-10.6" not in names


@pytest.mark.parametrize("text", [MARIADB, LOCKSTEP, PHP])
def test_what_is_written_reads_back(text: str) -> None:
    manifest = api.parse_manifest(text)
    again = api.parse_manifest(api.write_manifest(manifest))
    assert again.packages == manifest.packages


def divided(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return a document with a package for each series of the engine, and what each package can carry."""
    components, packages = document["component"], dict(document["package"])
    releases = {name: components[table["carries"][0]]["releases"] for name, table in packages.items()}
    table = packages.pop("engine")
    for release in releases.pop("engine"):
        name = f"engine-{release.rpartition('.')[0]}"
        packages[name] = table
        releases.setdefault(name, []).append(release)
    return {**document, "package": packages}, releases


@pytest.mark.parametrize("name", ["deb", "rpm"])
@given(document=promising_documents())
@settings(max_examples=30)
def test_a_set_with_packages_of_series_installs_exactly_if_it_works(
    name: str, document: dict[str, Any]
) -> None:
    del document["package"]["engine-lite"]
    plain, releases = divided(document)
    document["package"]["engine"]["deb"] = document["package"]["engine"]["rpm"] = "engine-{major}.{minor}"
    project = api.Project(api.parse_manifest(toml.dumps(document)))
    others = [one for one in releases if one != "client"]
    made: dict[tuple[str, str], Package] = {}
    lost: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for package, some in releases.items():
        for release in some:
            generated = project.relations(name, package, f"{release}-1")
            bare = family(name).compose(package, f"{release}-1", "", {})
            written = tuple(one.relation for one in generated.relations)
            made[package, release] = bare._replace(relations=(*written, *bare.relations))
            lost[package, release] = {(one.peer, text) for one in generated.losses for text in one.releases}
    for own in releases["client"]:
        for choice in product(*(("", *releases[one][:2]) for one in others)):
            chosen = {one: release for one, release in zip(others, choice, strict=True) if release}
            installed = {"client": own, **chosen}
            verdict = family(name).coinstallable([made[one] for one in installed.items()])
            works = set_works(plain, "client", installed)
            assert works or not verdict.installable, installed
            given_up = set().union(*(lost[one] for one in installed.items()))
            assert verdict.installable or not works or given_up & set(installed.items()), installed
