"""rpm packages read from a file's header, or described by the tags of a spec."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from pkgguard.errors import PackageError, RelationError, VersionError
from pkgguard.families import limits
from pkgguard.families.expression import Constraint, Operator
from pkgguard.families.interface import Package, Relation
from pkgguard.families.rpm.features import isa_of
from pkgguard.families.rpm.header import read_headers
from pkgguard.families.rpm.relation import field_of, parse, relation_from_header
from pkgguard.families.rpm.rich import render
from pkgguard.families.rpm.version import key, split
from pkgguard.families.rpm.words import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

# rpmfile's own names of the tags; two of them are irregular.
_HEADER_NAMES: Final = {
    "Provides": ("provides", "provideflags", "provideversion"),
    "Requires": ("requirename", "requireflags", "requireversion"),
    "Conflicts": ("conflictname", "conflictflags", "conflictversion"),
    "Obsoletes": ("obsoletes", "obsoleteflags", "obsoleteversion"),
    "Recommends": ("recommendname", "recommendflags", "recommendversion"),
    "Suggests": ("suggestname", "suggestflags", "suggestversion"),
    "Supplements": ("supplementname", "supplementflags", "supplementversion"),
    "Enhances": ("enhancename", "enhanceflags", "enhanceversion"),
}
_TAG_LINE: Final = re.compile(r"([A-Za-z][A-Za-z0-9]*(?:\([^)]*\))?)\s*:\s*(.*)")
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*")
_PART: Final = re.compile(r"[A-Za-z0-9._+~^]+")
_SECTION: Final = re.compile(r"%(package|description|prep|build|install|files|pre|post|changelog)\b")
_DEFINITION: Final = re.compile(r"%(global|define|undefine)\b")
_SOURCE_RPM: Final = re.compile(r"(.+)-[^-]+-[^-]+\.(?:no)?src\.rpm")
_SINGLE: Final = {
    "name": "Name",
    "version": "Version",
    "release": "Release",
    "epoch": "Epoch",
    "arch": "BuildArch",
    "buildarch": "BuildArch",
    "buildarchitectures": "BuildArch",
}
_LARGEST_EPOCH: Final = 2**32 - 1
_LONG_NUMBER: Final = re.compile(f"[0-9]{{{limits.DIGITS + 1}}}")


def read(path: Path) -> Package:
    """Read the metadata of an .rpm file from its header.

    The digests of the header are verified, signatures are not, and the payload
    is not read. Relations that rpmbuild would not write go to ``malformed``.
    ``attributes`` is empty.

    Raises :class:`PackageError` where the file is no regular file, no binary
    rpm package, or its header breaks a rule or a limit of the format or is not
    what its digests say.
    """
    headers = read_headers(path)
    where = str(path)
    if headers.get("sourcepackage") or "sourcerpm" not in headers:
        raise PackageError(
            where,
            "",
            "this is a source package, which nothing is installed from",
            "give the packages built of it",
        )
    name = _scalar(where, headers, "name")
    version = _version_of(
        where,
        name,
        str(_epoch(where, headers)),
        _scalar(where, headers, "version"),
        _scalar(where, headers, "release"),
    )
    relations: list[Relation] = []
    malformed: list[tuple[str, str, str]] = []
    for field in FIELDS:
        for one, flags, evr in _triples(where, headers, field):
            try:
                relations.append(relation_from_header(field, one, flags, evr))
            except RelationError as error:
                whole = f"{one} {evr}".strip()
                malformed.append((field, whole, error.within(whole)))
        if len(relations) + len(malformed) > limits.RELATIONS:
            reason = f"there are more than {limits.RELATIONS} relations"
            raise PackageError(where, field, reason, "say it in fewer")
    origin = _SOURCE_RPM.fullmatch(_scalar(where, headers, "sourcerpm"))
    return Package(
        "rpm",
        name,
        version,
        _scalar(where, headers, "arch"),
        tuple(relations),
        tuple(malformed),
        source=origin[1] if origin else "",
        path=where,
    )


def describe(text: str) -> Package:
    """Read a package's metadata from the tags of a spec's preamble.

    ``text`` holds ``Name:``, ``Version:``, ``Release:``, maybe ``Epoch:`` and
    ``BuildArch:`` (absent: noarch), and relation tags; other tags are passed
    over, and reading ends at the first section such as ``%description``. As
    rpmbuild does, the package's own name is added to what it provides. Macros
    are not expanded: a relation that holds one goes to ``malformed``.

    Raises :class:`PackageError` for a line that is no tag and for a missing or
    invalid name, version, release, epoch or architecture.
    """
    single: dict[str, str] = {}
    relations: list[Relation] = []
    malformed: list[tuple[str, str, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if _SECTION.match(stripped):
            break
        if not stripped or stripped.startswith("#") or _DEFINITION.match(stripped):
            continue
        if stripped.startswith("%"):
            malformed.append(("", stripped, "a macro that stands in a line of its own is not expanded"))
            continue
        found = _TAG_LINE.fullmatch(stripped)
        if not found:
            raise PackageError("", f"line {number}", f"{stripped!r} is no tag", "write 'Tag: value'")
        tag, value = found[1], found[2].strip()
        if known := _SINGLE.get(tag.lower()):
            if known in single:
                raise PackageError("", f"line {number}", f"{known} stands there twice", "keep one of them")
            single[known] = value
            continue
        try:
            field = field_of(tag)
            if field is not None:
                relations += parse(field, value)
        except RelationError as error:
            malformed.append((error.field, value, error.within(value)))
    return _described(single, relations, malformed)


def compose(name: str, version: str, architecture: str, relations: Mapping[str, Sequence[str]]) -> Package:
    """Make a package from relations as text; raise :class:`PackageError` as :func:`describe` does.

    ``version`` is ``[epoch:]version[-release]``, the release 1 where there is
    none; ``relations`` maps tags to the lines that a spec would have;
    ``architecture`` is noarch where it is empty.
    """
    for tag in relations:
        if field_of(tag) is None:
            known = ", ".join(FIELDS)
            raise PackageError("", tag, "is no relation of an rpm package", f"use one of {known}")
    epoch, upstream, release = split(version)
    tags = [
        ("Name", name),
        ("Version", upstream),
        ("Release", release or "1"),
        ("BuildArch", architecture or "noarch"),
    ]
    tags += [("Epoch", epoch)] if epoch else []
    tags += [(tag, line) for tag, lines in relations.items() for line in lines]
    return describe("".join(f"{tag}: {' '.join(line.split())}\n" for tag, line in tags))


def _described(
    single: Mapping[str, str], relations: list[Relation], malformed: list[tuple[str, str, str]]
) -> Package:
    for tag in ("Name", "Version", "Release"):
        if not single.get(tag):
            raise PackageError("", tag, "the tag is missing or empty", f"add '{tag}:'")
    name, architecture = single["Name"], single.get("BuildArch", "noarch")
    if not _PART.fullmatch(architecture):
        raise PackageError(
            "", "BuildArch", f"{architecture!r} is no architecture", "name one, such as noarch"
        )
    if architecture == "src":
        raise PackageError("", "BuildArch", "this is a source package", "describe the packages built of it")
    epoch = single.get("Epoch", "")
    if "Epoch" in single and (not epoch.isascii() or not epoch.isdigit() or int(epoch[:20]) > _LARGEST_EPOCH):
        raise PackageError("", "Epoch", f"{epoch!r} is no epoch", "write a number below 4294967296")
    version = _version_of("", name, epoch, single["Version"], single["Release"])
    own = [name]
    if isa := isa_of(architecture):
        own.append(f"{name}({isa})")
    implicit = [_provided(one, version) for one in own]
    relations += [relation for relation in implicit if relation not in relations]
    return Package("rpm", name, version, architecture, tuple(relations), tuple(malformed))


def _provided(name: str, version: str) -> Relation:
    expression = Constraint(name, Operator.EQUAL, version)
    return Relation("Provides", render(expression), expression)


def _version_of(path: str, name: str, epoch: str, version: str, release: str) -> str:
    """Join the parts of a full version after rpmbuild's checks of the name and of each part."""
    if not _NAME.fullmatch(name) or ".." in name:
        raise PackageError(path, "Name", f"{name!r} is no package name", "use letters, digits and . _ + -")
    for tag, part in (("Version", version), ("Release", release)):
        if not _PART.fullmatch(part):
            reason = f"{part!r} holds characters other than letters, digits and . _ + ~ ^"
            raise PackageError(path, tag, reason, "write the value that macros expand to")
    full = f"{epoch}:{version}-{release}" if epoch else f"{version}-{release}"
    try:
        key(full)
    except VersionError as error:
        raise PackageError(path, "Version", str(error)) from error
    return full


