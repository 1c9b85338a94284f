"""Packages of Kata with generated relations, built once for the tests of a module."""

from __future__ import annotations

import pytest

from real.guarded_packages import Packages, kata_packages


@pytest.fixture(scope="module")
def kata_debs(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    return kata_packages(tmp_path_factory.mktemp("debs"), ("deb", "deb"))


@pytest.fixture(scope="module")
def kata_rpms(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    return kata_packages(tmp_path_factory.mktemp("rpms"), ("rpm", "rpm"))
