"""What changed in an enum, without regard to who sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.budget import spend
from pkgguard.protocol.field_differences import Finding, dropped_reservations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.protocol.model import Enum


def enum_findings(old: Enum, new: Enum) -> Iterator[Finding]:
    """Yield what changed in a pair of enums."""
    before, after = dict(old.values), dict(new.values)
    old_numbers = {name: number for number, names in old.values for name in names}
    new_numbers = {name: number for number, names in new.values for name in names}
    moved = {name for name, number in old_numbers.items() if new_numbers.get(name, number) != number}
    for name in sorted(moved):
        was, now = f"{name} = {old_numbers[name]}", f"{name} = {new_numbers[name]}"
        yield Finding("enum-value-renumbered", f"{new.name}.{name}", was, now)
    for number in sorted(before.keys() | after.keys()):
        spend()
        gone = [name for name in before.get(number, ()) if name not in moved]
        came = [name for name in after.get(number, ()) if name not in moved]
        if number not in after and gone:
            yield Finding("enum-value-removed", f"{old.name}.{gone[0]}", old=f"{gone[0]} = {number}")
        elif number not in before and came:
            yield Finding("enum-value-added", f"{new.name}.{came[0]}", new=f"{came[0]} = {number}")
        elif gone != came:
            was, now = (" and ".join(names) for names in (gone, came))
            yield Finding(
                "enum-value-renamed", f"{new.name}#{number}", f"{was} = {number}", f"{now} = {number}"
            )
    if old.closed != new.closed:
        was, now = ("closed" if one.closed else "open" for one in (old, new))
        yield Finding("enum-openness-changed", new.name, was, now)
    used = [(number, number) for number in after]
    for line in dropped_reservations(old, (*new.reserved, *used), {*new.reserved_names, *new_numbers}):
        yield Finding("reservation-dropped", new.name, old=line)
