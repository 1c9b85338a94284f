"""Gaps in a manifest: texts that ``pkgguard init`` leaves for a person to fill in."""

from __future__ import annotations

from typing import Final

MARK: Final = "FILL IN: "
"""The beginning of a text that is still to be written. No manifest with such a text is valid."""


def gap(description: str) -> str:
    """Return a text that marks a gap, and describes what belongs there."""
    return MARK + description


def description_of(text: str) -> str | None:
    """Return what belongs in a gap, or None for any other text."""
    return text[len(MARK) :].strip() if text.startswith(MARK) else None


def split(value: object) -> tuple[object, tuple[str, ...]]:
    """Return a value of a manifest without its gaps, and the descriptions of these.

    A list or a table loses the entries that are gaps; it is None if nothing is left.
    """
    if isinstance(value, str):
        found = description_of(value)
        return (value, ()) if found is None else (None, (found,))
    if isinstance(value, list):
        kept = [one for one in value if not _is_gap(one)]
        if len(kept) == len(value):
            return value, ()
        return kept or None, tuple(one[len(MARK) :].strip() for one in value if _is_gap(one))
    if isinstance(value, dict):
        tables = {key: one for key, one in value.items() if not _is_gap(one)}
        if len(tables) == len(value):
            return value, ()
        return tables or None, tuple(one[len(MARK) :].strip() for one in value.values() if _is_gap(one))
    return value, ()


def _is_gap(value: object) -> bool:
    return isinstance(value, str) and value.startswith(MARK)
