"""Builds with each release of rpm."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from real.rpmbuild import RELEASES, VARIABLE, Rpmbuild, system_of


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Build with each release of rpm, or only with the one that the variable names."""
    if VARIABLE in os.environ:
        if RELEASES[request.param]:
            pytest.skip(f"{VARIABLE} names the one to build with")
    elif root := system_of(request.param, request.getfixturevalue("shared")):
        monkeypatch.setenv(VARIABLE, str(root))


@pytest.fixture
def rpmbuild(tmp_path: Path) -> Rpmbuild:
    return Rpmbuild(tmp_path / "rpm")
