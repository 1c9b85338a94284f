"""The subject of the rules for manifests: a valid manifest, and which of its releases work together."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from pkgguard.check.release_pairs import ReleasePairs
from pkgguard.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pkgguard.compat.engine import Compatibility
    from pkgguard.diagnostics import Kind, Position, Statement
    from pkgguard.manifest.model import Protocol
    from pkgguard.versions.release import Release

_LISTED: Final = 100
"""The most releases that a message names."""


class ManifestSubject:
    """A valid manifest.

    ``renamed`` maps each old rule id in the manifest to the current one.
    """

    def __init__(self, compatibility: Compatibility, renamed: Mapping[str, str]) -> None:
        self.compatibility = compatibility
        self.manifest = compatibility.manifest
        self.renamed = renamed

    @cached_property
    def contracts(self) -> tuple[tuple[Protocol, str], ...]:
        """Each protocol with each of its client components."""
        return tuple(
            (protocol, client) for protocol in self.manifest.protocols.values() for client in protocol.clients
        )

    @cached_property
    def pairs(self) -> ReleasePairs:
        """Which releases of the two sides of a protocol work together."""
        return ReleasePairs(self.compatibility)

    def report(
        self,
        rule: Kind,
        message: str,
        *,
        position: Position | None = None,
        help: str = "",
        releases: Iterable[Release] = (),
        reasons: tuple[Statement, ...] = (),
    ) -> Diagnostic:
        """Return a diagnostic of a rule about this manifest.

        ``position`` is the line that it is about (None: the whole manifest), ``help``
        replaces the help of the rule.
        """
        return Diagnostic(
            rule.id,
            rule.severity,
            message,
            help or rule.help,
            rule.references,
            (position.path if position is not None else "") or self.manifest.path,
            position.line if position is not None else 0,
            releases=tuple(map(str, releases)),
            reasons=reasons,
        )


def listed(releases: Sequence[Release]) -> str:
    """Return the names of releases; if there are too many to read, only the first ones."""
    more = len(releases) - _LISTED
    tail = f" and {more} more" if more > 0 else ""
    return f"{', '.join(map(str, releases[:_LISTED]))}{tail}"
