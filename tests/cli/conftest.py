"""A folder with a manifest, in which commands are run."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_project import MANIFEST


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def mine(here: Path) -> Path:
    path = here / "mine.toml"
    path.write_text(MANIFEST, "utf-8")
    return path
