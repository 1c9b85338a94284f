"""The table and the key of a mistake in a manifest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkgguard.diagnostics import Diagnostic


def table_and_key(mistake: Diagnostic) -> tuple[str, str]:
    """Return the table and the key in which a mistake is, each empty where it is in none."""
    found = re.fullmatch(r"(?:\[(.*)\]|top level)(?: (.+))?", mistake.part)
    assert found, mistake
    return found[1] or "", found[2] or ""
