"""The lines of debian/control on which the relations of a package stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pkgguard.integrations.source import read_text
from pkgguard.report.places import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pkgguard.diagnostics import Diagnostic
    from pkgguard.integrations.source import SourcePackage

_NAME: Final = "package"


def lines_of(source: SourcePackage) -> Callable[[Diagnostic], Place | None]:
    """Return what finds the line of debian/control that a finding is about.

    It is the line of the first relation of the finding. If the relation comes from
    a substvar, it is the line of the field, and without a relation or a field the
    line ``Package``. There is none for a package of another source.
    """
    path = str(source.control)
    stanzas = {
        stanza[_NAME][0][1]: stanza
        for stanza in _stanzas(read_text(source.control, "").split("\n"))
        if _NAME in stanza
    }

    def place(one: Diagnostic) -> Place | None:
        stanza = stanzas.get(one.package.name) if one.package is not None else None
        if stanza is None:
            return None
        for relation in one.relations:
            field, _, text = relation.partition(": ")
            lines = stanza.get(field.lower(), [])
            for number, line in lines:
                if _packed(text) in _packed(line):
                    return Place(path, number, relation)
            if lines:
                return Place(path, lines[0][0], relation)
        return Place(path, stanza[_NAME][0][0])

    return place


def field_lines(source: SourcePackage) -> dict[str, dict[str, int]]:
    """Return the first line of each field of each binary package, by the field's name in lower case."""
    return {
        stanza[_NAME][0][1]: {field: lines[0][0] for field, lines in stanza.items()}
        for stanza in _stanzas(read_text(source.control, "").split("\n"))
        if _NAME in stanza
    }


def _stanzas(lines: list[str]) -> Iterator[dict[str, list[tuple[int, str]]]]:
    """Yield the stanzas: for each field in lower case, its lines with their numbers (deb-control(5))."""
    stanza: dict[str, list[tuple[int, str]]] = {}
    field = ""
    for number, line in enumerate(lines, 1):
        if line.startswith("#"):
            continue
        if not line.strip():
            if stanza:
                yield stanza
            stanza, field = {}, ""
        elif line[0] in " \t":
            stanza.setdefault(field, []).append((number, line))
        else:
            field, _, value = line.partition(":")
            field = field.strip().lower()
            stanza.setdefault(field, []).append((number, value.strip()))
    if stanza:
        yield stanza


def _packed(text: str) -> str:
    return "".join(text.split())
