"""A finding that an exception or a baseline accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pkgguard.diagnostics import Diagnostic


class AcceptedFinding(NamedTuple):
    """A finding, why it is accepted, and where that is written, such as ``pkgguard.toml:12``."""

    finding: Diagnostic
    because: str
    place: str
