"""The record of a protocol beside its manifest: what each release changed, and what the manifest names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pkgguard.errors import ProtocolError
from pkgguard.protocol.change_classes import Weight, change_classes
from pkgguard.protocol.differences import differences
from pkgguard.protocol.entries import entries, table_of
from pkgguard.protocol.limits import RECORD
from pkgguard.protocol.record_text import Record, parse_record
from pkgguard.regular_files import content

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pkgguard.manifest.model import Change, Manifest, Protocol
    from pkgguard.protocol.differences import Difference
    from pkgguard.protocol.model import Schema
    from pkgguard.versions.release import Release


class Step(NamedTuple):
    """What changed from one recorded release to the next one."""

    old: Release
    new: Release
    found: tuple[Difference, ...]

    def unnamed(self, manifest: Manifest, protocol: Protocol) -> list[Difference]:
        """Return the changes that matter and that no change of the manifest between the two names."""
        known = {
            what
            for change in manifest.changes
            if change.protocol == protocol.name and self._has(change)
            for what in change.what
        }
        return [one for one in self.found if one.weight is not Weight.NONE and one.what not in known]

    def _has(self, change: Change) -> bool:
        # What only the end of one branch got seems to be undone at the beginning of the next one.
        undone = len(change.server) > 1 and self.old.branch != self.new.branch
        return undone or any(self.old < one <= self.new for one in change.server)


def record_path(manifest: str, protocol: Protocol) -> Path:
    """Return where the record of a protocol is: beside the manifest, with the name of the protocol."""
    return Path(manifest).parent / f"{protocol.name}.protocol"


def read_record(path: Path, protocol: Protocol) -> Record:
    """Read the record of a protocol. Raises :class:`ProtocolError` and :class:`OSError`."""
    record = parse_record(content(path, RECORD + 1), str(path))
    if record.protocol != protocol.name:
        reason = f"is the record of {record.protocol}, not of {protocol.name}"
        raise ProtocolError(str(path), "", reason, "rename one of the two")
    return record


def with_release(
    record: Record, manifest: Manifest, protocol: Protocol, release: Release, schema: Schema
) -> Record:
    """Return a record with a release in its place among the others, or in place of what it has of it."""
    place = sum(one < release for one in listed_releases(record, manifest, protocol))
    return record.with_release(release.text, schema, place)


def listed_releases(record: Record, manifest: Manifest, protocol: Protocol) -> list[Release]:
    """Return the releases of a record; raise :class:`ProtocolError` if the manifest does not list one."""
    component = manifest.components[protocol.server]
    found: list[Release] = []
    for text in record.releases:
        release = component.by_text.get(text)
        place = f"release {text}"
        if release is None:
            reason = f"is not in the releases of [component.{component.name}]"
            raise ProtocolError(record.source, place, reason, "add it there, or take it out of the record")
        if found and not found[-1] < release:
            raise ProtocolError(record.source, place, f"is not newer than {found[-1]}", "sort the releases")
        found.append(release)
    return found


def steps(record: Record, manifest: Manifest, protocol: Protocol) -> Iterator[Step]:
    """Yield what changed between the recorded releases, in their order."""
    before: tuple[Release, Schema] | None = None
    gone: dict[tuple[str, str], Difference] = {}
    for release in listed_releases(record, manifest, protocol):
        schema = record.schema(release.text)
        if before is not None:
            found = differences(before[1], schema)
            yield Step(before[0], release, (*found, *_used_again(found, gone)))
        before = (release, schema)


def _used_again(found: Iterable[Difference], gone: dict[tuple[str, str], Difference]) -> Iterator[Difference]:
    """Yield the fields that were added with the number of another one, and keep those that were removed.

    ``gone`` has the removed fields by the name of their message and their number.
    """
    removed = {}
    for one in found:
        message, _, name = one.what.rpartition(".")
        if one.change_class.id.endswith("field-removed"):
            removed[message, _number(one.old)] = one
        elif one.change_class.id.endswith("field-added"):
            other = gone.get((message, _number(one.new)))
            if other is not None and other.what.rpartition(".")[2] != name:
                again = change_classes()["number-used-again"]
                pairs = again.affects(one.carried.sides)
                yield one._replace(change_class=again, old=other.old, pairs=pairs)
    gone |= removed


def _number(line: str) -> str:
    """Return the number of a field from its declaration."""
    return line.partition(" = ")[2].partition(" ")[0]


def missing_changes(
    record: Record, manifest: Manifest, protocol: Protocol, release: Release
) -> list[dict[str, Any]]:
    """Return the entries for what a release changed, unless the manifest has them.

    What the manifest says of the next recorded release is left to a person: the change
    may belong to this one.
    """
    found = []
    following = [one for one in steps(record, manifest, protocol) if release in (one.old, one.new)]
    for step in following:
        if step.new == release:
            last = following[-1].new
            unnamed = step._replace(new=last).unnamed(manifest, protocol)
            found += [table_of(one) for one in entries(unnamed, manifest, protocol, release.text)]
    return found
