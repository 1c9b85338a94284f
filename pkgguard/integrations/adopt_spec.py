"""Reading a spec for ``pkgguard init``, without rpm: a spec can run any program while rpm parses it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pkgguard.errors import SourceError
from pkgguard.families.lookup import family
from pkgguard.integrations.adopted import AdoptedPackage, AdoptedSource, Bound, try_bounds, wanted_fields
from pkgguard.integrations.source import read_text
from pkgguard.integrations.spec_macros import expanded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_RPM: Final = "rpm"
_DEFINITION: Final = re.compile(r"%(?:global|define)\s+([A-Za-z_][A-Za-z0-9_]*)\s+(.*\S)\s*")
_TAG: Final = re.compile(r"([A-Za-z]+)(?:\([^)]*\))?\s*:\s*(.*\S)\s*")
_PACKAGE: Final = re.compile(r"%package\s+(-n\s+)?(\S+)")
_SECTION: Final = re.compile(
    r"%(?:description|prep|generate_buildrequires|conf|build|install|check|clean|files|changelog|sourcelist"
    r"|patchlist|(?:pre|post|trans|file|trigger)[a-z]*|verifyscript)(?![A-Za-z_])"
)
_ENTRY: Final = re.compile(r"\*\s.*\s-?\s*(?:([0-9]+):)?([^\s:-]+)-([^\s:-]+)\s*")
"""The first line of an entry of %changelog that ends with a version."""
_CONDITION: Final = re.compile(r"%(?:if|ifarch|ifnarch|ifos|ifnos|elif|elifarch|elifos|else)(?![A-Za-z_])")
_IDENTITY: Final = ("name", "version", "release", "epoch")
_LONGEST: Final = 300
"""Characters of a line that may begin an entry of %changelog."""
_UNREAD: Final = 40
"""Places that were not understood and are listed."""


def adopt_spec(path: Path) -> AdoptedSource:
    """Read a spec. Raises :class:`SourceError` if it has no plain Name, Version or Release."""
    reader = _Reader(path)
    for number, line in enumerate(read_text(path, "name an existing spec").split("\n"), 1):
        reader.read(number, line.rstrip())
    return reader.source()


class _Reader:
    """Reads a spec line by line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._macros: dict[str, str] = {}
        self._section = "preamble"
        self._names: list[str] = [""]
        self._tags: list[dict[str, str]] = [{}]
        self._bounds: list[list[Bound]] = [[]]
        self._wanted = {field.lower(): field for field in wanted_fields(_RPM)}
        self._versions: list[str] = []
        self._unread: list[str] = []
        self._conditions = 0

    def read(self, number: int, line: str) -> None:
        """Read one line."""
        if line.startswith("%package") and (found := _PACKAGE.match(line)):
            self._section = "preamble"
            self._begin(number, found)
        elif _SECTION.match(line):
            self._section = "changelog" if line.startswith("%changelog") else "other"
        elif self._section == "changelog":
            if len(line) <= _LONGEST and (entry := _ENTRY.fullmatch(line)):
                self._versions.append(family(_RPM).join(entry[1] or "", entry[2], entry[3]))
        elif self._section == "preamble":
            self._preamble(number, line.strip())

    def _begin(self, number: int, found: re.Match[str]) -> None:
        name = expanded(found[2], self._macros)
        if name is None:
            self._skip(number, found[0])
            self._section = "other"
            return
        self._names.append(name if found[1] else f"{self._tags[0].get('name', '')}-{name}")
        self._tags.append({})
        self._bounds.append([])

    def _preamble(self, number: int, line: str) -> None:
        if definition := _DEFINITION.fullmatch(line):
            value = expanded(definition[2], self._macros)
            if value is None or line.endswith("\\"):
                self._macros.pop(definition[1], None)
                self._skip(number, line)
            else:
                self._macros[definition[1]] = value.replace("%", "%%")
        elif _CONDITION.match(line):
            self._conditions += 1
        elif tag := _TAG.fullmatch(line):
            self._tag(number, tag[1].lower(), tag[2])

    def _tag(self, number: int, tag: str, value: str) -> None:
        field = self._wanted.get(tag)
        if tag not in _IDENTITY and field is None:
            return
        text = expanded(value, self._macros)
        if text is None:
            self._skip(number, f"{tag}: {value}")
        elif field is not None:
            bounds, why = try_bounds(_RPM, field, text, f"{self._path}:{number}: {self._names[-1]}")
            self._bounds[-1] += bounds
            if why:
                self._skip(number, f"{tag}: {text}")
        elif tag not in self._tags[-1]:
            self._tags[-1][tag] = text
            if tag == "name":
                self._names[0] = text
            if len(self._tags) == 1 or tag != "name":
                self._macros[tag] = text.replace("%", "%%")

    def _skip(self, number: int, text: str) -> None:
        self._unread.append(f"{self._path}:{number}: {text[:100]}")

    def source(self) -> AdoptedSource:
        """Return what was read."""
        main = self._tags[0]
        for tag in ("name", "version", "release"):
            if tag not in main:
                reason = f"it has no {tag.capitalize()} with a plain value"
                help = "give init the output of 'rpmspec --parse', which runs the macros of the spec"
                raise SourceError(str(self._path), "", reason, help)
        packages = tuple(self._packages(main))
        more = len(self._unread) - _UNREAD
        unread = self._unread[:_UNREAD] + ([f"and {more} more lines"] if more > 0 else [])
        if self._conditions:
            unread.append("conditions (%if) were not evaluated: the relations of all branches were read")
        versions = dict.fromkeys((packages[0].version, *self._versions))
        return AdoptedSource(_RPM, main["name"], (str(self._path),), packages, tuple(versions), tuple(unread))

    def _packages(self, main: dict[str, str]) -> Iterator[AdoptedPackage]:
        for name, tags, bounds in zip(self._names, self._tags, self._bounds, strict=True):
            own = main | tags
            version = family(_RPM).join(own.get("epoch", ""), own["version"], own["release"])
            yield AdoptedPackage(name, version, tuple(bounds))
