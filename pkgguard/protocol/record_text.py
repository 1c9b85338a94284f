"""The record of a protocol: one text file with every release, reviewed like a symbols file.

Each line is a part of the protocol with the releases that have it: ``since 1.1.0``,
``since 1.3.0 until 1.6.0`` (the first release without it). The same protocol in the
same releases always gives the same bytes, and a release adds only lines of its own.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from pkgguard.budget import spend
from pkgguard.errors import ProtocolError, UnknownNameError
from pkgguard.protocol.builder import Builder
from pkgguard.protocol.declarations import ORDER, Part, add_part, order_of, parts_of
from pkgguard.protocol.limits import ELEMENTS, RECORD, RELEASES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import NoReturn

    from pkgguard.protocol.model import Schema

_TITLE: Final = "# The releases that have each part of a protocol, written by 'pkgguard protocol record'."
_HEAD: Final = "record 1"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_RELEASE: Final = re.compile(r'[^\s"#]+')
_PART: Final = re.compile(rf"({'|'.join(ORDER)}) ([A-Za-z_][\w.]*)", re.ASCII)

Lines = dict[str, int]
"""Lines, each with the releases that have it: bit number N for the release at index N."""


class Record(NamedTuple):
    """A record: the protocol's name, its releases in their order, and every line with its releases.

    ``parts`` maps the kind and the full name of each service, message and enum to the
    releases that have it, and to its lines.
    """

    protocol: str
    releases: tuple[str, ...] = ()
    parts: Mapping[tuple[str, str], tuple[int, Lines]] = {}
    source: str = ""

    def index_of(self, release: str) -> int:
        """Return the index of a release (empty: the newest one); raise :class:`UnknownNameError`."""
        if not self.releases:
            raise ProtocolError(self.source, "", "is a record without releases")
        if not release:
            return len(self.releases) - 1
        if release not in self.releases:
            raise UnknownNameError(f"release in {self.source}", release, self.releases[-12:])
        return self.releases.index(release)

    def schema(self, release: str = "") -> Schema:
        """Return the protocol in a release (empty: the newest one)."""
        bit = 1 << self.index_of(release)
        builder = Builder(self.source)
        for (kind, name), (held, lines) in self.parts.items():
            spend()
            if held & bit:
                add_part(builder, Part(kind, name, tuple(line for line, own in lines.items() if own & bit)))
        return builder.schema()

    def with_release(self, release: str, schema: Schema, place: int) -> Record:
        """Return the record with a release at an index, in place of what it has of that release."""
        known = release in self.releases
        releases = self.releases if known else (*self.releases[:place], release, *self.releases[place:])
        index = releases.index(release)
        bit = 1 << index

        def moved(held: int) -> int:
            """Return the releases of a line without the one that is recorded."""
            if known:
                return held & ~bit
            low = held & (bit - 1)
            return low | (held - low) << 1

        parts = {
            key: (moved(held), {line: moved(own) for line, own in lines.items()})
            for key, (held, lines) in self.parts.items()
        }
        for part in parts_of(schema):
            held, lines = parts.setdefault((part.kind, part.name), (0, {}))
            for line in part.lines:
                spend()
                lines[line] = lines.get(line, 0) | bit
            parts[part.kind, part.name] = (held | bit, lines)
        return Record(self.protocol, releases, parts, self.source)


def write_record(record: Record) -> str:
    """Return a record as text; the same record always gives the same text."""
    return "".join(f"{line}\n" for line in _written(record))


def _written(record: Record) -> Iterator[str]:
    yield from (_TITLE, _HEAD, f"protocol {record.protocol}", "")
    yield from (f"release {release}" for release in record.releases)
    for kind, name in sorted(record.parts, key=lambda key: (ORDER.index(key[0]), key[1])):
        spend()
        held, lines = record.parts[kind, name]
        if not held:
            continue
        yield from ("", f"{kind} {name}{_since(held, record.releases)}")
        for line in sorted(filter(lines.get, lines), key=order_of):
            yield f"  {line}{_since(lines[line], record.releases)}"


def _since(held: int, releases: Sequence[str]) -> str:
    """Return the releases that have a line as text."""
    words = []
    before = 0
    for index, release in enumerate(releases):
        now = held >> index & 1
        if now != before:
            words.append(f" since {release}" if now else f" until {release}")
        before = now
    return "".join(words)


def is_record(data: bytes) -> bool:
    """Return whether a file begins like a record."""
    lines = (line for line in data[:1000].split(b"\n") if line.strip() and not line.startswith(b"#"))
    return next(lines, b"").strip().startswith(b"record ")


def parse_record(data: bytes, source: str) -> Record:
    """Read a record; ``source`` is its name in messages. Raises :class:`ProtocolError` with the line."""
    if len(data) > RECORD:
        raise ProtocolError(source, "", f"is larger than {RECORD} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ProtocolError(source, f"line {line}", "is not UTF-8") from error
    return _Reader(source).read(text)


class _Reader:
    """Reads the text of a record, line by line."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._number = 0
        self._protocol = ""
        self._releases: dict[str, int] = {}
        self._parts: dict[tuple[str, str], tuple[int, Lines]] = {}
        self._current: tuple[int, Lines] | None = None
        self._count = 0

    def read(self, text: str) -> Record:
        """Return the record."""
        head = False
        for self._number, whole in enumerate(text.split("\n"), 1):
            spend()
            line = whole.strip()
            if not line or line.startswith("#"):
                continue
            if not head:
                head = line == _HEAD or self._refuse(f"must be {_HEAD!r}")
            elif whole.startswith(" "):
                self._line(line)
            else:
                self._heading(line)
        if not head or not self._protocol:
            self._refuse("the record has no protocol", "add 'protocol NAME'")
        return Record(self._protocol, tuple(self._releases), self._parts, self._source)

    def _heading(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word == "protocol" and not self._protocol and _NAME.fullmatch(rest):
            self._protocol = rest
        elif word == "release" and not self._parts and _RELEASE.fullmatch(rest):
            if rest in self._releases or len(self._releases) >= RELEASES:
                self._refuse(f"the release {rest} is listed twice, or is one of more than {RELEASES}")
            self._releases[rest] = len(self._releases)
        else:
            declaration, held = self._divided(line)
            match = _PART.fullmatch(declaration)
            if match is None or (match[1], match[2]) in self._parts:
                self._refuse("is not a line of a record, or names a part that is there already")
            self._current = (held, {})
            self._parts[match[1], match[2]] = self._current

    def _line(self, line: str) -> None:
        declaration, held = self._divided(line)
        if self._current is None:
            self._refuse("belongs to nothing: no service, message or enum is above it")
        whole, lines = self._current
        if declaration in lines:
            self._refuse("is there already")
        if held & ~whole:
            self._refuse("names a release that what is above it is not in")
        lines[declaration] = held

    def _divided(self, line: str) -> tuple[str, int]:
        """Return the part of a line without its releases, and these."""
        self._count += 1
        if self._count > 10 * ELEMENTS:
            self._refuse(f"the record has more than {10 * ELEMENTS} lines")
        words = line.split(" ")
        end = len(words)
        while end >= 2 and words[end - 2] in {"since", "until"} and words[end - 1] in self._releases:
            end -= 2
        marks = words[end:]
        kinds, names = marks[::2], marks[1::2]
        places = [self._releases[name] for name in names]
        if not marks or any(kind != ("until" if at % 2 else "since") for at, kind in enumerate(kinds)):
            self._refuse(
                "must end with 'since RELEASE', or 'since RELEASE until RELEASE', of listed releases"
            )
        if any(first >= second for first, second in pairwise(places)):
            self._refuse("names releases that are not in their order")
        if len(places) % 2:
            places.append(len(self._releases))
        held = 0
        for first, after in zip(places[::2], places[1::2], strict=True):
            held |= (1 << after) - (1 << first)
        return " ".join(words[:end]), held

    def _refuse(self, reason: str, help: str = "") -> NoReturn:
        raise ProtocolError(self._source, f"line {self._number}", reason, help)
