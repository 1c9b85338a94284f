"""Reading rpm packages from a file's header or from the tags of a spec."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.errors import PackageError, RelationError, VersionError
from pkgguard.families import limits
from pkgguard.families.expression import Constraint, Operator
from pkgguard.families.interface import Package, Relation
from pkgguard.families.rpm.dependency_syntax import FIELDS
from pkgguard.families.rpm.header import read_tags
from pkgguard.families.rpm.relation import field_of, parse, relation_from_header
from pkgguard.families.rpm.rich import render
from pkgguard.families.rpm.rpm_facts import isa_of
from pkgguard.families.rpm.tags import TRIPLES, Tag
from pkgguard.families.rpm.version import join, key, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pkgguard.families.rpm.readers import Tags

_TAG_LINE: Final = r"([A-Za-z][A-Za-z0-9]*(?:\([^)]*\))?)\s*:\s*(.*)"
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*")
_PART: Final = re.compile(r"[A-Za-z0-9._+~^]+")
_SECTION: Final = r"%(package|description|prep|build|install|files|pre|post|changelog)\b"
_DEFINITION: Final = r"%(global|define|undefine)\b"
_SOURCE_RPM: Final = re.compile(r"(.+)-[^-]+-[^-]+\.(?:no)?src\.rpm")
_SINGLE: Final = {
    "name": "Name",
    "version": "Version",
    "release": "Release",
    "epoch": "Epoch",
    "arch": "BuildArch",
    "buildarch": "BuildArch",
    "buildarchitectures": "BuildArch",
    "sourcerpm": "SourceRPM",
}
_LARGEST_EPOCH: Final = 2**32 - 1
_LONG_NUMBER: Final = re.compile(f"[0-9]{{{limits.DIGITS + 1}}}")


def read(path: Path) -> Package:
    """Read the metadata of an .rpm file from its header.

    The digests of the header are verified, signatures are not, and the payload
    is not read. Relations that rpmbuild would not write go to ``malformed``.
    ``attributes`` is empty.

    Raises :class:`PackageError` if the file is not a regular file or not a binary rpm
    package, or if its header breaks a rule or a limit of the format or does not match
    its digests.
    """
    tags = read_tags(path)
    where = str(path)
    if any(tags.numbers.get(Tag.SOURCEPACKAGE, ())) or Tag.SOURCERPM not in tags.texts:
        raise PackageError(
            where,
            "",
            "this is a source package, which cannot be installed",
            "give the packages that are built from it",
        )
    name = _single(where, tags, Tag.NAME)
    version = _version_of(
        where,
        name,
        "".join(map(str, tags.numbers.get(Tag.EPOCH, ()))),
        _single(where, tags, Tag.VERSION),
        _single(where, tags, Tag.RELEASE),
    )
    relations: list[Relation] = []
    malformed: list[tuple[str, str, str]] = []
    for field in FIELDS:
        found = list(triples(where, tags, field))
        if len(relations) + len(malformed) + len(found) > limits.RELATIONS:
            reason = f"there are more than {limits.RELATIONS} relations"
            raise PackageError(where, field, reason, "write fewer")
        for one, flags, evr in found:
            spend()
            try:
                relations.append(relation_from_header(field, one, flags, evr))
            except RelationError as error:
                whole = f"{one} {evr}".strip()
                malformed.append((field, whole, error.within(whole)))
    if not tags.region:
        # rpm adds this Provides, which rpm before 4.0 did not write (providePackageNVR in its
        # lib/headerutil.c).
        itself = _provided(name, version)
        relations += () if itself in relations else (itself,)
    origin = _SOURCE_RPM.fullmatch(_single(where, tags, Tag.SOURCERPM))
    return Package(
        "rpm",
        name,
        version,
        _single(where, tags, Tag.ARCH),
        tuple(relations),
        tuple(malformed),
        source=origin[1] if origin else "",
        path=where,
    )


def describe(text: str) -> Package:
    """Read a package's metadata from the tags of a spec's preamble.

    ``text`` has ``Name:``, ``Version:``, ``Release:``, and maybe ``Epoch:``,
    ``BuildArch:`` (default: noarch), ``SourceRPM:`` (the source file named in a built
    package) and relation tags. Other tags are ignored, and reading ends at the first
    section such as ``%description``. As in rpmbuild, the package's own name is added to
    its Provides. Macros are not expanded: a relation with a macro goes to
    ``malformed``.

    Raises :class:`PackageError` for a line that is not a tag and for a missing or
    invalid name, version, release, epoch or architecture.
    """
    single: dict[str, str] = {}
    relations: list[Relation] = []
    malformed: list[tuple[str, str, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if re.match(_SECTION, stripped):
            break
        if not stripped or stripped.startswith("#") or re.match(_DEFINITION, stripped):
            continue
        if stripped.startswith("%"):
            malformed.append(("", stripped, "a macro on a line of its own is not expanded"))
            continue
        found = re.fullmatch(_TAG_LINE, stripped)
        if not found:
            raise PackageError("", f"line {number}", f"{stripped!r} is not a tag", "write 'Tag: value'")
        tag, value = found[1], found[2].strip()
        if known := _SINGLE.get(tag.lower()):
            if known in single:
                raise PackageError("", f"line {number}", f"{known} occurs twice", "keep one of them")
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
    """Return a package with relations as text; raise :class:`PackageError` as :func:`describe` does.

    ``version`` is ``[epoch:]version[-release]``; the default release is 1.
    ``relations`` maps tags to the lines that a spec would have. An empty
    ``architecture`` means noarch.
    """
    for tag in relations:
        if field_of(tag) is None:
            known = ", ".join(FIELDS)
            raise PackageError("", tag, "is not a relation of an rpm package", f"use one of {known}")
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
            "", "BuildArch", f"{architecture!r} is not an architecture", "name one, such as noarch"
        )
    if architecture == "src":
        raise PackageError(
            "", "BuildArch", "this is a source package", "describe the packages that are built from it"
        )
    epoch = single.get("Epoch", "")
    if "Epoch" in single and (not epoch.isascii() or not epoch.isdigit() or int(epoch[:20]) > _LARGEST_EPOCH):
        raise PackageError("", "Epoch", f"{epoch!r} is not an epoch", "write a number below 4294967296")
    version = _version_of("", name, epoch, single["Version"], single["Release"])
    own = [name]
    if isa := isa_of(architecture):
        own.append(f"{name}({isa})")
    implicit = [_provided(one, version) for one in own]
    relations += [relation for relation in implicit if relation not in relations]
    origin = _SOURCE_RPM.fullmatch(single.get("SourceRPM", ""))
    source = origin[1] if origin else ""
    return Package("rpm", name, version, architecture, tuple(relations), tuple(malformed), source=source)


def _provided(name: str, version: str) -> Relation:
    expression = Constraint(name, Operator.EQUAL, version)
    return Relation("Provides", render(expression), expression)


def _version_of(path: str, name: str, epoch: str, version: str, release: str) -> str:
    """Return the full version, after rpmbuild's checks of the name and of each part."""
    if not _NAME.fullmatch(name) or ".." in name:
        raise PackageError(path, "Name", f"{name!r} is not a package name", "use letters, digits and . _ + -")
    for tag, part in (("Version", version), ("Release", release)):
        if not _PART.fullmatch(part):
            reason = f"{part!r} contains characters other than letters, digits and . _ + ~ ^"
            raise PackageError(path, tag, reason, "write the value that macros expand to")
    full = join(epoch, version, release)
    try:
        key(full)
    except VersionError as error:
        raise PackageError(path, "Version", str(error)) from error
    return full


