"""Files that hold what a test expects; with PKGGUARD_UPDATE=1 in the environment they are written anew."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

UPDATE: Final = os.environ.get("PKGGUARD_UPDATE") == "1"


def assert_snapshot(path: Path, found: str) -> None:
    """Compare a text with a file, or write it there."""
    if UPDATE and (not path.exists() or path.read_text("utf-8") != found):
        path.write_text(found, "utf-8")
    assert path.exists(), f"{path.name} is missing: run the tests with PKGGUARD_UPDATE=1, and look at it"
    assert found == path.read_text("utf-8"), "if this is meant, run the tests with PKGGUARD_UPDATE=1"


def assert_no_others(folder: Path, pattern: str, names: set[str]) -> None:
    """Check that a folder has no files but those of the names, or remove the others."""
    stale = {path for path in folder.glob(pattern) if path.name not in names}
    if UPDATE:
        for path in stale:
            path.unlink()
        return
    assert {path.name for path in stale} == set()
