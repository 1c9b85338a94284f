"""The commands: thin, one module each."""

from __future__ import annotations

from typing import Final

COMPLETE: Final = "_PKGGUARD_COMPLETE"
"""The variable by which a shell requests completions; click derives it from the program's name."""

INTERRUPTED: Final = 130
"""The exit code of an interrupt, as in shells: 128 plus the number of SIGINT."""
