"""What is fuzzed: every function that reads what others wrote, and what must hold of it.

Each target takes bytes and lets nothing escape but a broken promise: only the
documented exceptions may be raised, and what was accepted must be consistent.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pkgguard.errors import ManifestError, PackageError, ProtocolError, RelationError, VersionError
from pkgguard.families.deb import package as deb
from pkgguard.families.deb import relation as deb_relation
from pkgguard.families.deb import version as deb_version
from pkgguard.families.rpm import package as rpm
from pkgguard.families.rpm import relation as rpm_relation
from pkgguard.families.rpm import version as rpm_version
from pkgguard.families.rpm.dependency_syntax import FIELDS
from pkgguard.manifest.read import parse_manifest
from pkgguard.protocol.differences import differences
from pkgguard.protocol.record_text import parse_record, write_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from pkgguard.families.interface import Package

CORPUS = Path(__file__).parent / "corpus"
_FOLDER = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def _read(read: Callable[[Path], Package], data: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=_FOLDER) as file:
        file.write(data)
        file.flush()
        try:
            package = read(Path(file.name))
        except PackageError as error:
            refused = error
        else:
            refused = None
    if refused is not None:
        assert refused.path == file.name
        assert refused.reason
        assert str(refused)
        return
    assert package.name
    assert package.version
    assert package.architecture


def fuzz_deb(data: bytes) -> None:
    _read(deb.read, data)


def fuzz_rpm(data: bytes) -> None:
    _read(rpm.read, data)


def fuzz_deb_control(data: bytes) -> None:
    with contextlib.suppress(PackageError):
        deb.describe(data.decode("utf-8", "surrogateescape"))


def fuzz_rpm_preamble(data: bytes) -> None:
    with contextlib.suppress(PackageError):
        rpm.describe(data.decode("utf-8", "surrogateescape"))


def fuzz_deb_relations(data: bytes) -> None:
    """Read the text after the first byte as the field that the first byte picks."""
    field = deb_relation.RELATION_FIELDS[(data or b"\0")[0] % len(deb_relation.RELATION_FIELDS)]
    try:
        found = deb_relation.parse(field, data[1:].decode("utf-8", "replace"))
    except RelationError as error:
        str(error)
        return
    for one in found:
        again = deb_relation.parse(field, deb_relation.render(one.expression))
        assert [each.expression for each in again] == [one.expression], one


def fuzz_rpm_relations(data: bytes) -> None:
    """Read the text after the first byte as a spec's line and as a header's triple."""
    field = FIELDS[(data or b"\0")[0] % len(FIELDS)]
    text = data[1:].decode("utf-8", "replace")
    with contextlib.suppress(RelationError):
        for one in rpm_relation.parse(field, text):
            again = rpm_relation.parse(field, rpm_relation.render(one.expression))
            assert [each.expression for each in again] == [one.expression], one
    name, _, version = text.partition("\n")
    flags = int.from_bytes(data[1:5], "big") & 0x18000EE | 8
    with contextlib.suppress(RelationError):
        rpm_relation.relation_from_header(field, name, flags, version)


def fuzz_deb_version(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    with contextlib.suppress(VersionError):
        key = deb_version.key(text)
        assert key == deb_version.key(text)
        assert deb_version.key(f"{text}~") < key < deb_version.key(f"{text}+1") or text.endswith("-")


def fuzz_rpm_version(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    with contextlib.suppress(VersionError):
        key = rpm_version.key(text)
        assert key == rpm_version.key(text)


def fuzz_manifest(data: bytes) -> None:
    try:
        parse_manifest(data.decode("utf-8", "replace"))
    except ManifestError as error:
        mistakes = error.mistakes
    else:
        return
    assert mistakes
    assert all(map(str, mistakes))


def fuzz_protocol_record(data: bytes) -> None:
    try:
        record = parse_record(data, "record")
        found = record.schema()
    except ProtocolError as error:
        refused: ProtocolError | None = error
    else:
        refused = None
    if refused is not None:
        assert refused.reason
        assert str(refused)
        return
    again = parse_record(write_record(record).encode(), "record")
    assert again.schema() == found
    assert differences(found, found) == ()


TARGETS = {
    one.__name__.removeprefix("fuzz_"): one
    for one in (
        fuzz_deb,
        fuzz_rpm,
        fuzz_deb_control,
        fuzz_rpm_preamble,
        fuzz_deb_relations,
        fuzz_rpm_relations,
        fuzz_deb_version,
        fuzz_rpm_version,
        fuzz_manifest,
        fuzz_protocol_record,
    )
}
