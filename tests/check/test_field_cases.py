"""Each real split of a client and a server gets the verdict that is right."""

from __future__ import annotations

import pytest
from contradictions import contradictions, silent
from field_cases import CASES

from pkgguard.check.manifest_lint import advise
from pkgguard.compat.engine import engine_of


@pytest.mark.parametrize("name", CASES)
def test_the_findings_are_those_that_are_right(name: str) -> None:
    case = CASES[name]
    found = case.project.check_packages(case.described()).findings
    severe = {(one.severity.value, one.id, one.package.name, one.peer) for one in found}
    assert {one for one in severe if one[0] != "info"} == case.expect
    assert case.notes <= {(one.id, one.package.name, one.peer) for one in found if one.severity == "info"}


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].sets])
def test_the_verdict_on_a_pair_is_that_of_the_real_tool(name: str) -> None:
    case = CASES[name]
    packages = case.described()
    judged = {
        frozenset((pair.package, pair.peer)): pair.installable
        for pair in case.project.check_packages(packages).pairs
    }
    for installs, numbers in case.sets:
        pair = frozenset(packages[number].ref for number in numbers)
        if len(numbers) == 2 and pair in judged:
            assert judged[pair] is installs, sorted(map(str, pair))


@pytest.mark.parametrize("name", CASES)
def test_the_findings_and_the_pairs_say_the_same(name: str) -> None:
    case = CASES[name]
    project = case.project
    judgement = project.check_packages(case.described())
    assert contradictions(judgement, project.manifest) == []
    assert silent(judgement) == []


@pytest.mark.parametrize("name", CASES)
def test_what_a_check_of_the_manifest_says(name: str) -> None:
    case = CASES[name]
    found = advise(engine_of(case.project.manifest))
    assert [(one.severity.value, one.id) for one in found if one.severity != "info"] == list(case.advice)
