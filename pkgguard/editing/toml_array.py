"""The places of the strings in a list of strings of a TOML text."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.budget import spend
from pkgguard.manifest.toml_positions import key_end

if TYPE_CHECKING:
    from pkgguard.editing.text import ManifestText
    from pkgguard.manifest.places import Place

_NEXT: Final = re.compile(
    r"""[ \t\r\n]*+(?:\#[^\n]*+[ \t\r\n]*+)*+  # white space and comments
        (?P<mark>"(?:[^"\\\n]|\\.)*+"(?!")|'[^'\n]*+'(?!')|[\[\],])""",
    re.VERBOSE,
)


class Item(NamedTuple):
    """A string in a list: its value, where its quotes begin, and where they end."""

    value: str
    start: int
    end: int


class StringList(NamedTuple):
    """A list of strings in a text, or a single string, which is not ``bracketed``."""

    items: tuple[Item, ...]
    start: int
    end: int
    bracketed: bool


def string_list(source: ManifestText, place: Place) -> StringList | None:
    """Return the list of strings that is the value of a key, or None if it is not found as one."""
    line = source.places.lines.get(place)
    if line is None:
        return None
    start = source.line_starts[line - 1]
    end = key_end(source.text[start : source.line_starts[line]])
    return _list_at(source.text, start + end) if end else None


def _list_at(text: str, position: int) -> StringList | None:
    first = _NEXT.match(text, position)
    if first is None:
        return None
    if first["mark"] != "[":
        item = _item(first)
        return StringList((item,), item.start, item.end, False) if item else None
    items: list[Item] = []
    after_item = False
    end = first.end()
    while found := _NEXT.match(text, end):
        spend()
        end = found.end()
        if found["mark"] == "]":
            return StringList(tuple(items), first.start("mark"), end, True)
        item = _item(found)
        if (item is None) != after_item or found["mark"] == "[":
            return None
        if item:
            items.append(item)
        after_item = item is not None
    return None


def _item(found: re.Match[str]) -> Item | None:
    mark = found["mark"]
    if mark[0] not in "\"'":
        return None
    value: str = mark[1:-1] if "\\" not in mark else tomllib.loads(f"item = {mark}")["item"]
    return Item(value, found.start("mark"), found.end())
