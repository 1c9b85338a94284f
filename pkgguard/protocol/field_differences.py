"""What changed in a message, without regard to who sends it."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from pkgguard.budget import spend
from pkgguard.protocol.declarations import field_line
from pkgguard.protocol.encodings import UNPACKABLE, Reading, reading
from pkgguard.protocol.model import Presence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pkgguard.protocol.model import Enum, Field, Message, Schema
    from pkgguard.protocol.pairing import Fields
    from pkgguard.protocol.usage import TypePair


class Finding(NamedTuple):
    """A change in a type: its class, what it is about, and its declarations.

    ``written`` is which side's messages are misread, ``new`` and ``old``, where the
    class alone does not tell.
    """

    id: str
    what: str
    old: str = ""
    new: str = ""
    written: tuple[str, ...] = ()


def message_findings(old: Schema, new: Schema, pair: TypePair, fields: Fields) -> Iterator[Finding]:
    """Yield what changed in a pair of messages."""
    before, after = old.messages[pair.old], new.messages[pair.new]

    def was(field: Field) -> str:
        return field_line(field, old.messages)

    def now(field: Field) -> str:
        return field_line(field, new.messages)

    for one in fields.removed:
        what = f"{before.name}.{one.name}"
        yield Finding(f"{_required(one)}-removed", what, old=was(one))
    for one in fields.added:
        what = f"{after.name}.{one.name}"
        yield Finding(f"{_required(one)}-added", what, new=now(one))
        if before.is_reserved(one.number):
            yield Finding("reserved-number-used", what, f"reserved {one.number}", now(one))
    for one, other in fields.renumbered:
        yield Finding("field-renumbered", f"{after.name}.{other.name}", was(one), now(other))
    for one, other in fields.reused:
        yield Finding("number-reused", f"{after.name}.{other.name}", was(one), now(other))
    for one, other in fields.same:
        spend()
        what = f"{after.name}.{other.name}"
        if one.name != other.name:
            yield Finding(
                "field-renamed",
                f"{after.name}#{other.number} {one.name} -> {other.name}",
                was(one),
                now(other),
            )
        for id, written in _field_findings(old, new, one, other):  # noqa: A001
            yield Finding(id, what, was(one), now(other), written)
    yield from _oneofs(before, after, fields)
    yield from _reservations(before, after)


def _required(field: Field) -> str:
    return "required-field" if field.presence is Presence.REQUIRED else "field"


def _field_findings(
    old: Schema, new: Schema, one: Field, other: Field
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the class of each change of one field, and which side's messages are misread if that varies."""
    forth, back = reading(other, one), reading(one, other)
    if Reading.MISREAD in {forth, back}:
        yield "field-retyped", ()
        return
    written = tuple(age for age, found in (("new", forth), ("old", back)) if found is Reading.PARTLY)
    if written:
        yield "value-range-changed", written
    if one.repeated != other.repeated:
        packed = other.packed if other.repeated else one.packed
        if other.repeated:
            yield ("field-became-packed-list" if packed else "field-became-list"), ()
        else:
            yield ("field-was-packed-list" if packed else "field-was-list"), ()
        if Presence.REQUIRED in {one.presence, other.presence}:
            yield ("field-no-longer-required" if other.repeated else "field-became-required"), ()
        return
    if one.repeated:
        yield from _list_findings(old, new, one, other)
    else:
        yield from _presence_findings(one, other)
        if _default(old, one) != _default(new, other):
            yield "default-changed", ()


def _list_findings(
    old: Schema, new: Schema, one: Field, other: Field
) -> Iterator[tuple[str, tuple[str, ...]]]:
    if one.packed != other.packed and one.type not in UNPACKABLE and other.type not in UNPACKABLE:
        yield "packing-changed", ()
    if one.type == other.type == "message":
        was, now = (old.messages[one.type_name].map_entry, new.messages[other.type_name].map_entry)
        if was != now:
            yield ("list-became-map" if now else "map-became-list"), ()


def _presence_findings(one: Field, other: Field) -> Iterator[tuple[str, tuple[str, ...]]]:
    match one.presence is Presence.REQUIRED, other.presence is Presence.REQUIRED:
        case False, True:
            yield "field-became-required", ()
        case True, False:
            yield "field-no-longer-required", ()
    was, now = one.presence is Presence.IMPLICIT, other.presence is Presence.IMPLICIT
    if was and not now:
        yield "presence-gained", ()
    elif now and not was:
        yield "presence-lost", ()


def _default(schema: Schema, field: Field) -> object:
    """Return the value that a reader assumes for a field that was not sent."""
    if field.type == "enum":
        enum = schema.enums[field.type_name]
        named = (number for number, names in enum.values if field.default in names)
        return next(named, enum.default) if field.default else enum.default
    if field.type in {"message", "group"}:
        return None
    if field.type in {"string", "bytes"}:
        return field.default
    if field.type == "bool":
        return int(field.default == "true")
    try:
        return float(field.default or 0)
    except ValueError:
        return field.default


def _oneofs(before: Message, after: Message, fields: Fields) -> Iterator[Finding]:
    """Find the fields that exclude one another in one version only."""
    yield from _joined(
        "oneof-joined", after, [(one.oneof, other.oneof, other.name) for one, other in fields.same]
    )
    yield from _joined(
        "oneof-left", before, [(other.oneof, one.oneof, one.name) for one, other in fields.same]
    )


def _joined(id: str, message: Message, members: list[tuple[str, str, str]]) -> Iterator[Finding]:  # noqa: A002
    """Find the oneofs whose fields do not all exclude one another in the other version.

    ``members`` are, for each field, its oneof there and here, and its name.
    """
    there: dict[str, list[str]] = {}
    names: dict[str, list[str]] = {}
    for other, own, name in members:
        if own:
            there.setdefault(own, []).append(other)
            names.setdefault(own, []).append(name)
    for own, others in there.items():
        spend()
        if len(others) > 1 and ("" in others or len(set(others)) > 1):
            line = f"oneof {own}: {', '.join(names[own])}"
            joined = id == "oneof-joined"
            yield Finding(id, f"{message.name}.{own}", "" if joined else line, line if joined else "")


def _reservations(before: Message, after: Message) -> Iterator[Finding]:
    used = [(field.number, field.number) for field in after.fields]
    names = {*after.reserved_names, *(field.name for field in after.fields)}
    for line in dropped_reservations(before, (*after.reserved, *used), names):
        yield Finding("reservation-dropped", after.name, old=line)


def dropped_reservations(
    before: Message | Enum, kept: Iterable[tuple[int, int]], names: set[str]
) -> Iterator[str]:
    """Yield the reserved numbers and names that are neither reserved nor used in the new version."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(kept):
        spend()
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    starts = [first for first, _ in merged]
    for first, last in before.reserved:
        spend()
        at = bisect_right(starts, first) - 1
        if at < 0 or merged[at][1] < last:
            yield f"reserved {first}" if first == last else f"reserved {first} to {last}"
    yield from (f'reserved "{name}"' for name in before.reserved_names if name not in names)
