"""The entry of a manifest that would accept a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.check.acceptable import OWN
from pkgguard.escape.toml import toml_string
from pkgguard.manifest.acceptance import KEY

if TYPE_CHECKING:
    from pkgguard.diagnostics import Diagnostic


def entry_for(finding: Diagnostic) -> tuple[str, ...]:
    """Return the lines of the entry that accepts a finding, or nothing if it cannot be accepted.

    The justification is left empty, which is refused until it is written.
    """
    if finding.package is None or finding.id in OWN:
        return ()
    values = {"rule": finding.id, "package": finding.package.name, "peer": finding.peer, "because": ""}
    keys = (f"{key} = {toml_string(value)}" for key, value in values.items() if value or key == "because")
    return f"[[{KEY}]]", *keys
