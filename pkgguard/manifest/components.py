"""Reading ``[component.NAME]``: its releases and their scheme."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.errors import VersionError
from pkgguard.manifest import mistakes as kinds
from pkgguard.manifest.limits import NAME, SENTENCE
from pkgguard.manifest.model import Component
from pkgguard.versions.lookup import DEFAULT, default_scheme, make_scheme
from pkgguard.versions.lookup import names as scheme_names
from pkgguard.versions.release import POSITIONS, Release, SchemeSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pkgguard.manifest.typed_table import Table
    from pkgguard.versions.release import Scheme

_WORD: Final = r"[A-Za-z]{1,32}"


def read_component(name: str, table: Table) -> Component:
    """Return the component of one table; mistakes are noted, and wrong values are omitted."""
    texts = table.strings("releases", required=True)
    scheme = _scheme(table, texts)
    releases: dict[Release, None] = {}
    for text in texts:
        spend()
        try:
            release = scheme.parse(text)
        except VersionError as error:
            table.note("releases", f"{text!r} is not {scheme.described}", error.reason)
            continue
        if release in releases:
            other = next(one for one in releases if one == release)
            table.note("releases", f"{text} is the same release as {other}", "name it once")
        releases[release] = None
    scheme.know(releases)
    title = table.string("title", most=SENTENCE)
    table.finish()
    return Component(name, tuple(sorted(releases)), title, scheme)


def _scheme(table: Table, texts: Sequence[str]) -> Scheme:
    name = table.string("scheme") or DEFAULT
    if name not in scheme_names():
        table.note(
            "scheme", f"{name!r} is not a scheme", table.hint(name, scheme_names()), kinds.UNKNOWN_NAME
        )
        name = DEFAULT
    settings = SchemeSettings(
        table.whole("branch", 0, 1, POSITIONS - 1),
        table.strings("prerelease_words", most=NAME),
        table.strings("suffixes", most=NAME),
    )
    for key, words in (("prerelease_words", settings.prereleases), ("suffixes", settings.suffixes)):
        for word in words:
            if not re.fullmatch(_WORD, word):
                table.note(key, f"{word!r} is not a word", "write letters, as in rc or esr")
    if name == DEFAULT and settings == SchemeSettings():
        return default_scheme()
    return make_scheme(name, settings, texts)
