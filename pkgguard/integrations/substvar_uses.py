"""How debian/control uses the substvars of pkgguard: what is not used, does not exist, or is misplaced."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.diagnostics import Diagnostic, Severity
from pkgguard.families.lookup import family
from pkgguard.manifest.limits import NAME
from pkgguard.manifest.typed_table import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pkgguard.integrations.source import BinaryPackage, SourcePackage

_DEB: Final = family("deb")
FIELDS: Final = _DEB.relation_fields
"""The relation fields that are written; each has a substvar ``pkgguard:FIELD``."""
USE: Final = re.compile(r"\$\{pkgguard:([^}]*)\}")

UNUSED: Final = "unused-substvar"
"""debian/control does not use a substvar that is not empty."""
UNKNOWN: Final = "unknown-substvar"
"""debian/control uses a substvar of pkgguard that does not exist."""
MISPLACED: Final = "misplaced-substvar"
"""A substvar is in another field than its own."""

_LONGEST: Final = 300
"""Characters of a field of debian/control that is repeated with the substvar in it."""


def misuses(
    source: SourcePackage, binary: BinaryPackage, relations: Mapping[str, str], lines: Mapping[str, int]
) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each use of substvars in debian/control that loses or misplaces relations.

    ``relations`` maps each field to the value of its substvar, which may be empty, and
    ``lines`` each field in lower case to its first line in debian/control.
    """
    misspelt = set()
    for name, value in binary.fields.items():
        for use in dict.fromkeys(USE.findall(value)):
            spend()
            line = lines.get(name.lower(), 0)
            if use not in FIELDS:
                meant = _meant(name, use)
                misspelt.add(meant)
                message = f"{name} uses ${{pkgguard:{use[:NAME]}}}, which does not exist"
                help = f'write "{name}: {_replaced(value, use, meant)}"'
                yield _misuse(UNKNOWN, Severity.ERROR, source, binary, message, help, line)
            elif use.lower() != name.lower():
                message = f"{name} uses ${{pkgguard:{use}}}, which is for {use}"
                yield _misuse(MISPLACED, Severity.WARNING, source, binary, message, f"use it in {use}", line)
    for field in FIELDS:
        text = relations.get(field, "")
        if text and field not in misspelt and not source.merges_substvars and not _carries(binary, field):
            yield _unused(source, binary, field, text, lines)


def _carries(binary: BinaryPackage, field: str) -> bool:
    """Return whether a field uses its substvar, or another field of the same effect does."""
    traits = _DEB.traits
    for same in (traits.positive_fields, traits.negative_fields):
        if field in same:
            return any(field in USE.findall(binary.fields.get(one, "")) for one in same)
    return field in USE.findall(binary.fields.get(field, ""))


def _unused(
    source: SourcePackage, binary: BinaryPackage, field: str, text: str, lines: Mapping[str, int]
) -> Diagnostic:
    message = f"{field} does not use ${{pkgguard:{field}}}, so these relations are lost: {text}"
    present = " ".join(binary.fields.get(field, "").split()).rstrip(", ")
    if len(present) > _LONGEST:
        help = f"write ${{pkgguard:{field}}} into its {field}"
    else:
        value = ", ".join(filter(None, (f"${{pkgguard:{field}}}", present)))
        help = f'write "{field}: {value}"'
    line = lines.get(field.lower(), lines.get("package", 0))
    return _misuse(UNUSED, Severity.ERROR, source, binary, message, help, line)


def _meant(name: str, use: str) -> str:
    """Return the substvar that was probably meant by one that does not exist."""
    own = next((one for one in FIELDS if one.lower() == name.lower()), FIELDS[0])
    return nearest(use, FIELDS) or own


def _replaced(value: str, wrong: str, meant: str) -> str:
    """Return a field's value, on one line, with another substvar in place of a wrong one."""
    whole = " ".join(value.split()).replace(f"${{pkgguard:{wrong}}}", f"${{pkgguard:{meant}}}")
    return whole if len(whole) <= _LONGEST else f"${{pkgguard:{meant}}}"


def _misuse(
    id: str,  # noqa: A002
    severity: Severity,
    source: SourcePackage,
    binary: BinaryPackage,
    message: str,
    help: str,
    line: int,
) -> Diagnostic:
    return Diagnostic(id, severity, message, help, path=str(source.control), line=line, part=binary.name)
