"""Checks of more than one table of a manifest: whether its parts agree."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from pkgguard.budget import spend
from pkgguard.families import registry
from pkgguard.manifest.history import contradictions
from pkgguard.manifest.limits import CHANGES_OF_ONE
from pkgguard.manifest.mistakes import CONTRADICTION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pkgguard.manifest.model import Component, Manifest
    from pkgguard.manifest.places import Place
    from pkgguard.manifest.typed_table import Mistakes


def note_disagreements(manifest: Manifest, places: Sequence[Place], mistakes: Mistakes) -> None:
    """Note every pair of statements of a manifest that contradict each other.

    ``places`` are those of its changes.
    """
    for component in manifest.components.values():
        _note_order(component, mistakes)
    _bound_histories(manifest, places, mistakes)
    place_of = {id(change): place for change, place in zip(manifest.changes, places, strict=True)}
    for found in contradictions(manifest.changes):
        # Only the manifest itself can be corrected, not one that it extends.
        is_below = found.change.position.inherited and not found.earlier.position.inherited
        change = found.earlier if is_below else found.change
        mistakes.note(place_of[id(change)], found.key, found.reason, found.help, CONTRADICTION)
    seen: set[tuple[str, str]] = set()
    for index, broken in enumerate(manifest.broken):
        identity = (broken.component, broken.release.text)
        if identity in seen:
            reason = f"{' '.join(identity)} is declared broken twice"
            mistakes.note(("broken", index), "release", reason, "remove one of the two", CONTRADICTION)
        seen.add(identity)


def _bound_histories(manifest: Manifest, places: Sequence[Place], mistakes: Mistakes) -> None:
    counts: Counter[tuple[str, str]] = Counter()
    for place, change in zip(places, manifest.changes, strict=True):
        for what in change.what:
            counts[change.protocol, what] += 1
            if counts[change.protocol, what] > CHANGES_OF_ONE:
                reason = f"names {what!r}, which already has {CHANGES_OF_ONE} changes"
                help = "name what is changed more exactly, such as the call or the field"
                mistakes.refuse(place, "what", reason, help)


def _note_order(component: Component, mistakes: Mistakes) -> None:
    # semver sorts rc10 before rc2, families may sort it after: bounds between them would be wrong.
    families = {name: registry.summary(name).pieces for name in registry.names()}
    for lower, upper in pairwise(component.releases):
        spend()
        if lower.prerelease and lower.final == upper.final and upper.prerelease:
            others = [
                name
                for name, pieces in families.items()
                if pieces and _key(lower.prerelease, pieces) > _key(upper.prerelease, pieces)
            ]
            if others:
                verb = "sorts" if len(others) == 1 else "sort"
                names = " and ".join(others)
                reason = f"semver puts {lower} before {upper}, and {names} {verb} them the other way round"
                help = "number them in one way, with a dot: rc.2, rc.10"
                mistakes.note(("component", component.name), "releases", reason, help, item=upper.text)


def _key(text: str, pieces: str) -> list[tuple[bool, int, str]]:
    return [
        (piece.isdigit(), int(piece) if piece.isdigit() else 0, piece) for piece in re.findall(pieces, text)
    ]
