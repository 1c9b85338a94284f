"""Expanding the plain macros of a spec without rpm, which would run whatever the spec says.

Only names with a plain value are expanded: ``%name``, ``%{name}``, ``%{?name}``,
``%{?name:text}``, ``%{!?name:text}`` and ``%%`` (rpm-macros(7)). A text with anything
else is not read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST: Final = 2000
"""Characters of an expanded text: a relation, or a version."""
_DEEPEST: Final = 8
"""Macros in the value of a macro."""
_PLAIN: Final = re.compile(r"%([A-Za-z_][A-Za-z0-9_]*)")
_BRACED: Final = re.compile(r"([!?]*)([A-Za-z_][A-Za-z0-9_]*)(?::(.*))?", re.DOTALL)


def expanded(text: str, macros: Mapping[str, str], depth: int = 0) -> str | None:
    """Return a text with its macros expanded, or None if it has others than plain ones."""
    spend()
    parts: list[str] = []
    place = length = 0
    while place < len(text):
        start = text.find("%", place)
        if start < 0:
            start = len(text)
        parts.append(text[place:start])
        place = start
        if place == len(text):
            break
        if text.startswith("%%", place):
            parts.append("%")
            place += 2
            continue
        if text.startswith("%{", place):
            end = _closing(text, place + 1)
            value = _braced(text[place + 2 : end], macros, depth) if end else None
            place = end + 1
        else:
            plain = _PLAIN.match(text, place)
            value = _value(plain[1], macros, depth) if plain else None
            place = plain.end() if plain else place
        if value is None:
            return None
        parts.append(value)
        length += len(value)
        if length > _LONGEST:
            return None
    return "".join(parts)


def _closing(text: str, opening: int) -> int:
    """Return the place of the brace that closes another one, or 0."""
    depth = 0
    for place in range(opening, min(len(text), opening + _LONGEST)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return 0


def _braced(body: str, macros: Mapping[str, str], depth: int) -> str | None:
    found = _BRACED.fullmatch(body)
    if found is None or found[1] not in {"", "?", "!?"}:
        return None
    marks, name, text = found[1], found[2], found[3]
    if not marks:
        return None if text is not None else _value(name, macros, depth)
    if (name in macros) == (marks == "!?"):
        return ""
    if text is not None:
        return expanded(text, macros, depth + 1) if depth < _DEEPEST else None
    return _value(name, macros, depth) if marks == "?" else ""


def _value(name: str, macros: Mapping[str, str], depth: int) -> str | None:
    if name not in macros or depth >= _DEEPEST:
        return None
    return expanded(macros[name], macros, depth + 1)
