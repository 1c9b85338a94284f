"""The rules as data: read once from rules.toml."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pkgguard.check.finding import Severity
from pkgguard.data import tables_of
from pkgguard.errors import UnknownNameError
from pkgguard.manifest.typed_table import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping


class Rule(NamedTuple):
    """One rule: what it is called, how bad it is, what it means, how to mend it."""

    id: str
    severity: Severity
    title: str
    explanation: str
    help: str
    references: tuple[str, ...]


@cache
def rules() -> Mapping[str, Rule]:
    """Return every rule by its id, in the order of the data."""
    return {
        name: Rule(
            name,
            Severity(entry["severity"]),
            entry["title"],
            " ".join(entry["explanation"].split()),
            entry["mend"],
            tuple(entry["references"]),
        )
        for name, entry in tables_of("pkgguard.check", "rules.toml").items()
    }


def rule(name: str) -> Rule:
    """Return one rule; raise :class:`UnknownNameError` with the nearest name."""
    known = rules()
    if name not in known:
        raise UnknownNameError("rule", name, tuple(known), nearest(name, known))
    return known[name]
