"""Reading parcels: a line that names the format, then ``field: value`` lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pkgguard.families.parcel.relation import FIELDS, parse
from pkgguard.families.parcel.summary import SUMMARY
from pkgguard.families.parcel.version import key

from pkgguard.errors import PackageError, RelationError
from pkgguard.families.interface import Package

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pkgguard.families.interface import Relation


def read(path: Path) -> Package:
    """Read a parcel."""
    text = path.read_bytes().removeprefix(SUMMARY.magic).decode("utf-8")
    return _package(text, str(path))


def describe(text: str) -> Package:
    """Read a parcel's lines."""
    return _package(text, "")


def compose(name: str, version: str, architecture: str, relations: Mapping[str, Sequence[str]]) -> Package:
    """Make a parcel."""
    lines = [f"name: {name}", f"version: {version}", f"machine: {architecture or 'any'}"]
    return describe(
        "\n".join([*lines, *(f"{field}: {one}" for field, some in relations.items() for one in some)])
    )


def _package(text: str, path: str) -> Package:
    given: dict[str, str] = {}
    relations: list[Relation] = []
    malformed: list[tuple[str, str, str]] = []
    for line in text.splitlines():
        field, colon, value = (part.strip() for part in line.partition(":"))
        if not colon:
            raise PackageError(path, line, "is not a field and a value", "write name: value")
        if field in FIELDS:
            try:
                relations += parse(field, value)
            except RelationError as error:
                malformed.append((field, value, error.reason))
        else:
            given[field] = value
    missing = {"name", "version", "machine"} - given.keys()
    if missing:
        raise PackageError(path, "", f"has no {', '.join(sorted(missing))}", "add the field")
    key(given["version"])
    return Package(
        "parcel",
        given["name"],
        given["version"],
        given["machine"],
        tuple(relations),
        tuple(malformed),
        path=path,
    )
