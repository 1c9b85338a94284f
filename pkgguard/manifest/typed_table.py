"""Reading typed values from a TOML table, and noting each mistake with its place.

A reader does not stop at the first mistake: a wrong value is noted and replaced by a
harmless one, so that all mistakes of a manifest are reported at once.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from pkgguard.budget import spend
from pkgguard.diagnostics import Position
from pkgguard.errors import ManifestLimitError, VersionError
from pkgguard.manifest import gaps
from pkgguard.manifest import mistakes as kinds
from pkgguard.manifest.hints import Words
from pkgguard.manifest.limits import BRANCHES, HINTS, NAME, SENTENCE, SOURCES, TEXT
from pkgguard.versions.nearest import nearest_releases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from enum import StrEnum

    from pkgguard.diagnostics import Diagnostic
    from pkgguard.manifest.model import Component
    from pkgguard.manifest.places import Place, Places
    from pkgguard.versions.release import Release

    Word = TypeVar("Word", bound=StrEnum)

_TYPES: Final[Mapping[type, str]] = {
    str: "a string",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}
_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9._+-]*"
# C0 and C1 controls except tab and line feed, and marks that change the direction of text.
_CONTROL: Final = r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that is most similar to another, or an empty string."""
    return Words(known).nearest(word)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest known word, or all of them."""
    return Words(known).hint(word)


class Mistakes:
    """Collects the mistakes of one document; ``shown`` is its name in messages."""

    def __init__(self, places: Places, shown: str = "") -> None:
        self._places = places
        self._shown = shown
        self._found: dict[Diagnostic, None] = {}
        self._hints = HINTS

    def note(
        self,
        place: Place,
        key: str,
        reason: str,
        help: str = "",
        id: str = kinds.VALUE,  # noqa: A002
        item: str = "",
    ) -> None:
        """Note a mistake in a key of a table, or in the table if the key is empty.

        ``id`` is one of the kinds in :mod:`pkgguard.manifest.mistakes`. ``item`` is the
        element of a list that is wrong.
        """
        spend()
        self._found.setdefault(self._mistake(place, key, reason, help, id, item))

    def include(self, found: Iterable[Diagnostic]) -> None:
        """Add mistakes that were found elsewhere."""
        self._found.update(dict.fromkeys(found))

    def refuse(self, place: Place, key: str, reason: str, help: str) -> NoReturn:
        """Raise :class:`ManifestLimitError` for a key that exceeds a limit."""
        raise ManifestLimitError(
            self._shown, self._mistake(place, key, f"{key} {reason}", help, kinds.TOO_LARGE)
        )

    def hint(self, word: str, known: Words) -> str:
        """Return a hint that names the nearest known word; only the first mistakes get one."""
        if not known.has_searched(word):
            if not self._hints:
                return ""
            self._hints -= 1
        return known.hint(word)

    @property
    def places(self) -> Places:
        """The places of the document."""
        return self._places

    def where(self, place: Place, key: str = "") -> Position:
        """Return the position of a table or one of its keys."""
        return self._places.where(place, key)

    def found(self) -> tuple[Diagnostic, ...]:
        """Return the mistakes by file and line, without duplicates."""
        return tuple(sorted(self._found, key=lambda one: self._places.rank(Position(one.path, one.line))))

    def __bool__(self) -> bool:
        return bool(self._found)

    def _mistake(
        self,
        place: Place,
        key: str,
        reason: str,
        help: str,
        id: str,  # noqa: A002
        item: str = "",
    ) -> Diagnostic:
        table = ".".join(f"{part}" for part in place if isinstance(part, str))
        path, line, _ = self._places.where(place, key, item)
        found = kinds.mistake(id, line, _short(reason), _short(help), table=_short(table), key=_short(key))
        return found._replace(path=path)


class Table:
    """One table of a document, with methods that read its values by name and type.

    ``value`` is the table from tomllib, ``place`` its path. :meth:`finish` notes every
    key that was not read as unknown.
    """

    def __init__(self, value: object, place: Place, mistakes: Mistakes) -> None:
        self.place = place
        self.mistakes = mistakes
        self._asked: dict[str, None] = {}
        self._gaps: set[str] = set()
        self._values: dict[str, Any] = {}
        if isinstance(value, dict):
            self._values = value
        else:
            self.note("", f"must be a table, not {_named(value)}")

    def note(
        self,
        key: str,
        reason: str,
        help: str = "",
        id: str = kinds.VALUE,  # noqa: A002
        item: str = "",
    ) -> None:
        """Note a mistake in one of this table's keys, unless it is still to be filled in.

        ``item`` is the element of a list that is wrong.
        """
        if key not in self._gaps:
            self.mistakes.note(self.place, key, reason, help, id, item)

    def hint(self, word: str, known: Iterable[str]) -> str:
        """Return a hint that names the nearest of a few known words."""
        return self.mistakes.hint(word, _words(tuple(known)))

    def has(self, key: str) -> bool:
        """Return whether a key is given."""
        return key in self._values

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that are given."""
        return tuple(self._values)

    def take(self, key: str) -> object:
        """Return the raw value of a key, or None; gaps in it are noted, and are not part of it."""
        self._asked[key] = None
        value, missing = gaps.split(self._values.get(key))
        for what in missing:
            self.mistakes.note(self.place, key, f"is not filled in: {what}", "write it", kinds.GAP)
            self._gaps.add(key)
        return value

    def finish(self) -> None:
        """Note the keys that were not read."""
        for key in self._values:
            if key not in self._asked:
                help = self._unquoted(key) or self.hint(key, self._asked)
                self.note(key, "unknown key", help, kinds.UNKNOWN_KEY)

    def _unquoted(self, key: str) -> str:
        """Return what to do about a key that is the end of a name with a dot, or an empty string."""
        words, value = [key], self._values[key]
        if len(self.place) != 2 or not isinstance(value, dict):
            return ""
        while value and all(isinstance(one, dict) for one in value.values()):
            word, value = next(iter(value.items()))
            words.append(word)
        kind, name = self.place
        return f'quote a name that has a dot: [{kind}."{".".join((str(name), *words))}"]'

    def check_name(self, key: str, name: str) -> None:
        """Note a mistake if a text is not a name: it is used in relations, and repeated in messages."""
        if len(name) > NAME:
            self.note(key, f"{name[:NAME]}… is a name of more than {NAME} characters", "shorten it")
        elif not re.fullmatch(_NAME, name):
            self.note(key, f"{name!r} is not a name", "use letters, digits and . _ + -")

    def string(self, key: str, *, required: bool = False, most: int = 0) -> str:
        """Return a string with its white space folded; it is empty if the key is absent or wrong.

        ``most`` is how many characters it may have, if that is not 0.
        """
        value = self.take(key)
        if value is None:
            if required:
                self.note(key, "is missing", f'add {key} = "…"', kinds.MISSING_KEY)
            return ""
        if not isinstance(value, str):
            self.note(key, f"must be a string, not {_named(value)}")
            return ""
        if _holds_control(value):
            self.note(key, "holds a control character", "write plain text")
            return ""
        if required and not value.strip():
            self.note(key, "is empty")
        folded = " ".join(value.split())
        self._bound(key, folded, most)
        return folded

    def whole(self, key: str, default: int, least: int, most: int = 1_000_000) -> int:
        """Return a whole number between ``least`` and ``most``."""
        value = self.take(key)
        if value is None:
            return default
        if type(value) is not int or not least <= value <= most:
            shown = repr(value) if isinstance(value, int | float | str) else _named(value)
            self.note(key, f"must be a whole number from {least} to {most}, not {shown[:20]}")
            return default
        return value

    def truth(self, key: str, *, default: bool) -> bool:
        """Return a truth value."""
        value = self.take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.note(key, f"must be true or false, not {_named(value)}")
            return default
        return value

    def strings(self, key: str, *, required: bool = False, most: int = 0) -> tuple[str, ...]:
        """Return a list of distinct non-empty strings; a single string is a list of one.

        ``most`` is how many characters each may have, if that is not 0.
        """
        value = self.take(key)
        if value is None:
            if required:
                self.note(key, "is missing", f'add {key} = ["…"]', kinds.MISSING_KEY)
            return ()
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list):
            self.note(key, f"must be a list of strings, not {_named(value)}")
            return ()
        if wrong := [item for item in items if not isinstance(item, str) or not item.strip()]:
            shown = _named(wrong[0]) if not isinstance(wrong[0], str) else "an empty one"
            self.note(key, f"must be a list of non-empty strings, not {shown}")
            return ()
        words = [item.strip() for item in items]
        if any(_holds_control(word) or "\n" in word for word in words):
            self.note(key, "holds a control character", "write plain text")
            return ()
        if required and not words:
            self.note(key, "is an empty list", "name at least one")
        for word in words:
            self._bound(key, word, most)
        distinct = tuple(dict.fromkeys(words))
        if len(distinct) < len(words):
            for word in sorted(word for word, count in Counter(words).items() if count > 1):
                self.note(key, f"names {word!r} twice", item=word)
        return distinct

    def _bound(self, key: str, text: str, most: int) -> None:
        if 0 < most < len(text):
            self.note(key, f"{text[:NAME]}… has more than {most} characters", "shorten it", item=text)

    def word(self, key: str, words: type[Word], default: Word | None) -> Word | None:
        """Return one of a fixed set of words."""
        value = self.take(key)
        if value is None:
            if default is None:
                self.note(key, "is missing", f"one of: {', '.join(words)}", kinds.MISSING_KEY)
            return default
        try:
            return words(str(value))
        except ValueError:
            valid = [one.value for one in words]
            self.note(key, f"{value!r} is not a {key}", self.hint(str(value), valid))
            return default

    def release(self, key: str, component: Component) -> Release | None:
        """Return one listed release of a component."""
        value = self.take(key)
        if value is not None and not isinstance(value, str):
            self.note(key, f"must be one release, not {_named(value)}", "write each in an entry of its own")
            return None
        found = self.releases(key, component, value)
        return found[0] if found else None

    def releases(self, key: str, component: Component, value: object) -> tuple[Release, ...]:
        """Return the listed releases of a value, one release or a list of branches, sorted."""
        if value is None:
            return ()
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not items:
            self.note(key, f'must be a release such as "1.2.0", or a list of them, not {_named(value)}')
            return ()
        if len(items) > BRANCHES:
            reason = f"names more than {BRANCHES} releases"
            help = "name the first release that has the change, and of each branch the first that got it"
            self.mistakes.refuse(self.place, key, reason, help)
        found: dict[Release, None] = {}
        for item in items:
            try:
                release = component.scheme.parse(item)
            except VersionError as error:
                self.note(key, f"{error.version!r} is not {component.scheme.described}", error.reason)
                continue
            if not component.releases:
                continue
            if release not in component.by_release:
                close = ", ".join(nearest_releases(release.text, component.releases))
                self.note(
                    key,
                    f"{release} is not a listed release of {component.name}, so no release meets this bound",
                    f"nearest: {close}; or list it in [component.{component.name}] releases",
                    kinds.UNLISTED_RELEASE,
                )
            elif release in found:
                self.note(key, f"names {release} twice")
            else:
                found[component.by_release[release]] = None
        return tuple(sorted(found))


def sources(table: Table) -> tuple[str, ...]:
    """Read the sources of a statement."""
    found = table.strings("see", most=SENTENCE)
    if len(found) > SOURCES:
        table.note("see", f"names more than {SOURCES} sources", "name the ones that say most")
    return found


@lru_cache(maxsize=64)
def _words(known: tuple[str, ...]) -> Words:
    return Words(known)


def _short(text: str) -> str:
    return text if len(text) <= TEXT else f"{text[: TEXT // 2]}…{text[-TEXT // 2 :]}"


def _named(value: object) -> str:
    return _TYPES.get(type(value), type(value).__name__)


def _holds_control(text: str) -> bool:
    return not text.isprintable() and re.search(_CONTROL, text) is not None
