"""The JSON documents of protocols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pkgguard.protocol.change_classes import Weight
from pkgguard.protocol.declarations import parts_of
from pkgguard.protocol.entries import table_of
from pkgguard.report.json_document import clean, diagnostic, head

if TYPE_CHECKING:
    from pkgguard.manifest.discover import Found
    from pkgguard.protocol.differences import Difference
    from pkgguard.protocol.entries import Entry
    from pkgguard.protocol.model import Schema
    from pkgguard.protocol.verification import Verified
    from pkgguard.protocol.words import Row


def protocol_document(schema: Schema, source: str) -> dict[str, Any]:
    """Return a protocol as the declarations of its services, messages and enums."""
    parts = [{"kind": one.kind, "name": one.name, "lines": list(one.lines)} for one in parts_of(schema)]
    return clean(head("protocol", None) | {"source": source, "parts": parts})


def protocol_difference_document(found: tuple[Difference, ...], old: str, new: str) -> dict[str, Any]:
    """Return the changes of a protocol, with those that only look like one."""
    return clean(
        head("protocol-diff", None)
        | {
            "old": old,
            "new": new,
            "summary": {weight.value: sum(one.weight is weight for one in found) for weight in Weight},
            "changes": [
                {
                    "class": one.change_class.id,
                    "weight": one.weight.value,
                    "title": one.change_class.title,
                    "explanation": one.change_class.explanation,
                    "what": one.what,
                    "pairs": [pair.value for pair in one.pairs],
                    "old": one.old,
                    "new": one.new,
                    "requests": list(one.carried.requests),
                    "responses": list(one.carried.responses),
                }
                for one in found
            ],
        }
    )


def entries_document(entries: tuple[Entry, ...]) -> dict[str, Any]:
    """Return the entries of a manifest for the changes of a protocol."""
    return clean(head("protocol-entries", None) | {"entries": [table_of(entry) for entry in entries]})


def verification_document(result: Verified, found: Found) -> dict[str, Any]:
    """Return whether a manifest and the records of its protocols agree."""
    return clean(
        head("protocol-verification", found)
        | {
            "records": list(result.records),
            "findings": [diagnostic(one) for one in result.findings],
            "difference": list(result.difference),
        }
    )


def words_document(rows: tuple[Row, ...], old: str, new: str) -> dict[str, Any]:
    """Return the words of both sides that changed."""
    lists = ("both", "client", "server", "gone")
    found = [{"folder": row.folder, **{name: list(getattr(row, name)) for name in lists}} for row in rows]
    return clean(head("protocol-words", None) | {"old": old, "new": new, "rows": found})
