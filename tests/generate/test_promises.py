"""What is generated for roles, windows and promises, held against a plain second reading of the manifest."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
import toml
from hypothesis import given, settings
from reading import (
    Document,
    has,
    numbered_documents,
    pair_works,
    promising_documents,
    set_works,
    version_of,
)

from pkgguard import api
from pkgguard.families.lookup import family

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.families.interface import Package

TARGETS = [("deb", "deb"), ("rpm", "rpm"), ("rpm", "rpm-legacy")]


def built(generated: api.Generated) -> Package:
    """Return the package that has what was generated, and what its family adds."""
    bare = family(generated.family).compose(generated.name, generated.identity.version, "", {})
    return bare._replace(relations=(*(one.relation for one in generated.relations), *bare.relations))


def sets_of(document: Document) -> Iterator[dict[str, str]]:
    """Yield the client with every choice of the other packages, each absent or at one of its releases."""
    releases = {
        name: document["component"][table["carries"][0]]["releases"]
        for name, table in document["package"].items()
    }
    others = [name for name in releases if name != "client"]
    for own in releases["client"]:
        for choice in product(*(("", *releases[name]) for name in others)):
            chosen = {name: release for name, release in zip(others, choice, strict=True) if release}
            yield {"client": own, **chosen}


@pytest.mark.parametrize(("name", "target"), TARGETS)
@given(document=promising_documents())
@settings(max_examples=40)
def test_a_set_of_packages_installs_exactly_if_it_works(name: str, target: str, document: Document) -> None:
    project = api.Project(api.parse_manifest(toml.dumps(document)))
    made: dict[tuple[str, str], api.Generated] = {}
    for installed in sets_of(document):
        for one in installed.items():
            if one not in made:
                made[one] = project.relations(name, one[0], f"{one[1]}-1", target=target)
        generated = [made[one] for one in installed.items()]
        verdict = family(name).coinstallable([built(one) for one in generated])
        works = set_works(document, "client", installed)
        told = [[str(relation.relation) for relation in one.relations] for one in generated]
        if verdict.installable:
            assert works, (installed, told)
        elif works:
            lost = {
                (loss.peer, release) for one in generated for loss in one.losses for release in loss.releases
            }
            assert lost & set(installed.items()), (installed, verdict.problems, told)


@pytest.mark.parametrize("name", ["deb", "rpm"])
@given(document=promising_documents())
@settings(max_examples=40)
def test_a_server_alone_refuses_the_clients_that_do_not_guard_themselves(
    name: str, document: Document
) -> None:
    """A client without relations is one that was published before anyone guarded it."""
    project = api.Project(api.parse_manifest(toml.dumps(document)))
    for installed in sets_of(document):
        if len(installed) != 2:
            continue
        (client, own), (server, release) = installed.items()
        ((key, protocol),) = (
            (key, one)
            for key, one in document["protocol"].items()
            if one["server"] == server.removesuffix("-lite")
        )
        generated = project.relations(name, server, f"{release}-1")
        verdict = family(name).coinstallable(
            [built(generated), family(name).compose(client, f"{own}-1", "", {})]
        )
        since = protocol.get("guarded_since")
        guarding = (
            since is not None
            and has(document["component"]["client"], own, since)
            and not is_broken(document, own, release, server)
        )
        works = not protocol.get("same_machine", True) or pair_works(document, key, client, own, release)
        lost = {one for loss in generated.losses for one in loss.releases}
        assert works or guarding or not verdict.installable, installed
        assert verdict.installable or not works or own in lost, installed


@pytest.mark.parametrize(("name", "target"), TARGETS)
@given(document=numbered_documents())
@settings(max_examples=40)
def test_packages_in_a_project_s_own_numbers_install_exactly_if_they_work(
    name: str, target: str, document: Document
) -> None:
    project = api.Project(api.parse_manifest(toml.dumps(document)))
    packages: dict[tuple[str, str], api.Generated] = {}
    for package, table in document["package"].items():
        component = document["component"][package]
        for release in component["releases"]:
            version = version_of(table, name, component, release)
            packages[package, release] = project.relations(name, package, version, target=target)
    for (client, ours), (server, theirs) in product(packages, packages):
        if (client, server) != ("client", "engine"):
            continue
        pair = [packages[client, ours], packages[server, theirs]]
        verdict = family(name).coinstallable([built(one) for one in pair])
        works = pair_works(document, "talk", "client", ours, theirs)
        told = [[str(relation.relation) for relation in one.relations] for one in pair]
        if verdict.installable:
            assert works, (ours, theirs, told)
        elif works:
            lost = {(loss.peer, release) for one in pair for loss in one.losses for release in loss.releases}
            assert lost & {(client, ours), (server, theirs)}, (ours, theirs, verdict.problems, told)
        judged = project.check_packages([built(one) for one in pair])
        assert {one.compatible for one in judged.pairs} == {works}
        assert not {one.id for one in judged.findings} & {"wrong-epoch", "epoch-forgotten", "unknown-release"}


def is_broken(document: Document, own: str, release: str, server: str) -> bool:
    broken = {(one["component"], one["release"]) for one in document.get("broken", ())}
    return bool(broken & {("client", own), (server.removesuffix("-lite"), release)})


@given(document=promising_documents())
@settings(max_examples=100)
def test_a_manifest_with_these_words_reads_back(document: Document) -> None:
    manifest = api.parse_manifest(toml.dumps(document))
    again = api.parse_manifest(api.write_manifest(manifest))
    assert again.protocols == manifest.protocols
    assert again.packages == manifest.packages
    assert again.policy == manifest.policy


NUMBERED = """
manifest = 1
project = "numbered"
[component.cli]
scheme = "numbers"
releases = ["15.0", "16.1"]
[component.srv]
scheme = "numbers"
releases = ["15.0", "16rc1", "16.0", "16.1"]
[package.pcli]
carries = ["cli"]
[package.psrv]
carries = ["srv"]
deb = {{ epoch = {epoch} }}
[protocol.p]
client = ["cli"]
server = "srv"
[[change]]
protocol = "p"
kind = "removed"
what = ["x"]
server = "16rc1"
client = "16.1"
"""


def test_a_listed_prerelease_is_bounded_by_the_numbers_that_the_manifest_writes() -> None:
    project = api.Project(api.parse_manifest(NUMBERED.format(epoch="0")))
    written = [str(one.relation) for one in project.relations("deb", "pcli", "15.0-1").relations]
    assert "Breaks: psrv (>= 16~rc1~)" in written
    client = built(project.relations("deb", "pcli", "15.0-1"))
    for version in ("16~rc1-1", "16.0~rc1-1"):
        server = api.make_package("deb", "psrv", version, {})
        assert api.coinstallable([client, server]).installable is False
        assert project.relations("deb", "psrv", version).identity.releases["srv"].text == "16rc1"


def test_releases_before_the_first_epoch_have_none() -> None:
    project = api.Project(api.parse_manifest(NUMBERED.format(epoch='{ "16.1" = 2 }')))
    client = built(project.relations("deb", "pcli", "15.0-1"))
    assert [one.id for one in project.check_packages([client]).findings if one.severity == "error"] == []


@pytest.mark.parametrize("name", ["deb", "rpm"])
def test_a_branch_that_begins_with_a_listed_prerelease_begins_with_its_epoch(name: str) -> None:
    epochs = '{ "15.0" = 0, "16rc1" = 2, "16.0" = 3 }'
    text = NUMBERED.replace("{{", "{").replace("}}", "}").replace("{epoch}", epochs)
    text = text[: text.index("[[change]]")].replace("deb = ", f"{name} = ")
    project = api.Project(api.parse_manifest(text + '[policy]\nmode = "window"\nwindow = 0\n'))
    client = built(project.relations(name, "pcli", "16.1-1"))
    for version, fits in (("15.0-1", False), ("2:16~rc1-1", True), ("3:16.0-1", True), ("3:16.1-1", True)):
        server = built(project.relations(name, "psrv", version))
        assert family(name).coinstallable([client, server]).installable is fits, version
