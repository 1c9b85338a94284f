"""The fixture that a test of the real tools asks for; load it with ``pytest_plugins``."""

from __future__ import annotations

from pathlib import Path

import pytest

from .rpm_root import RpmRoot
from .rpmbuild import RELEASES, system_of
from .tools import missing_tools


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base


@pytest.fixture(scope="session")
def real_tools() -> None:
    """Fail, never skip, where a real tool is missing: a silent skip would pass for a proof."""
    if complaint := missing_tools():
        pytest.fail(f"{complaint} (or leave these tests out with -m 'not real')", pytrace=False)


@pytest.fixture(scope="session")
def rpm_releases(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, RpmRoot]:
    """Return an empty system for each release of rpm: this machine's, 4.16 and 4.20."""
    roots = {}
    for name in RELEASES:
        roots[name] = RpmRoot(tmp_path_factory.mktemp("system"), release=system_of(name, shared))
        # The first run makes the database, which runs side by side would do over one another.
        roots[name].installed()
    return roots
