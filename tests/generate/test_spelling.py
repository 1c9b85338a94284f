"""Releases are printed as upstream writes them: in bounds, reasons, messages and JSON."""

from __future__ import annotations

import re

import pytest

from pkgguard import api
from pkgguard.families.lookup import family

MANIFEST = """
manifest = 1
project = "spelled"
[component.client]
scheme = "numbers"
releases = ["15.4", "16", "16.1p1", "16.1p2"]
[component.server]
scheme = "numbers"
releases = ["22.09", "23.03", "23.04.01", "24.03rc1", "24.03"]
[package.cl]
carries = ["client"]
[package.sv]
carries = ["server"]
[protocol.p]
client = ["client"]
server = "server"
[[change]]
protocol = "p"
kind = "changed"
what = "the handshake"
server = "23.04.01"
client = "16.1p2"
because = "the old one was weak"
"""
# The canonical forms of the same positions in the families, and of the semantic scheme.
CANONICAL = re.compile(r"\b(?:22\.9|23\.3|23\.4|24\.3|16\.0|16\.1\.p|16\.1\.0|1[67]\.0\.0|24\.3\.0)")


@pytest.mark.parametrize("kind", ["deb", "rpm"])
@pytest.mark.parametrize(
    ("name", "version", "bounds"),
    [
        ("cl", "16.1p2-1", ["23.04.01", "25~"]),
        ("cl", "16-1", ["22.09", "23.04.01~"]),
        ("sv", "23.04.01-1", ["16.1p2", "17~"]),
        ("sv", "23.03-1", ["15.4", "16.1p2~"]),
    ],
)
def test_bounds_are_written_as_upstream_writes_the_release(
    kind: str, name: str, version: str, bounds: list[str]
) -> None:
    project = api.Project(api.parse_manifest(MANIFEST))
    generated = project.relations(kind, name, version)
    written = [str(one.relation) for one in generated.relations]
    found = {bound for line in written for bound in re.findall(r"[<>=]+ ([^\s)]+)", line)}
    assert found == set(bounds)
    relations = [one.relation for one in generated.relations]
    for one in relations:
        assert family(kind).parse(one.field, one.text) == (one,)


@pytest.mark.parametrize("kind", ["deb", "rpm"])
@pytest.mark.parametrize(("name", "version"), [("cl", "16.1p2-1"), ("cl", "16-1"), ("sv", "24.03-1")])
@pytest.mark.parametrize("form", ["text", "json"])
def test_no_output_writes_a_release_in_another_way(kind: str, name: str, version: str, form: str) -> None:
    project = api.Project(api.parse_manifest(MANIFEST))
    generated = project.relations(kind, name, version)
    assert CANONICAL.search(project.render(generated, form)) is None
    bare = api.make_package(kind, generated.name, version)
    checked = project.check_packages([bare])
    assert checked.findings
    assert CANONICAL.search(project.render(checked, form)) is None


def test_a_release_between_listed_ones_has_as_many_digits() -> None:
    text = MANIFEST + '[[broken]]\ncomponent = "server"\nrelease = "23.03"\n'
    project = api.Project(api.parse_manifest(text))
    requires = str(project.relations("rpm", "cl", "16-1").relations[0].relation)
    assert requires == "Requires: ((sv >= 22.09 with sv < 23.03~) or (sv >= 23.03.01 with sv < 23.04.01~))"
