"""Finding the lines of tables and keys of a TOML document, which tomllib does not return.

Only the shape of the document is read, not the values: headers, keys, and the ends of
multi-line strings and arrays.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.manifest.places import Places

if TYPE_CHECKING:
    from pkgguard.manifest.places import Place

_PART: Final = r"""(?:[A-Za-z0-9_-]++|"[^"\\]*+(?:\\.[^"\\]*+)*+"|'[^']*+')"""
_HEADER: Final = re.compile(rf"^\s*(\[\[?)\s*({_PART}(?:\s*\.\s*{_PART})*)\s*\]\]?")
_KEY: Final = re.compile(rf"^\s*({_PART}(?:\s*\.\s*{_PART})*)\s*=")
_PARTS: Final = re.compile(_PART)
_TOKEN: Final = re.compile(r'"""|\'\'\'|"[^"\\]*+(?:\\.[^"\\]*+)*+"|\'[^\']*\'|#.*|[\[\]{}]')

# The parts of a value that continue beyond the end of a line.
_REACHING: Final = ("[", "{", "]", "}", '"""', "'''")

_CLOSING: Final = {
    '"""': re.compile(r'[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+"""'),
    "'''": re.compile(r"[^']*+(?:'(?!'')[^']*+)*+'''"),
}


class Locator(Places):
    """The places in a TOML text; ``headers`` are those of its tables, each with its line.

    ``path`` is how messages name the text.
    """

    def __init__(self, text: str, path: str = "") -> None:
        super().__init__({(): 1}, path)
        self.headers: list[tuple[int, Place]] = []
        self._counts: dict[Place, int] = {}
        self._current: Place = ()
        self._quote = ""
        self._depth = 0
        # Lines of TOML end only with a line feed; splitlines() knows more line ends.
        for number, line in enumerate(text.split("\n"), 1):
            if number % 256 == 0:
                spend()
            self._read(number, line.removesuffix("\r"))

    def _read(self, number: int, line: str) -> None:
        if not self._quote and not self._depth:
            line = self._open(number, line)
        self._skip(line)

    def _open(self, number: int, line: str) -> str:
        if header := _HEADER.match(line):
            names = _names(header.group(2))
            for end in range(1, len(names) + 1):
                self.lines.setdefault(tuple(names[:end]), number)
            place = self._resolve(names[:-1])
            if header.group(1) == "[[":
                array = (*place, names[-1])
                index = self._counts.get(array, 0)
                self._counts[array] = index + 1
                place = (*array, index)
            else:
                place = self._resolve(names)
            self._current = place
            self.lines.setdefault(place, number)
            self.headers.append((number, place))
            return ""
        if key := _KEY.match(line):
            place = self._current
            for name in _names(key.group(1)):
                place = (*place, name)
                self.lines.setdefault(place, number)
            return line[key.end() :]
        return line

    def _resolve(self, names: list[str]) -> Place:
        # [a.b] below [[a]] belongs to the last element of a.
        place: Place = ()
        for name in names:
            place = (*place, name)
            if place in self._counts:
                place = (*place, self._counts[place] - 1)
        return place

    def _skip(self, line: str) -> None:
        if not self._quote and not any(mark in line for mark in _REACHING):
            return
        position = 0
        while position < len(line):
            if self._quote:
                end = _CLOSING[self._quote].match(line, position)
                if end is None:
                    return
                position = end.end()
                self._quote = ""
                continue
            token = _TOKEN.search(line, position)
            if token is None or token.group().startswith("#"):
                return
            position = token.end()
            if token.group() in ('"""', "'''"):
                self._quote = token.group()
            elif token.group() in "[{":
                self._depth += 1
            elif token.group() in "]}":
                self._depth = max(0, self._depth - 1)


def _names(dotted: str) -> list[str]:
    return [part[1:-1] if part[0] in "\"'" else part for part in _PARTS.findall(dotted)]


def key_end(line: str) -> int:
    """Return where the value of the key on a line begins, or 0 if the line has no key."""
    found = _KEY.match(line)
    return found.end() if found else 0
