"""Mistakes in a manifest, as diagnostics."""

from __future__ import annotations

from typing import Final

from pkgguard.diagnostics import Diagnostic, Severity

SYNTAX: Final = "manifest-syntax"
"""The text is not TOML, or not UTF-8."""
UNKNOWN_KEY: Final = "manifest-unknown-key"
"""A table has a key that nothing reads."""
MISSING_KEY: Final = "manifest-missing-key"
"""A key or a table that must be there is not."""
VALUE: Final = "manifest-value"
"""A value is of the wrong type or form."""
UNKNOWN_NAME: Final = "manifest-unknown-name"
"""A component, package, protocol or rule is named that does not exist."""
UNLISTED_RELEASE: Final = "manifest-unlisted-release"
"""A release is named that its component does not list."""
CONTRADICTION: Final = "manifest-contradiction"
"""Two statements cannot both hold."""
TOO_LARGE: Final = "manifest-too-large"
"""A bound on the size of a manifest, or on the work that it makes, is passed."""


def mistake(
    id: str,  # noqa: A002
    line: int,
    reason: str,
    help: str = "",
    *,
    table: str = "",
    key: str = "",
) -> Diagnostic:
    """Return a mistake of a kind, which stands on a line, in a table and a key if they are given."""
    part = f"[{table}]" if table else "top level"
    part += f" {key}" if key else ""
    return Diagnostic(id, Severity.ERROR, reason, help, line=line, part=part)
