"""The commands: thin, one module each."""

from __future__ import annotations

from typing import Final

COMPLETE: Final = "_PKGGUARD_COMPLETE"
"""The variable in which a shell that completes says who it is; click names it after the program."""

INTERRUPTED: Final = 130
"""The exit code of an interrupt, as shells have it: 128 and the number of SIGINT."""
