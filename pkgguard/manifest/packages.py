"""Reading ``[package.NAME]``: its components, and how each family ships it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from pkgguard.budget import spend
from pkgguard.families import registry
from pkgguard.manifest import mistakes as kinds
from pkgguard.manifest.globs import mistake_in
from pkgguard.manifest.limits import NAME, SENTENCE
from pkgguard.manifest.package_spec import Archive, PackageSpec, Presence, Shipping
from pkgguard.manifest.series import filled
from pkgguard.manifest.typed_table import Table
from pkgguard.versions.nearest import nearest_releases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pkgguard.families.summary import Summary
    from pkgguard.manifest.model import Component
    from pkgguard.manifest.package_spec import Contents, Epochs
    from pkgguard.versions.release import Release

_REBUILD: Final = r"~[A-Za-z0-9][A-Za-z0-9.+~-]*"


class PackageReader:
    """Reads one table except for its ``series``; mistakes are noted, and wrong values are omitted.

    ``components`` are all components of the manifest. Whether names exist is checked
    elsewhere.
    """

    def __init__(self, name: str, table: Table, components: Mapping[str, Component]) -> None:
        self._name = name
        self._table = table
        self._carries = table.strings("carries", required=True)
        self._carried = [components[one] for one in self._carries if one in components]
        self._irregular: dict[str, Release] = {}
        self._contents: dict[str, list[tuple[Release, Release]]] = {}

    def package(self) -> PackageSpec:
        """Return the package."""
        table = self._table
        presence = table.word("presence", Presence, Presence.REQUIRED) or Presence.REQUIRED
        largest = min(
            epoch for epoch in (registry.summary(name).largest_epoch for name in registry.names()) if epoch
        )
        epochs = self._epochs(table, largest)
        rebuilds = self._rebuilds(table)
        self._irregular = self._published(table, table.take("published"), None)
        shipping: dict[str, Shipping] = {}
        for family in registry.names():
            shipped = self._shipping(family, epochs, rebuilds)
            if shipped is not None:
                shipping[family] = shipped
        if not shipping and not table.mistakes:
            absent = " or ".join(f"{family} = false" for family in registry.names())
            table.note("", "is shipped in no family", f"leave out {absent}")
        peers = table.strings("peers") if table.has("peers") else None
        title = table.string("title", most=SENTENCE)
        files = table.strings("files")
        for pattern in files:
            reason, help = mistake_in(pattern)
            if reason:
                table.note("files", f"{pattern!r} {reason}", help)
        contents: Contents = {name: tuple(sorted(some)) for name, some in self._contents.items()}
        return PackageSpec(
            self._name, self._carries, shipping, peers, presence, title, files, contents=contents
        )

    def _shipping(self, family: str, epochs: Epochs, rebuilds: tuple[str, ...]) -> Shipping | None:
        table = self._table
        value = table.take(family)
        if value is False:
            return None
        summary = registry.summary(family)
        epochs = epochs if summary.largest_epoch else ()
        published: tuple[str, ...] = ()
        archives: tuple[Archive, ...] = ()
        irregular = {
            version: release for version, release in self._irregular.items() if summary.is_version(version)
        }
        named_in, key = table, family if value is not None else ""
        if isinstance(value, dict):
            inner = named_in = Table(value, (*table.place, family), table.mistakes)
            shipped, key = inner.string("name") or self._name, "name" if inner.has("name") else ""
            own = self._epochs(inner, summary.largest_epoch)
            epochs = own if inner.has("epoch") else epochs
            rebuilds = self._rebuilds(inner) or rebuilds
            archives = self._archives(inner, summary.largest_epoch)
            listed = inner.take("published")
            if isinstance(listed, dict):
                irregular |= self._published(inner, listed, summary)
            elif listed is not None and summary.lists_published:
                published = _versions(inner, summary)
            elif listed is not None:
                inner.note("published", f"must be a table from versions to releases in {family}")
            inner.finish()
        elif value is None or isinstance(value, str):
            shipped = value if isinstance(value, str) else self._name
        else:
            table.note(family, "must be the package's name in that family, a table, or false")
            shipped = self._name
        if len(shipped) > NAME:
            named_in.note(key, f"{shipped[:NAME]}… is a name of more than {NAME} characters", "shorten it")
        elif not summary.is_package(filled(shipped, (1, 1))):
            write = "write" if key == "name" else f'add {family} = "…" with'
            help = f"{write} its real name, or {family} = false"
            reason = f"{shipped!r} is not a valid {family} package name"
            named_in.note(key, reason, help)
        return Shipping(shipped, epochs, published, rebuilds, tuple(irregular.items()), archives)

    def _epochs(self, table: Table, largest: int) -> Epochs:
        """Read an epoch, or a table from releases to the epoch that begins with each."""
        value = table.take("epoch")
        if not isinstance(value, dict):
            epoch = table.whole("epoch", 0, 0, largest)
            return ((None, str(epoch)),) if epoch else ()
        inner = Table(value, (*table.place, "epoch"), table.mistakes)
        if not inner.keys:
            inner.note("", "is an empty table", 'write the first release of each epoch: { "1.2.0" = 1 }')
        steps: list[tuple[Release, int]] = []
        for text in inner.keys:
            release = self._listed(inner, text, text)
            epoch = inner.whole(text, 0, 0, largest)
            if release is not None:
                steps.append((release, epoch))
        steps.sort()
        for (lower, less), (upper, more) in pairwise(steps):
            if less >= more:
                reason = f"the epoch of {upper} is not greater than that of {lower}"
                inner.note(upper.text, reason, "an epoch only rises from a release to a later one")
        found: Epochs = tuple((release, str(epoch) if epoch else "") for release, epoch in steps)
        return ((None, ""), *found) if steps and steps[0][1] else found

    @staticmethod
    def _rebuilds(table: Table) -> tuple[str, ...]:
        rebuilds = table.strings("rebuilds", most=NAME)
        for suffix in rebuilds:
            if not re.fullmatch(_REBUILD, suffix):
                table.note(
                    "rebuilds", f"{suffix!r} is not the suffix of a rebuild", "write it as in ~ce or ~3-0"
                )
        return rebuilds

    def _archives(self, table: Table, largest: int) -> tuple[Archive, ...]:
        value = table.take("archives")
        if value is None:
            return ()
        found = []
        outer = Table(value, (*table.place, "archives"), table.mistakes)
        if not outer.keys:
            outer.note("", "is an empty table", "write a table for each archive")
        for name in outer.keys:
            inner = Table(outer.take(name), (*outer.place, name), table.mistakes)
            inner.check_name("", name)
            if not inner.has("epoch"):
                inner.note(
                    "epoch", "is missing", "write the package's epoch in this archive", kinds.MISSING_KEY
                )
            found.append(Archive(name, self._epochs(inner, largest)))
            inner.finish()
        return tuple(found)

    def _published(self, table: Table, value: object, summary: Summary | None) -> dict[str, Release]:
        """Read a table from published versions to releases; return those of the whole package."""
        found: dict[str, Release] = {}
        if value is None:
            return found
        if not isinstance(value, dict):
            lists = [name for name in registry.names() if registry.summary(name).lists_published]
            help = f"write a list in the table {' or '.join(lists)}"
            table.note("published", "must be a table from versions to releases", help)
            return found
        inner = Table(value, (*table.place, "published"), table.mistakes)
        for version in inner.keys:
            spend()
            given = inner.take(version)
            if isinstance(given, dict) and summary is None:
                self._content(inner, version, Table(given, (*inner.place, version), table.mistakes))
                continue
            if not isinstance(given, str):
                inner.note(version, 'must be a release such as "1.2.0"')
                continue
            kinds = [summary] if summary else [registry.summary(name) for name in registry.names()]
            if not any(kind.is_version(version) for kind in kinds):
                inner.note(version, f"{version!r} is not a version of a package", "write it in full")
            release = self._listed(inner, version, given)
            if release is not None:
                found[version] = release
        return found

    def _content(self, outer: Table, version: str, table: Table) -> None:
        """Read the releases of other components in the package at one of its own releases."""
        named = {one.name: one for one in self._carried}
        numbered = [one for one in self._carried if one.name not in table.keys]
        if not numbered:
            help = "carry the component whose number the package has, as the first one"
            table.note("", "leaves no component whose releases have the package's number", help)
            return
        at = numbered[0].find(version)
        if at is None:
            close = ", ".join(nearest_releases(version, numbered[0].releases))
            reason = f"{version!r} is not a listed release of {numbered[0].name}"
            outer.note(version, reason, f"nearest: {close}", kinds.UNLISTED_RELEASE)
        for name in table.keys:
            if name not in named:
                table.note(
                    name, f"the package does not carry {name!r}", table.hint(name, named), kinds.UNKNOWN_NAME
                )
                table.take(name)
                continue
            release = table.release(name, named[name])
            if at is not None and release is not None:
                self._contents.setdefault(name, []).append((at, release))

    def _listed(self, table: Table, key: str, text: str) -> Release | None:
        """Return the listed release of the package's first component; note a mistake if there is none."""
        if not self._carried:
            return None
        release = self._carried[0].find(text)
        if release is None and self._carried[0].releases:
            close = ", ".join(nearest_releases(text, self._carried[0].releases))
            reason = f"{text!r} is not a listed release of {self._carried[0].name}"
            table.note(key, reason, f"nearest: {close}", kinds.UNLISTED_RELEASE)
        return release


def _versions(table: Table, summary: Summary) -> tuple[str, ...]:
    versions = table.strings("published", most=NAME)
    for version in versions:
        if not summary.is_version(version):
            reason = f"{version!r} is not a valid {summary.title} version"
            table.note("published", reason, "write it in full, such as 1.1.2-1")
    return versions
