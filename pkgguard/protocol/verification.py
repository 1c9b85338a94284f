"""Whether a manifest, the records of its protocols and a protocol that is given agree."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.diagnostics import Diagnostic, Severity
from pkgguard.errors import ProtocolError
from pkgguard.protocol.in_manifest import listed_release
from pkgguard.protocol.limits import RECORD
from pkgguard.protocol.record_text import write_record
from pkgguard.protocol.recording import read_record, record_path, steps, with_release
from pkgguard.regular_files import content

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pkgguard.manifest.model import Manifest, Protocol
    from pkgguard.protocol.model import Schema
    from pkgguard.protocol.record_text import Record

NOT_RECORDED: Final = "protocol-not-recorded"
"""A protocol differs from its record."""
NOT_IN_MANIFEST: Final = "protocol-change-not-in-manifest"
"""The record has a change that the manifest does not name."""

LINES: Final = 20_000
"""Lines of a record up to which a difference is shown: the time to find it grows with their square."""


class Verified(NamedTuple):
    """What a verification found: the findings, and the unified diff that makes the records right.

    ``records`` are the paths of the records that were read.
    """

    findings: tuple[Diagnostic, ...]
    difference: tuple[str, ...]
    records: tuple[str, ...]


def verified(
    manifest: Manifest,
    path: str,
    protocols: Iterable[Protocol],
    given: tuple[str, Schema] | None,
    release: str,
) -> Verified:
    """Verify the records of protocols, and one of them against a protocol that is given.

    ``path`` is the manifest's, beside which the records are. ``given`` is the name of a
    source and what it has, which should be what is recorded of ``release`` (empty: of
    the newest one). Raises :class:`ProtocolError` if there is no record at all.
    """
    findings: list[Diagnostic] = []
    lines: list[str] = []
    records: list[str] = []
    for protocol in protocols:
        own = record_path(path, protocol)
        if not own.exists() and given is None:
            continue
        record = read_record(own, protocol)
        records.append(str(own))
        findings += _unnamed(own, record, manifest, protocol)
        source = ""
        if given is not None:
            at = listed_release(manifest, protocol, release or record.releases[record.index_of("")])
            source = f"{given[0]} is not what is recorded of {protocol.server} {at}"
            record = with_release(record, manifest, protocol, at, given[1])
        expected = write_record(record)
        text = content(own, RECORD).decode("utf-8")
        if text != expected:
            message = source or "is not written as records are"
            help = "review the difference, and apply it or run 'pkgguard protocol record'"
            findings.append(Diagnostic(NOT_RECORDED, Severity.ERROR, message, help, path=str(own)))
            lines += unified(str(own), text, expected)
    if not records:
        help = "write one with 'pkgguard protocol record --release RELEASE SOURCE'"
        raise ProtocolError(path, "", "no protocol of the manifest has a record beside it", help)
    return Verified(tuple(findings), tuple(lines), tuple(records))


def unified(path: str, old: str, new: str) -> list[str]:
    """Return the unified diff of two texts of a file; it is left out if they are too long to compare."""
    before, after = (text.splitlines(keepends=True) for text in (old, new))
    if max(len(before), len(after)) > LINES:
        return []
    return [line.rstrip("\n") for line in difflib.unified_diff(before, after, path, path)]


def _unnamed(path: Path, record: Record, manifest: Manifest, protocol: Protocol) -> Iterator[Diagnostic]:
    """Yield a finding for each change between two recorded releases that the manifest does not name."""
    for step in steps(record, manifest, protocol):
        for one in step.unnamed(manifest, protocol):
            yield Diagnostic(
                NOT_IN_MANIFEST,
                Severity.ERROR,
                f"{step.new}: {one.change_class.title}: {one.what}: no change of the manifest names it",
                f'add a change with server = "{step.new}" that has it in what',
                path=str(path),
                releases=(step.old.text, step.new.text),
            )
