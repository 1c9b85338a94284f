"""Reading ``[policy]``, ``[rules]`` and ``[profile.NAME]``, and the window of a policy or a protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.manifest.model import RULE_SET_KEY, Horizon, Mode, Past, Policy, Prereleases, Window
from pkgguard.manifest.typed_table import Table

if TYPE_CHECKING:
    from pkgguard.diagnostics import Position

PROFILES: Final = "profile"
"""The key of the tables ``[profile.NAME]``: levels of rules for one distribution or use."""


def read_window(table: Table) -> Window | None:
    """Return how many minors the two sides may be apart, from a number or a table."""
    value = table.take("window")
    if not isinstance(value, dict):
        minors = table.whole("window", -1, 0)
        return Window(minors, minors) if minors >= 0 else None
    inner = Table(value, (*table.place, "window"), table.mistakes)
    if not inner.keys:
        inner.note("", "is an empty table", "say how many minors older or newer a client may be")
    window = Window(inner.whole("older", 0, 0), inner.whole("newer", 0, 0))
    inner.finish()
    return window


def read_policy(table: Table) -> Policy:
    """Read ``[policy]``."""
    standard = Policy()
    policy = Policy(
        table.word("mode", Mode, standard.mode) or standard.mode,
        read_window(table) or standard.window,
        table.word("horizon", Horizon, standard.horizon) or standard.horizon,
        table.word("prereleases", Prereleases, standard.prereleases) or standard.prereleases,
        table.word("past", Past, standard.past) or standard.past,
    )
    table.finish()
    return policy


def read_rules(table: Table) -> tuple[dict[str, tuple[str, Position]], tuple[int, Position]]:
    """Read ``[rules]``: the level and position of each rule, and the rule set with its position."""
    return read_levels(table), (
        table.whole(RULE_SET_KEY, 0, 1),
        table.mistakes.where(("rules",), RULE_SET_KEY),
    )


def read_levels(table: Table) -> dict[str, tuple[str, Position]]:
    """Read the levels of rules: the level and position of each, without the rule set."""
    return {
        name: (table.string(name, required=True), table.mistakes.where(table.place, name))
        for name in table.keys
        if (table.place, name) != (("rules",), RULE_SET_KEY)
    }
