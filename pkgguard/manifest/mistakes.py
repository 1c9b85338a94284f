"""Mistakes in a manifest, as diagnostics."""

from __future__ import annotations

from typing import Final

from pkgguard.diagnostics import Diagnostic, Severity

SYNTAX: Final = "manifest-syntax"
"""The text is not TOML, or not UTF-8."""
UNKNOWN_KEY: Final = "manifest-unknown-key"
"""A table has a key that nothing reads."""
MISSING_KEY: Final = "manifest-missing-key"
"""A required key or table is missing."""
VALUE: Final = "manifest-value"
"""A value has the wrong type or form."""
UNKNOWN_NAME: Final = "manifest-unknown-name"
"""A name refers to a component, package, protocol or rule that does not exist."""
UNLISTED_RELEASE: Final = "manifest-unlisted-release"
"""A release is not listed by its component."""
EXTENDS: Final = "manifest-extends"
"""The manifest that is extended cannot be read, or the way leads back."""
CONTRADICTION: Final = "manifest-contradiction"
"""Two statements contradict each other."""
GAP: Final = "manifest-gap"
"""A text that `pkgguard init` left for a person has not been filled in."""
TOO_LARGE: Final = "manifest-too-large"
"""A limit on the size of a manifest, or on its work, is exceeded."""


def mistake(
    id: str,  # noqa: A002
    line: int,
    reason: str,
    help: str = "",
    *,
    table: str = "",
    key: str = "",
) -> Diagnostic:
    """Return a mistake of a kind on a line, in a table and a key if they are given."""
    part = f"[{table}]" if table else "top level"
    part += f" {key}" if key else ""
    return Diagnostic(id, Severity.ERROR, reason, help, line=line, part=part)
