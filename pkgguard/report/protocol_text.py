"""Protocols and their changes as lines for a person."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from pkgguard.escape.toml import toml_string
from pkgguard.protocol.change_classes import Pairing, Weight
from pkgguard.protocol.declarations import parts_of
from pkgguard.protocol.entries import written
from pkgguard.report.page import Page, counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pkgguard.protocol.differences import Difference
    from pkgguard.protocol.entries import Entry
    from pkgguard.protocol.model import Schema
    from pkgguard.protocol.words import Row

PAIRS: Final = {
    Pairing.NEW_CLIENT: "a new client with an old server",
    Pairing.OLD_CLIENT: "an old client with a new server",
}
_WORDS: Final = {Weight.BREAKS: "breaks", Weight.JUDGE: "to judge", Weight.NONE: "harmless"}
_COLOURS: Final = {Weight.BREAKS: "error", Weight.JUDGE: "warning", Weight.NONE: "dim"}
_LISTED: Final = 8
"""The most methods that are listed of one change."""


def protocol_page(page: Page, schema: Schema) -> None:
    """Add a protocol: its services, messages and enums as declarations."""
    for part in parts_of(schema):
        page.line(f"{part.kind} {part.name}")
        for line in part.lines:
            page.line(line, indent=2, hang=2)
    methods = sum(len(one.methods) for one in schema.services.values())
    messages = sum(not one.map_entry for one in schema.messages.values())
    page.line(
        f"{counted(len(schema.services), 'service')}, {counted(methods, 'method')},"
        f" {counted(messages, 'message')}, {counted(len(schema.enums), 'enum')}",
        colour="dim",
    )


def protocol_difference_page(page: Page, found: Iterable[Difference], *, harmless: bool) -> None:
    """Add the changes of a protocol, the gravest first, and their numbers."""
    numbers: Counter[Weight] = Counter()
    for one in found:
        numbers[one.weight] += 1
        if one.weight is not Weight.NONE or harmless:
            _change(page, one)
    breaks, judge, none = (numbers[weight] for weight in (Weight.BREAKS, Weight.JUDGE, Weight.NONE))
    page.line(
        f"{counted(breaks, 'breaking change')}, {judge} to judge, {none} harmless"
        f"{' (--all lists them)' if none and not harmless else ''}",
        colour="" if breaks or judge else "good",
    )


def entries_page(page: Page, entries: Iterable[Entry]) -> None:
    """Add the entries of a manifest, as they are written there."""
    for number, entry in enumerate(entries):
        if number:
            page.line()
        for line in written(entry).splitlines():
            page.line(line)


def words_page(page: Page, rows: Iterable[Row]) -> None:
    """Add the words that changed, for each folder of a client, and their number."""
    number = 0
    for row in rows:
        number += row.size
        page.line(row.folder)
        for label, words, meaning in (
            ("both", row.both, "new on both sides"),
            ("client", row.client, "new in the client, which the server had"),
            ("server", row.server, "new in the server, which the client had"),
            ("gone", row.gone, "not shared any more"),
        ):
            if words:
                page.line(f"{label}: {meaning}", indent=2)
                for word in words:
                    page.line(toml_string(word), indent=4)
    page.line(f"{counted(number, 'word')} to explain", colour="" if number else "good")


def _change(page: Page, one: Difference) -> None:
    page.line(
        f"{_WORDS[one.weight]}: {one.change_class.title}: {one.what}", hang=2, colour=_COLOURS[one.weight]
    )
    page.item("pairs", ", ".join(PAIRS[pair] for pair in one.pairs), indent=2)
    page.item("old", one.old, indent=2)
    page.item("new", one.new, indent=2)
    page.item("request", _listed(one.carried.requests), indent=2)
    page.item("response", _listed(one.carried.responses), indent=2)


def _listed(methods: tuple[str, ...]) -> str:
    more = len(methods) - _LISTED
    tail = f" and {more} more" if more > 0 else ""
    return f"{', '.join(methods[:_LISTED])}{tail}"
