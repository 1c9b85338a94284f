"""Packages with generated relations, built: apt and rpm install together what pkgguard says they do."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from generated_cases import CASES

from pkgguard import api
from real.generated import TARGETS, build_generated, real_verdicts

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["real.fixtures"]
pytestmark = [pytest.mark.real, pytest.mark.usefixtures("real_tools")]


@pytest.mark.parametrize("target", TARGETS[:2], ids=lambda target: target[1])
@pytest.mark.parametrize("name", CASES)
def test_each_pair_installs_exactly_if_it_works(name: str, target: tuple[str, str], tmp_path: Path) -> None:
    case = CASES[name]
    manifest = api.parse_manifest(case.manifest)
    packages = build_generated(tmp_path / "packages", manifest, target, (*case.clients, *case.servers))
    pairs = list(product(case.clients, case.servers))
    verdicts = real_verdicts(tmp_path, target[0], [[packages[one].path for one in pair] for pair in pairs])
    assert len(set(verdicts)) == 2, "all pairs alike prove nothing"
    for pair, real in zip(pairs, verdicts, strict=True):
        refs = [api.PackageRef(target[0], name, version, "") for name, version in pair]
        assert real == api.Project(manifest).compatible(packages=refs).compatible, pair