def _single(path: str, tags: Tags, tag: Tag) -> str:
    (value,) = tags.texts.get(tag) or (b"",)
    if not value:
        raise PackageError(path, tag.name.lower(), "the tag is missing or empty", "build the package again")
    return _text(path, tag, value)


def _text(path: str, tag: Tag, value: bytes) -> str:
    place = tag.name.lower()
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PackageError(path, place, "the text is not UTF-8", "build the package again") from error
    if len(text) > limits.DIGITS and _LONG_NUMBER.search(text):
        reason = f"it holds a number of more than {limits.DIGITS} digits"
        raise PackageError(path, place, reason, "build the package again")
    return text


def triples(path: str, tags: Tags, field: str) -> Iterator[tuple[str, int, str]]:
    """Yield the (name, flags, version) triples of one relation field of a header."""
    name_tag, flags_tag, version_tag = TRIPLES[field]
    names, flags = tags.texts.get(name_tag), tags.numbers.get(flags_tag)
    versions = tags.texts.get(version_tag)
    if names is None and flags is None and versions is None:
        return
    if names is None or flags is None or versions is None:
        raise PackageError(
            path, field, "names, flags and versions are not all present", "build the package again"
        )
    if not len(names) == len(flags) == len(versions):
        reason = f"{len(names)} names, {len(flags)} flags and {len(versions)} versions do not match"
        raise PackageError(path, field, reason, "build the package again")
    for name, number, version in zip(names, flags, versions, strict=True):
        yield _text(path, name_tag, name), number, _text(path, version_tag, version)
