"""What changed between two versions of a protocol, of which class each change is, and whom it breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pkgguard.budget import spend
from pkgguard.protocol.change_classes import Pairing, Weight, change_classes
from pkgguard.protocol.declarations import method_line
from pkgguard.protocol.enum_differences import enum_findings
from pkgguard.protocol.field_differences import message_findings
from pkgguard.protocol.pairing import paired_services
from pkgguard.protocol.usage import ENUM, MESSAGE, Carried, Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pkgguard.protocol.change_classes import ChangeClass
    from pkgguard.protocol.model import Schema
    from pkgguard.protocol.pairing import Services


class Difference(NamedTuple):
    """One change.

    ``what`` names the part of the protocol, by its new name if it has one. ``old`` and
    ``new`` are its declarations, each empty if that version does not have it.
    ``carried`` are the methods whose messages it changes; ``pairs`` are the pairs of
    releases that it is about.
    """

    change_class: ChangeClass
    what: str
    old: str
    new: str
    carried: Carried
    pairs: tuple[Pairing, ...]

    @property
    def weight(self) -> Weight:
        """Whether it breaks something."""
        return self.change_class.weight

    @property
    def broken(self) -> tuple[Pairing, ...]:
        """The pairs that it certainly breaks."""
        return self.pairs if self.weight is Weight.BREAKS else ()


_NOWHERE = Carried((), ())


def differences(old: Schema, new: Schema) -> tuple[Difference, ...]:
    """Return all changes from one version to another, the gravest class first and by name within a class."""
    services = paired_services(old, new)
    usage = Usage(old, new, services)
    found = [
        *_of_services(services),
        *_of_types(old, new, usage),
        *_only_in_one(old, new, usage),
    ]
    return tuple(sorted(found, key=lambda one: (one.change_class.order, one.what, one.old, one.new)))


def _plain(id: str, what: str, old: str = "", new: str = "") -> Difference:  # noqa: A002
    one = change_classes()[id]
    return Difference(one, what, old, new, _NOWHERE, one.pairs)


def _of_services(services: Services) -> Iterator[Difference]:
    for old, new in services.same:
        if old.name != new.name:
            yield _plain("service-renamed", new.name, f"service {old.name}", f"service {new.name}")
        before, after = ({one.name: one for one in service.methods} for service in (old, new))
        for name in before.keys() - after.keys():
            yield _plain("method-removed", f"{old.name}/{name}", old=method_line(before[name]))
        for name in after.keys() - before.keys():
            yield _plain("method-added", f"{new.name}/{name}", new=method_line(after[name]))
        for name in before.keys() & after.keys():
            spend()
            one, other = before[name], after[name]
            if one[3:] != other[3:]:
                yield _plain("streaming-changed", f"{new.name}/{name}", method_line(one), method_line(other))
    for service in services.removed:
        for one in service.methods:
            yield _plain("method-removed", f"{service.name}/{one.name}", old=method_line(one))
    for service in services.added:
        for one in service.methods:
            yield _plain("method-added", f"{service.name}/{one.name}", new=method_line(one))


def _of_types(old: Schema, new: Schema, usage: Usage) -> Iterator[Difference]:
    classes = change_classes()
    for pair in usage:
        spend()
        if pair.kind == MESSAGE:
            findings = message_findings(old, new, pair, usage.fields[pair])
        else:
            findings = enum_findings(old.enums[pair.old], new.enums[pair.new])
        carried: Carried | None = None
        for finding in findings:
            carried = carried or usage.carried(pair)
            own = finding.id
            if own in {"field-added", "field-removed"}:
                # A message that no method carries may be a request.
                side = "response" if carried.responses and not carried.requests else "request"
                own = f"{side}-{own}"
            one = classes[own]
            pairs = one.affects(carried.sides, finding.written)
            yield Difference(one, finding.what, finding.old, finding.new, carried, pairs)
        if pair.old != pair.new and not (_is_entry(old, pair.old) or _is_entry(new, pair.new)):
            yield Difference(
                classes["type-renamed"], f"{pair.old} -> {pair.new}", f"{pair.kind} {pair.old}",
                f"{pair.kind} {pair.new}", usage.carried(pair), (),
            )  # fmt: skip


def _is_entry(schema: Schema, name: str) -> bool:
    """Return whether a type is the entry of a map, whose name follows from that of the field."""
    return name in schema.messages and schema.messages[name].map_entry


def _only_in_one(old: Schema, new: Schema, usage: Usage) -> Iterator[Difference]:
    before = {(pair.kind, pair.old) for pair in usage}
    after = {(pair.kind, pair.new) for pair in usage}
    for kind, olds, news in ((MESSAGE, old.messages, new.messages), (ENUM, old.enums, new.enums)):
        for name in olds.keys() - news.keys():
            if (kind, name) not in before and not _is_entry(old, name):
                yield _plain(f"{kind}-removed", name, old=f"{kind} {name}")
        for name in news.keys() - olds.keys():
            if (kind, name) not in after and not _is_entry(new, name):
                yield _plain(f"{kind}-added", name, new=f"{kind} {name}")
