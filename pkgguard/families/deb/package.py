"""Reading the metadata of a binary package, from its file or from its control stanza.

Sources: deb-control(5) and Debian Policy 5.3 for the stanza. This module refuses what
the library or dpkg refuses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.errors import PackageError, RelationError, VersionError
from pkgguard.families import limits
from pkgguard.families.deb import architecture as architectures
from pkgguard.families.deb.archive import control_of
from pkgguard.families.deb.relation import RELATION_FIELDS, parse
from pkgguard.families.deb.version import key
from pkgguard.families.expression import constraints
from pkgguard.families.interface import Package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pkgguard.families.interface import Relation

ATTRIBUTES: Final = ("Multi-Arch", "Essential", "Protected", "Important", "Priority")

_FIELD: Final = re.compile(r"([!-,.-9;-~][!-9;-~]*):(.*)", re.DOTALL)
_SHORTEST_FIELD: Final = 2
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9+._-]*")
_CANONICAL: Final = {field.lower(): field for field in RELATION_FIELDS}
# Fields that dpkg reads as other fields, or refuses in a package; each with its help.
_STRANGE: Final = {
    "recommended": "write Recommends: dpkg reads it as that",
    "optional": "write Suggests: dpkg reads it as that",
    "class": "write Priority: dpkg reads it as that",
    "revision": "dpkg would add it to the version: write it there",
    "package-revision": "dpkg would add it to the version: write it there",
    "package_revision": "dpkg would add it to the version: write it there",
    "status": "dpkg refuses it in a package: remove it",
    "config-version": "dpkg refuses it in a package: remove it",
    "conffiles": "dpkg writes it itself: list the files in the file conffiles",
    "triggers-pending": "dpkg refuses it in a package: remove it",
    "triggers-awaited": "dpkg refuses it in a package: remove it",
    "packagespec": "dpkg refuses it in a package: remove it",
}
_ONE_LINE: Final = frozenset(
    {"package", "version", "architecture", "source", *_CANONICAL, *(name.lower() for name in ATTRIBUTES)}
)
_LONG_NUMBER: Final = re.compile(f"[0-9]{{{limits.DIGITS + 1}}}")
# An empty value counts as the first one. Neither dpkg nor apt refuses any value of Important.
_CHOICES: Final = {
    "Multi-Arch": ("no", "same", "foreign", "allowed"),
    "Essential": ("no", "yes"),
    "Protected": ("no", "yes"),
}


def read(path: Path) -> Package:
    """Read the metadata of a ``.deb`` file.

    Only its control file is read. Raises :class:`PackageError` if it is not a
    well-formed binary package. Relation fields that cannot be read are not an error;
    they are in ``malformed``.
    """
    return _package(control_of(path), str(path), "control")


def describe(text: str) -> Package:
    """Read a control stanza written as text; raise :class:`PackageError` as :func:`read` does."""
    try:
        return _package(text.strip("\n").encode() + b"\n", "", "control")
    except UnicodeEncodeError:
        raise PackageError("", "control", "the text is not valid Unicode", "write it in UTF-8") from None


def compose(name: str, version: str, architecture: str, relations: Mapping[str, Sequence[str]]) -> Package:
    """Return a package with relations as text; raise :class:`PackageError` as :func:`read` does.

    ``relations`` maps relation fields, and others such as Multi-Arch, to their clauses
    or values. An empty ``architecture`` means amd64.
    """
    for field in relations:
        if field.lower() not in _ONE_LINE:
            known = ", ".join((*RELATION_FIELDS, *ATTRIBUTES))
            raise PackageError("", field, "is not a relationship field", f"use one of {known}")
    stanza = {"Package": name, "Version": version, "Architecture": architecture or "amd64"}
    stanza |= {field: ", ".join(values) for field, values in relations.items() if values}
    return describe("".join(f"{field}: {' '.join(value.split())}\n" for field, value in stanza.items()))


def _package(content: bytes, path: str, place: str) -> Package:
    def refused(field: str, reason: str, help: str) -> PackageError:
        return PackageError(path, f"{place}: {field}" if field else place, reason, help)

    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise refused("", f"byte {error.start} is not UTF-8", "write the control file in UTF-8") from None
    fields = _stanza(text, path, place)
    given = {name.lower(): value for name, value in fields.items()}
    for name in ("Package", "Version", "Architecture"):
        if not given.get(name.lower()):
            raise refused(name, "the field is missing or empty", "add it")
    if not _NAME.fullmatch(given["package"]):
        raise refused(
            "Package", f"{given['package']!r} is not a package name", "use lower-case letters, digits, + - ."
        )
    reason, help = architectures.why_refused(given["architecture"])
    if reason:
        raise refused("Architecture", reason, help)
    try:
        key(given["version"])
    except VersionError as error:
        raise refused("Version", str(error), "write it as described in deb-version(7)") from error

    if given["architecture"] == architectures.ALL and given.get("multi-arch", "").lower() == "same":
        raise refused("Multi-Arch", "dpkg refuses same together with Architecture: all", "write foreign")
    relations, malformed = _relations(fields, refused)
    unknown = architectures.why_unknown(given["architecture"])
    if unknown:
        malformed.append(("Architecture", given["architecture"], unknown))
    attributes = {name: given[name.lower()] for name in ATTRIBUTES if name.lower() in given}
    malformed += _misspelled(attributes)
    return Package(
        family="deb",
        name=given["package"],
        version=given["version"],
        architecture=given["architecture"],
        relations=tuple(relations),
        malformed=tuple(malformed),
        source=given.get("source", ""),
        attributes=attributes,
        path=path,
    )


def _misspelled(attributes: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield the attributes that dpkg refuses, or that apt reads differently from dpkg."""
    for name, choices in _CHOICES.items():
        value = attributes.get(name) or choices[0]
        if value.lower() not in choices:
            yield name, value, f"{value!r} is not one of {', '.join(choices)}"
        elif name == "Multi-Arch" and value not in choices and value.lower() != choices[0]:
            yield name, value, f"apt knows {value.lower()!r} in lower case only"


