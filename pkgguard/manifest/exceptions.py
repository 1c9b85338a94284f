"""Reading ``[[accept]]``: the findings that a maintainer has examined and accepts."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from pkgguard.errors import ManifestError
from pkgguard.manifest.acceptance import KEY, Acceptance
from pkgguard.manifest.limits import NAME, SENTENCE
from pkgguard.manifest.mistakes import CONTRADICTION, UNKNOWN_NAME
from pkgguard.manifest.source import InFolder, source_of
from pkgguard.manifest.typed_table import Mistakes, Table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

_VERSION: Final = r"[0-9A-Za-z][0-9A-Za-z.+~^:_-]*"
_WRITTEN: Final = "write a version, such as 1.1.0 or 1.1.0-2"


def read_acceptances(tables: Iterable[Table], known: Collection[str] | None = None) -> tuple[Acceptance, ...]:
    """Read the entries. Mistakes are noted, and entries with mistakes in needed values are omitted.

    ``known`` are the names that packages and peers may have, by default any.
    """
    return tuple(_read(tables, known))


def _read(tables: Iterable[Table], known: Collection[str] | None) -> Iterator[Acceptance]:
    seen: dict[Acceptance, None] = {}
    for table in tables:
        rule = table.string("rule", required=True, most=NAME)
        package = table.string("package", required=True, most=NAME)
        peer = table.string("peer", most=NAME)
        for key, name in (("package", package), ("peer", peer)):
            if known is not None and name and name not in known:
                table.note(key, f"no package is called {name!r}", table.hint(name, known), UNKNOWN_NAME)
        because = table.string("because", required=True, most=SENTENCE)
        since, until = (_version(table, key) for key in ("from", "until"))
        expires = _day(table)
        table.finish()
        one = Acceptance(rule, package, because, peer, since, until, expires)
        same = one._replace(because="", expires=None)
        if same in seen:
            table.note("", "accepts the same as an earlier entry", "keep one of the two", CONTRADICTION)
        seen[same] = None
        if rule and package and because:
            yield one._replace(position=table.mistakes.where(table.place))


def _version(table: Table, key: str) -> str:
    text = table.string(key, most=NAME)
    if text and not re.fullmatch(_VERSION, text):
        table.note(key, f"{text!r} is not a version", _WRITTEN)
        return ""
    return text


def _day(table: Table) -> date | None:
    value = table.take("expires")
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            table.note("expires", f"{value} is not a day of the calendar")
            return None
    table.note("expires", "is not a day", "write it as in 2027-01-31")
    return None


def read_exceptions(path: Path) -> tuple[Acceptance, ...]:
    """Read a file of its own, which has nothing but such entries.

    Raises :class:`ManifestError` with every mistake, and :class:`OSError` if the file
    cannot be read.
    """
    source = source_of(InFolder(path, str(path)))
    mistakes = Mistakes(source.places, source.shown)
    top = Table(source.tables, (), mistakes)
    entries = top.take(KEY)
    if not isinstance(entries, list) or not entries:
        top.note(KEY, f"has no entry [[{KEY}]]", "add one, or do not name the file")
        entries = []
    found = read_acceptances(Table(one, (KEY, index), mistakes) for index, one in enumerate(entries))
    top.finish()
    if mistakes:
        raise ManifestError(source.shown, mistakes.found())
    return found
