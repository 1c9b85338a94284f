"""The fix of a package as it is written in debian/control, with the substvars of pkgguard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pkgguard.families.expression import constraints
from pkgguard.integrations.substvar_uses import FIELDS, USE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pkgguard.check.package_fix import PackageFix
    from pkgguard.families.interface import Relation
    from pkgguard.integrations.source import BinaryPackage, SourcePackage

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9+.-]*")
_VARIES: Final = re.compile(r"[$<\[]")
"""What makes a clause in debian/control differ from the one in the package (deb-substvars(5), Policy 7.1)."""


def fix_in_control(source: SourcePackage) -> Callable[[PackageFix], PackageFix]:
    """Return what writes the fix of a package that was built from a source as fields of debian/control.

    A field keeps its relations, except for those that the fix removes. The
    relations that it adds come from the field's substvar, which is added if it is not
    used. The fix of a package of another source stays as it is.
    """
    binaries = {binary.name: binary for binary in source.binaries}

    def write(fix: PackageFix) -> PackageFix:
        binary = binaries.get(fix.package.name)
        if binary is None:
            return fix
        used = {use for value in binary.fields.values() for use in USE.findall(value)}
        if source.merges_substvars:
            used.update(FIELDS)
        lines, replaced, emptied = [], [], []
        for field in dict.fromkeys((*FIELDS, *(one.field for one in fix.removed))):
            standing = [" ".join(clause.split()) for clause in _clauses(binary, field)]
            removed = [one for one in fix.removed if one.field == field]
            clauses = [one for one in standing if not _is_one_of(one, removed)]
            if field not in used and any(one.field == field for one in fix.added):
                clauses.insert(0, f"${{pkgguard:{field}}}")
            if clauses == standing:
                continue
            if clauses:
                lines.append(f"{field}: {', '.join(clauses)}")
                replaced += [field] if standing else []
            else:
                emptied.append(field)
        return fix._replace(lines=tuple(lines), replaced=tuple(replaced), emptied=tuple(emptied))

    return write


def _clauses(binary: BinaryPackage, field: str) -> Iterator[str]:
    lines = binary.fields.get(field, "").split("\n")
    text = " ".join(line for line in lines if not line.startswith("#"))
    return (clause for clause in text.split(",") if clause.strip())


def _is_one_of(clause: str, removed: Iterable[Relation]) -> bool:
    """Return whether a clause of debian/control is what became one of some relations of the package."""
    names = [_NAME.match(part.strip()) for part in clause.split("|")]
    named = [match[0] for match in names if match is not None]
    for one in removed:
        same = named == [part.name for part in constraints(one.expression)]
        if "".join(one.text.split()) == "".join(clause.split()) or (same and _VARIES.search(clause)):
            return True
    return False