def _relations(
    fields: Mapping[str, str], refused: Callable[[str, str, str], PackageError]
) -> tuple[list[Relation], list[tuple[str, str, str]]]:
    """Return the clauses of every relation field, and those that cannot be read."""
    relations: list[Relation] = []
    malformed: list[tuple[str, str, str]] = []
    clauses = 0
    for name, value in fields.items():
        field = _CANONICAL.get(name.lower())
        if field is None:
            continue
        clauses += value.count(",") + value.count("|") + 1
        if clauses > limits.RELATIONS:
            raise refused(name, f"there are more than {limits.RELATIONS} relations", "write fewer")
        if field == "Provides" and not value:
            malformed.append((field, value, "apt refuses the field where it is empty"))
            continue
        try:
            parsed = parse(field, value)
        except RelationError as error:
            malformed.append((field, value, error.within(value)))
            continue
        if value != value.lower() and any(_has_capitals(relation) for relation in parsed):
            malformed.append((field, value, "a name has upper-case letters, which dpkg reads as lower case"))
            continue
        if ":" not in value:
            relations += parsed
            continue
        for relation in parsed:
            reason = _foreign_qualifier(relation)
            if reason:
                malformed.append((field, relation.text, reason))
            else:
                relations.append(relation)
    return relations, malformed


def _foreign_qualifier(relation: Relation) -> str:
    """Return why dpkg does not know an architecture qualifier of a relation, or an empty text.

    dpkg reads any qualifier as the name of an architecture. A requirement with an
    unknown one is never met, and a refusal applies at most to provided names. In a
    binary package ``native`` is unknown too. apt reads ``native`` as the native
    architecture in every field except Provides.
    """
    for constraint in constraints(relation.expression):
        if (
            constraint.qualifier
            and constraint.qualifier != "any"
            and not architectures.is_known(constraint.qualifier)
        ):
            whose = ", which belongs in build dependencies" if constraint.qualifier == "native" else ""
            return f"dpkg knows no architecture {constraint.qualifier!r}{whose}; write ':any' or drop it"
    return ""


