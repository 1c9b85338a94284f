"""Where each part of a manifest stands: the files and lines of its tables and keys.

For one that extends others, parts come from different files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pkgguard.budget import spend
from pkgguard.manifest.acceptance import KEY as ACCEPT
from pkgguard.manifest.policy import PROFILES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.diagnostics import Position
    from pkgguard.manifest.model import Manifest
    from pkgguard.manifest.places import Place

_ENTRIES: Final = {"change": "changes", "broken": "broken", ACCEPT: "accepted"}
_NAMED: Final = ("component", "package", "protocol", PROFILES)


def origins(manifest: Manifest, tables: dict[str, Any]) -> Iterator[tuple[Place, tuple[Position, ...]]]:
    """Yield each table and key of a manifest with its positions.

    ``tables`` is the manifest as plain tables. What is in none of the files, such as a
    default, is left out; what several of them add to has several positions.
    """
    for key, value in tables.items():
        if key in _ENTRIES:
            positions = [one.position for one in getattr(manifest, _ENTRIES[key])]
            yield from (((key, index), (one,)) for index, one in enumerate(positions))
        elif key in _NAMED:
            for name, table in value.items():
                yield from _below(manifest, table, (key, name))
        else:
            yield from _below(manifest, value, (key,))


def _below(manifest: Manifest, value: object, place: Place) -> Iterator[tuple[Place, tuple[Position, ...]]]:
    spend()
    if found := manifest.places.every(_source(manifest, place)):
        yield place, found
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _below(manifest, one, (*place, key))


def _source(manifest: Manifest, place: Place) -> Place:
    """Return the place in the files: packages of several series stand in one table."""
    if place[0] == "package" and len(place) > 1:
        name = str(place[1])
        return ("package", manifest.package_tables.get(name, name), *place[2:])
    return place


def composition(manifest: Manifest, tables: dict[str, Any]) -> dict[str, Any]:
    """Return, as plain data, a manifest's files, its origins, and the changes that it took out."""
    return {
        "files": [{"path": one.path, "built_in": one.built_in} for one in manifest.files],
        "origins": [
            {"place": list(place), "positions": [_plain(one) for one in positions]}
            for place, positions in origins(manifest, tables)
        ],
        "taken_out": [
            {
                "change": one.reference,
                "position": _plain(one.position),
                "by": _plain(one.by),
                "because": one.because,
                "see": list(one.see),
                "replaced": one.is_replaced,
            }
            for one in manifest.taken_out
        ],
    }


def _plain(position: Position) -> dict[str, Any]:
    return {"path": position.path, "line": position.line}
