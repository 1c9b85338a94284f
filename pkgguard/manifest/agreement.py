"""What no table of a manifest shows by itself: whether its parts agree."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from pkgguard.manifest.timeline import contradictions

if TYPE_CHECKING:
    from pkgguard.manifest.fields import Mistakes
    from pkgguard.manifest.model import Component, Manifest

_PIECES: Final = re.compile(r"\d+|[^\d]+")


def note_disagreements(manifest: Manifest, mistakes: Mistakes) -> None:
    """Note every pair of statements of a manifest that cannot both hold."""
    for component in manifest.components.values():
        _note_order(component, mistakes)
    places = {change.line: index for index, change in enumerate(manifest.changes)}
    for found in contradictions(manifest.changes):
        place = ("change", places[found.change.line])
        mistakes.note(place, found.key, found.reason, found.mend)
    seen: set[tuple[str, str]] = set()
    for index, broken in enumerate(manifest.broken):
        identity = (broken.component, broken.release.text)
        if identity in seen:
            mistakes.note(("broken", index), "release", f"{' '.join(identity)} is declared broken twice")
        seen.add(identity)


def _note_order(component: Component, mistakes: Mistakes) -> None:
    # semver puts rc10 before rc2, deb and rpm after it: bounds between such releases would be wrong.
    for lower, upper in pairwise(component.releases):
        if lower.prerelease and lower.final == upper.final and upper.prerelease:
            ours = [
                tuple(
                    (piece.isdigit(), int(piece) if piece.isdigit() else 0, piece)
                    for piece in _PIECES.findall(text)
                )
                for text in (lower.prerelease, upper.prerelease)
            ]
            if ours[0] > ours[1]:
                reason = f"semver puts {lower} before {upper}, and packages sort them the other way round"
                mend = "write a dot before the number: rc.2, rc.10"
                mistakes.note(("component", component.name), "releases", reason, mend)
