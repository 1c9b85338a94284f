"""The text of a manifest, and insertions into it."""

from __future__ import annotations

import difflib
import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pkgguard.errors import EditError
from pkgguard.manifest.read import manifest_of_text
from pkgguard.manifest.source import InFolder, read_text
from pkgguard.manifest.toml_positions import Locator
from pkgguard.regular_files import replace_content

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Sequence

    from pkgguard.manifest.model import Manifest

_CONTEXT: Final = 3
"""Lines around a change that a unified diff shows."""
_LINE: Final = re.compile(r"[^\n]*+\n?")
_HUNK: Final = re.compile(r"@@ -(\d+)(,\d+)? \+(\d+)(,\d+)? @@")


class Insertion(NamedTuple):
    """A text to insert before a character of another one."""

    offset: int
    text: str


@dataclass(frozen=True)
class ManifestText:
    """A manifest with its text; ``path`` is where it was read, and is written to.

    The text is that of its own file, and not of those that it extends.
    """

    path: str
    text: str
    manifest: Manifest

    @cached_property
    def document(self) -> dict[str, Any]:
        """The tables of the text."""
        return tomllib.loads(self.text)

    @cached_property
    def places(self) -> Locator:
        """The lines of the tables and keys of the text."""
        return Locator(self.text)

    @cached_property
    def line_starts(self) -> list[int]:
        """The offset of each line, and that of the end of the text."""
        return [0, *accumulate(map(len, lines_of(self.text)))]

    @property
    def line_end(self) -> str:
        """What ends a line of the text."""
        return "\r\n" if "\r\n" in self.text else "\n"

    def inserted(self, insertions: Iterable[Insertion]) -> str:
        """Return the text with some insertions."""
        text = self.text
        for one in sorted(insertions, reverse=True):
            text = text[: one.offset] + one.text + text[one.offset :]
        return text


def lines_of(text: str) -> list[str]:
    """Return the lines of a text with their ends, which in TOML are line feeds only."""
    return [line for line in _LINE.findall(text) if line]


def read(path: str | os.PathLike[str]) -> ManifestText:
    """Read a manifest with its text. Raises :class:`ManifestError` and :class:`OSError`."""
    origin = _origin(str(path))
    text = read_text(origin)
    return ManifestText(str(path), text, manifest_of_text(text, origin))


def _origin(path: str) -> InFolder:
    return InFolder(Path(path), path)


def edited(source: ManifestText, insertions: Sequence[Insertion], wanted: dict[str, Any]) -> ManifestText:
    """Return a manifest with some insertions in its text.

    ``wanted`` are the tables that the result must have. Raises :class:`EditError` if it
    has others, since the text is written in a way that is not understood, and
    :class:`ManifestError` if the result is not a valid manifest.
    """
    text = source.inserted(insertions)
    try:
        found = tomllib.loads(text)
    except ValueError:
        found = {}
    if found != wanted:
        raise EditError(
            source.path, "", "it is written in a way that no command can add to", "edit it by hand"
        )
    return ManifestText(source.path, text, manifest_of_text(text, _origin(source.path)))


def write(new: ManifestText) -> None:
    """Write a manifest in place of the file that it was read from."""
    replace_content(Path(new.path), new.text.encode())


def difference(source: ManifestText, insertions: Sequence[Insertion]) -> Iterator[str]:
    """Yield the lines of a unified diff, without their ends."""
    yield f"--- {source.path}"
    yield f"+++ {source.path}"
    lines = lines_of(source.text)
    shift = 0
    for first, last, some in _windows(source, insertions):
        old = lines[first:last]
        start = source.line_starts[first]
        new = ManifestText("", "".join(old), source.manifest).inserted(
            one._replace(offset=one.offset - start) for one in some
        )
        new_lines = lines_of(new)
        for line in list(difflib.unified_diff(old, new_lines, n=_CONTEXT))[2:]:
            hunk = _HUNK.match(line)
            if hunk:
                at, to = int(hunk[1]) + first, int(hunk[3]) + first + shift
                yield f"@@ -{at}{hunk[2] or ''} +{to}{hunk[4] or ''} @@"
            else:
                yield line.rstrip("\r\n")
                if not line.endswith("\n"):
                    yield "\\ No newline at end of file"
        shift += len(new_lines) - len(old)


def _windows(
    source: ManifestText, insertions: Sequence[Insertion]
) -> Iterator[tuple[int, int, list[Insertion]]]:
    """Yield groups of insertions with the lines around them: the first, the one after the last."""
    starts = source.line_starts
    found: list[tuple[int, int, list[Insertion]]] = []
    for one in sorted(insertions):
        line = bisect_right(starts, one.offset) - 1
        first, last = max(0, line - _CONTEXT - 1), min(len(starts) - 1, line + _CONTEXT + 1)
        if found and first <= found[-1][1]:
            start, _, some = found.pop()
            found.append((start, last, [*some, one]))
        else:
            found.append((first, last, [one]))
    yield from found
