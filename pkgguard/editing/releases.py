"""Adding a release to the lists of a manifest."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

from pkgguard.editing.text import Insertion, ManifestText
from pkgguard.editing.toml_array import string_list
from pkgguard.errors import EditError
from pkgguard.escape.toml import toml_key, toml_string

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pkgguard.editing.toml_array import Item, StringList
    from pkgguard.manifest.model import Component, Manifest
    from pkgguard.versions.release import Release

_WIDTH: Final = 110
"""Columns after which a list goes on with the next line."""


def groups(manifest: Manifest) -> list[tuple[str, ...]]:
    """Return the components, grouped by their lists of releases."""
    found: dict[tuple[object, ...], list[str]] = {}
    for one in manifest.components.values():
        found.setdefault((one.scheme.name, *(release.key for release in one.releases)), []).append(one.name)
    return [tuple(names) for names in found.values()]


def with_release(
    source: ManifestText, components: Iterable[str], text: str
) -> tuple[list[Insertion], dict[str, Any]]:
    """Return the insertions that add a release to the lists of some components, and the tables of the result.

    Nothing is inserted into a list that has the release. If the list is only in a
    manifest that is extended, a new table has the release. Raises :class:`VersionError`
    if the text is not a release, and :class:`EditError` if a list is not found in the
    text of the manifest.
    """
    every = source.manifest.components
    insertions: list[Insertion] = []
    wanted = deepcopy(source.document)
    for name in dict.fromkeys(every[one].releases_of or one for one in components):
        component = every[name]
        release = component.scheme.parse(text)
        if release in component.by_release:
            continue
        if source.manifest.is_sum and name not in wanted.get("component", {}):
            wanted.setdefault("component", {})[name] = {"releases": [text]}
            insertions.append(_new_table(source, name, text))
            continue
        found = string_list(source, ("component", name, "releases"))
        if found is None or not found.items:
            reason = "its releases are not written as a list below a header [component.NAME]"
            raise EditError(source.path, f"[component.{name}]", reason, f'add "{text}" by hand')
        after, place = _place(component, release, [one.value for one in found.items])
        insertions += _insertions(source, found, text, place, after=after)
        wanted["component"][name]["releases"] = [one.value for one in found.items]
        wanted["component"][name]["releases"].insert(place + after, text)
    return insertions, wanted


def _new_table(source: ManifestText, name: str, text: str) -> Insertion:
    """Return the insertion of a table for a component of a manifest that is extended."""
    end = source.line_end
    before = end if source.text and not source.text.endswith("\n") else ""
    lines = ("", f"[component.{toml_key(name)}]", f"releases = [{toml_string(text)}]", "")
    return Insertion(len(source.text), before + end.join(lines))


def _place(component: Component, release: Release, texts: Sequence[str]) -> tuple[bool, int]:
    """Return beside which entry of a list a release belongs, and whether after it."""
    listed = [component.scheme.parse(one) for one in texts]
    falling = len(listed) > 1 and listed == sorted(listed, reverse=True)
    lower = [number for number, one in enumerate(listed) if one < release]
    if not lower:
        return falling, len(listed) - 1 if falling else 0
    nearest = max(lower, key=listed.__getitem__)
    return not falling, nearest


def _insertions(
    source: ManifestText, found: StringList, text: str, place: int, *, after: bool
) -> list[Insertion]:
    """Return the insertions that write a release beside an entry of a list."""
    item = found.items[place]
    quoted = f"{source.text[item.start]}{text}{source.text[item.start]}"
    if not found.bracketed:
        both = (f", {quoted}]", "[") if after else ("]", f"[{quoted}, ")
        return [Insertion(item.start, both[1]), Insertion(item.end, both[0])]
    start, end = _line_around(source.text, item)
    alone = not source.text[start : item.start].strip() and not _shares_line(found, place, end)
    full = after and len(source.text[start:end].rstrip()) + len(quoted) + 2 > _WIDTH
    if not after:
        if alone:
            return [Insertion(start, f"{source.text[start : item.start]}{quoted},{source.line_end}")]
        return [Insertion(item.start, f"{quoted}, ")]
    closed = source.text[item.end : end].lstrip().startswith(",")
    last = place == len(found.items) - 1 and "," not in source.text[item.end : found.end]
    follows = place + 1 < len(found.items) and found.items[place + 1].start < end
    if not (alone or (full and not follows)) or not (closed or last):
        return [Insertion(item.end, f", {quoted}")]
    line = f"{source.line_end}{_margin(source.text, start)}{quoted}{',' if closed else ''}"
    if closed:
        return [Insertion(end, line)]
    if item.end == end:
        return [Insertion(end, f",{line}")]
    return [Insertion(item.end, ","), Insertion(end, line)]


def _line_around(text: str, item: Item) -> tuple[int, int]:
    """Return where the line of an entry begins, and where it ends, before the end of the line."""
    start = text.rfind("\n", 0, item.start) + 1
    end = text.find("\n", item.end)
    end = len(text) if end < 0 else end
    return start, end - 1 if text[end - 1 : end] == "\r" else end


def _shares_line(found: StringList, place: int, end: int) -> bool:
    """Return whether another entry, or the end of the list, is on the line of an entry."""
    following = found.items[place + 1].start if place + 1 < len(found.items) else found.end - 1
    return following < end


def _margin(text: str, start: int) -> str:
    line = text[start : text.find("\n", start)]
    return line[: len(line) - len(line.lstrip())] or "  "
