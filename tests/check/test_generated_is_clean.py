"""Packages with generated relations get no error or warning, and install together exactly if they work."""

from __future__ import annotations

from itertools import product

import pytest
from generated_cases import CASES

from pkgguard import api
from pkgguard.families.lookup import family


def built(project: api.Project, kind: str, name: str, version: str) -> api.Package:
    generated = project.relations(kind, name, version)
    bare = family(kind).compose(generated.name, version, "", {})
    return bare._replace(relations=(*(one.relation for one in generated.relations), *bare.relations))


@pytest.mark.parametrize("kind", ["deb", "rpm"])
@pytest.mark.parametrize("name", CASES)
def test_what_is_generated_checks_clean(name: str, kind: str) -> None:
    case = CASES[name]
    project = api.Project(api.parse_manifest(case.manifest))
    made = {one: built(project, kind, *one) for one in (*case.clients, *case.servers)}
    sets = [[one] for one in made] + [list(pair) for pair in product(case.clients, case.servers)]
    for some in sets:
        result = project.check_packages([made[one] for one in some])
        told = {one.id for one in result.findings if one.severity != "info"}
        assert told <= {"broken-release"}, (some, [str(one) for one in result.findings])
        assert all(pair.installable is pair.compatible for pair in result.pairs), some


@pytest.mark.parametrize("kind", ["deb", "rpm"])
@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("exact")])
def test_in_mode_exact_only_the_same_full_version_works(name: str, kind: str) -> None:
    case = CASES[name]
    project = api.Project(api.parse_manifest(case.manifest))
    for client, server in product(case.clients, case.servers):
        packages = [built(project, kind, *client), built(project, kind, *server)]
        (pair,) = project.check_packages(packages).pairs
        same = client[1].removeprefix("2:") == server[1]
        assert pair.compatible is same, (client, server)
        assert project.compatible(packages=[one.ref for one in packages]).compatible is same
