"""Advice about a valid manifest: what is probably not what its author intended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.check.levels import renamed, select
from pkgguard.check.manifest_subject import ManifestSubject
from pkgguard.check.registry import manifest_rules
from pkgguard.diagnostics import Position

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkgguard.compat.engine import Compatibility
    from pkgguard.diagnostics import Diagnostic


def advise(compatibility: Compatibility, settings: Mapping[str, str] | None = None) -> tuple[Diagnostic, ...]:
    """Return what the rules for manifests find, by line.

    ``settings`` maps rules to the level they are set to, over the manifest's own.
    Raises what :func:`~pkgguard.check.levels.select` raises.
    """
    manifest = compatibility.manifest
    selection = select(manifest, settings, ("manifest",))
    subject = ManifestSubject(compatibility, renamed(manifest.rules))
    advice = [
        diagnostic
        for rule in manifest_rules().values()
        if rule.check_manifest is not None and selection.severity(rule.id, rule.severity) is not None
        for diagnostic in rule.check_manifest(subject)
    ]

    def order(diagnostic: Diagnostic) -> tuple[tuple[int, int], str, str]:
        return (
            manifest.places.rank(Position(diagnostic.path, diagnostic.line)),
            diagnostic.id,
            diagnostic.message,
        )

    return tuple(sorted(selection.apply(advice), key=order))
