"""Numbered names in relations, such as those of a binary interface: ``video-abi-25``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pkgguard.families.expression import Constraint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkgguard.families.interface import Relation

_NUMBERED: Final = re.compile(r"(.*[a-z]-)[0-9][A-Za-z0-9.+~]*")


def series_of(relations: Iterable[Relation]) -> dict[str, frozenset[str]]:
    """Return the numbered names of relations with one alternative, by what precedes the number."""
    found: dict[str, set[str]] = {}
    for relation in relations:
        one = relation.expression
        if isinstance(one, Constraint):
            numbered = _NUMBERED.fullmatch(one.name)
            if numbered:
                found.setdefault(numbered[1], set()).add(one.name)
    return {stem: frozenset(names) for stem, names in found.items()}
