"""Settings of the whole suite."""

from __future__ import annotations

import os

from hypothesis import settings
from readers import reader

__all__ = ["reader"]

# A run that lands a change must not depend on luck; a developer's run looks for what is not yet known.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
