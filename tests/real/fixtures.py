"""The fixture that a test of the real tools asks for; load it with ``pytest_plugins``."""

from __future__ import annotations

import pytest

from .tools import missing_tools


@pytest.fixture(scope="session")
def real_tools() -> None:
    """Fail, never skip, where a real tool is missing: a silent skip would pass for a proof."""
    if complaint := missing_tools():
        pytest.fail(f"{complaint} (or leave these tests out with -m 'not real')", pytrace=False)