def _scalar(path: str, headers: Mapping[str, Any], tag: str) -> str:
    value = headers.get(tag)
    if not isinstance(value, bytes) or not value:
        raise PackageError(path, tag, "the tag is missing or no text", "build the package again")
    return _text(path, tag, value)


def _text(path: str, tag: str, value: object) -> str:
    if not isinstance(value, bytes):
        raise PackageError(path, tag, "the tag holds no text", "build the package again")
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PackageError(path, tag, "the text is not UTF-8", "build the package again") from error
    if len(text) > limits.DIGITS and _LONG_NUMBER.search(text):
        reason = f"it holds a number of more than {limits.DIGITS} digits"
        raise PackageError(path, tag, reason, "build the package again")
    return text


def _numbers(path: str, tag: str, value: object) -> list[int]:
    """Give the integers of a tag; rpmfile gives an int for one and a tuple for more."""
    values: list[Any] = list(value) if isinstance(value, tuple | list) else [value]
    if not all(isinstance(one, int) for one in values):
        raise PackageError(path, tag, "the tag holds no numbers", "build the package again")
    return values


def _epoch(path: str, headers: Mapping[str, Any]) -> str:
    value = headers.get("serial")
    if value is None:
        return ""
    numbers = _numbers(path, "epoch", value)
    if len(numbers) != 1 or not 0 <= numbers[0] <= _LARGEST_EPOCH:
        raise PackageError(
            path, "epoch", "it is no single number below 4294967296", "build the package again"
        )
    return str(numbers[0])


def _triples(path: str, headers: Mapping[str, Any], field: str) -> Iterator[tuple[str, int, str]]:
    """Yield the (name, flags, version) triples of one relation field of a header."""
    tags = _HEADER_NAMES[field]
    present = [headers[tag] for tag in tags if headers.get(tag) is not None]
    if not present:
        return
    if len(present) != len(tags):
        raise PackageError(
            path, field, "names, flags and versions do not all stand there", "build the package again"
        )
    names, flags, versions = present
    names = names if isinstance(names, list) else [names]
    versions = versions if isinstance(versions, list) else [versions]
    numbers = _numbers(path, tags[1], flags)
    if not len(names) == len(numbers) == len(versions):
        reason = f"{len(names)} names, {len(numbers)} flags and {len(versions)} versions stand there"
        raise PackageError(path, field, reason, "build the package again")
    for name, number, version in zip(names, numbers, versions, strict=True):
        yield _text(path, tags[0], name), number, _text(path, tags[2], version)