def _stanza(text: str, path: str, place: str) -> Mapping[str, str]:
    """Return the fields of a control file's only stanza; refuse what the library would silently ignore."""

    def refused(number: int, reason: str, help: str) -> PackageError:
        return PackageError(path, f"{place}: line {number}", reason, help)

    _check_text(text, path, place)
    lines = text.rstrip("\n").split("\n")
    seen: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    last = ""
    for number, line in enumerate(lines, 1):
        spend()
        if not line.strip(" \t"):
            raise refused(number, "a blank line: a second paragraph or none", "write one paragraph")
        if line[0] in " \t":
            if not last:
                raise refused(number, "a continuation line does not follow a field", "start with a field")
            seen[last].append(line)
            continue
        match = _FIELD.fullmatch(line)
        if match is None:
            raise refused(
                number, f"{line[:60]!r} is neither a field nor its continuation", "write 'Name: value'"
            )
        last = match[1].lower()
        if last in _STRANGE:
            raise refused(number, f"the field {match[1]} does not belong in a package", _STRANGE[last])
        if len(last) < _SHORTEST_FIELD:
            raise refused(number, f"the field name {match[1]} is too short for dpkg", "use another")
        if last in seen:
            raise refused(number, f"the field {match[1]} occurs twice", "merge the two")
        seen[last] = [match[2]]
        spelled[last] = match[1]
    if path:
        _check_values(seen, path, place)
    if is_plain(text):
        return {spelled[name]: _value(parts) for name, parts in seen.items()}
    fields = library_fields(lines, path, place)
    if {name.lower(): _squeezed(value) for name, value in fields.items()} != {
        name: _squeezed("".join(parts)) for name, parts in seen.items()
    }:
        reason = "python-debian reads its fields differently from dpkg"
        raise PackageError(path, place, reason, "use only blanks and tabs as white space")
    return fields


def is_plain(text: str) -> bool:
    """Return whether python-debian certainly reads a stanza as this module does.

    It differs if it treats a character as white space that is not a blank, a tab or a
    line end, and if it omits a line as a comment. All other white space in Unicode is
    not printable.
    """
    return text.replace("\n", "").replace("\t", "").isprintable() and "\n#" not in f"\n{text}"


def _value(parts: list[str]) -> str:
    """Return the value of a plain field from the text after its colon and its continuation lines."""
    first, *others = parts
    return "\n".join((first.strip(" \t"), *others)).strip(" \t\n")


def _has_capitals(relation: Relation) -> bool:
    return any(one.name != one.name.lower() for one in constraints(relation.expression))


def _check_text(text: str, path: str, place: str) -> None:
    for char, name in (("\0", "NUL"), ("\x1a", "SUB, which dpkg reads as an end,")):
        if char in text:
            raise PackageError(path, place, f"it holds the control character {name}", "rebuild the package")
    if _LONG_NUMBER.search(text):
        reason = f"it holds a number of more than {limits.DIGITS} digits"
        raise PackageError(path, place, reason, "rebuild the package")
    if not text.endswith("\n"):
        raise PackageError(path, place, "the last line is not ended, which dpkg refuses", "end it")


def _check_values(fields: dict[str, list[str]], path: str, place: str) -> None:
    """Refuse values in the two places where dpkg does not read them."""
    for name, (first, *others) in fields.items():
        if name in _ONE_LINE and others and not first.strip():
            reason = "the value begins on the line after the name, where dpkg does not read it"
            raise PackageError(path, f"{place}: {name}", reason, "begin it after the colon")
    last = next(reversed(fields))
    if not "".join(fields[last]).strip():
        reason = "the last field is empty, which dpkg refuses"
        raise PackageError(path, f"{place}: {last}", reason, "remove it")


def library_fields(lines: list[str], path: str, place: str) -> dict[str, str]:
    """Return the fields of a control file as python-debian reads them."""
    from debian import deb822  # noqa: PLC0415 - costs more to import than all the rest

    try:
        stanza = deb822.Deb822(lines)
        return {str(name): str(stanza[name]).strip(" \t\n") for name in stanza}
    except Exception as error:
        reason = f"python-debian cannot read it: {error}"
        raise PackageError(path, place, reason, "rebuild the package") from error


def _squeezed(value: str) -> str:
    return "".join(re.split("[ \t\n]+", value))
