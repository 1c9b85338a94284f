"""Reading ``[component.NAME]``: its releases and their scheme."""

from __future__ import annotations

import re
from dataclasses import replace
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
    from collections.abc import Iterable, Mapping, Sequence

    from pkgguard.manifest.typed_table import Table
    from pkgguard.versions.release import Scheme

_WORD: Final = r"[A-Za-z]{1,32}"


SHARED: Final = "releases_of"
"""The key of a component whose releases are those of another one."""
LIST: Final = "releases"
OF_THE_LIST: Final = (LIST, "scheme", "branch", "prerelease_words", "suffixes")
"""The keys about a list of releases; they stand where the list does."""


def read_components(tables: Iterable[tuple[str, Table]]) -> dict[str, Component]:
    """Return the components of some tables by name; mistakes are noted, and wrong values are omitted."""
    given = dict(tables)
    own = {name: table for name, table in given.items() if not table.has(SHARED)}
    found = {name: _component(name, table) for name, table in own.items()}
    shared = {name: _sharing(name, table, found, given) for name, table in given.items() if name not in own}
    return {name: found.get(name) or shared[name] for name in given}


def _sharing(
    name: str, table: Table, listed: Mapping[str, Component], every: Mapping[str, Table]
) -> Component:
    """Return a component whose releases are those of another one."""
    other = table.string(SHARED, required=True)
    title = table.string("title", most=SENTENCE)
    for key in OF_THE_LIST:
        if table.has(key):
            table.note(
                key, f"has no effect beside {SHARED}", f"take one of the two out of [component.{name}]"
            )
        table.take(key)
    table.finish()
    if other in listed:
        return replace(listed[other], name=name, title=title, releases_of=other)
    if other == name:
        table.note(SHARED, "a component cannot share its own list", "name another one, or list the releases")
    elif other in every:
        help = "name the component with the list"
        table.note(SHARED, f"{other} has no list of its own, but that of another component", help)
    elif other:
        hint = table.hint(other, listed)
        table.note(SHARED, f"no component is called {other!r}", hint, kinds.UNKNOWN_NAME)
    return Component(name, (), title, releases_of=other)


def _component(name: str, table: Table) -> Component:
    """Return the component of a table with a list of releases."""
    if not table.has("releases"):
        help = f'add releases = ["…"], or {SHARED} = "…" to share the list of another component'
        table.note("releases", "is missing", help, kinds.MISSING_KEY)
    texts = table.strings("releases", required=table.has("releases"))
    scheme = _scheme(table, texts)
    releases: dict[Release, None] = {}
    for text in texts:
        spend()
        try:
            release = scheme.parse(text)
        except VersionError as error:
            table.note("releases", f"{text!r} is not {scheme.described}", error.reason, item=text)
            continue
        if release in releases:
            other = next(one for one in releases if one == release)
            table.note("releases", f"{text} is the same release as {other}", "name it once", item=text)
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
